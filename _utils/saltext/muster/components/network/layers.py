"""Which devices lie on which, and which of them are not as wanted now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

from saltext.muster.components.network import running
from saltext.muster.components.network.wanted import (
    BOND,
    BRIDGE,
    NIC,
    VLAN,
    Device,
    Route,
    Rule,
    Wanted,
)
from saltext.muster.facts import Facts

#: Properties of a link that change without bringing it down.
_SOFT = {"up", "mtu", "stp", "forward_delay"}


@dataclass(frozen=True)
class Standing:
    """Names of devices that are not as wanted now.

    absent are not there; other must be made anew, being another kind of device or VLAN; linked
    lack ports, a master and the like; soft have another MTU or a bridge's other settings; routed
    have other addresses, routes or rules.
    """

    absent: frozenset[str]
    other: frozenset[str]
    linked: frozenset[str]
    soft: frozenset[str]
    routed: frozenset[str]

    def rebuilt(self, wanted: Wanted) -> list[Device]:
        """Return the devices to bring up anew: masters before ports, parents before VLANs.

        Those are also the ports of what is made anew, and what lies on it.
        """
        names = set(self.absent | self.other | self.linked)
        for device in wanted.devices:
            if device.name in self.other | self.linked and device.kind == BOND:
                names.update(device.ports)
            if self.other & set(below(wanted, device.name)) and device.kind == VLAN:
                names.add(device.name)
            if device.name in self.other:
                names.update(device.ports)
        order = (BRIDGE, BOND, NIC, VLAN)
        found = [device for device in wanted.devices if device.name in names]
        return sorted(found, key=lambda device: order.index(device.kind))


def standing(wanted: Wanted, facts: Mapping[str, Any]) -> Standing:
    """Return which devices are not as wanted by the facts of ``running.PROBES``."""
    seen = facts if isinstance(facts, Facts) else Facts(facts)
    found = running.diff(wanted, seen)
    devices = found.get("devices", {"old": {}, "new": {}})
    present = {name: set(value) for name, value in devices["new"].items() if devices["old"][name]}
    other = {name for name, keys in present.items() if keys & {"kind", "parent", "vlan", "mode"}}
    # A bridge gets its ports by what is done to those, and its guests' stay.
    bridges = {device.name for device in wanted.devices if device.kind == BRIDGE}
    harmless = {name: _SOFT | ({"ports"} if name in bridges else set()) for name in present}
    routed = {*found.get("addresses", {"new": {}})["new"], *_routed(wanted, seen)}
    return Standing(
        absent=frozenset(set(devices["new"]) - set(present)),
        other=frozenset(other),
        linked=frozenset(name for name, keys in present.items() if keys - harmless[name]) - other,
        soft=frozenset(name for name, keys in present.items() if keys & _SOFT),
        routed=frozenset(routed),
    )


def _routed(wanted: Wanted, facts: Facts) -> Iterator[str]:
    if "routes" in running.diff(wanted, facts):
        for device in wanted.devices:
            alone = replace(wanted, devices=(device,))
            if "routes" in running.diff(alone, facts):
                yield device.name


def with_addresses_of_hardware(wanted: Wanted, facts: Facts) -> Wanted:
    """Return what is wanted, each bridge with the hardware address that it has or takes over.

    A bridge that is new to the network behind its port may be dropped there: hosters know their
    machines by that address.
    """
    links: Mapping[str, Any] = facts.get("links", "links")

    def filled(device: Device) -> Device:
        names = [device.name, *below(wanted, device.name)] if device.kind == BRIDGE else []
        macs = [links[name]["mac"] for name in names if name in links]
        found = next((mac for mac in macs if isinstance(mac, str) and mac), "")
        return replace(device, mac=found)

    return replace(wanted, devices=tuple(filled(device) for device in wanted.devices))


def masters(wanted: Wanted) -> dict[str, Device]:
    """Return the bond or bridge of each device that is a port."""
    return {port: device for device in wanted.devices for port in device.ports}


def below(wanted: Wanted, name: str) -> list[str]:
    """Return the names of the devices that a device lies on, the nearest first."""
    found, queue = [], [name]
    known = {device.name: device for device in wanted.devices}
    while queue:
        device = known.get(queue.pop(0))
        lower = [*device.ports, *([device.parent] if device.parent else [])] if device else []
        new = [each for each in lower if each not in found]
        found += new
        queue += new
    return found


def of_version(device: Device, version: int) -> tuple[list[str], str]:
    """Return a device's addresses of an IP version, and its gateway ("" = none)."""
    addresses = [each for each in device.addresses if ip_interface(each).version == version]
    gateways = [each for each in device.gateways if ip_address(each).version == version]
    return addresses, "".join(gateways[:1])


def routes_of(device: Device, version: int) -> list[Route]:
    """Return a device's routes of an IP version; one that tells no version is IPv4's."""
    return [each for each in device.routes if _version(each.to, each.via) == version]


def rules_of(device: Device, version: int) -> list[Rule]:
    """Return a device's rules of an IP version; one that tells no version is IPv4's."""
    return [each for each in device.rules if _version(each.source, each.to) == version]


def _version(*texts: str) -> int:
    for text in texts:
        if text and text != "default":
            return ip_network(text, strict=False).version
    return 4


def soft_steps(devices: Iterable[Device]) -> list[tuple[str, ...]]:
    """Return the commands that set what changes on a link that stays: MTU, STP, up."""
    found: list[tuple[str, ...]] = []
    for device in devices:
        link = ("ip", "link", "set", "dev", device.name)
        if device.kind == BRIDGE:
            found.append((*link, "type", "bridge", "stp_state", "0", "forward_delay", "0"))
        found.append((*link, *(("mtu", str(device.mtu)) if device.mtu else ()), "up"))
    return found
