"""IPv6 for guests: the node's own address, and answering for neighbours behind it."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Network, ip_address, ip_network
from typing import Any

from saltext.muster.catalogue.predicates import links, network
from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, PENDING, WARN

#: What VMmanager's own bridge is called.
BRIDGE = "vmbr0"


def bridge(plan: Plan) -> str:
    """Return the name of the guests' bridge."""
    return str(plan.get("declared", {}).get("bridge") or BRIDGE)


def used(facts: Facts, plan: Plan) -> str:
    """Return "" when guests get IPv6 addresses, else why the row is skipped."""
    pools = plan.get("declared", {}).get("ipv6_pools")
    return "" if pools else "guests get no IPv6 addresses (options: ipv6_pools; nodes: subnet6)"


def used_after_join(facts: Facts, plan: Plan) -> str:
    """Return "" when guests of a node that has joined get IPv6, else why it is skipped."""
    return used(facts, plan) or links.joined(facts, plan)


def on_link(facts: Facts, plan: Plan) -> str:
    """Return "" when the provider does not route the IPv6 networks, else why it is skipped."""
    if plan.get("declared", {}).get("onlink_ipv6"):
        return used(facts, plan)
    return "the provider routes the IPv6 network (options: onlink_ipv6)"


def on_link_after_join(facts: Facts, plan: Plan) -> str:
    """Return "" as ``on_link`` does, for a node that has joined."""
    return on_link(facts, plan) or links.joined(facts, plan)


def _pools(plan: Plan) -> list[IPv6Network]:
    found = [ip_network(pool, strict=False) for pool in declared(plan, "ipv6_pools")]
    return [pool for pool in found if isinstance(pool, IPv6Network)]


def address_in_pools(facts: Facts, plan: Plan) -> Outcome:
    """Each IPv6 network of guests has one address on an interface of the node."""
    missing: list[str] = []
    seen: list[str] = []
    for pool in _pools(plan):
        held = [e for e in network.inside(facts, str(pool)) if e["scope"] == "global"]
        seen.extend(network.shown(entry) for entry in held)
        missing.extend([] if held else [str(pool)])
    wanted = "an address of each: " + ", ".join(str(pool) for pool in _pools(plan))
    bad = f"none of {', '.join(missing)}"
    return verdict_of(not missing, bad if missing else ", ".join(seen), wanted)


def second_address(facts: Facts, plan: Plan) -> Outcome:
    """The node has the address ::2 of each IPv6 network, with the prefix length 64."""
    wanted = [f"{pool[2]}/64" for pool in _pools(plan)]
    held = [entry for pool in _pools(plan) for entry in network.inside(facts, str(pool))]
    have = {f"{ip_address(entry['address'])}/{entry['prefix']}" for entry in held}
    seen = ", ".join(network.shown(entry) for entry in held) or "no address of these networks"
    return verdict_of(set(wanted) <= have, seen, ", ".join(wanted))


def daemon(facts: Facts, plan: Plan) -> Outcome:
    """ndppd is installed, starts at boot and runs."""
    wanted = "ndppd installed, enabled and running"
    unit = facts.get("ndppd", "service")
    if not facts.get("ndppd", "installed") and not unit["installed"]:
        return Outcome(FAIL, "ndppd is not installed", wanted)
    running = facts.get("ndppd", "service", "active")
    seen = f"{'enabled' if unit['enabled'] else 'not enabled'}, {'running' if running else 'down'}"
    return verdict_of(unit["enabled"] and running, seen, wanted)


def proxied(facts: Facts, plan: Plan) -> Outcome:
    """ndppd asks the guests' bridge for what the uplink is asked for, for each network."""
    uplink, pools = declared(plan, "interface"), _pools(plan)
    wanted = "; ".join(f"proxy {uplink}: rule {pool} iface {bridge(plan)}" for pool in pools)
    if not facts.get("ndppd", "configured"):
        return Outcome(FAIL, "no /etc/ndppd.conf", wanted)
    given = [
        rule
        for proxy in facts.get("ndppd", "proxies")
        if proxy["interface"] == uplink
        for rule in proxy["rules"]
    ]
    seen = "; ".join(_rule_text(rule) for rule in given) or f"no rule for {uplink}"
    grades = [_grade(pool, given, bridge(plan)) for pool in pools]
    status, why = next((g for g in grades if g[0] == FAIL), max(grades, key=lambda g: g[0] == WARN))
    return Outcome(status, seen, wanted, why)


def _rule_text(rule: Mapping[str, Any]) -> str:
    return (
        f"rule {rule['prefix']} {rule['method'] or 'without a method'} {rule['interface']}".strip()
    )


def _grade(pool: IPv6Network, rules: list[Mapping[str, Any]], wanted: str) -> tuple[str, str]:
    """Return the status and its reason for one network: its exact rule, a wider one, or none."""
    fitting = [(net, rule) for rule in rules for net in _network(rule) if pool.subnet_of(net)]
    through = [net for net, rule in fitting if rule["interface"] == wanted]
    if pool in through:
        return PASS, ""
    if through:
        return WARN, f"{through[0]} is more than {pool}: it answers for others' addresses"
    if any(rule["method"] == "auto" for _, rule in fitting):
        return WARN, f"auto follows the routing table, which may not lead to {wanted}"
    return FAIL, f"no rule hands {pool} to {wanted}"


def _network(rule: Mapping[str, Any]) -> list[IPv6Network]:
    try:
        return [IPv6Network(rule["prefix"], strict=False)]
    except ValueError:
        return []


def neighbours(facts: Facts, plan: Plan) -> Outcome:
    """The node answers for its own IPv6 addresses on the guests' bridge, and forwards IPv6."""
    name = bridge(plan)
    have = {(ip_address(e["address"]), e["link"]) for e in facts.get("addresses", "proxies")}
    own = sorted(address for pool in _pools(plan) for address in _own(facts, pool))
    told = ", ".join(map(str, own))
    missing = [f"no proxy entry {each} dev {name}" for each in own if (each, name) not in have]
    waiting: list[str] = []
    for key in _off(facts, name):
        (waiting if _configured(facts, key) else missing).append(f"{key} is off")
    wanted = f"a proxy entry on {name} for {told}, proxy_ndp there or on all, IPv6 forwarding"
    if missing:
        return Outcome(FAIL, "; ".join(missing + waiting), wanted)
    if waiting:
        return Outcome(PENDING, "; ".join(waiting), wanted, "configured, waits for sysctl --system")
    return Outcome(PASS, f"proxy entry on {name} for {told}; proxy_ndp, forwarding", wanted)


def _off(facts: Facts, name: str) -> list[str]:
    """Return the sysctl keys that should be on and are not."""
    answering = {"all", name} & set(facts.get("forwarding", "proxy_ndp"))
    off = [] if answering else [f"net.ipv6.conf.{name.replace('.', '/')}.proxy_ndp"]
    return off + ([] if facts.get("forwarding", "ipv6") else ["net.ipv6.conf.all.forwarding"])


def _own(facts: Facts, pool: IPv6Network) -> list[Any]:
    held = [ip_address(entry["address"]) for entry in network.inside(facts, str(pool))]
    return held or [pool[2]]


def _configured(facts: Facts, key: str) -> bool:
    """Say whether the node's sysctl files switch it on; proxy_ndp may be on for all."""
    given: Mapping[str, str] = facts.get("forwarding", "configured")
    keys = [key, "net.ipv6.conf.all.proxy_ndp"] if key.endswith("proxy_ndp") else [key]
    return any(given.get(each) == "1" for each in keys)
