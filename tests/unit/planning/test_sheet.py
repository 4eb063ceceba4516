"""Sheets: the same data for a person and for a machine."""

from __future__ import annotations

import json

import pytest

from saltext.muster.finding import Finding
from saltext.muster.planning.sheet import Sheet, Table, text

WARNED = Finding(("nodes",), "nodes are few", "add some", "", "warn", "PVC-079")
FAILED = Finding(("networks", "main"), "main is full", "take a larger one", "")
ROWS = ({"node": "node1", "free_bytes": 1024**3, "fits": True}, {"node": "n2", "free_bytes": None,
        "fits": False})  # fmt: skip


def sheet(**parts):
    return Sheet("capacity", "demo", **parts)


def test_findings_come_first_the_worst_on_top():
    found = sheet(findings=(WARNED, FAILED), tables=(Table("memory", ROWS),), notes=("so it is",))
    assert found.text().splitlines() == [
        "capacity of cluster demo",
        "  fail  main is full",
        "        remedy: take a larger one",
        "  warn  PVC-079: nodes are few",
        "        remedy: add some",
        "",
        "memory:",
        "  node   free   fits",
        "  node1  1 GiB  yes",
        "  n2     -      no",
        "",
        "so it is",
    ]


@pytest.mark.parametrize(("findings", "status"), [((), 0), ((WARNED,), 0), ((WARNED, FAILED), 2)])
def test_only_a_failure_is_an_exit_status(findings, status):
    found = sheet(findings=findings)
    assert found.status == found.to_data()["retcode"] == status


def test_data_keeps_sizes_as_bytes_and_comes_through_json():
    data = json.loads(json.dumps(sheet(tables=(Table("memory", ROWS),)).to_data()))
    assert data["tables"]["memory"][0] == {"node": "node1", "free_bytes": 1024**3, "fits": True}
    assert text(data) == sheet(tables=(Table("memory", ROWS),)).text()


def test_an_empty_table_says_so():
    assert "  none" in sheet(tables=(Table("memory", ()),)).text().splitlines()


def test_what_could_move_a_terminal_is_not_printed():
    rows = ({"guest": "evil\x1b[2J\nname"},)
    assert "\x1b" not in sheet(tables=(Table("guests", rows),)).text()
    assert "evil?[2J?name" in sheet(tables=(Table("guests", rows),)).text()
