"""The node's clock."""

from __future__ import annotations

from saltext.muster.catalogue.predicates.base import Test, verdict_of
from saltext.muster.components import chrony
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS


def clock_skew(limit: float) -> Test:
    """Return a test that this node's clock is within ``limit`` seconds of its master's."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        low, high = facts.get("skew", "low"), facts.get("skew", "high")
        seen = f"between {low:+.1f} and {high:+.1f} s off the master's clock"
        wanted = f"at most {limit:g} s off"
        if max(abs(low), abs(high)) <= limit:
            return Outcome(PASS, seen, wanted)
        if low > limit or high < -limit:
            return Outcome(FAIL, seen, wanted)
        raise Unread(f"the clocks could only be compared to {seen}; salt-call muster.check")

    return test


def chrony_synchronised(facts: Facts, plan: Plan) -> Outcome:
    """chrony is the one time service and follows a real source: as its component sees it."""
    wanted = "chrony alone enabled and running, synchronised to a source"
    unit = chrony.unit(facts)
    if not unit:
        return Outcome(FAIL, "chrony is not installed", wanted)
    if not facts.get("chrony", "services", unit, "enabled"):
        return Outcome(FAIL, f"{unit} is not enabled", wanted)
    others = chrony.others(facts)
    if others:
        return Outcome(FAIL, f"also in charge: {', '.join(others)}", wanted)
    tracking = facts.get("chrony", "tracking")
    wrong = chrony.unsynchronised(facts)
    source = f"leap {tracking['leap']}, source {tracking['name'] or tracking['refid']}"
    return verdict_of(not wrong, wrong or source, wanted)
