from datetime import date

import pytest

from saltext.muster import assess, digest, platforms
from saltext.muster.assess import live_text, problems
from saltext.muster.verdict import Verdict


def plan(**changes):
    library = digest.library(str(platforms.load("ganeti").__file__))
    found = {"version": 1, "id": "n1", "platform": "ganeti", "library": library, "components": {}}
    found.update(changes)
    return {**found, "digest": digest.of_plan(found), "now": 1795219200.0}


def test_a_sound_plan_has_no_problem():
    assert problems({"muster": plan()}) == []


@pytest.mark.parametrize(
    ("pillar", "text"),
    [
        ({}, "there is no plan for this minion id"),
        ({"muster": {}}, "there is no plan for this minion id"),
        ({"_errors": ["one", "two"], "muster": plan()}, "one"),
        ({"_errors": "text"}, "text"),
        ({"muster": plan(version=2)}, "not of version 1"),
        ({"muster": "text"}, "not of version 1"),
        ({"muster": plan(library="0" * 64)}, "runs library"),
        ({"muster": plan(platform="nonsense")}, "there is no platform 'nonsense'"),
        ({"muster": {**plan(), "components": {"drbd": {}}}}, "another pillar"),
        ({"muster": {**plan(), "digest": ""}}, "another pillar"),
    ],
)
def test_what_must_not_be_touched_says_why(pillar, text):
    assert text in problems(pillar)[0]


def test_the_masters_clock_tells_the_date():
    assert assess.today(plan()) == date(2026, 11, 21)


def test_facts_are_asked_for_once_and_only_those_that_the_rows_need():
    asked = []

    def collect(probes):
        asked.append(list(probes))
        return {}

    rows = [row for row in assess.requirements(plan()) if row.id in ("GNT-011", "GNT-012")]
    found = assess.verdicts(rows, plan(), collect)
    assert asked == [["hostname", "hosts"]]
    assert [verdict.status for verdict in found] == ["unknown", "unknown"]


def test_preflight_has_what_no_component_remedies():
    ids = {row.id for row in assess.requirements(plan(components={"hosts": {}}), "preflight")}
    assert "GNT-012" not in ids
    assert {"GNT-011", "GNT-034", "GNT-046"} <= ids


@pytest.mark.parametrize(
    ("live", "text"),
    [
        ({"guests": 0, "identities": []}, ""),
        ({"guests": 2, "identities": ["ganeti cluster c"]}, "2 running guest(s), ganeti cluster c"),
        ({"unknown": "why"}, "could not be read: why"),
        ({"guests": {"unknown": "why"}, "identities": []}, "could not be read: why"),
    ],
)
def test_a_node_is_live_when_it_has_guests_or_an_identity_or_cannot_be_read(live, text):
    assert text in live_text(live)
    assert bool(live_text(live)) is bool(text)


def test_a_report_with_a_problem_is_never_green():
    assert assess.report(None, [], ["there is no plan"])["retcode"] == 2


WAIVER = {"requirement": "X-001", "reason": "r", "owner": "o", "expires": "2026-11-21"}


@pytest.mark.parametrize(
    ("status", "expires", "state"),
    [
        ("waived", "2026-11-21", "used"),
        ("waived", "2026-11-20", "expired"),
        ("fail", "2026-11-20", "expired"),
        ("pass", "2026-11-21", "unused"),
        ("skip", "2027-11-21", "unused"),
    ],
)
def test_a_waiver_is_used_unused_or_expired(status, expires, state):
    given = plan(waivers=[{**WAIVER, "expires": expires}])
    (found,) = assess.report(given, [Verdict("X-001", "n1", status)])["waivers"]
    assert found == {**WAIVER, "expires": expires, "state": state}


def test_a_waiver_of_what_was_not_judged_is_left_out_and_of_two_the_later_is_used():
    given = plan(waivers=[WAIVER, {**WAIVER, "reason": "s"}, {**WAIVER, "requirement": "X-002"}])
    found = assess.waivers(given, [Verdict("X-001", "n1", "waived")])
    assert [(each["reason"], each["state"]) for each in found] == [("r", "unused"), ("s", "used")]
    found = assess.waivers(given, [], ["X-002"])
    assert [(each["requirement"], each["state"]) for each in found] == [("X-002", "unused")]


def test_without_waivers_no_clock_is_needed():
    assert assess.report(None, [], ["no plan"])["waivers"] == []
