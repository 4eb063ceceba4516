"""Judge a node against its plan: preflight, verification and check use this one way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any

from saltext.muster import digest, platforms
from saltext.muster.errors import MusterError
from saltext.muster.facts import Facts
from saltext.muster.requirement import Plan, Requirement, in_preflight, judge, outside
from saltext.muster.requirement import waivers as holding
from saltext.muster.verdict import STATUSES, WAIVED, Verdict, count, exit_code

#: What a report calls itself. A new version is for what old readers would misread.
FORMAT, VERSION = "muster-report", 1

Collect = Callable[[Iterable[str]], Mapping[str, Any]]

_RESTART = "restart the salt-minion on this node and run again"


def requirements(plan: Plan, stage: str = "all") -> list[Requirement]:
    """Return the rows that hold for a plan's profile.

    stage is ``preflight`` (only what no component of the plan remedies) or ``all``.
    """
    rows = platforms.load(str(plan["platform"])).REQUIREMENTS
    return [row for row in rows if stage == "all" or in_preflight(row, plan)]


def today(plan: Plan) -> date:
    """Return the date by the master's clock, against which waivers are judged."""
    return datetime.fromtimestamp(float(plan["now"]), timezone.utc).date()


def verdicts(rows: Sequence[Requirement], plan: Plan, collect: Collect) -> list[Verdict]:
    """Judge the rows on facts from ``collect``, which is asked once for just what they need."""
    facts = Facts(collect(probes(rows, plan)))
    found = [judge(row, facts, plan, today(plan)) for row in rows]
    return sorted(found, key=lambda verdict: (STATUSES.index(verdict.status), verdict.id))


def probes(rows: Iterable[Requirement], plan: Plan) -> list[str]:
    """Return the names of the facts that the rows of the plan's profile are judged by."""
    return sorted({probe for row in rows if not outside(row, plan) for probe in row.probes})


def targets(plan: Plan) -> list[str]:
    """Return the addresses of other nodes that this one deals with: peers, else the master."""
    known = plan.get("declared", {})
    master = known.get("master_address", "")
    others = [master] if master and master != known.get("address") else []
    return [str(address) for address in known.get("peers", others)]


def problems(pillar: Mapping[str, Any]) -> list[str]:
    """Return why this node must not be touched by what its pillar holds; [] when it may be."""
    errors = pillar.get("_errors")
    if errors:
        return [str(error) for error in (errors if isinstance(errors, list) else [errors])]
    plan = pillar.get("muster")
    if not plan:
        return [
            "there is no plan for this minion id: no cluster file names it, or the master does"
            " not load the external pillar muster; add the node to a cluster file and run"
            " salt-run muster.validate on the master"
        ]
    if not isinstance(plan, Mapping) or plan.get("version") != 1:
        return [f"the plan is not of version 1, which this muster understands; {_RESTART}"]
    return _stale(plan) or _altered(plan)


def _altered(plan: Plan) -> list[str]:
    """A pillar of the same name, merged over the plan, must not pass for it."""
    if digest.of_plan(plan) == plan.get("digest"):
        return []
    return [
        "the plan is not as the master computed it: another pillar, or pillar= on the command"
        " line, has the key muster too; give that one another name"
    ]


def _stale(plan: Plan) -> list[str]:
    try:
        module = platforms.load(str(plan.get("platform")))
    except MusterError as err:
        return [str(err)]
    ours = digest.library(str(module.__file__))
    if ours == plan.get("library"):
        return []
    return [
        f"this node runs library {ours[:12]} of muster, its plan was made by"
        f" {str(plan.get('library'))[:12]}; on the master: salt-run saltutil.sync_all, salt '*'"
        f" saltutil.sync_all, systemctl restart salt-master; if it stays, {_RESTART}"
    ]


def report(
    plan: Plan | None, found: Sequence[Verdict], wrong: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a report as plain data: what was judged, by which plan, and how it came out.

    ``saltext.muster.schema`` describes it. judged is the master's clock, 0 without a plan.
    """
    plan = plan or {}
    statuses = [verdict.status for verdict in found]
    data = {
        "format": FORMAT,
        "version": VERSION,
        "node": plan.get("id", ""),
        "cluster": plan.get("cluster", ""),
        "profile": profile_text(plan),
        "plan": plan.get("digest", ""),
        "judged": float(plan.get("now", 0)),
        "verdicts": [verdict.to_data() for verdict in found],
        "counts": count(statuses),
        "waivers": waivers(plan, found),
        "retcode": exit_code(["unknown"] if wrong else statuses),
    }
    return {**data, "problems": list(wrong)} if wrong else data


def waivers(plan: Plan, found: Sequence[Verdict], also: Iterable[str] = ()) -> list[dict[str, str]]:
    """Return the plan's waivers of what was judged, each with its state.

    The state is ``used`` (it covers a verdict), ``unused`` (the row needs none) or ``expired``;
    also are ids of rows that would have been judged had there been anything to find.
    """
    given = plan.get("waivers", ())
    status = {**dict.fromkeys(also, ""), **{verdict.id: verdict.status for verdict in found}}
    held = holding(plan, today(plan)) if given else {}
    states = []
    for waiver in given:
        id_ = str(waiver["requirement"])
        if id_ not in status:
            continue
        used = held.get(id_) is waiver and status[id_] == WAIVED
        expired = date.fromisoformat(str(waiver["expires"])) < today(plan)
        state = "expired" if expired else "used" if used else "unused"
        told = {key: str(waiver[key]) for key in ("requirement", "reason", "owner", "expires")}
        states.append({**told, "state": state})
    return states


def profile_text(plan: Plan) -> str:
    """Return the profile in a few words, such as ``ganeti kvm production``."""
    profile = plan.get("profile", {})
    keys = ("platform", "hypervisor", "network_type", "edition", "tier")
    return " ".join(str(profile[key]) for key in keys if profile.get(key))


def live_text(live: Mapping[str, Any]) -> str:
    """Return why a node counts as live, from the ``live`` fact; unread counts as live."""
    if "unknown" in live:
        return f"whether this node has guests could not be read: {live['unknown']}"
    guests, identities = live.get("guests", 0), live.get("identities", [])
    if isinstance(guests, Mapping):
        return f"whether this node has guests could not be read: {guests.get('unknown')}"
    found = [f"{guests} running guest(s)"] if guests else []
    return ", ".join(found + [str(identity) for identity in identities])
