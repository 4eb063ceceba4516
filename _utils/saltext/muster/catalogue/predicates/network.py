"""The node's address, and the links that it has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from saltext.muster.catalogue.predicates import links
from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

#: What Hetzner lets through its vSwitch, and the VLAN ids that it has there.
VSWITCH_ADDRESSES = 32
_VSWITCH_IDS = range(4000, 4092)

#: A byte that is no UTF-8, as facts show it.
_BAD_BYTE = re.compile(r"\\x[89a-f][0-9a-f]")


def entries(facts: Facts) -> list[Mapping[str, Any]]:
    """Return all addresses of the node; raise Unread when they were not read."""
    found: list[Mapping[str, Any]] = facts.get("addresses", "addresses")
    return found


def holders(facts: Facts, address: str) -> list[Mapping[str, Any]]:
    """Return the entries of one address."""
    wanted = ip_address(address)
    return [entry for entry in entries(facts) if ip_address(entry["address"]) == wanted]


def inside(facts: Facts, cidr: str) -> list[Mapping[str, Any]]:
    """Return the usable addresses of the node that lie in a network."""
    network = ip_network(cidr, strict=False)
    return [
        entry
        for entry in entries(facts)
        if ip_address(entry["address"]) in network
        and not {"tentative", "dadfailed"} & set(entry["flags"])
    ]


def shown(entry: Mapping[str, Any]) -> str:
    """Return an address with its prefix length and link."""
    return f"{entry['address']}/{entry['prefix']} on {entry['link']}"


def address_in_place(facts: Facts, plan: Plan) -> Outcome:
    """The node's address is static, on a card or a VLAN; after the join a bridge or bond over
    the uplink may have it."""
    address = declared(plan, "address")
    wanted = f"{address}, static, on the physical interface or on a VLAN"
    known = links.every(facts)
    found = holders(facts, address)
    if not found:
        return Outcome(FAIL, f"{address} is on no link", wanted)
    entry = found[0]
    kind = facts.get("links", "links", entry["link"], "kind")
    seen = f"{shown(entry)} ({kind}), {'dynamic' if entry['dynamic'] else 'static'}"
    if entry["dynamic"]:
        why = "it was given for a limited time, by DHCP or the like"
        return Outcome(FAIL, seen, wanted, why)
    if kind in ("physical", "vlan"):
        return Outcome(PASS, seen, wanted)
    above = kind in ("bridge", "bond") and links.carries_uplink(known, entry["link"], plan)
    if not above:
        return Outcome(FAIL, seen, wanted)
    if plan.get("declared", {}).get("joined"):
        return Outcome(PASS, seen, wanted)
    why = f"a {kind} over the uplink is right only after the join"
    return Outcome(FAIL, seen, wanted, why)


def latin_names(facts: Facts, plan: Plan) -> Outcome:
    """No link's name has a letter outside A to Z; signs and digits are as the kernel takes them."""
    known = links.every(facts)
    odd = sorted(name for name in known if _BAD_BYTE.search(name) or any(map(_foreign, name)))
    seen = links.some(odd) if odd else f"{len(known)} names, all Latin"
    return verdict_of(not odd, seen, "no letters but A-Z and a-z in interface names")


def _foreign(char: str) -> bool:
    return not char.isascii() and unicodedata.category(char)[0] in "LM"


def at_hetzner(facts: Facts, plan: Plan) -> str:
    """Return "" for a node at Hetzner, else why the row is skipped."""
    provider = plan.get("declared", {}).get("provider") or "not declared"
    return "" if provider == "hetzner" else f"for servers at Hetzner, the provider is {provider}"


def vswitch(facts: Facts, plan: Plan) -> Outcome:
    """No vSwitch is used; with one, the node's links have few enough MAC addresses."""
    known = links.every(facts)
    used = sorted(
        name
        for name, link in known.items()
        if link["kind"] == "vlan"
        and facts.get("links", "links", name, "vlan")["id"] in _VSWITCH_IDS
    )
    wanted = f"no vSwitch, at most {VSWITCH_ADDRESSES} MAC addresses with one"
    if not used:
        return Outcome(PASS, "no VLAN with an id of a vSwitch (4000 to 4091)", wanted)
    macs = {
        facts.get("links", "links", name, "mac")
        for name in known
        if facts.get("links", "links", name, "arphrd") == links.ETHERNET
    }
    seen = f"vSwitch on {links.some(used)}, {len(macs)} MAC addresses of interfaces"
    if len(macs) > VSWITCH_ADDRESSES:
        return Outcome(FAIL, seen, wanted, "the vSwitch lets no more addresses through")
    return Outcome(WARN, seen, wanted, "a vSwitch is not recommended")


def addressed_vlans(facts: Facts, plan: Plan) -> str:
    """Return "" when a VLAN has an address, else why the row is skipped."""
    return "" if _addressed(facts) else "no address is on a VLAN"


def _addressed(facts: Facts) -> list[str]:
    known = links.every(facts)
    on = {entry["link"] for entry in entries(facts) if entry["scope"] != "link"}
    return sorted(name for name in on if known.get(name, {}).get("kind") == "vlan")


def vlan_mtu(facts: Facts, plan: Plan) -> Outcome:
    """VLANs with addresses have no larger MTU than what they run on, and the declared one."""
    known = links.every(facts)
    wrong, seen = [], []
    for name in _addressed(facts):
        mtu = facts.get("links", "links", name, "mtu")
        parent = facts.get("links", "links", name, "vlan")["parent"]
        wanted = _declared_mtu(facts, plan, name)
        seen.append(f"{name} {mtu}")
        if parent in known and mtu > facts.get("links", "links", parent, "mtu"):
            wrong.append(f"{name} has {mtu}, its parent {parent} {known[parent]['mtu']}")
        if wanted and mtu != wanted:
            wrong.append(f"{name} has {mtu}, declared is {wanted}")
    wanted_text = "the declared MTU, no larger than the parent's"
    return verdict_of(not wrong, "; ".join(wrong or seen), wanted_text, WARN)


def _declared_mtu(facts: Facts, plan: Plan, link: str) -> int:
    """Return the MTU declared of the network whose address is on the link, or 0."""
    for network in plan.get("declared", {}).get("networks", {}).values():
        held = inside(facts, network["cidr"]) if network.get("cidr") else []
        if network.get("mtu") and any(entry["link"] == link for entry in held):
            return int(network["mtu"])
    return 0
