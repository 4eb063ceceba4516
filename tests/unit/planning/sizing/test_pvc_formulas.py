from __future__ import annotations

from dataclasses import replace

import pytest

from saltext.muster.finding import NotAsked
from saltext.muster.parts import Ceph, CephPool, Guest, Hardware
from saltext.muster.planning.sizing import pvc_formulas
from saltext.muster.verdict import FAIL, WARN
from tests.support import planned

GB, GIB = 10**9, 1024**3
LARGE = Guest("large", GIB, vcpus=12)


def cluster(guests=(LARGE,), roles=("coordinator",), options=(), edition="0.9.39", **hardware):
    model = {"cores": 20, "memory": 64 * GIB, "reserved": 4 * GIB, "disks": (400 * GB, 400 * GB)}
    nodes = [
        planned.node(f"node{index}", role=role, hardware="model")
        for index, role in enumerate(roles)
    ]
    made = planned.cluster(
        "pvc", nodes, guests, hardware={"model": Hardware(**{**model, **hardware})},
        options=dict(options),
    )  # fmt: skip
    return replace(made, edition=edition)


def group(made):
    return pvc_formulas.alike(made)[0]


def test_the_documents_example_wants_19_cores_and_6_gb():
    assert group(cluster()).cores == 19
    assert group(cluster()).memory() == 6 * GB
    assert group(cluster()).memory(pvc_formulas.BETTER_OSD_MEMORY) == 12 * GB


def test_a_hypervisor_runs_no_monitor_and_no_database():
    found = group(cluster(roles=["hypervisor"]))
    assert (found.cores, found.memory()) == (18, 3 * GB)


def test_an_external_ceph_has_no_osds_here():
    found = group(replace(cluster(), ceph=Ceph(external=True)))
    assert (found.osds, found.cores) == (0, 15)


@pytest.mark.parametrize(("cores", "warns"), [(18, True), (19, False)])
def test_a_node_has_the_cores_of_the_formula(cores, warns):
    found = list(pvc_formulas.cores(cluster(cores=cores)))
    assert [item.status for item in found] == [WARN] * warns


def test_a_guest_counts_on_the_nodes_that_it_may_run_on():
    guests = [Guest("tied", GIB, vcpus=12, nodes=("node1",)), Guest("small", GIB, vcpus=2)]
    found = pvc_formulas.alike(cluster(guests, ["coordinator"] * 3))
    assert [(len(each.nodes), each.largest) for each in found] == [(2, 2), (1, 12)]
    pinned = [Guest("pinned", GIB, vcpus=12, node="node0", pinned=True)]
    found = pvc_formulas.alike(cluster(pinned, ["coordinator"] * 3))
    assert [each.largest for each in found] == [12, 0]


def test_too_little_memory_kept_back_is_told():
    small = {"options": {"zookeeper_heap": 0, "zookeeper_stack": 0}, "disks": ()}
    assert list(pvc_formulas.memory(cluster(**small, reserved=4 * GB))) == []
    (found,) = pvc_formulas.memory(cluster(**small, reserved=4 * GB - 1))
    assert (found.status, found.where) == (WARN, ("hardware", "model", "reserved"))


@pytest.mark.parametrize(("database", "warns"), [(40 * GB - 1, True), (40 * GB, False)])
def test_a_database_device_has_five_percent_of_the_osds(database, warns):
    found = list(pvc_formulas.databases(cluster(database=database)))
    assert [item.status for item in found] == [WARN] * warns


def test_databases_without_a_device_are_not_judged():
    with pytest.raises(NotAsked):
        list(pvc_formulas.databases(cluster()))


def test_earlier_editions_have_no_formulas():
    for proof in (pvc_formulas.cores, pvc_formulas.memory, pvc_formulas.databases):
        with pytest.raises(NotAsked, match=r"0\.9\.39"):
            list(proof(cluster(edition="0.9.21", database=1)))
    found, notes = pvc_formulas.tables(cluster(edition="0.9.21"))
    assert found == []
    assert any("60 to 65 s" in note for note in notes)


def test_hardware_that_is_not_told_is_not_judged():
    for proof, untold in ((pvc_formulas.cores, "cores"), (pvc_formulas.memory, "memory")):
        with pytest.raises(NotAsked, match=untold):
            list(proof(cluster(**{untold: 0})))


def test_zookeeper_may_have_less_in_tests_alone():
    made = cluster(options={"zookeeper_heap": 32 * 1024**2})
    with pytest.raises(NotAsked):
        list(pvc_formulas.zookeeper(made))
    (found,) = pvc_formulas.zookeeper(replace(made, tier="production"))
    assert (found.status, found.where) == (WARN, ("options", "zookeeper_heap"))
    assert list(pvc_formulas.zookeeper(replace(cluster(), tier="production"))) == []


def test_a_node_is_fenced_after_60_to_65_seconds_by_default():
    assert pvc_formulas.fenced_after(cluster()) == (60, 65)
    options = {"keepalive_interval": 2, "fence_intervals": 3}
    assert pvc_formulas.fenced_after(cluster(options=options)) == (18, 20)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"suicide_intervals": 6}, ""),
        ({"suicide_intervals": 7}, "suicide_intervals"),
        ({"suicide_intervals": -1}, "suicide_intervals"),
        ({"keepalive_interval": 0}, "keepalive_interval"),
        ({"fence_intervals": 0}, "fence_intervals"),
    ],
)
def test_a_node_ends_itself_before_it_is_fenced(options, key):
    found = [(item.status, item.where) for item in pvc_formulas.fencing(cluster(options=options))]
    assert found == [(FAIL, ("options", key))] * bool(key)


@pytest.mark.parametrize(
    ("osds", "pools", "groups"),
    [(2, 1, None), (3, 1, 128), (3, 2, 64), (5, 1, 128), (6, 1, 256), (6, 2, 128), (8, 3, 128),
     (9, 1, 256), (90, 4, 256), (3, 0, None)],
)  # fmt: skip
def test_placement_groups_follow_the_table(osds, pools, groups):
    assert pvc_formulas.placement_groups(osds, pools) == groups


def test_the_tables_tell_the_sum_and_the_groups_of_each_pool():
    made = replace(
        cluster(roles=["coordinator"] * 3),
        ceph=Ceph({"vms": CephPool(), "tmp": CephPool()}),
    )
    (nodes, groups), _notes = pvc_formulas.tables(made)
    assert nodes.rows[0]["formula"] == "2 + 1 + 2x2 + 12"
    assert [row["placement_groups"] for row in groups.rows] == [128, 128]
