from __future__ import annotations

import pytest

from saltext.muster.finding import NotAsked
from saltext.muster.parts import Ceph, CephPool, Hardware
from saltext.muster.planning.sizing import expansion
from tests.support import planned

GB, GIB = 10**9, 1024**3


def cluster(*hosts, memory=0, **ceph):
    models = {
        f"model{index}": Hardware(memory=memory, disks=tuple(each * GB for each in disks))
        for index, disks in enumerate(hosts)
    }
    nodes = [planned.node(f"node{index}", hardware=f"model{index}") for index in range(len(hosts))]
    return planned.cluster("pvc", nodes, hardware=models, ceph=Ceph(**ceph))


def tables(made, **arguments):
    found, notes = expansion.tables(made, **arguments)
    return {table.name: list(table.rows) for table in found}, notes


def test_one_disk_on_one_node_of_three_adds_nothing_and_three_add_one():
    found, _notes = tables(cluster((400,), (400,), (400,)))
    assert [(row["disks"], row["added_bytes"]) for row in found["growth"]] == [
        (1, 0),
        (2, 0),
        (3, 400 * GB),
    ]
    assert [row["on"] for row in found["growth"]] == ["any host"] * 2 + ["node0, node1, node2"]


def test_a_disk_on_each_of_more_hosts_than_copies_is_told_too():
    found, _notes = tables(cluster(*[(300,)] * 4))
    assert found["growth"][-1]["disks"] == 4
    assert found["growth"][-1]["added_bytes"] == 400 * GB


def test_larger_disks_are_fewer_and_take_less_memory():
    found, _notes = tables(cluster((400,), (400,), (400,)), more=800 * GB)
    assert [(row["disk_bytes"], row["disks"]) for row in found["sizes of disks"]] == [
        (200 * GB, 12),
        (400 * GB, 6),
        (800 * GB, 3),
    ]
    assert [row["osd_memory_bytes"] for row in found["sizes of disks"]] == [
        48 * GIB,
        24 * GIB,
        12 * GIB,
    ]


def test_a_plan_tells_each_node_its_disks_and_the_memory_left():
    made = cluster((400,), (400, 400), (400,), memory=16 * GIB)
    found, notes = tables(made, more=400 * GB)
    assert [(row["node"], row["disks"], row["then_bytes"]) for row in found["growth plan"]] == [
        ("node0", 1, 800 * GB),
        ("node2", 1, 800 * GB),
    ]
    assert [row["memory_left_bytes"] for row in found["growth plan"]] == [8 * GIB, 8 * GIB]
    assert any("2 disks of 400 GB add 400 GB" in note for note in notes)


def test_another_size_of_disk_is_planned_with_when_wanted():
    found, _notes = tables(cluster(*[(400,)] * 3), disk=100 * GB, more=200 * GB)
    assert [row["disks"] for row in found["growth plan"]] == [2, 2, 2]


def test_the_strictest_pool_decides():
    pools = {"vms": CephPool(), "safe": CephPool(4, 2)}
    found, notes = tables(cluster(*[(400,)] * 4, pools=pools))
    assert [row["added_bytes"] for row in found["growth"]] == [0, 0, 0, 400 * GB]
    assert any("4 copies" in note for note in notes)


def test_nodes_without_disks_are_used_where_there_are_too_few_hosts():
    found, notes = tables(cluster((400,), (400,), ()), more=400 * GB)
    assert [(row["node"], row["disks"]) for row in found["growth plan"]] == [("node2", 1)]
    assert any("fewer hosts than copies" in note for note in notes)


def test_no_disk_helps_where_there_are_fewer_nodes_than_copies():
    found, notes = tables(cluster((400,), (400,)), more=400 * GB)
    assert "growth plan" not in found
    assert any("2 nodes are fewer than 3 copies" in note for note in notes)
    assert any("fewer nodes than copies" in note for note in tables(cluster((400,), (400,)))[1])


def test_a_growth_of_very_many_disks_is_not_planned():
    found, notes = tables(cluster(*[(400,)] * 3), disk=1, more=GB)
    assert "growth plan" not in found
    assert any("more than" in note for note in notes)


def test_growth_is_not_asked_for_without_storage():
    with pytest.raises(NotAsked):
        expansion.tables(cluster((400,), external=True))
