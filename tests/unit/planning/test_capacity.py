from __future__ import annotations

import json
from dataclasses import replace

import pytest

from saltext.muster import proving
from saltext.muster.parts import Ceph, CephPool, Guest, Hardware
from saltext.muster.planning import capacity
from tests.support import planned

GB, GIB = 10**9, 1024**3


def pvc(count=3, **more):
    model = Hardware(cores=16, memory=64 * GIB, swap=8 * GIB, reserved=2 * GIB, disks=(400 * GB,))
    nodes = [
        planned.node(
            f"node{index}",
            role="coordinator" if index < 3 else "hypervisor",
            hardware="r740",
        )
        for index in range(count)
    ]
    guests = [Guest(f"web{index}", 4 * GIB, vcpus=2) for index in range(10)]
    return planned.cluster("pvc", nodes, guests, hardware={"r740": model}, **more)


def names(sheet):
    return [table.name for table in sheet.tables]


def test_a_sound_cluster_has_no_findings_and_all_its_tables():
    sheet = capacity.sheet(pvc())
    assert (list(sheet.findings), sheet.status) == ([], 0)
    assert names(sheet) == [
        "memory of a node",
        "memory for guests",
        "cores",
        "pools",
        "storage",
        "storage hosts",
        "growth",
        "sizes of disks",
        "PVC totals",
        "rule of thumb",
        "PVC memory at n-1",
        "PVC nodes",
        "placement groups",
    ]


def test_memory_is_told_once_for_nodes_that_are_alike():
    rows = capacity.sheet(pvc(8)).tables[0].rows
    assert [(row["role"], row["nodes"], row["guests_bytes"]) for row in rows] == [
        ("coordinator", 3, 58 * GIB - 768 * 1024**2),
        ("hypervisor", 5, 58 * GIB),
    ]


def test_data_that_does_not_fit_fails_under_its_row():
    sheet = capacity.sheet(pvc(ceph=Ceph({"vms": CephPool(data=500 * GB)})))
    assert [(item.row, item.status) for item in sheet.findings] == [("PVC-001", "fail")]
    assert sheet.status == 2


def test_a_wanted_growth_is_planned():
    sheet = capacity.sheet(pvc(), disk=200 * GB, more=200 * GB)
    plan = next(table for table in sheet.tables if table.name == "growth plan")
    assert [row["disks"] for row in plan.rows] == [1, 1, 1]


def test_other_platforms_reckon_with_their_own_disks():
    nodes = [planned.node(name, hardware="r740") for name in ("a", "b")]
    guests = [
        Guest(f"web{index}", GIB, disks=(GB,), node="a", secondary="b") for index in range(65)
    ]
    made = planned.cluster(
        "ganeti", nodes, guests, hardware={"r740": Hardware(memory=128 * GIB, disks=(60 * GB,))}
    )
    sheet = capacity.sheet(made)
    assert "pools" not in names(sheet)
    assert {"limits", "space on disks"} <= set(names(sheet))
    assert [(item.row, item.status) for item in sheet.findings] == [
        ("GNT-038", "fail"),
        ("GNT-038", "fail"),
        ("", "warn"),
        ("", "warn"),
    ]


def test_an_external_ceph_leaves_space_to_others():
    sheet = capacity.sheet(pvc(ceph=Ceph(external=True)))
    assert not {"pools", "growth", "space on disks"} & set(names(sheet))


@pytest.mark.parametrize("platform", ["pvc", "ganeti", "vmmanager", "ravada"])
def test_a_file_that_tells_nothing_gives_no_finding_and_says_what_is_undecided(platform):
    sheet = capacity.sheet(planned.cluster(platform, ["a", "b", "c"]))
    assert list(sheet.findings) == []
    assert any("undecided" in note for note in sheet.notes)


@pytest.mark.parametrize("platform", capacity.ROWS)
def test_every_row_of_capacity_is_proved_by_the_catalogue(platform):
    proved = {rule.id for rule in proving.rules(platform)}
    assert set(capacity.ROWS[platform]) <= proved


@pytest.mark.parametrize("more", [0, 1, 10**15])
def test_a_sheet_is_plain_data_and_text_and_always_the_same(more):
    sheet = capacity.sheet(pvc(5), more=more)
    assert json.loads(json.dumps(sheet.to_data())) == sheet.to_data()
    assert sheet.text() == capacity.sheet(pvc(5), more=more).text()


def test_the_order_of_nodes_is_the_files():
    turned = replace(pvc(), nodes=dict(reversed(pvc().nodes.items())))
    rows = next(t for t in capacity.sheet(turned).tables if t.name == "storage hosts").rows
    assert rows[0]["hosts"] == "node2, node1, node0"
