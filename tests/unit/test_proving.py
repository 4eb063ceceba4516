"""Rows that a cluster file decides: proofs, waivers, verdicts."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from saltext.muster import explanation, platforms, proving
from saltext.muster.cluster import Waiver
from saltext.muster.finding import NotAsked, doubtful, wrong
from saltext.muster.requirement import Rule

from .master import support

TODAY = date(2026, 11, 21)


def fails(cluster):
    yield wrong(("nodes",), "too few", "add nodes")
    yield doubtful(("nodes",), "rather few", "think")


def warns(cluster):
    yield doubtful(("nodes",), "rather few", "think")


def holds(cluster):
    return ()


def not_asked(cluster):
    raise NotAsked("no DRBD here")


def many(cluster):
    for number in range(proving.MOST * 3):
        yield wrong(("nodes", str(number)), "bad", "mend")


def many_warnings(cluster):
    yield from (doubtful(("nodes", str(number)), "odd", "think") for number in range(300))
    yield wrong(("nodes", "300"), "bad", "mend")


def rule(test):
    return Rule(id="T-1", source="s", place="p", text="enough nodes", minimum="3 nodes",
                proof=f"{__name__}:{test.__name__}")  # fmt: skip


@pytest.fixture
def cluster():
    return support.cluster()


@pytest.fixture
def only(monkeypatch):
    """Let a platform have one rule alone."""

    def use(test):
        monkeypatch.setattr(platforms.load("ganeti"), "RULES", (rule(test),))
        monkeypatch.setattr(platforms.load("ganeti"), "REQUIREMENTS", ())

    return use


@pytest.mark.parametrize(
    ("test", "status", "seen"),
    [(fails, "fail", "too few (and 1 more)"), (warns, "warn", "rather few"), (holds, "pass", "")],
)
def test_a_verdict_is_the_worst_that_was_found(cluster, only, test, status, seen):
    only(test)
    (verdict,) = proving.verdicts(cluster, TODAY)
    assert (verdict.status, verdict.seen) == (status, seen)
    assert bool(verdict.remedy) == (status != "pass")


def test_a_row_that_is_not_asked_is_skipped_with_the_reason(cluster, only):
    only(not_asked)
    (verdict,) = proving.verdicts(cluster, TODAY)
    assert (verdict.status, verdict.reason) == ("skip", "no DRBD here")
    assert proving.findings(cluster) == []


def test_findings_have_their_row_and_a_public_text(cluster, only):
    only(warns)
    (found,) = proving.findings(cluster)
    assert (found.row, found.public) == ("T-1", "enough nodes")


def test_a_row_is_told_a_bounded_number_of_times(cluster, only):
    only(many)
    assert len(proving.findings(cluster)) == proving.MOST


def test_no_number_of_warnings_hides_a_failure(cluster, only):
    only(many_warnings)
    assert [item.message for item in proving.findings(cluster) if item.status == "fail"] == ["bad"]
    (verdict,) = proving.verdicts(cluster, TODAY)
    assert (verdict.status, verdict.remedy) == ("fail", "mend")


@pytest.mark.parametrize("nodes", [None, frozenset({"node1.example.com"})])
@pytest.mark.parametrize(("expires", "status"), [("2026-11-21", "waived"), ("2026-11-20", "warn")])
def test_a_waiver_of_the_whole_cluster_covers_a_warning(cluster, only, expires, status, nodes):
    only(warns)
    waived = dataclasses.replace(cluster, waivers=(Waiver("T-1", "r", "o", expires, nodes),))
    (verdict,) = proving.verdicts(waived, TODAY)
    assert verdict.status == ("warn" if nodes else status)
    assert len(proving.findings(waived)) == (1 if nodes else 0)


def test_no_waiver_makes_a_contradiction_good(cluster, only):
    only(fails)
    waived = dataclasses.replace(cluster, waivers=(Waiver("T-1", "r", "o", "2099-01-01"),))
    assert [item.status for item in proving.findings(waived)] == ["fail"]


PROVED = [pytest.param(row, id=row.id) for name in platforms.names() for row in proving.rules(name)]


@pytest.mark.parametrize("row", PROVED)
def test_every_proof_is_there(row):
    assert callable(proving.load(row.proof))
    if isinstance(row, Rule):
        assert explanation.covered_by(row) == "salt-run muster.validate"
