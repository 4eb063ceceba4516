"""What the node reaches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from saltext.muster.catalogue.predicates.base import Test, declared
from saltext.muster.facts import Facts, Unread
from saltext.muster.probes.hosts import normal
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

_UNRESOLVED = re.compile(r"name resolution|name or service not known|no address associated", re.I)


def internet(facts: Facts, plan: Plan) -> Outcome:
    """The hosts of the enabled repositories answer, by name."""
    hosts = facts.get("reach", "hosts")
    wanted = "names resolve, and the repositories' hosts accept connections"
    if not hosts:
        raise Unread("no enabled repository is on a host that could be tried")
    missed = [host for host in hosts if not _known(host["reached"])]
    if not missed:
        return Outcome(PASS, f"reached: {', '.join(map(_place, hosts))}", wanted)
    if facts.get("reach", "proxy"):
        raise Unread("packages come through a proxy: what that one reaches cannot be seen here")
    seen = f"not reached: {', '.join(map(_place, missed))}"
    why = str(missed[0]["why"])
    unresolved = all(_UNRESOLVED.search(host["why"]) for host in missed)
    remedy = "give the node a nameserver that answers: getent hosts NAME" if unresolved else ""
    return Outcome(FAIL if len(missed) == len(hosts) else WARN, seen, wanted, why, remedy)


def gateway(facts: Facts, plan: Plan) -> Outcome:
    """Each family in use has a default route, whose gateway answers."""
    routes = facts.get("reach", "gateways")
    wanted = "a default route, whose gateway answers ping"
    seen = []
    for family in _families(facts, plan):
        own = [route for route in routes if route["family"] == family]
        if not own:
            return Outcome(FAIL, f"no default route for IPv{family}", wanted)
        for route in own:
            where = f"{route['address']} by {route['interface']}"
            if not _known(route["answers"]):
                return Outcome(FAIL, f"{where} does not answer", wanted, str(route["why"]))
            seen.append(f"{where} answers in {route['ms']:g} ms")
    return Outcome(PASS, ", ".join(seen), wanted)


def has_peers(facts: Facts, plan: Plan) -> str:
    """Return "" when the plan names other coordinators, else why the row is skipped."""
    return "" if plan.get("declared", {}).get("peers") else "there is no other coordinator"


def round_trip(limit: float) -> Test:
    """Return a test that warns when an echo from a coordinator takes over ``limit`` ms."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        times = {address: _time(target) for address, target in _peers(facts, plan).items()}
        slowest = max(times, key=lambda address: times[address])
        seen = f"at most {times[slowest]:g} ms, to {slowest}"
        status = PASS if times[slowest] <= limit else WARN
        why = "" if status == PASS else "every write waits for the slowest of these ways"
        return Outcome(status, seen, f"at most {limit:g} ms", why)

    return test


def majority(facts: Facts, plan: Plan) -> Outcome:
    """The coordinators answer: all of them, and never less than their majority."""
    peers = _peers(facts, plan)
    silent = [address for address, target in peers.items() if not _known(target["answers"])]
    itself = plan.get("declared", {}).get("role") == "coordinator"
    number = len(peers) + itself
    reached, needed = number - len(silent), number // 2 + 1
    wanted = f"all {number} coordinators reached, at least {needed}"
    if not silent:
        return Outcome(PASS, f"{reached} of {number} reached", wanted)
    seen = f"{reached} of {number} reached; no answer from {', '.join(silent)}"
    return Outcome(WARN if reached >= needed else FAIL, seen, wanted)


def wake_asked(facts: Facts, plan: Plan) -> str:
    """Return "" when the cluster file asks for wake on LAN, else why the row is skipped."""
    wanted = plan.get("declared", {}).get("wake_on_lan")
    return "" if wanted else "the cluster file does not ask for wake on LAN"


def wakes(facts: Facts, plan: Plan) -> Outcome:
    """A card below the interface with the node's address wakes by the magic packet."""
    nics = facts.get("wol", "nics")
    link = _own_link(facts, plan)
    below = _below(facts.get("links", "links"), link)
    cards = {name: _known(nics[name]) for name in nics if name in below}
    if not cards:
        raise Unread(f"no physical Ethernet card was seen below {link}")
    seen = ", ".join(
        f"{name}: supports {card['supports']}, Wake-on {card['wake_on']}"
        for name, card in cards.items()
    )
    wanted = "Supports Wake-on with g, Wake-on: g"
    if any("g" in card["supports"] and "g" in card["wake_on"] for card in cards.values()):
        return Outcome(PASS, seen, wanted)
    able = [name for name, card in cards.items() if "g" in card["supports"]]
    if not able:
        why = "the card knows no magic packet, or the firmware has switched it off"
        return Outcome(FAIL, seen, wanted, why, "enable wake on LAN in the firmware's setup")
    return Outcome(FAIL, seen, wanted, "", f"ethtool -s {able[0]} wol g, at every boot")


def management(facts: Facts, plan: Plan) -> Outcome:
    """The server has a management controller, and that one an address."""
    wanted = "a management controller (BMC) with an address"
    if not facts.get("motherboard", "bmc"):
        return Outcome(FAIL, "no management controller (BMC) was seen", wanted)
    lan = facts.get("ipmi", "lan")
    if not lan["address"]:
        return Outcome(FAIL, "the management controller has no address", wanted)
    return Outcome(PASS, f"{lan['address']} ({lan['origin'] or 'origin not told'})", wanted)


def _known(value: Any) -> Any:
    """Return the value, or raise Unread with its reason: lists have unknowns inside."""
    if isinstance(value, Mapping) and set(value) == {"unknown"}:
        raise Unread(str(value["unknown"]))
    return value


def _place(host: Mapping[str, Any]) -> str:
    return f"{host['host']} port {host['port']}"


def _families(facts: Facts, plan: Plan) -> list[int]:
    """Return 4 and 6 as far as the node uses them: by its declared address and its own."""
    six = ":" in plan.get("declared", {}).get("address", "")
    return [6] if six else [4, 6] if facts.get("reach", "ipv6") else [4]


def _peers(facts: Facts, plan: Plan) -> dict[str, Mapping[str, Any]]:
    """Return what came of trying each declared peer."""
    tried = {target["address"]: target for target in facts.get("reach", "targets")}
    wanted = [normal(address) or address for address in declared(plan, "peers")]
    missing = [address for address in wanted if address not in tried]
    if missing:
        raise Unread(f"{', '.join(missing)} was not tried: the probe was not told of it")
    return {address: tried[address] for address in wanted}


def _time(target: Mapping[str, Any]) -> float:
    return float(_known(target["ms"]))


def _own_link(facts: Facts, plan: Plan) -> str:
    """Return the link that has the node's address."""
    address = normal(declared(plan, "address"))
    for entry in facts.get("addresses", "addresses"):
        if normal(entry["address"]) == address:
            return str(entry["link"])
    raise Unread(f"no link has the node's address {address}")


def _below(links: Mapping[str, Any], top: str) -> set[str]:
    """Return ``top`` and the links that carry it: its ports, its VLAN's parent, and theirs."""
    found: set[str] = set()
    queue = [top]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found.add(name)
        queue += [port for port, link in links.items() if link.get("master") == name]
        vlan = links.get(name, {}).get("vlan", {})
        if isinstance(vlan, Mapping) and vlan.get("parent"):
            queue.append(vlan["parent"])
    return found
