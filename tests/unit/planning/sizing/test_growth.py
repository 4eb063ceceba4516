from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.planning.sizing import ceph, growth

GB = 10**9
HOSTS = st.lists(st.integers(0, 9), min_size=1, max_size=4)
COPIES = st.integers(1, 4)
DISK = st.integers(1, 5)


def ways(hosts, count):
    """Give all ways to add so many disks on the hosts."""
    for chosen in itertools.combinations_with_replacement(range(hosts), count):
        yield [chosen.count(index) for index in range(hosts)]


def added(hosts, copies, disk, disks):
    return ceph.usable(growth.grown(hosts, disks, disk), copies) - ceph.usable(hosts, copies)


def test_one_disk_on_one_of_three_equal_nodes_adds_nothing():
    assert growth.best([400 * GB] * 3, 3, 400 * GB, 1) == [0, 0, 0]
    assert growth.best([400 * GB] * 3, 3, 400 * GB, 2) == [0, 0, 0]


def test_one_disk_on_each_of_three_nodes_adds_its_size():
    assert growth.best([400 * GB] * 3, 3, 400 * GB, 3) == [1, 1, 1]
    assert growth.fewest([400 * GB] * 3, 3, 400 * GB, 400 * GB) == [1, 1, 1]


def test_four_copies_grow_by_groups_of_four():
    assert growth.fewest([400] * 4, 4, 400, 1) == [1, 1, 1, 1]


def test_disks_go_where_space_was_wasted():
    assert growth.fewest([400, 400, 800], 3, 400, 400) == [1, 1, 0]


def test_fewer_hosts_than_copies_never_grow():
    assert growth.fewest([400, 400], 3, 400, 1) is None


def test_a_host_without_disks_counts_once_it_has_some():
    assert growth.fewest([400, 400, 0], 3, 400, 400) == [0, 0, 1]


def test_nothing_more_needs_no_disk():
    assert growth.fewest([400] * 3, 3, 400, 0) == [0, 0, 0]


def test_a_plan_of_too_many_disks_is_none():
    assert growth.fewest([0] * 3, 3, 1, growth.MOST_DISKS // 3 + 1) is None


def test_a_disk_without_a_byte_is_refused():
    with pytest.raises(ValueError, match="at least one byte"):
        growth.fewest([400], 1, 0, 1)


def test_equal_hosts_get_disks_in_their_order():
    assert growth.fewest([400] * 4, 3, 300, 60) == [1, 0, 0, 0]


@given(HOSTS, COPIES, DISK, st.integers(0, 8))
def test_no_plan_of_fewer_disks_is_enough(hosts, copies, disk, more):
    found = growth.fewest(hosts, copies, disk, more)
    if found is None:
        assert len(hosts) < copies
        return
    assert added(hosts, copies, disk, found) >= more
    fewer = range(min(sum(found), 7))
    assert all(
        added(hosts, copies, disk, way) < more for count in fewer for way in ways(len(hosts), count)
    )


@given(HOSTS, COPIES, DISK, st.integers(0, 5))
def test_no_other_place_of_as_many_disks_adds_more(hosts, copies, disk, count):
    found = growth.best(hosts, copies, disk, count)
    most = max(added(hosts, copies, disk, way) for way in ways(len(hosts), count))
    assert sum(found) <= count
    assert added(hosts, copies, disk, found) == most
