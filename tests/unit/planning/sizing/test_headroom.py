from __future__ import annotations

import pytest

from saltext.muster.finding import NotAsked
from saltext.muster.parts import Ceph, CephPool, Guest, Hardware
from saltext.muster.planning.sizing import headroom
from saltext.muster.verdict import FAIL, WARN
from tests.support import planned

GB, GIB = 10**9, 1024**3


def cluster(count=3, guests=(), memory=64 * GIB, disks=(), data=0, nodes=(), **more):
    models = {"big": Hardware(cores=16, memory=memory, disks=disks)}
    made = [planned.node(f"node{index}", hardware="big") for index in range(count)]
    ceph = Ceph({"vms": CephPool(data=data)}, osd_memory=GIB)
    return planned.cluster(
        "pvc", [*made, *nodes], guests, hardware=models, ceph=ceph if disks else None, **more
    )


def guests(count, memory=GIB, **more):
    return [Guest(f"web{index}", memory, vcpus=2, **more) for index in range(count)]


def status(made):
    return [item.status for item in headroom.sized(made)]


def test_the_only_node_is_not_reckoned_without_itself():
    assert headroom.Resource([8], 4).states() == [("all nodes up", 8)]
    assert headroom.Resource([8, 6], 4).states()[1] == ("largest node down", 6)


def test_headroom_is_told_now_and_with_the_largest_node_down():
    (memory, cores), notes = headroom.tables(cluster(guests=guests(8, 8 * GIB)))
    assert [(row["have_bytes"], row["left_bytes"]) for row in memory.rows] == [
        (192 * GIB, 128 * GIB),
        (128 * GIB, 64 * GIB),
    ]
    assert [(row["have"], row["planned"], row["left"]) for row in cores.rows] == [
        (48, 16, 32),
        (32, 16, 16),
    ]
    assert [row["percent_planned"] for row in memory.rows] == [33.3, 50.0]
    assert notes == []


def test_guests_that_do_not_run_and_nodes_that_are_drained_do_not_count():
    drained = planned.node("node9", hardware="big", drained=True)
    made = cluster(guests=guests(8, running=False), nodes=[drained])
    (memory, _cores), _notes = headroom.tables(made)
    assert (memory.rows[0]["have_bytes"], memory.rows[0]["planned_bytes"]) == (192 * GIB, 0)


def test_what_hardware_does_not_tell_is_undecided():
    found, notes = headroom.tables(cluster(nodes=[planned.node("node9")]))
    assert found == []
    assert len(notes) == 2
    assert all("node9" in note for note in notes)


def test_guests_in_just_the_memory_of_the_other_nodes_are_good():
    assert status(cluster(guests=guests(128))) == []
    assert status(cluster(guests=guests(129))) == [WARN]


def test_guests_beyond_all_memory_are_told_once():
    (found,) = headroom.sized(cluster(guests=guests(193)))
    assert "all nodes up" in found.message


def test_data_beyond_the_space_is_refused_and_nearly_as_much_told():
    def filled(data):
        return status(cluster(disks=(400 * GB,), data=data))

    assert filled(340 * GB) == []
    assert filled(340 * GB + 1) == [WARN]
    assert filled(380 * GB) == [WARN]
    assert filled(380 * GB + 1) == [FAIL]
    assert filled(500 * GB) == [FAIL]


def test_data_that_does_not_fit_once_a_host_is_lost_is_told():
    assert status(cluster(4, disks=(300 * GB,), data=255 * GB)) == []
    (found,) = headroom.sized(cluster(4, disks=(300 * GB,), data=255 * GB + 1))
    assert (found.status, "largest host lost" in found.message) == (WARN, True)


def test_fewer_hosts_than_copies_are_judged_by_another_row():
    assert list(headroom.sized(cluster(2, disks=(400 * GB,)))) == []


def test_nothing_is_judged_where_nothing_is_told():
    with pytest.raises(NotAsked):
        list(headroom.sized(planned.cluster("pvc", ["node1"])))
    with pytest.raises(NotAsked):
        list(headroom.sized(planned.cluster("ganeti", ["node1"])))
