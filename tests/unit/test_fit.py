"""The fit matrix, on rows made for it and on the catalogue's own."""

from __future__ import annotations

import json

import pytest

from saltext.muster import fit, platforms, profiles
from saltext.muster.catalogue.predicates.base import declared
from saltext.muster.facts import Facts, names
from saltext.muster.requirement import Outcome, Requirement

NOW = 1795219200.0


def told(facts, plan):
    return Outcome(facts.get("os", "status"), "this", "that")


def asks(facts, plan):
    return Outcome("pass", declared(plan, "address"), "an address")


def row(id_, test=told, **changes):
    texts = dict.fromkeys(("source", "place", "text", "remedy", "by_hand", "minimum"), "x")
    return Requirement(**{"id": id_, "probes": ("os",), "test": test, **texts, **changes})


def fitted(monkeypatch, rows, facts):
    platform = platforms.load("ravada")
    monkeypatch.setattr(platform, "REQUIREMENTS", tuple(rows))
    profile = profiles.choose("ravada")
    return fit._fit(profile, Facts(facts), "n", NOW)


@pytest.mark.parametrize(
    ("status", "component", "answer"),
    [
        ("pass", "", "suits"),
        ("warn", "", "suits"),
        ("pending", "", "after state.apply"),
        ("fail", "packages", "after state.apply"),
        ("fail", "ssh", "after state.apply"),
        ("fail", "frr", "no"),  # no such component yet, and it reads the server alone
        ("fail", "", "no"),
        ("unknown", "", "unknown"),
        ("unknown", "packages", "unknown"),
    ],
)
def test_one_row_decides(monkeypatch, status, component, answer):
    found = fitted(monkeypatch, [row("A", component=component)], {"os": {"status": status}})
    assert found["answer"] == answer
    assert found["warnings"] == (status == "warn")
    reasons = [(each["id"], each["answer"], each["status"]) for each in found["reasons"]]
    assert reasons == ([] if answer == "suits" else [("A", answer, status)])


def test_what_can_be_prepared_does_not_speak_against_a_server(monkeypatch):
    missing = row("A", lambda facts, plan: Outcome("fail", "s", "w"), probes=("os", "lvm"))
    assert fitted(monkeypatch, [missing], {})["answer"] == "after work by hand"


def test_the_probes_of_a_server_are_there():
    assert set(names()) >= fit.OF_SERVER


def test_the_worst_row_decides(monkeypatch):
    rows = [
        row("A"),
        row("B", lambda facts, plan: Outcome("fail", "s", "w"), component="packages"),
        row("C", lambda facts, plan: Outcome("fail", "s", "w"), probes=("os", "lvm")),
        row("D", lambda facts, plan: Outcome("unknown", "s", "w")),
        row("E", lambda facts, plan: Outcome("fail", "s", "w")),
    ]
    facts = {"os": {"status": "pass"}}
    answers = [fitted(monkeypatch, rows[:count], facts)["answer"] for count in range(1, 6)]
    assert answers == list(fit.ANSWERS)
    ids = [reason["id"] for reason in fitted(monkeypatch, rows, facts)["reasons"]]
    assert ids == ["E", "D", "C", "B"]


def test_rows_that_need_a_cluster_file_are_counted_apart(monkeypatch):
    rows = [row("A"), row("B", asks), row("C", roles=("master",)), row("D", probes=("skew",))]
    rows[3] = row("D", lambda facts, plan: facts.get("skew", "low"), probes=("skew",))
    found = fitted(monkeypatch, rows, {"os": {"status": "pass"}, "skew": {"unknown": "x"}})
    assert (found["answer"], found["undeclared"]) == ("suits", ["B", "C", "D"])


def test_what_was_not_judged_at_all_does_not_suit(monkeypatch):
    assert fitted(monkeypatch, [], {})["answer"] == "unknown"
    assert fitted(monkeypatch, [row("A", asks)], {})["answer"] == "unknown"
    skipped = row("A", applies=lambda facts, plan: "not here")
    assert fitted(monkeypatch, [skipped], {})["answer"] == "unknown"


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (["no", "suits"], 0),
        (["no", "after state.apply"], 3),
        (["no", "after work by hand"], 3),
        (["no", "unknown"], 2),
        (["no"], 2),
        ([], 2),
    ],
)
def test_the_exit_status(answers, status):
    assert fit.exit_code(answers) == status


def test_of_a_server_that_tells_nothing_nothing_is_said_to_suit():
    found = fit.matrix(lambda probes: {}, "n\x1b[31m", NOW)
    assert len(found["profiles"]) == 36
    assert {each["answer"] for each in found["profiles"]} == {"unknown"}
    assert found["retcode"] == 2
    json.dumps(found)
    text = fit.table(found)
    assert "0 of 36 profiles suit" in text
    assert "Could not be read:" in text
    assert "need a cluster file" in text
    assert all(char.isprintable() or char == "\n" for char in text)


def test_the_table_names_profiles_in_short():
    found = fit.matrix(lambda probes: {}, "n", NOW, "ravada")
    assert [each["profile"]["platform"] for each in found["profiles"]] == ["ravada"] * 3
    for_lines = [line.strip() for line in fit.table(found).splitlines() if " for " in line[:16]]
    assert set(for_lines) == {"for ravada"}
