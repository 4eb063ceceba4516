from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _text


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    for number, line in _text.lines(text):
        assert number >= 1
        assert "\n" not in line
        assert all(_text.words(line))
    assert all(isinstance(value, str) for value in _text.assignments(text).values())
    _text.first_line(text)
    _text.unquote(text)


def test_only_line_feeds_end_a_line():
    """str.splitlines would split at seven more characters."""
    assert _text.lines("a\u2028b\x0cc\x1cd\r\ne") == [(1, "a\u2028b\x0cc\x1cd"), (2, "e")]


def test_only_ascii_white_space_parts_words():
    assert _text.words(" a\tb\u00a0c\x0bd ") == ["a", "b\u00a0c", "d"]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('"8.10"', "8.10"),
        ("'8.10'", "8.10"),
        ("8.10", "8.10"),
        ('""', ""),
        ('"', '"'),
        ('"open', '"open'),
        (r'"a \"b\" \\ \$c"', r'a "b" \ $c'),
        (r"'a \"b\"'", r"a \"b\""),
    ],
)
def test_unquote(written, wanted):
    assert _text.unquote(written) == wanted


KEYS = st.from_regex(r"[A-Z_][A-Z0-9_]{0,9}", fullmatch=True)
VALUES = st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)))


def render(values):
    def quote(value):
        return "".join(f"\\{char}" if char in '\\"$`' else char for char in value)

    return "".join(f'{key}="{quote(value)}"\n' for key, value in values.items())


@given(st.dictionaries(KEYS, VALUES))
def test_what_is_rendered_is_read_back(values):
    assert _text.assignments(render(values)) == values


def test_the_last_assignment_wins_and_comments_are_none():
    assert _text.assignments("#A=0\nA=1\nnot an assignment\n A=2 \nB\n") == {"A": "2"}
