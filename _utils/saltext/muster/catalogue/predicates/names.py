"""The node's name and what /etc/hosts makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.components import hosts
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import WARN


def running_name(facts: Facts, plan: Plan) -> Outcome:
    """The running name is the declared one, or at least fully qualified where none is."""
    seen = facts.get("hostname", "running")
    wanted = plan.get("declared", {}).get("fqdn")
    if not wanted:
        return verdict_of("." in seen.strip("."), seen, "a fully qualified name")
    return verdict_of(seen == wanted, seen, wanted)


def configured_name(facts: Facts, plan: Plan) -> Outcome:
    """/etc/hostname has the declared name, and nothing rewrites it at boot."""
    seen = facts.get("hostname", "configured")
    wanted = plan.get("declared", {}).get("fqdn")
    good = seen == wanted if wanted else "." in seen.strip(".")
    if good and _cloud_init_rewrites(facts):
        why = "cloud-init is active and rewrites the name at boot"
        remedy = "set preserve_hostname: true in /etc/cloud/cloud.cfg.d/, or disable cloud-init"
        return Outcome(WARN, seen, wanted or seen, why, remedy)
    return verdict_of(good, seen or "no name in /etc/hostname", wanted or "a fully qualified name")


def _cloud_init_rewrites(facts: Facts) -> bool:
    cloud = facts.get("hostname", "cloud_init")
    return bool(cloud["installed"]) and not cloud["preserve_hostname"]


def no_loopback_name(facts: Facts, plan: Plan) -> Outcome:
    """No line of a loopback address names the node."""
    names = _own_names(facts, plan)
    found = [
        f"{entry['address']} {' '.join(entry['names'])}"
        for entry in facts.get("hosts", "entries")
        if hosts.is_loopback(entry["address"]) and names & _lower(entry)
    ]
    return verdict_of(not found, "; ".join(found) or "no such line", "no such line")


def own_line(facts: Facts, plan: Plan) -> Outcome:
    """The lines naming the node have its declared address, the FQDN first, then the short name."""
    address, fqdn = declared(plan, "address"), declared(plan, "fqdn")
    short = fqdn.split(".")[0]
    wanted = f"{address} {fqdn}" + (f" {short}" if short != fqdn else "")
    lines = [e for e in facts.get("hosts", "entries") if {fqdn, short} & _lower(e)]
    lines = [e for e in lines if not hosts.is_loopback(e["address"])]
    seen = "; ".join(f"{e['address']} {' '.join(e['names'])}" for e in lines)
    good = bool(lines) and all(
        e["address"] == address and e["names"][0] == fqdn and short in e["names"] for e in lines
    )
    return verdict_of(good, seen or f"no line for {fqdn}", wanted)


def server_line(facts: Facts, plan: Plan) -> Outcome:
    """A line has the declared address and the node's name, and no line gives that name another.

    A loopback line with the name is a warning: only the other lines are asked for.
    """
    address = declared(plan, "address")
    name = (plan.get("declared", {}).get("fqdn") or facts.get("hostname", "running")).lower()
    lines = [e for e in facts.get("hosts", "entries") if name in _lower(e)]
    looped = [e for e in lines if hosts.is_loopback(e["address"])]
    others = [e for e in lines if not hosts.is_loopback(e["address"])]
    seen = "; ".join(f"{e['address']} {' '.join(e['names'])}" for e in looped + others)
    good = bool(others) and all(e["address"] == address for e in others)
    if good and looped:
        why = "a loopback line names the node too: it may answer before the other"
        return Outcome(WARN, seen, f"{address} {name}", why)
    return verdict_of(good, seen or f"no line for {name}", f"{address} {name}")


def has_cluster_name(facts: Facts, plan: Plan) -> str:
    """Return "" when the cluster file reserves a name for the cluster, else why it is skipped."""
    named = plan.get("declared", {}).get("cluster_name")
    return "" if named else "the cluster file declares no cluster name"


def cluster_name(facts: Facts, plan: Plan) -> Outcome:
    """The cluster's name stands for its reserved address in the hosts file."""
    name, address = declared(plan, "cluster_name"), declared(plan, "cluster_address")
    found = {e["address"] for e in facts.get("hosts", "entries") if name in _lower(e)}
    seen = ", ".join(sorted(found)) or f"no line for {name}"
    return verdict_of(found == {address}, seen, f"{address} {name}")


def _own_names(facts: Facts, plan: Plan) -> set[str]:
    fqdn = plan.get("declared", {}).get("fqdn") or facts.get("hostname", "running")
    return {fqdn, fqdn.split(".")[0]}


def _lower(entry: Mapping[str, Any]) -> set[str]:
    """Return the names of a line as the resolver compares them."""
    return {name.lower() for name in entry["names"]}
