from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.planning.sizing import ceph

GB = 10**9
HOSTS = st.lists(st.integers(0, 5), max_size=4)
COPIES = st.integers(1, 4)


def placed(hosts, wanted):
    """Say whether objects find room, each with its copies on different hosts: every way tried."""
    states = {tuple(sorted(hosts))}
    for copies in wanted:
        states = {
            tuple(sorted(free - (index in chosen) for index, free in enumerate(state)))
            for state in states
            for chosen in itertools.combinations(range(len(state)), copies)
            if all(state[index] for index in chosen)
        }
    return bool(states)


def most(hosts, copies, stored=()):
    """Return how many objects of one pool find room beside those of others."""
    taken = [each for data, each in stored for _ in range(data)]
    count = 0
    while placed(hosts, [*taken, *[copies] * (count + 1)]):
        count += 1
    return count


def test_three_nodes_of_400_gb_with_three_copies_give_400_gb():
    assert ceph.usable([400 * GB] * 3, 3) == 400 * GB


def test_one_larger_host_adds_nothing():
    assert ceph.usable([400 * GB, 400 * GB, 800 * GB], 3) == 400 * GB


def test_four_equal_hosts_give_the_sum_by_copies():
    assert ceph.usable([300, 300, 300, 300], 3) == 400
    assert ceph.usable([300, 300, 300, 300], 4) == 300


def test_fewer_hosts_than_copies_give_nothing():
    assert ceph.usable([], 1) == 0
    assert ceph.usable([400, 400], 3) == 0
    assert ceph.usable([400, 400, 0], 3) == 0


def test_no_copy_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one copy"):
        ceph.usable([400], 0)


def test_a_byte_that_no_copy_finds_room_for_is_not_counted():
    assert ceph.usable([3, 3, 3, 2], 3) == 3
    assert ceph.usable([3, 3, 2, 2], 3) == 3
    assert ceph.usable([3, 2, 2, 2], 3) == 3
    assert ceph.usable([2, 2, 2, 2], 3) == 2


@given(HOSTS, COPIES)
def test_usable_space_is_what_a_search_of_all_placements_finds(hosts, copies):
    assert ceph.usable(hosts, copies) == most(hosts, copies)


@given(st.lists(st.integers(0, 10**15), max_size=30), COPIES)
def test_usable_space_is_the_largest_that_the_definition_allows(hosts, copies):
    def enough(amount):
        return sum(min(capacity, amount) for capacity in hosts) >= copies * amount

    found = ceph.usable(hosts, copies)
    assert enough(found)
    assert not enough(found + 1)


@given(
    st.lists(st.integers(0, 3), max_size=4),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=2),
)
def test_room_beside_other_pools_is_what_a_search_of_all_placements_finds(hosts, copies, stored):
    taken = [each for data, each in stored for _ in range(data)]
    wanted = most(hosts, copies, stored) if placed(hosts, taken) else 0
    assert ceph.room(hosts, copies, stored) == wanted


@given(HOSTS, st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=2))
def test_data_fits_just_when_the_space_is_not_more_than_full(hosts, stored):
    full = ceph.fullness(hosts, stored)
    taken = [each for data, each in stored for _ in range(data)]
    assert placed(hosts, taken) == (full is not None and full <= 1)


def test_fullness_is_the_share_of_what_is_usable():
    assert ceph.fullness([400] * 3, [(100, 3)]) == Fraction(1, 4)
    assert ceph.fullness([400] * 3, [(100, 3), (150, 2)]) == Fraction(1, 2)
    assert ceph.fullness([400] * 3, []) == 0
    assert ceph.fullness([400] * 3, [(500, 3)]) == Fraction(5, 4)


def test_no_share_is_told_of_data_that_has_fewer_hosts_than_copies():
    assert ceph.fullness([400] * 2, [(1, 3)]) is None


def test_a_tight_cluster_is_as_full_as_its_smaller_hosts():
    assert ceph.fullness([900, 100, 100], [(100, 3)]) == 1


def test_space_that_no_copy_can_use_is_told_by_host():
    assert ceph.wasted([400, 800, 400], 3) == [0, 400, 0]
    assert ceph.wasted([400, 400], 3) == [400, 400]
    assert ceph.wasted([300] * 4, 3) == [0] * 4


@given(HOSTS, COPIES)
def test_what_is_wasted_and_what_is_used_are_all_there_is(hosts, copies):
    left = sum(hosts) - sum(ceph.wasted(hosts, copies)) - copies * ceph.usable(hosts, copies)
    assert 0 <= left < copies
