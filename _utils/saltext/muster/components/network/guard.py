"""What a change of the network may not do: what is known to fail, or to cut the node off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface, ip_network
from typing import Any

from saltext.muster.components.network import running
from saltext.muster.components.network.wanted import (
    BOND,
    BRIDGE,
    MANUAL,
    NIC,
    VLAN,
    Device,
    Wanted,
)
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts

#: Routes that an administrator or the files made; others come again with what made them.
_MADE = ("boot", "static", "")


def demand(
    wanted: Wanted, facts: Facts, master: Mapping[str, str], files: Iterable[str | None] = ()
) -> None:
    """Raise Refused for a change that is known to fail or to cut the node off.

    master tells how the master is reached now: address, dev; {} = not known. files are the texts
    of the network's files as they will be.
    """
    links: Mapping[str, Any] = facts.get("links", "links")
    problems = [*_absent(wanted, links), *_no_way_out(wanted, facts), *_lost(wanted, facts)]
    problems += [*_lost_routes(wanted, facts, list(files)), *_cut_off(wanted, master, links)]
    if problems:
        raise Refused("; ".join(problems))


def _absent(wanted: Wanted, links: Mapping[str, Any]) -> Iterator[str]:
    cards = sorted(name for name, link in links.items() if link["kind"] in ("physical", "veth"))
    for device in wanted.devices:
        if device.kind == NIC and device.name not in links:
            seen = ", ".join(cards[:8]) or "none"
            yield (
                f"there is no interface {device.name} (there are: {seen}); correct the cluster"
                " file: networks, bonds, or the node's own `interface`"
            )
        elif device.name in links and _other_kind(device.kind, links[device.name]["kind"]):
            yield (
                f"{device.name} is a {links[device.name]['kind']}, wanted a {device.kind}; give"
                " the one that is wanted another name in the cluster file"
            )


def _other_kind(wanted: str, have: str) -> bool:
    return have != wanted and wanted in (BOND, VLAN, BRIDGE)


def _no_way_out(wanted: Wanted, facts: Facts) -> Iterator[str]:
    """Tell of default routes on the devices that the plan, which has no gateway, would lose."""
    if not {"devices", "addresses"} & set(running.diff(wanted, facts)):
        return
    names = {device.name for device in wanted.devices}
    planned = {ip_address(g).version for device in wanted.devices for g in device.gateways}
    for version in {4, 6} - planned:
        for route in facts.get("addresses", "routes", f"ipv{version}"):
            lost = route["to"] == "default" and route["table"] == "main" and route["dev"] in names
            # What routers advertise comes again by itself.
            if lost and route["via"] and route["proto"] != "ra":
                yield (
                    f"the plan has no gateway, and the default route via {route['via']} on"
                    f" {route['dev']} would be lost; declare it: networks, main, gateway:"
                    f" {route['via']}"
                )


def _lost(wanted: Wanted, facts: Facts) -> Iterator[str]:
    """Tell of further addresses of a card that becomes a port: no port has any.

    One in the network of a planned address that is new to the node is what that stands for.
    """
    above = running.masters(wanted)
    entries = [each for each in facts.get("addresses", "addresses") if each["scope"] == "global"]
    have = {ip_address(each["address"]) for each in entries}
    planned = [ip_interface(text) for device in wanted.devices for text in device.addresses]
    kept = {each.ip for each in planned}
    anew = [each.network for each in planned if each.ip not in have]
    for entry in entries:
        own, port = ip_address(entry["address"]), entry["link"]
        # DHCP and routers give theirs again, where they are asked.
        if port not in above or entry["dynamic"] or own in kept:
            continue
        if not any(own in network for network in anew):
            yield (
                f"{own}/{entry['prefix']} on {port} would be lost when {port} becomes a port of"
                f" {above[port]}; one of another network: declare that in the cluster file, on the"
                " same device, with the node's address; any other: take it off the node and out of"
                f" its files, and give it to {above[port]} afterwards, where it stays"
            )


def _lost_routes(wanted: Wanted, facts: Facts, files: list[str | None]) -> Iterator[str]:
    """Tell of routes by a card that becomes a port, which no file will make again."""
    above = running.masters(wanted)
    routes = [r for d in wanted.devices for r in d.routes if r.to != "default"]
    planned = {str(ip_network(route.to, strict=False)) for route in routes}
    for route in [r for f in ("ipv4", "ipv6") for r in facts.get("addresses", "routes", f)]:
        to, port = route["to"], route["dev"]
        gone = port in above and route["via"] and route["proto"] in _MADE
        if not gone or to == "default" or str(ip_network(to, strict=False)) in planned:
            continue
        if not any(to in text for text in files if text):
            yield (
                f"the route to {to} via {route['via']} on {port} would be lost when {port} becomes"
                f" a port of {above[port]}; declare it under `routes` of the network in the"
                " cluster file, or take it off the node"
            )


def _cut_off(wanted: Wanted, master: Mapping[str, str], links: Mapping[str, Any]) -> Iterator[str]:
    """Tell when the plan leaves the node without a way to its master."""
    if not master or not _concerns(wanted, master["dev"], links):
        return
    # Where PVC's daemon sets the addresses, those that are there stay.
    below = {part for d in wanted.devices for part in (*d.ports, d.parent)}
    kept = {d.name for d in wanted.devices if d.method == MANUAL and d.name not in below}
    address = ip_address(master["address"])
    if master["dev"] in kept or any(_reaches(device, address) for device in wanted.devices):
        return
    yield (
        f"the master {address} is reached by {master['dev']}, and by the plan nothing leads to it"
        " any more: neither an address in its network nor a gateway; correct the cluster file"
    )


def _concerns(wanted: Wanted, name: str, links: Mapping[str, Any]) -> bool:
    """Say whether the plan is about a link, or takes a port from it or from what is below it."""
    if any(device.name == name for device in wanted.devices):
        return True
    above = running.masters(wanted)
    ports = [port for port, link in links.items() if link.get("master") == name]
    taken = {d.name for d in wanted.devices if above.get(d.name, "") != name}
    vlan = links.get(name, {}).get("vlan")
    parent = vlan.get("parent", "") if isinstance(vlan, Mapping) else ""
    if taken & set(ports):
        return True
    return bool(parent) and parent != name and _concerns(wanted, parent, links)


def _reaches(device: Device, address: IPv4Address | IPv6Address) -> bool:
    """Say whether a device leads to an address: by its network, its gateway or a route."""
    networks = [ip_interface(each).network for each in device.addresses]
    networks += [
        ip_network(route.to, strict=False)
        for route in device.routes
        if not route.table and route.to != "default"
    ]
    versions = {ip_address(gateway).version for gateway in device.gateways}
    return address.version in versions or any(address in network for network in networks)
