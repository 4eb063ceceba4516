"""Keys that stand for several names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.master import numbered
from saltext.muster.master.numbered import Span


def test_a_plain_key_is_itself_with_the_number_it_ends_in():
    assert list(numbered.span("node12.example.com").names()) == [("node12.example.com", 12)]
    assert list(numbered.span("master").names()) == [("master", 0)]


def test_a_range_is_all_its_numbers():
    found = list(numbered.span("node[9-11].example.com").names())
    assert found == [(f"node{n}.example.com", n) for n in (9, 10, 11)]


def test_a_padded_range_keeps_its_width():
    assert numbered.expanded("hv[08-10]") == ["hv08", "hv09", "hv10"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("node[3-1]", "ends before it begins"),
        ("node[10-9]", "ends before it begins"),
        ("node[01-100]", "several lengths"),
        ("node[100-1]", "ends before it begins"),
        ("node[1-]", "is no range"),
        ("node[1-2", "is no range"),
        ("node1-2]", "is no range"),
        ("node[a-b]", "is no range"),
        ("n[1-2]x[1-2]", "is no range"),
        ("node[1-100001]", "more than 100000"),
        ("node[\u0661-\u0662]", "is no range"),
    ],
)
def test_what_is_no_range_is_said(key, message):
    assert message in numbered.span(key).message


def test_the_largest_range_is_one():
    assert len(numbered.span("node[1-100000]")) == numbered.MOST


@given(st.integers(0, 500), st.integers(0, 60), st.text("ab.", max_size=5))
def test_names_are_as_many_as_the_range_is_long(first, more, after):
    found = numbered.span(f"n[{first}-{first + more}]{after}")
    assert isinstance(found, Span)
    names = list(found.names())
    assert len({name for name, _number in names}) == len(found) == more + 1
    assert [number for _name, number in names] == list(range(first, first + more + 1))


@given(st.text("[]-019ax.", max_size=12))
def test_any_text_is_a_span_or_a_complaint(text):
    found = numbered.span(text)
    assert isinstance(found, numbered.Complaint) or text == found.name(found.first) or found.ranged
