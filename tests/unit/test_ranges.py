from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import ranges

SETS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))).map(ranges.joined)


def members(found):
    return {number for low, high in found for number in range(low, high + 1)}


@given(SETS, SETS)
def test_they_are_sets_of_numbers(one, other):
    assert members(ranges.union(one, other)) == members(one) | members(other)
    assert members(ranges.both(one, other)) == members(one) & members(other)
    assert members(ranges.without(one, other)) == members(one) - members(other)
    assert ranges.size(one) == len(members(one))


@given(SETS, SETS)
def test_results_are_sorted_and_disjoint(one, other):
    for found in (ranges.union(one, other), ranges.both(one, other), ranges.without(one, other)):
        assert all(low <= high for low, high in found)
        assert all(first[1] < second[0] for first, second in itertools.pairwise(found))


def test_addresses():
    texts = [
        "192.0.2.1",
        "192.0.2.2/31",
        "198.51.100.5-198.51.100.9",
        "2001:db8::/32",
        "10.1.2.3/8",
    ]
    assert ranges.shown(ranges.of(texts, 4), 4) == (
        "10.0.0.0/8, 192.0.2.1-192.0.2.3, 198.51.100.5-198.51.100.9"
    )
    assert ranges.shown(ranges.of(texts, 6), 6) == "2001:db8::/32"
    assert ranges.shown(ranges.of(["0.0.0.0/1", "128.0.0.0/1"], 4), 4) == "anywhere"
    assert ranges.shown((), 6) == "nowhere"
    many = ranges.of([f"10.0.{n}.0/24" for n in range(0, 20, 2)], 4)
    assert ranges.shown(many, 4, 2) == "10.0.0.0/24, 10.0.2.0/24 and more"


@pytest.mark.parametrize("text", ["", "any", "192.0.2.0/33", "10.0.0.1-::2", "10.0.0.1-", "a-b"])
def test_what_is_no_address(text):
    with pytest.raises(ValueError, match=r".*"):
        ranges.of([text], 4)


def test_a_range_that_ends_before_it_begins_is_empty():
    assert ranges.of(["10.0.0.9-10.0.0.1"], 4) == ()
