"""A requirement, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from saltext.muster import verdict
from saltext.muster.facts import Facts, Unread
from saltext.muster.verdict import Verdict

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster

Plan = Mapping[str, Any]

#: What a node tells of one aspect: a short text, or {"unknown": reason}.
Told = str | Mapping[str, str]

#: What a node tells for one comparison, by aspect. An aspect's first word is its group: one that
#: is unknown by the group's name makes all of the group unknown.
Values = Mapping[str, Told]

#: Characters of a verdict's text: what a person reads, and what a report may carry.
MOST_TEXT = 1000


@dataclass(frozen=True)
class Outcome:
    """What a requirement's test found: a status with seen, wanted and, where needed, why."""

    status: str
    seen: str
    wanted: str
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the catalogue, whatever judges it.

    id, source and place say where the row comes from; text is the row in muster's own words.
    kinds says what it is: ``check`` (a node's facts are judged), ``enforce`` (a component brings
    it about), ``plan`` (arithmetic), ``topology`` (a rule over the cluster file), ``advice`` (its
    source recommends), ``fixture`` (an example, used as test data). minimum and recommended are
    texts ("" = none given); scope is ``node`` or ``cluster``. proof names the function that
    decides the row from a cluster file, wholly or in part, as ``module:function`` ("" = none).
    """

    id: str
    source: str
    place: str
    text: str
    kinds: tuple[str, ...] = ("check",)
    minimum: str = ""
    recommended: str = ""
    scope: str = "node"
    proof: str = ""


@dataclass(frozen=True, kw_only=True)
class Requirement(Row):
    """A row that is judged on a node's facts.

    probes are the facts that ``test`` reads. hypervisors, network_types, editions, tiers and
    roles name the profiles that the row is for (empty = all); applies returns "" or why the row
    is skipped for another reason. component is the component that remedies the row ("" = none
    does) and keys are those of that component's diff that belong to this row; after is the
    component that must have worked before the row can be met by hand.
    """

    probes: tuple[str, ...]
    test: Callable[[Facts, Plan], Outcome]
    remedy: str
    by_hand: str
    component: str = ""
    keys: tuple[str, ...] = ()
    after: str = ""
    hypervisors: tuple[str, ...] = ()
    network_types: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    applies: Callable[[Facts, Plan], str] = lambda facts, plan: ""


@dataclass(frozen=True, kw_only=True)
class Rule(Row):
    """A row that no fact of a node decides.

    part names the function of muster that covers it besides a proof, as ``module:function``
    ("" = there is none). step is what is left to the operator, for the hand-over list ("" =
    nothing).
    """

    part: str = ""
    step: str = ""


@dataclass(frozen=True, kw_only=True)
class Comparison(Row):
    """A row that is judged over the nodes of a cluster, on the master.

    values runs on each node and tells its aspects by the facts of ``probes``; compare is given
    what the nodes told, by minion id, and the cluster, and must bear any texts. applies returns
    "" or why the row is skipped for a cluster; least is how many nodes it takes.
    """

    kinds: tuple[str, ...] = ("topology",)
    scope: str = "cluster"
    probes: tuple[str, ...]
    values: Callable[[Facts, Plan], Values]
    compare: Callable[[Mapping[str, Values], Cluster], Outcome]
    remedy: str
    by_hand: str
    applies: Callable[[Cluster], str] = lambda cluster: ""
    least: int = 2


def outside(row: Requirement, plan: Plan) -> str:
    """Return "" when the row is for the plan's profile, else why it is not."""
    profile = plan.get("profile", {})
    for key, allowed in (
        ("hypervisor", row.hypervisors),
        ("network_type", row.network_types),
        ("edition", row.editions),
        ("tier", row.tiers),
    ):
        if allowed and profile.get(key) not in allowed:
            return f"for {key} {' or '.join(allowed)}, this one is {profile.get(key) or 'not told'}"
    role = plan.get("declared", {}).get("role")
    if row.roles and role not in row.roles:
        return f"for role {' or '.join(row.roles)}, this node's is {role or 'not declared'}"
    return ""


def judge(requirement: Requirement, facts: Facts, plan: Plan, today: date) -> Verdict:
    """Judge one requirement on one node.

    facts are the node's; plan is its node plan (or a part of one); today decides which
    waivers still hold. A fact that could not be read gives ``unknown`` with the reason.
    """
    base = Verdict(requirement.id, str(plan.get("id", "")), verdict.UNKNOWN, requirement.text)
    try:
        why_not = outside(requirement, plan) or requirement.applies(facts, plan)
        if why_not:
            return replace(base, status=verdict.SKIP, reason=why_not)
        outcome = requirement.test(facts, plan)
    except Unread as unread:
        found = _unread(base, requirement, str(unread))
    except Exception as err:  # noqa: BLE001 - facts of another version, or a hostile host's
        why = f"the facts are not what this muster reads: {type(err).__name__}: {err}"
        found = _unread(base, requirement, why[:300])
    else:
        found = replace(
            base,
            status=outcome.status,
            seen=_short(outcome.seen),
            wanted=_short(outcome.wanted),
            reason=_short(outcome.reason),
            remedy=outcome.remedy,
        )
    if found.status in (verdict.PASS, verdict.SKIP):
        return replace(found, remedy="")
    return waive(replace(found, remedy=found.remedy or requirement.remedy), plan, today)


def _short(text: Any) -> str:
    """Facts may be of another type or length than their probe's: a verdict holds short texts."""
    shown = str(text)
    return shown if len(shown) <= MOST_TEXT else shown[: MOST_TEXT - 3] + "..."


def _unread(base: Verdict, requirement: Requirement, why: str) -> Verdict:
    wanted = requirement.minimum or requirement.recommended or requirement.text
    return replace(base, seen="could not be read", wanted=wanted, reason=_short(why))


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


def waive(found: Verdict, plan: Plan, today: date) -> Verdict:
    """Return a verdict as the plan's waivers leave it: waived, or with a note of an expired one.

    plan needs its ``waivers`` only.
    """
    waiver = waivers(plan, today).get(found.id)
    if waiver is None:
        expired = [w for w in plan.get("waivers", ()) if w["requirement"] == found.id]
        if not expired:
            return found
        note = f"waiver expired on {expired[0]['expires']}"
        return replace(found, reason=f"{found.reason}; {note}" if found.reason else note)
    return replace(found, status=verdict.WAIVED, was=found.status, waiver=waiver_text(waiver))


def in_preflight(requirement: Requirement, plan: Plan) -> bool:
    """Say whether the row comes before all components of this plan.

    It does unless one of them remedies it, or must have worked before it can be remedied.
    """
    return not {requirement.component, requirement.after} & set(plan.get("components", {}))


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
