from __future__ import annotations

import pytest

from saltext.muster.finding import NotAsked
from saltext.muster.parts import Ceph, Hardware
from saltext.muster.planning.sizing import memory
from saltext.muster.verdict import FAIL, WARN
from tests.support import planned
from tests.support.planned import GIB

GB = 10**9
DISKS = (400 * GB, 400 * GB)


def pvc(role="coordinator", ceph=None, options=(), **hardware):
    node = planned.node("node1", role=role, hardware="big")
    models = {"big": Hardware(**{"memory": 64 * GIB, "disks": DISKS, **hardware})}
    return planned.cluster("pvc", [node], hardware=models, ceph=ceph, options=dict(options))


def reserved(cluster):
    return memory.reserved(cluster, cluster.nodes["node1"])


def free(cluster):
    return memory.free_for_guests(cluster, cluster.nodes["node1"])


def test_a_coordinator_keeps_memory_for_the_system_osds_and_zookeeper():
    cluster = pvc(reserved=2 * GIB)
    assert reserved(cluster) == {"system": 2 * GIB, "OSDs": 8 * GIB, "Zookeeper": 768 * 1024**2}
    assert free(cluster) == 54 * GIB - 768 * 1024**2


def test_a_hypervisor_runs_no_zookeeper():
    assert reserved(pvc("hypervisor")) == {"OSDs": 8 * GIB}


def test_zookeeper_takes_what_its_options_say():
    options = {"zookeeper_heap": 32 * 1024**2, "zookeeper_stack": 0}
    assert reserved(pvc(options=options))["Zookeeper"] == 32 * 1024**2


def test_osds_take_what_the_file_gives_them():
    assert reserved(pvc(ceph=Ceph(osd_memory=6 * GIB)))["OSDs"] == 12 * GIB


def test_an_external_ceph_takes_no_memory_of_the_nodes():
    assert "OSDs" not in reserved(pvc(ceph=Ceph(external=True)))


def test_disks_of_other_platforms_are_no_osds_unless_there_is_a_ceph():
    models = {"big": Hardware(memory=64 * GIB, disks=DISKS)}
    node = planned.node("node1", hardware="big")
    without = planned.cluster("ganeti", [node], hardware=models)
    assert reserved(without) == {}
    assert free(without) == 64 * GIB
    ceph = planned.cluster("ganeti", [node], hardware=models, ceph=Ceph())
    assert reserved(ceph) == {"OSDs": 8 * GIB}


def test_memory_that_is_not_told_stays_undecided():
    assert free(pvc(memory=0)) is None
    assert free(planned.cluster("pvc", ["node1"])) is None


def test_what_services_take_beyond_a_node_leaves_nothing():
    assert free(pvc(memory=4 * GIB)) == 0


@pytest.mark.parametrize(("size", "fails"), [(939524095, True), (939524096, False)])
def test_an_osd_has_no_less_than_ceph_allows(size, fails):
    found = list(memory.osd_least(pvc(ceph=Ceph(osd_memory=size))))
    assert [item.status for item in found] == [FAIL] * fails


@pytest.mark.parametrize(("size", "warns"), [(4 * GB - 1, True), (4 * GB, False)])
def test_a_small_cache_of_an_osd_is_told(size, warns):
    found = list(memory.osd_usual(pvc(ceph=Ceph(osd_memory=size))))
    assert [item.status for item in found] == [WARN] * warns


def test_osds_are_not_asked_for_where_ceph_runs_elsewhere():
    for proof in (memory.osd_least, memory.osd_usual):
        with pytest.raises(NotAsked):
            list(proof(pvc(ceph=Ceph(external=True))))


def test_a_node_without_memory_for_guests_is_refused():
    needed = 8 * GIB + 768 * 1024**2
    assert [item.where for item in memory.enough(pvc(memory=needed))] == [
        ("hardware", "big", "memory")
    ]
    assert list(memory.enough(pvc(memory=needed + 1))) == []


def test_memory_is_not_judged_where_no_node_tells_of_it():
    with pytest.raises(NotAsked):
        list(memory.enough(planned.cluster("pvc", ["node1"])))
