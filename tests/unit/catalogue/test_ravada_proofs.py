"""Ravada's rows that a cluster file decides, each met and not met by one change."""

from __future__ import annotations

import pytest

from saltext.muster.catalogue.ravada.proofs import on_master
from saltext.muster.finding import NotAsked
from saltext.muster.parts import Base
from tests.support import planned, proofs
from tests.support.proofs import Proof

ONE, CLASS = "ravada", "ravada-class"
MASTER = ("nodes", "master.example.com", "hardware")
SMALL, LARGE = "hardware/small", "hardware/large"

CASES = [
    Proof("RAV-002", CLASS, "pass"),
    Proof("RAV-002", ONE, "skip", seen="no node has the role master"),
    Proof("RAV-002", CLASS, "fail", {"nodes/rav1.example.com/role": "master"},
          ("nodes", "rav1.example.com", "role"), "Ravada has one master"),
    Proof("RAV-003", CLASS, "pass"),
    Proof("RAV-003", ONE, "skip", seen="hardware is not told"),
    Proof("RAV-003", CLASS, "skip", {"nodes/master.example.com/hardware": None}, seen="not told"),
    Proof("RAV-003", CLASS, "pass", {f"{SMALL}/memory": "256 GiB"}),
    Proof("RAV-003", CLASS, "warn", {f"{SMALL}/memory": "257 GiB"}, MASTER,
          "less memory than rav1.example.com (small)"),
    Proof("RAV-003", CLASS, "warn", {f"{SMALL}/cores": 33, f"{SMALL}/disks": ["1 TB", "2 TB"]},
          MASTER, "less cores and disk space than"),
    Proof("RAV-003", CLASS, "pass", {f"{LARGE}/memory": None}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_row_is_proved(case):
    proofs.check(case)


def test_both_rows_are_seen_to_hold_and_not_to_hold():
    for row in ("RAV-002", "RAV-003"):
        seen = {case.status for case in CASES if case.row == row}
        assert "pass" in seen and seen & {"fail", "warn"}


def ravada(*nodes, **bases):
    made = {name: Base(1, where) for name, where in bases.items()}
    return planned.cluster(
        "ravada",
        nodes or [planned.node("rav1", role="master"), planned.node("rav2", role="node")],
        bases=made,
    )


def test_a_base_of_a_node_is_on_the_master():
    assert list(on_master(ravada(ubuntu=("rav1", "rav2"), new=(), local=("rav1",)))) == []
    found = list(on_master(ravada(ubuntu=("rav1", "rav2"), debian=("rav2",))))
    assert [item.where for item in found] == [("bases", "debian", "nodes")]
    assert found[0].message == "base debian is on rav2, and not on the master"
    assert "rav1" in found[0].remedy


def test_a_file_without_bases_is_not_asked():
    with pytest.raises(NotAsked, match="no base"):
        list(on_master(ravada()))


def test_a_file_of_the_other_nodes_alone_is_not_asked():
    with pytest.raises(NotAsked, match="master"):
        list(on_master(ravada(planned.node("rav2", role="node"), ubuntu=("rav2",))))
