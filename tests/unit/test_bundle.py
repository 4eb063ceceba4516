"""A bundle may come from anybody: it is a bundle, or it is said why not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import bundle
from saltext.muster.errors import MusterError

GOOD = {
    "format": "muster-bundle",
    "version": 1,
    "collected": "2026-11-21T00:00:00Z",
    "node": "node1.example.com",
    "library": "a" * 64,
    "python": "3.6.8",
    "facts": {"os": {"id": "debian"}, "hosts": {"unknown": "why"}},
    "left_out": [{"what": "/etc/x", "why": "it is a key"}],
}


def parsed(**changes):
    return bundle.parse(json.dumps({**GOOD, **changes}).encode())


def test_what_was_dumped_is_loaded(tmp_path):
    path = tmp_path / "b.json"
    path.write_text(bundle.dump(GOOD))
    assert bundle.load(str(path)) == GOOD


def test_further_keys_and_a_foreign_skew_are_left_behind():
    found = parsed(more="x", facts={**GOOD["facts"], "skew": {"low": 0.0, "high": 0.0}})
    assert found == GOOD


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"format": "other"}, "is no bundle"),
        ({"version": 2}, "is of version '2', this muster reads 1"),
        ({"version": True}, "is of version"),
        ({"version": None}, "is of version"),
        ({"collected": "yesterday"}, "no time"),
        ({"collected": 3}, "no time"),
        ({"collected": None}, "no time"),
        ({"node": 3}, "`node`"),
        ({"node": "a\nb"}, "`node`"),
        ({"node": "a\x1b[31m"}, "`node`"),
        ({"node": "x" * 254}, "`node`"),
        ({"library": "../../etc"}, "no digest"),
        ({"python": []}, "`python`"),
        ({"facts": []}, "no mapping in `facts`"),
        ({"facts": {"os": 1}}, "no mapping in `facts`.`os`"),
        ({"facts": {"../os": {}}}, "no such name"),
        ({"facts": {"o" * 65: {}}}, "no such name"),
        ({"facts": {"os": {"x": "\ud800"}}}, "no UTF-8"),
        ({"left_out": {}}, "no list in `left_out`"),
        ({"left_out": ["x"]}, "{what, why}"),
        ({"left_out": [{"what": "a", "why": 3}]}, "`why`"),
    ],
)
def test_a_part_that_is_not_what_it_must_be_is_named(changes, text):
    with pytest.raises(MusterError, match=text):
        parsed(**changes)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"\xff{}", "no UTF-8"),
        (b"[]", "is no bundle"),
        (b"null", "is no bundle"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b"[" * 100_000, "nested too deep"),
        (b"[" * 400_000, "more lists and mappings"),
        (b"9" * 10_000, "is no JSON|is no bundle"),
        (b" " * (bundle.LARGEST + 1), "more than 16777216 bytes"),
    ],
    ids=range(11),
)
def test_what_is_no_bundle_is_refused(data, text):
    with pytest.raises(MusterError, match=text):
        bundle.parse(data)


def test_facts_that_are_too_deep_are_refused():
    value = {}
    for _ in range(bundle.DEEPEST):
        value = {"x": value}
    with pytest.raises(MusterError, match="deeper"):
        parsed(facts={"os": value})


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    for path, text in ((tmp_path / "none", "No such file"), (tmp_path, "not a regular file")):
        with pytest.raises(MusterError, match=text) as failure:
            bundle.load(str(path))
        assert str(failure.value).startswith(f"{path}: ")
        assert "collect again" in str(failure.value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary() | anything.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes_are_a_bundle_or_refused(data):
    with pytest.raises(MusterError):
        bundle.parse(data)


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), anything))
def test_arbitrary_parts_are_taken_or_refused(changes):
    try:
        found = parsed(**changes)
    except MusterError:
        return
    assert json.loads(json.dumps(found)) == found
    assert set(found) == set(GOOD)
    json.dumps(found, ensure_ascii=False).encode()


def test_the_reader_gives_what_is_asked_for_and_no_clock():
    found = bundle.reader(GOOD)(["os", "memory"])
    assert found == {"os": {"id": "debian"}, "skew": {"unknown": bundle.NO_MASTER}}
