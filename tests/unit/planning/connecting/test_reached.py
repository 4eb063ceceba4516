"""What is told of the tries between nodes."""

from __future__ import annotations

import pytest

from saltext.muster.planning import sheet
from saltext.muster.planning.connecting import reached
from saltext.muster.planning.connecting.reached import NOT_TOLD, Outcome, Told
from saltext.muster.planning.connecting.rules import Rules
from saltext.muster.reach import asked
from tests.support import talking


@pytest.fixture
def one():
    return talking.vmmanager(talking.numbered(3))


def told(one, results, problems=None):
    """Return the sheet when tries came to results, a mapping of ends to words; others are open."""
    outcomes = [
        Outcome(p, results.get((p.source, p.destination, p.port), Told(asked.OPEN)))
        for p in reached.wanted(one)
    ]
    return reached.sheet(one, outcomes, Rules(one), problems or {})


def rows(found, name):
    return next((table.rows for table in found.tables if table.name == name), [])


def first(one):
    probe = reached.wanted(one)[0]
    return probe, (probe.source, probe.destination, probe.port)


def test_all_open_is_met_and_counted(one):
    found = told(one, {})
    assert found.status == 0
    assert not found.findings
    counts = rows(found, "tries between nodes")
    assert sum(row["open"] for row in counts) == len(reached.wanted(one)) > 0
    assert not rows(found, "not reached")


def test_closed_is_reached(one):
    _probe, key = first(one)
    found = told(one, {key: Told(asked.CLOSED, "nothing listens there")})
    assert found.status == 0
    assert sum(row["closed"] for row in rows(found, "tries between nodes")) == 1


@pytest.mark.parametrize("word", [w for w in asked.RESULTS if w not in asked.REACHED])
def test_all_else_is_wrong_with_both_ends_and_a_remedy(one, word):
    probe, key = first(one)
    found = told(one, {key: Told(word, "because")})
    assert found.status == 2
    (finding,) = found.findings
    for text in (probe.source, probe.destination, probe.address, str(probe.port), word, "because"):
        assert text in finding.message
    assert finding.remedy
    assert "{" not in finding.remedy
    assert [row["result"] for row in rows(found, "not reached")] == [word]


def test_one_reason_for_many_ports_is_told_once(one):
    shut = {
        (p.source, p.destination, p.port): Told(asked.FILTERED, "no answer at all")
        for p in reached.wanted(one)
        if p.destination == "node1"
    }
    found = told(one, shut)
    assert len(found.findings) == 1
    assert "and 1 node more" in found.findings[0].message
    assert len(rows(found, "not reached")) == len(shut) > 2


def test_a_node_that_does_not_answer_is_named_once(one):
    silent = {
        (p.source, p.destination, p.port): Told(NOT_TOLD)
        for p in reached.wanted(one)
        if p.source == "node1"
    }
    found = told(one, silent, {"node1": "the minion did not answer"})
    assert found.status == 2
    assert [item.message for item in found.findings] == ["node1: the minion did not answer"]


def test_an_answer_without_the_try_is_wrong(one):
    _probe, key = first(one)
    found = told(one, {key: Told(NOT_TOLD)})
    assert found.status == 2
    assert NOT_TOLD in found.findings[0].message


def test_tries_of_one_node_begin_or_end_there(one):
    found = reached.wanted(one, "node1")
    assert found
    assert all("node1" in (p.source, p.destination) for p in found)
    assert len(found) < len(reached.wanted(one))


def test_flows_from_outside_are_told_as_not_tried(one):
    left = rows(told(one, {}), "not tried")
    assert {"admin"} <= {row["from"] for row in left}
    assert any(row["protocol"] == "icmp" for row in left)
    tried = {(p.network, p.protocol, p.port) for p in reached.wanted(one)}
    plan = Rules(one)
    assert len(left) + len({(f.network, f.protocol, f.first) for f in plan.flows} & tried) > 0


def test_an_address_that_the_plan_does_not_know_is_told(one):
    probe, key = first(one)
    found = told(one, {key: Told(asked.OPEN, "", "198.51.100.9")})
    (row,) = rows(found, "sent from another address than planned")
    assert (row["from"], row["seen"]) == (probe.source, "198.51.100.9")
    planned = Told(asked.OPEN, "", one.nodes[probe.source].address)
    assert not rows(told(one, {key: planned}), "sent from another address than planned")


def test_one_node_alone_has_nothing_to_try():
    alone = talking.vmmanager(talking.numbered(1))
    found = told(alone, {})
    assert "nothing to try" in found.findings[0].message
    assert found.status == 0


def test_it_is_shown_as_text(one):
    _probe, key = first(one)
    text = sheet.text(told(one, {key: Told(asked.FILTERED, "no answer\x1b[2J")}).to_data())
    assert "\x1b" not in text
    assert "filtered" in text
