from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.parts import Ceph, CephPool, Hardware
from saltext.muster.planning.simulating import storage_loss
from saltext.muster.planning.simulating.failures import Counted
from saltext.muster.planning.simulating.storage_loss import Untold
from tests.support.planned import cluster, node

MODELS = {"disks": Hardware(disks=(400,)), "none": Hardware(memory=1)}


def storing(*disks, **more):
    """Return a PVC cluster whose nodes have disks or not."""
    nodes = [
        node(f"n{place}", hardware="disks" if each else "none") for place, each in enumerate(disks)
    ]
    return cluster("pvc", nodes, hardware=MODELS, **more)


@pytest.mark.parametrize(
    ("copies", "mincopies", "hosts", "may_fail"),
    [
        (3, 2, 3, 1),
        (3, 2, 8, 1),
        (3, 1, 3, 2),
        (4, 2, 4, 2),
        (4, 2, 3, 1),
        (3, 2, 2, 0),
        (3, 2, 1, -1),
        (2, 3, 5, -1),
        (1, 1, 1, 0),
        (3, 2, 0, -1),
        (3, 0, 3, 2),
    ],
)
def test_hosts_that_may_fail_while_io_goes_on(copies, mincopies, hosts, may_fail):
    assert storage_loss.tolerated(CephPool(copies, mincopies), hosts) == may_fail


def test_data_is_lost_when_all_hosts_of_a_placement_group_are_down():
    pool = CephPool(3, 2)
    assert not storage_loss.after(pool, 8, 2).lost
    assert storage_loss.after(pool, 8, 3).lost
    assert not storage_loss.after(pool, 0, 0).lost


def test_what_is_left_is_told_in_words():
    assert storage_loss.after(CephPool(3, 2), 5, 1).words() == "2 of 3 copies left"
    words = "1 of 3 copies left, 2 needed for I/O"
    assert storage_loss.after(CephPool(3, 2), 5, 2).words() == words


def test_only_nodes_with_disks_are_storage_hosts():
    assert storage_loss.hosts(storing(True, False, True)) == ("n0", "n2")


def test_disks_that_are_not_told_are_no_answer():
    bare = cluster("pvc", ["n0", node("n1", hardware="disks")], hardware=MODELS)
    with pytest.raises(Untold, match="disks of n0 are not told"):
        storage_loss.hosts(bare)


def test_a_ceph_elsewhere_is_no_answer():
    with pytest.raises(Untold, match="external"):
        storage_loss.hosts(storing(True, ceph=Ceph(external=True)))


@given(
    st.lists(st.booleans(), min_size=1, max_size=6),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 4),
    st.booleans(),
)
def test_io_is_that_of_the_worst_of_all_placement_groups(disks, copies, mincopies, count, lost):
    hosts = [place for place, each in enumerate(disks) if each]
    groups = list(itertools.combinations(hosts, min(copies, len(hosts)))) if hosts else []

    def fails(down):
        left = min((len(set(group) - set(down)) for group in groups), default=None)
        if left is None:
            return not lost
        return left == 0 if lost else left < mincopies

    cases = list(itertools.combinations(range(len(disks)), count))
    failed = [down for down in cases if fails(down)]
    pool = CephPool(copies, mincopies)
    found = storage_loss.stopped_by(storing(*disks), pool, count, lost=lost)
    assert found == Counted(len(cases), len(failed), failed[0] if failed else ())
    for down in cases:
        left = storage_loss.at(
            [f"n{place}" for place in hosts], pool, [f"n{place}" for place in down]
        )
        assert (left.lost if lost else not left.io) == fails(down)
