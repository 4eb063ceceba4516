"""What changed between two bundles."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import changes
from saltext.muster.verdict import Verdict


def since(old, new):
    return changes.differences({"facts": old}, {"facts": new})


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [{"path": ["os", "a"], "old": 1, "new": 2}]),
        ({"a": 1}, {"a": "1"}, [{"path": ["os", "a"], "old": 1, "new": "1"}]),
        ({}, {"a": {"b": 1}}, [{"path": ["os", "a"], "new": {"b": 1}}]),
        ({"a": {"b": 1}}, {"a": {}}, [{"path": ["os", "a", "b"], "old": 1}]),
        ({"a": None}, {}, [{"path": ["os", "a"], "old": None}]),
        ({"a": [1, 2]}, {"a": [2, 3]}, [{"path": ["os", "a"], "removed": [1], "added": [3]}]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [{"path": ["os", "a"], "old": [1, 2], "new": [2, 1]}]),
        (
            {"a": {"unknown": "x"}},
            {"a": {"b": 1}},
            [{"path": ["os", "a"], "old": {"unknown": "x"}, "new": {"b": 1}}],
        ),
        ({"eth0.5": {"mtu": 1}}, {"eth0.5": {"mtu": 2}},
         [{"path": ["os", "eth0.5", "mtu"], "old": 1, "new": 2}]),
    ],
)  # fmt: skip
def test_differences(old, new, wanted):
    assert since({"os": old}, {"os": new}) == {"changes": wanted, "more": 0}


def test_only_probes_that_both_have_are_compared():
    assert since({"os": {"a": 1}}, {"hosts": {"a": 2}}) == {"changes": [], "more": 0}


def test_facts_of_the_moment_are_left_out():
    old = {
        "clock": {"wall": 1.0}, "chrony": {"tracking": {"offset": 1.0, "leap": "Normal"}},
        "filesystems": {"sizes": {"/": {"size": 5, "free": 3, "used": 2}}},
    }  # fmt: skip
    new = {
        "clock": {"wall": 2.0}, "chrony": {"tracking": {"offset": 2.0, "leap": "Normal"}},
        "filesystems": {"sizes": {"/": {"size": 6, "free": 4, "used": 2}}},
    }  # fmt: skip
    (change,) = since(old, new)["changes"]
    assert change["path"] == ["filesystems", "sizes", "/", "size"]


def test_what_is_told_is_bounded():
    old = {"os": {str(number): "x" * 10_000 for number in range(1000)}}
    new = {"os": {str(number): list(range(10_000)) for number in range(1000)}}
    found = since(old, new)
    assert len(found["changes"]) == changes.MOST
    assert found["more"] == 1000 - changes.MOST
    assert len(json.dumps(found)) < 300_000


def test_verdicts_that_differ_are_told_worst_first():
    old = [Verdict("A", "n", "pass"), Verdict("B", "n", "fail"), Verdict("C", "n", "pass")]
    new = [Verdict("A", "n", "warn"), Verdict("B", "n", "pass"), Verdict("D", "n", "fail")]
    assert changes.verdicts(old, new) == [
        {"id": "A", "was": "pass", "now": "warn"},
        {"id": "B", "was": "fail", "now": "pass"},
    ]


def test_a_person_is_told_in_lines():
    found = {
        "collected": "T",
        "verdicts": [{"id": "A", "was": "fail", "now": "pass"}],
        **since({"os": {"a": [1], "b": "x"}}, {"os": {"a": [2], "c": True}}),
        "more": 3,
    }
    assert changes.lines(found) == [
        "since T:",
        "  A: was fail, now pass (better)",
        "  os.a: -1, +2",
        "  os.b: was x, now not there",
        "  os.c: was not there, now true",
        "  and 3 more facts",
    ]
    same = {"collected": "T", "verdicts": [], "changes": [], "more": 0}
    assert changes.lines(same) == ["since T: nothing changed"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)
facts = st.dictionaries(st.sampled_from(["os", "hosts", "chrony"]),
                        st.dictionaries(st.text(), anything, max_size=3))  # fmt: skip


@given(facts, facts)
def test_any_two_bundles_can_be_compared(old, new):
    found = since(old, new)
    assert since(new, new) == {"changes": [], "more": 0}
    lines = changes.lines({"collected": "T", "verdicts": [], **found})
    assert len(lines) == len(found["changes"]) + 1 or lines == ["since T: nothing changed"]
    json.dumps(found)
