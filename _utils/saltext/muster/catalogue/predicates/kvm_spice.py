"""The link kvm-spice, which Ravada's guests name."""

from __future__ import annotations

from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.components import kvm_spice as component
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL


def needed(facts: Facts, plan: Plan) -> str:
    """Return "" on a system like Debian, else why the link is not needed."""
    if component.needed(facts):
        return ""
    return f"{facts.get('os', 'id')} needs no such link: only Debian and systems like it do"


def resolves(facts: Facts, plan: Plan) -> Outcome:
    """/usr/bin/kvm-spice resolves to an executable."""
    link = facts.get("kvm_spice", "link")
    seen = f"-> {link}" if link else "a file" if facts.get("kvm_spice", "exists") else "absent"
    good = facts.get("kvm_spice", "executable")
    why = "" if good or seen == "absent" else "it does not resolve to an executable"
    return verdict_of(good, seen, "an executable /usr/bin/kvm-spice", FAIL, why)
