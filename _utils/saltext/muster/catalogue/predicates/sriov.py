"""Virtual functions of network cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext.muster.catalogue.predicates import links
from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, PENDING


def used(facts: Facts, plan: Plan) -> str:
    """Return "" when SR-IOV is declared for the node, else why the row is skipped."""
    return "" if plan.get("declared", {}).get("sriov") else "no SR-IOV is declared for this node"


def _functions(facts: Facts, card: str, key: str) -> int:
    """Return the functions of a card that are there or possible; 0 for a link without any."""
    link: Mapping[str, Any] = links.every(facts)[card]
    return int(facts.get("links", "links", card, "sriov")[key]) if "sriov" in link else 0


def within_limit(facts: Facts, plan: Plan) -> Outcome:
    """No card is asked for more functions than it can have."""
    wanted: Mapping[str, int] = declared(plan, "sriov")
    known = links.every(facts)
    absent = [f"no link {card}" for card in wanted if card not in known]
    total = {card: _functions(facts, card, "total") for card in wanted if card in known}
    seen = [f"{card} can have {count}" for card, count in total.items()]
    good = not absent and all(wanted[card] <= count for card, count in total.items())
    return verdict_of(good, ", ".join(absent + seen), _text(wanted))


def made(facts: Facts, plan: Plan) -> Outcome:
    """PVC's daemon is told of each card, and the card has its functions."""
    wanted: Mapping[str, int] = declared(plan, "sriov")
    known = links.every(facts)
    absent = [f"no link {card}" for card in wanted if card not in known]
    if absent:
        return Outcome(FAIL, ", ".join(absent), _text(wanted))
    have = {card: _functions(facts, card, "current") for card in wanted}
    path = facts.get("pvcnoded", "file")
    if not path:
        why = "PVC is not configured on this node yet: its daemon makes them when it starts"
        return Outcome(PENDING, f"{_text(have)}; no configuration of PVC", _text(wanted), why)
    told = facts.get("pvcnoded", "sriov", "devices")
    listed = {card: told.get(card, 0) for card in wanted}
    seen = f"{_text(have)}; {path}: {_text(listed)}"
    if not facts.get("pvcnoded", "sriov", "enabled"):
        return Outcome(FAIL, f"{seen}, sriov_enable is off", _text(wanted))
    if listed != dict(wanted):
        return Outcome(FAIL, seen, _text(wanted))
    if have == dict(wanted):
        return Outcome(PASS, seen, _text(wanted))
    why = (
        "configured, waits for a restart of the node (a card's functions cannot be changed in use)"
    )
    return Outcome(PENDING, seen, _text(wanted), why)


def _text(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{card} {count}" for card, count in counts.items()) + " virtual functions"
