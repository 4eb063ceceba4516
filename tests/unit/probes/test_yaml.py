from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from saltext.muster.probes import _yaml
from saltext.muster.probes.source import Unreadable

#: What netplan's files are made of, and what is near it.
TOKENS = (
    "a", "b: ", "c:", "- ", "-", "\n", "\n  ", "\n    ", " ", "[", "]", "{", "}", ",", "'", '"',
    "x y", "::1", "192.0.2.1/24", "#", " # c", "\\", "fe80::", "!", "&a", "*a", "|", "?", "? ",
    ":", ": ", "---", "\n---\n", "%", "\t", "''", "true", "~", "\n- ", "\n  - ", "<<: ", "é",
    "...", "\n\n", "k: v\n", "  k: v\n", "[a, b]", "{a: b}", "- k: v\n", "  l: w\n", "\r\n",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""), ("\n# nothing\n", ""), ("---\na: b\n", {"a": "b"}), ("a:\n", {"a": ""}),
        ("a:\n- b\n- c\n", {"a": ["b", "c"]}),
        ("a:\n    - b # c\n    - c#d\n", {"a": ["b", "c#d"]}),
        ("a: [1.2.3.4/24, '::1/128']\n", {"a": ["1.2.3.4/24", "::1/128"]}),
        ("a: ['::1/128', \"b\"]\n", {"a": ["::1/128", "b"]}),
        ("a: [2001:db8::1/64,192.0.2.1/24]\n", {"a": ["2001:db8::1/64", "192.0.2.1/24"]}),
        ("a: {b: c, d: e}\n", {"a": {"b": "c", "d": "e"}}), ("a: []\nb: {}\n", {"a": [], "b": {}}),
        ("'a b': \"c # d\"\n", None), ("'a b': 'it''s'\n", {"a b": "it's"}),
        ("r:\n  - to: default\n    via: 192.0.2.1\n  - to: x\n",
         {"r": [{"to": "default", "via": "192.0.2.1"}, {"to": "x"}]}),
        ("a:\n  b:\n    c: d\n  e: f\n", {"a": {"b": {"c": "d"}, "e": "f"}}),
        ("a:\r\n  b: c\r\n", {"a": {"b": "c"}}),
    ],
)  # fmt: skip
def test_what_it_reads(text, value):
    if value is None:
        with pytest.raises(Unreadable, match="line 1"):
            _yaml.parse(text)
    else:
        assert _yaml.parse(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "a: &b c\n", "a: *b\n", "a: !!str b\n", "a: |\n  b\n", "a: >\n  b\n", "\ta: b\n", "a:\tb\n",
        "a: [[b]]\n", "a: {b: {c: d}}\n", "a: [b,\n  c]\n", "a: b\n  c\n", "a: b\na: c\n",
        "a: b: c\n", "a: b\n b: c\n", "---\na: b\n---\nc: d\n", "%YAML 1.2\n---\na: b\n",
        "<<: {a: b}\n", "? a\n", "- - a\n", 'a: "b\\n"\n', "a: 'b\n", "a: 'b' c\n", "a\nb\n",
        "a: \x01\n", "a: b\rc: d\n", "a: b\x85c: d\n", "- a\nb: c\n", "a: ['b', c]\n", "a: [b\n",
        "".join(f"{' ' * depth}a:\n" for depth in range(40)),
    ],
)  # fmt: skip
def test_what_it_refuses(text):
    with pytest.raises(Unreadable):
        _yaml.parse(text)


@settings(max_examples=300)
@example("it 's # x")
@example("c:[' # c' }[")
@given(st.one_of(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join), st.text()))
def test_it_never_reads_anything_else_than_yaml_itself(text):
    try:
        value = _yaml.parse(text)
    except Unreadable:
        return
    found = yaml.load(text, Loader=yaml.BaseLoader)
    assert value == ("" if found is None else found)
