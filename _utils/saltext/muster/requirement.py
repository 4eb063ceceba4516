"""A requirement, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from saltext.muster import verdict
from saltext.muster.facts import Facts, Unread
from saltext.muster.verdict import Verdict

Plan = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a requirement's test found: a status with seen, wanted and, where needed, why."""

    status: str
    seen: str
    wanted: str
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Requirement:
    """One row of the catalogue.

    id, source and place say where the row comes from; text is the row in muster's own words.
    scope is ``node`` or ``cluster``; minimum and recommended are texts ("" = none given).
    probes are the facts that ``test`` reads; applies returns "" or why the row is skipped.
    component is the component that remedies the row ("" = none does) and keys are those of
    that component's diff that belong to this row.
    """

    id: str
    source: str
    place: str
    text: str
    probes: tuple[str, ...]
    test: Callable[[Facts, Plan], Outcome]
    remedy: str
    by_hand: str
    component: str = ""
    keys: tuple[str, ...] = ()
    minimum: str = ""
    recommended: str = ""
    scope: str = "node"
    applies: Callable[[Facts, Plan], str] = lambda facts, plan: ""


def judge(requirement: Requirement, facts: Facts, plan: Plan, today: date) -> Verdict:
    """Judge one requirement on one node.

    facts are the node's; plan is its node plan (or a part of one); today decides which
    waivers still hold. A fact that could not be read gives ``unknown`` with the reason.
    """
    base = Verdict(requirement.id, str(plan.get("id", "")), verdict.UNKNOWN, requirement.text)
    try:
        why_not = requirement.applies(facts, plan)
        if why_not:
            return replace(base, status=verdict.SKIP, reason=why_not)
        outcome = requirement.test(facts, plan)
    except Unread as unread:
        wanted = requirement.minimum or requirement.recommended or requirement.text
        found = replace(base, seen="could not be read", wanted=wanted, reason=str(unread))
    else:
        found = replace(
            base,
            status=outcome.status,
            seen=outcome.seen,
            wanted=outcome.wanted,
            reason=outcome.reason,
            remedy=outcome.remedy,
        )
    if found.status in (verdict.PASS, verdict.SKIP):
        return replace(found, remedy="")
    return _waive(replace(found, remedy=found.remedy or requirement.remedy), plan, today)


def waivers(plan: Plan, today: date) -> dict[str, Mapping[str, Any]]:
    """Return the plan's waivers that still hold on ``today``, by requirement id."""
    held = {}
    for waiver in plan.get("waivers", ()):
        if date.fromisoformat(str(waiver["expires"])) >= today:
            held[str(waiver["requirement"])] = waiver
    return held


def waiver_text(waiver: Mapping[str, Any]) -> str:
    """Return a waiver in one line: reason, owner, expiry."""
    return f"{waiver['reason']} (owner {waiver['owner']}, until {waiver['expires']})"


def _waive(found: Verdict, plan: Plan, today: date) -> Verdict:
    waiver = waivers(plan, today).get(found.id)
    if waiver is None:
        expired = [w for w in plan.get("waivers", ()) if w["requirement"] == found.id]
        if not expired:
            return found
        note = f"waiver expired on {expired[0]['expires']}"
        return replace(found, reason=f"{found.reason}; {note}" if found.reason else note)
    return replace(found, status=verdict.WAIVED, was=found.status, waiver=waiver_text(waiver))


def in_preflight(requirement: Requirement, plan: Plan) -> bool:
    """Say whether no component of this plan remedies the row, so that it comes first."""
    return requirement.component not in plan.get("components", {})


def waived_keys(
    requirements: Iterable[Requirement], component: str, plan: Plan, today: date
) -> dict[str, str]:
    """Return the keys of a component's diff whose rows are all waived, with the waivers' texts."""
    held = waivers(plan, today)
    owners: dict[str, list[str]] = {}
    for requirement in requirements:
        if requirement.component == component:
            for key in requirement.keys:
                owners.setdefault(key, []).append(requirement.id)
    return {
        key: "; ".join(f"{id_}: {waiver_text(held[id_])}" for id_ in ids)
        for key, ids in owners.items()
        if all(id_ in held for id_ in ids)
    }
