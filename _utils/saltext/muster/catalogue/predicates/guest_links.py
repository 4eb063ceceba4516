"""The links that an IP fabric has for its guests."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

from saltext.muster.catalogue.predicates import links, network
from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

#: The kernel takes no longer names of links.
LONGEST = 15

_GUEST = re.compile(r"[A-Za-z0-9.-]+_net[0-9]+")
#: What is left of such a name that was cut.
_CUT = re.compile(r"[^_]+(_|_n|_ne|_net)?")


def there(facts: Facts, plan: Plan) -> str:
    """Return "" when a node that has joined has guests' links, else why the row is skipped."""
    why = links.joined(facts, plan)
    return why or ("" if links.guests(links.every(facts)) else "no guest has a link yet")


def named_there(facts: Facts, plan: Plan) -> str:
    """Return "" when a node that has joined has links named after guests, else why not."""
    why = links.joined(facts, plan)
    return why or ("" if _named(facts) else "no guest has a link <machine>_net0 yet")


def _named(facts: Facts) -> list[str]:
    return [name for name in links.guests(links.every(facts)) if _GUEST.fullmatch(name)]


def names(facts: Facts, plan: Plan) -> Outcome:
    """Guests' links are named after their machine, none was cut at the kernel's limit."""
    found = links.guests(links.every(facts))
    cut = [name for name in found if len(name) >= LONGEST and _CUT.fullmatch(name)]
    other = [name for name in found if not _GUEST.fullmatch(name)]
    wanted = f"<machine>_net0, at most {LONGEST} characters: names of machines have at most 10"
    if cut:
        return Outcome(FAIL, links.some(cut), wanted, "cut: the machine's name is too long")
    if other:
        return Outcome(WARN, links.some(other), wanted, "not named after a machine")
    return Outcome(PASS, links.some(found), wanted)


def host_routes(facts: Facts, plan: Plan) -> Outcome:
    """Each guest's link has a route to one address, and none to a network."""
    wanted = "a /32 route on each <machine>_net0, no wider one"
    routes = [*facts.get("addresses", "routes", "ipv4"), *facts.get("addresses", "routes", "ipv6")]
    named = _named(facts)
    have: dict[str, list[str]] = {name: [] for name in named}
    for route in routes:
        if route["dev"] in have and not _own_to_link(route["to"]):
            have[route["dev"]].append(route["to"])
    wide = [f"{to} on {name}" for name, tos in have.items() for to in tos if not _single(to)]
    bare = [f"none on {name}" for name, tos in have.items() if not tos]
    count = sum(len(tos) for tos in have.values())
    seen = links.some(wide + bare) or f"{count} host routes on {len(named)} links"
    return verdict_of(not wide and not bare, seen, wanted)


def _own_to_link(to: str) -> bool:
    """Say whether the kernel makes this route on every link by itself."""
    return to != "default" and (ip_network(to).is_link_local or ip_network(to).is_multicast)


def _single(to: str) -> bool:
    return to != "default" and ip_network(to).num_addresses == 1


def one_gateway(facts: Facts, plan: Plan) -> Outcome:
    """Every guest's link has the one gateway address, to the guest alone."""
    gateway = plan.get("declared", {}).get("vm_gateway")
    wanted = f"{gateway or 'one address'} on every <machine>_net0, point to point"
    held: dict[str, list[str]] = {name: [] for name in _named(facts)}
    wide = []
    for entry in network.entries(facts):
        if entry["link"] in held and entry["family"] == 4:
            held[entry["link"]].append(entry["address"])
            if entry["prefix"] != 32:
                wide.append(network.shown(entry))
    bare = [f"no address on {name}" for name, own in held.items() if not own]
    different = sorted({each for own in held.values() for each in own}, key=ip_address)
    seen = links.some(wide + bare) or f"{', '.join(different)} on {len(held)} links"
    good = not wide and not bare and different == [gateway or (different or [""])[0]]
    return verdict_of(good, seen, wanted)
