"""The bridge of VMmanager's guests, by network type."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import links, network
from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.catalogue.predicates.ipv6 import bridge
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, PENDING, WARN

#: Providers whose switches drop frames from MAC addresses that they do not know.
FILTERING = ("hetzner", "ovh")


def switching(facts: Facts, plan: Plan) -> Outcome:
    """The bridge has the uplink as a port and carries an address of the node's network."""
    name, cidr = bridge(plan), declared(plan, "cidr")
    wanted = f"bridge {name} over {_uplink(plan)}, with an address of {cidr}"
    known = links.every(facts)
    if known.get(name, {}).get("kind") != "bridge":
        return Outcome(FAIL, f"no bridge {name}", wanted)
    held = [entry for entry in network.inside(facts, cidr) if entry["link"] == name]
    ports = links.some(links.ports(known, name)) or "no ports"
    seen = f"{name}: {ports}; {', '.join(map(network.shown, held)) or f'no address of {cidr}'}"
    return verdict_of(bool(held) and links.carries_uplink(known, name, plan), seen, wanted)


def routing(facts: Facts, plan: Plan) -> Outcome:
    """The bridge is there without the uplink, and the node forwards IPv4."""
    name = bridge(plan)
    wanted = f"bridge {name} without {_uplink(plan)}, net.ipv4.ip_forward=1"
    known = links.every(facts)
    if known.get(name, {}).get("kind") != "bridge":
        return Outcome(FAIL, f"no bridge {name}", wanted)
    ports = f"{name}: {links.some(links.ports(known, name)) or 'no ports'}"
    if links.carries_uplink(known, name, plan):
        why = "guests' frames would leave with MAC addresses of their own"
        return Outcome(FAIL, ports, wanted, why)
    if facts.get("forwarding", "ipv4"):
        return Outcome(PASS, f"{ports}; IPv4 is forwarded", wanted)
    seen = f"{ports}; IPv4 is not forwarded"
    if facts.get("forwarding", "configured").get("net.ipv4.ip_forward") == "1":
        return Outcome(PENDING, seen, wanted, "configured, waits for sysctl --system or a reboot")
    return Outcome(FAIL, seen, wanted, "", "sysctl -w net.ipv4.ip_forward=1, and in /etc/sysctl.d")


def _uplink(plan: Plan) -> str:
    return str(plan.get("declared", {}).get("interface") or "the physical interface")


def at_a_provider(facts: Facts, plan: Plan) -> str:
    """Return "" when a provider is declared, else why the row is skipped."""
    return "" if plan.get("declared", {}).get("provider") else "no provider is declared"


def hidden_addresses(facts: Facts, plan: Plan) -> Outcome:
    """Where the provider filters, no bridge lets guests' frames out with their own addresses."""
    provider = declared(plan, "provider")
    kind = plan.get("profile", {}).get("network_type")
    wanted = "guests' frames leave with the node's own MAC address"
    known = links.every(facts)
    bridged = {
        name: [port for port in links.ports(known, name) if port in links.guests(known)]
        for name, link in known.items()
        if link["kind"] == "bridge" and links.carries_uplink(known, name, plan)
    }
    open_ = [f"{name} bridges {links.some(ports)}" for name, ports in bridged.items() if ports]
    seen = f"{provider}, {kind}: " + ("; ".join(open_) or "no guest is bridged to the uplink")
    if provider not in FILTERING or not (open_ or kind == "switching"):
        return Outcome(PASS, seen, wanted)
    why = f"{provider} drops frames from MAC addresses that it does not know"
    return Outcome(WARN, seen, wanted, why)
