"""Bridges of guests."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from saltext.muster.catalogue.predicates import links, network
from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, WARN


def bridged(facts: Facts, plan: Plan) -> str:
    """Return "" when guests are bridged, else why the row is skipped."""
    mode = plan.get("declared", {}).get("network_mode", "bridged")
    return "" if mode == "bridged" else f"in {mode} mode no bridge is needed"


def bridge_exists(facts: Facts, plan: Plan) -> Outcome:
    """The declared bridge is there."""
    wanted = declared(plan, "bridge")
    bridges = facts.get("bridges", "bridges")
    return verdict_of(wanted in bridges, ", ".join(sorted(bridges)) or "no bridge", wanted)


def bridge_named(facts: Facts, plan: Plan) -> Outcome:
    """No bridge has almost the declared name, and the declared name is a bridge's."""
    wanted = declared(plan, "bridge")
    bridges, names = facts.get("bridges", "bridges"), facts.get("bridges", "links")
    if wanted in names and wanted not in bridges:
        return Outcome(FAIL, f"{wanted} is a link, but no bridge", f"bridge {wanted}")
    near = [name for name in bridges if name != wanted and _bare(name) == _bare(wanted)]
    if wanted not in bridges and near:
        return Outcome(FAIL, f"{', '.join(near)}: nearly the declared name", f"bridge {wanted}")
    seen = wanted if wanted in bridges else ", ".join(sorted(bridges)) or "no bridge"
    return verdict_of(wanted in bridges, seen, f"bridge {wanted}")


def _bare(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def has_address(facts: Facts, plan: Plan) -> Outcome:
    """The bridge, and not its port, has the node's address and the default route."""
    name, address = declared(plan, "bridge"), declared(plan, "address")
    length = ip_network(declared(plan, "cidr"), strict=False).prefixlen
    wanted = f"{address}/{length} on {name}, static, and the default route by way of {name}"
    held = network.holders(facts, address)
    seen = ", ".join(map(network.shown, held)) or f"{address} is on no link"
    good = [(entry["link"], entry["prefix"]) for entry in held] == [(name, length)]
    if good and held[0]["dynamic"]:
        return Outcome(WARN, seen, wanted, "it was given for a limited time, by DHCP or the like")
    gateway = plan.get("declared", {}).get("gateway")
    if good and gateway:
        routes = facts.get("addresses", "routes", f"ipv{ip_address(gateway).version}")
        devices = {r["dev"] for r in routes if r["to"] == "default" and r["table"] == "main"}
        seen += f"; default route: {', '.join(sorted(devices)) or 'none'}"
        good = devices == {name}
    return verdict_of(good, seen, wanted, WARN)


def set_up(facts: Facts, plan: Plan) -> Outcome:
    """The bridge has the declared port, no spanning tree and no forward delay."""
    name, port = declared(plan, "bridge"), declared(plan, "interface")
    wanted = f"{name}: port {port}, STP off, forward delay 0"
    if name not in facts.get("bridges", "bridges"):
        return Outcome(FAIL, f"no bridge {name}", wanted)
    ports = facts.get("bridges", "bridges", name, "ports")
    listed = f"{name}: {links.some(ports) or 'no ports'}"
    if port not in ports and not links.carries_uplink(links.every(facts), name, plan):
        return Outcome(FAIL, listed, wanted)
    stp = facts.get("bridges", "bridges", name, "stp")
    if stp:
        why = "ports wait before they forward: guests that move lose their network meanwhile"
        return Outcome(WARN, f"{listed}, STP on", wanted, why)
    delay = facts.get("bridges", "bridges", name, "forward_delay")
    return verdict_of(delay == 0, f"{listed}, STP off, forward delay {delay:g} s", wanted, WARN)
