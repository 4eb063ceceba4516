"""What of a node's running network is not as wanted."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

from saltext.muster.components.network.wanted import (
    BOND,
    BRIDGE,
    MANUAL,
    VLAN,
    Device,
    Route,
    Rule,
    Wanted,
)
from saltext.muster.converge import Diff
from saltext.muster.facts import Facts

#: The facts that the running state is judged by.
PROBES = ("links", "bridges", "addresses")

Named = dict[str, Any]


def diff(wanted: Wanted, facts: Facts) -> Diff:
    """Return what differs in ``devices``, ``addresses`` and ``routes``, as far as it does.

    Ports and addresses that the plan does not name stay as they are (guests' interfaces, the
    cluster's own address), but a port has no address, and a static device none by DHCP and none
    that files gave it until now.
    """
    found: Diff = {}
    for key, part in (("devices", _devices), ("addresses", _addresses), ("routes", _routes)):
        old, new = part(wanted, facts)
        if old != new:
            found[key] = {"old": old, "new": new}
    return found


def masters(wanted: Wanted) -> dict[str, str]:
    """Return the bond or bridge of each device that is a port."""
    return {port: device.name for device in wanted.devices for port in device.ports}


# -- devices ----------------------------------------------------------------------------------


def _devices(wanted: Wanted, facts: Facts) -> tuple[Named, Named]:
    links: Mapping[str, Any] = facts.get("links", "links")
    above = masters(wanted)
    old: Named = {}
    new: Named = {}
    for device in wanted.devices:
        want = _properties(device, above.get(device.name, ""))
        if device.name not in links:
            old[device.name], new[device.name] = None, want
            continue
        have = {key: _property(device, key, facts) for key in want}
        wrong = [key for key in want if have[key] != want[key]]
        if wrong:
            old[device.name] = {key: have[key] for key in wrong}
            new[device.name] = {key: want[key] for key in wrong}
    return old, new


def _properties(device: Device, master: str) -> Named:
    found: Named = {"up": True, "master": master}
    if device.kind in (BOND, VLAN, BRIDGE):
        found["kind"] = device.kind
    if device.kind == BOND:
        found.update(mode=device.mode, ports=sorted(device.ports))
    if device.kind == VLAN:
        found.update(parent=device.parent, vlan=device.vlan)
    if device.kind == BRIDGE:
        found.update(ports=sorted(device.ports), stp=False, forward_delay=0)
    if device.mtu:
        found["mtu"] = device.mtu
    return found


def _property(device: Device, key: str, facts: Facts) -> Any:
    name = device.name
    if key in ("up", "master", "kind", "mtu"):
        return facts.get("links", "links", name, key)
    kind = facts.get("links", "links", name, "kind")
    if kind != device.kind:
        return None
    if key in ("parent", "vlan"):
        return facts.get("links", "links", name, "vlan", "id" if key == "vlan" else key)
    if kind == BOND:
        found = facts.get("links", "links", name, "bond", key)
        return sorted(found) if key == "ports" else found
    found = facts.get("bridges", "bridges", name, key)
    # Guests' interfaces are ports too: only those of the plan are judged.
    return sorted(set(found) & set(device.ports)) if key == "ports" else found


# -- addresses --------------------------------------------------------------------------------


def _addresses(wanted: Wanted, facts: Facts) -> tuple[Named, Named]:
    entries = [each for each in facts.get("addresses", "addresses") if each["scope"] != "link"]
    ports = masters(wanted)
    ours = {str(ip_interface(a).ip): d.name for d in wanted.devices for a in d.addresses}
    old: Named = {}
    new: Named = {}
    for device in wanted.devices:
        want = sorted(map(_normal, device.addresses))
        held = [each for each in entries if each["link"] == device.name]
        judged = [each for each in held if _is_judged(each, device, ports, ours, wanted.dropped)]
        have = sorted(f"{each['address']}/{each['prefix']}" for each in judged)
        if have != want:
            old[device.name], new[device.name] = have, want
    return old, new


def _is_judged(
    entry: Mapping[str, Any],
    device: Device,
    ports: Mapping[str, str],
    ours: Mapping[str, str],
    dropped: Container[str],
) -> bool:
    """Say whether an address is one that the plan decides about.

    Those are addresses of the plan, wherever they are, all of a port, and of a static device
    those by DHCP and those that its files drop. Addresses that routers' advertisements give stay.
    """
    if device.name in ports or entry["address"] in ours:
        return True
    if device.method == MANUAL:
        return False
    if entry["address"] in dropped:
        return True
    if not entry["dynamic"]:
        return False
    return entry["family"] == 4 and any(ip_interface(a).version == 4 for a in device.addresses)


def _normal(address: str) -> str:
    return str(ip_interface(address))


# -- routes -----------------------------------------------------------------------------------


def _routes(wanted: Wanted, facts: Facts) -> tuple[list[str], list[str]]:
    """Return texts of the routes and rules that are there and that are wanted, where one of them
    is missing or another default route is used in its place."""
    tables: Mapping[str, int] = {**facts.get("addresses", "tables"), **wanted.tables}
    routes = list(_present(facts, tables))
    old: list[str] = []
    new: list[str] = []
    for device in wanted.devices:
        for gateway in device.gateways:
            want = _route_text(Route("default", gateway), device.name)
            have = _defaults(routes, ip_address(gateway).version)
            if have[:1] != [want]:
                old.extend(have)
                new.append(want)
        missing = {_route_text(each, device.name) for each in device.routes}
        new.extend(sorted(missing - {text for _entry, text in routes}))
        # The facts tell IPv4's rules alone; those of IPv6 are judged by the files.
        ruled = {_rule_text(r) for r in device.rules if ":" not in r.source + r.to}
        new.extend(sorted(ruled - set(_rules(facts, tables)) if ruled else ()))
    return old, new


def _present(facts: Facts, tables: Mapping[str, int]) -> Iterator[tuple[Mapping[str, Any], str]]:
    for family in ("ipv4", "ipv6"):
        for entry in facts.get("addresses", "routes", family):
            table = _table(entry["table"], tables)
            yield entry, _route_text(Route(entry["to"], entry["via"], table), entry["dev"])


def _defaults(routes: list[tuple[Mapping[str, Any], str]], version: int) -> list[str]:
    """Return the main table's default routes of an IP version, the one that is used first."""
    found = [
        (entry["metric"], text)
        for entry, text in routes
        if entry["to"] == "default" and entry["family"] == version and entry["table"] == "main"
    ]
    # The kernel gives IPv6's own routes the metric 1024; advertised ones come beside a static one.
    return [text for _metric, text in sorted(found, key=lambda item: item[0])]


def _table(name: str, tables: Mapping[str, int]) -> int:
    if name == "main":
        return 0
    number = int(name) if name.isdecimal() else tables.get(name, -1)
    return 0 if number == 254 else number


def _route_text(route: Route, device: str) -> str:
    to = route.to if route.to == "default" else str(ip_network(route.to, strict=False))
    via = f" via {ip_address(route.via)}" if route.via else ""
    return f"{to}{via} dev {device}" + (f" table {route.table}" if route.table else "")


def _rules(facts: Facts, tables: Mapping[str, int]) -> Iterator[str]:
    for entry in facts.get("addresses", "rules"):
        if entry["table"]:
            words = str(entry["selector"]).split()
            yield _rule_line(entry["priority"], words, _table(entry["table"], tables))


def _rule_text(rule: Rule) -> str:
    words = ["from", rule.source or "all", *(["to", rule.to] if rule.to else [])]
    return _rule_line(rule.priority, words, rule.table)


def _rule_line(priority: int, selector: list[str], table: int) -> str:
    words = [_network(word) if "." in word or ":" in word else word for word in selector]
    return f"rule {priority}: {' '.join(words)} table {table}"


def _network(word: str) -> str:
    try:
        return str(ip_network(word, strict=False))
    except ValueError:
        return word
