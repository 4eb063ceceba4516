from datetime import date

import pytest

from saltext.muster.facts import Facts
from saltext.muster.requirement import (
    Outcome,
    Requirement,
    in_preflight,
    judge,
    waived_keys,
)

TODAY = date(2026, 11, 21)
WAIVER = {"requirement": "X-001", "reason": "no module", "owner": "ops", "expires": "2026-11-21"}


def row(status="pass", **kwargs):
    def test(facts, plan):
        return Outcome(status, facts.get("f", "value"), "wanted")

    given = {"id": "X-001", "probes": ("f",), "test": test, "minimum": "at least this", **kwargs}
    told = {"source": "source", "place": "place", "text": "text"}
    return Requirement(**told, remedy="do this", by_hand="look here", **given)


def judged(requirement, facts=None, plan=None):
    facts = {"f": {"value": "seen"}} if facts is None else facts
    return judge(requirement, Facts(facts), {"id": "n1", **(plan or {})}, TODAY)


def test_a_verdict_tells_seen_wanted_and_remedy():
    found = judged(row("fail"))
    assert (found.status, found.seen, found.wanted, found.remedy, found.subject) == (
        ("fail", "seen", "wanted", "do this", "n1")
    )


@pytest.mark.parametrize(
    "facts", [{}, {"f": {}}, {"f": {"unknown": "why"}}, {"f": {"value": {"unknown": "why"}}}]
)
def test_an_unread_fact_is_unknown_and_never_a_pass(facts):
    found = judged(row("pass"), facts)
    assert found.status == "unknown"
    assert found.reason and found.wanted and found.remedy


def test_a_row_that_does_not_apply_is_skipped_with_the_reason():
    found = judged(row("fail", applies=lambda facts, plan: "not used here"))
    assert (found.status, found.reason) == ("skip", "not used here")


def test_a_waiver_covers_its_last_day_and_keeps_what_was_found():
    found = judged(row("fail"), plan={"waivers": [WAIVER]})
    assert (found.status, found.was) == ("waived", "fail")
    assert found.waiver == "no module (owner ops, until 2026-11-21)"


def test_an_expired_waiver_counts_no_more_and_says_so():
    found = judged(row("fail"), plan={"waivers": [{**WAIVER, "expires": "2026-11-20"}]})
    assert found.status == "fail"
    assert "waiver expired on 2026-11-20" in found.reason


def test_a_waiver_covers_an_unknown():
    found = judged(row(), facts={}, plan={"waivers": [WAIVER]})
    assert (found.status, found.was) == ("waived", "unknown")


def test_a_pass_needs_no_waiver():
    assert judged(row("pass"), plan={"waivers": [WAIVER]}).status == "pass"


def test_preflight_is_what_no_component_of_this_plan_remedies():
    assert in_preflight(row(), {"components": {"hosts": {}}})
    assert in_preflight(row(component="drbd"), {"components": {"hosts": {}}})
    assert not in_preflight(row(component="hosts"), {"components": {"hosts": {}}})


def test_a_key_is_waived_only_when_all_its_rows_are():
    first = row(component="c", keys=("a", "b"))
    second = row(id="X-002", component="c", keys=("b",))
    found = waived_keys([first, second], "c", {"waivers": [WAIVER]}, TODAY)
    assert set(found) == {"a"}
    assert "X-001" in found["a"]
