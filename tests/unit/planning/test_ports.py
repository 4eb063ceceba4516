"""The sheet "ports"."""

from __future__ import annotations

import json

import pytest

from saltext.muster.errors import InvalidArgument
from saltext.muster.parts import Bgp
from saltext.muster.planning import ports
from tests.support.talking import (
    pvc,
    pvc_nodes,
    vmmanager,
)


def test_the_sheet_tells_flows_rules_and_lists():
    sheet = ports.sheet(pvc(pvc_nodes(20), bgp=Bgp(65500)))
    names = [table.name for table in sheet.tables]
    assert names[:3] == ["flows", "rules", "switch ports"]
    assert "route reflector node0 (10.1.0.1)" in names
    assert sheet.text().count("node3 and 16 more")
    assert sheet.status == 0
    assert any("rings" in note for note in sheet.notes)
    assert json.loads(json.dumps(sheet.to_data()))["topic"] == "ports"


def test_the_sheet_of_one_node_has_nothing_of_another():
    sheet = ports.sheet(pvc(pvc_nodes(20), bgp=Bgp(65500)), node="node7")
    tables = {table.name: table.rows for table in sheet.tables}
    assert {row["nodes"] for row in tables["rules"]} == {"node7"}
    assert {row["node"] for row in tables["switch ports"]} == {"node7"}
    assert {row["node"] for row in tables["route reflectors"]} == {"node7"}


def test_a_node_that_leaves_is_told_what_its_peers_lose():
    old = pvc(pvc_nodes(4), bgp=Bgp(65500))
    sheet = ports.sheet(pvc(pvc_nodes(3), bgp=Bgp(65500)), node="node3", since=old)
    tables = {table.name: table.rows for table in sheet.tables}
    lines = tables["route reflector lines that change"]
    assert {(row["change"], row["node"]) for row in lines} == {("remove", "node3")}
    assert {row["reflector"] for row in lines} == {"node0", "node1", "node2"}
    assert "rules" not in tables and "leaves" in sheet.notes[0]


def test_a_salt_master_that_is_not_told_is_noted():
    assert any("Declare salt_masters" in note for note in ports.sheet(vmmanager()).notes)
    told = ports.sheet(vmmanager(salt_masters=("192.0.2.1",)))
    assert not any("salt_masters" in note for note in told.notes)


def test_a_node_that_is_not_there():
    with pytest.raises(InvalidArgument, match="no node 'node9'"):
        ports.sheet(vmmanager(), node="node9")
