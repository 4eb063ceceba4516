"""From a cluster's networks to the devices of one node: what the component ``network`` wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from saltext.muster.cluster import MAIN, Cluster, Network, Node
from saltext.muster.components.network.wanted import (
    BOND,
    BRIDGE,
    MANUAL,
    NIC,
    STATIC,
    VLAN,
    Device,
    Route,
    Rule,
    Wanted,
    to_data,
)

#: The longest name that Linux gives a link.
_LONGEST = 15

#: What Ethernet has where nothing else is declared (bytes).
_ETHERNET = 1500

Named = tuple[str, Network]


class Devices:
    """The devices of one node, made from networks one by one, those below others first."""

    def __init__(self, cluster: Cluster, node: Node) -> None:
        self.cluster = cluster
        self.node = node
        self.sysctls: dict[str, str] = {}
        self.proxies: dict[str, tuple[str, ...]] = {}
        self._devices: dict[str, Device] = {}

    def networks(self) -> Iterator[Named]:
        """Give the networks with a declared device, as this node has them, with their names."""
        for name, network in self.cluster.networks.items():
            own = _of_node(network, self.node) if name == MAIN else network
            if own.device:
                yield name, own

    def end(self, network: Network) -> str:
        """Make what a network is on below any bridge; return its name: a NIC, a bond or a VLAN."""
        base = network.device
        bond = self.cluster.bonds.get(base)
        if bond:
            for nic in bond.nics:
                self._add(Device(nic))
            self._add(Device(base, BOND, ports=bond.nics, mode=bond.mode))
        else:
            self._add(Device(base))
        if not network.tag:
            return base
        name = _vlan_name(network)
        self._add(Device(name, VLAN, parent=base, vlan=network.tag, mtu=network.mtu))
        return name

    def bridge(self, name: str, *ports: str) -> str:
        """Make a bridge over devices that are there; return its name."""
        self._add(Device(name, BRIDGE, ports=ports))
        return name

    def carry(self, name: str, device: str, method: str = STATIC) -> None:
        """Let a device carry the network of that name: this node's address, its MTU, its routes.

        method ``manual``: it comes up, and PVC's daemon gives it the address, once it is there.
        """
        network = self.cluster.networks[name]
        address = self.cluster.address_in(self.node, name)
        if network.mtu:
            self._raise_mtu(device, network.mtu)
        if not address:
            return
        length = ip_network(network.cidr, strict=False).prefixlen
        self.add_address(device, f"{address}/{length}")
        own = self._devices[device]
        self._devices[device] = replace(
            own,
            gateways=(*own.gateways, network.gateway)
            if network.gateway and name == MAIN
            else own.gateways,
            accept_ra=own.accept_ra if network.accept_ra is None else network.accept_ra,
            routes=(*own.routes, *self._routes(network)),
            rules=(*own.rules, *self._rules(network)),
            method=method,
        )

    def add_address(self, device: str, address: str) -> None:
        """Give a device a static address, with its prefix length."""
        own = self._devices[device]
        if address not in own.addresses:
            self._devices[device] = replace(own, method=STATIC, addresses=(*own.addresses, address))

    def add_routes(self, device: str, routes: list[Route], rules: list[Rule]) -> None:
        """Give a device further routes and rules."""
        own = self._devices[device]
        self._devices[device] = replace(
            own, routes=(*own.routes, *routes), rules=(*own.rules, *rules)
        )

    def accept_ra(self, device: str, value: int) -> None:
        """Tell what a device takes of routers' advertisements, where the file does not."""
        own = self._devices[device]
        if own.accept_ra is None:
            self._devices[device] = replace(own, accept_ra=value)

    def component(self, split: bool = False) -> dict[str, dict[str, Any]]:
        """Return the component ``network``, or nothing where no device is declared."""
        if not self._devices:
            return {}
        wanted = Wanted(
            devices=tuple(_with_mtu(self._devices)),
            tables=self.cluster.tables,
            sysctls={**self.sysctls, **self.cluster.sysctls},
            split=split,
            confirm=self.cluster.confirm,
            proxies=self.proxies,
        )
        return {"network": to_data(wanted)}

    def _add(self, device: Device) -> None:
        there = self._devices.setdefault(device.name, device)
        if there.kind == NIC and device.kind != NIC:
            self._devices[device.name] = device

    def _routes(self, network: Network) -> Iterator[Route]:
        for each in network.routes:
            yield Route(each.to, each.via, self.cluster.tables.get(each.table, 0))

    def _rules(self, network: Network) -> Iterator[Rule]:
        for each in network.rules:
            table = self.cluster.tables.get(each.table, 0)
            yield Rule(table, each.priority, each.source, each.to)

    def _raise_mtu(self, name: str, mtu: int) -> None:
        """Give a device an MTU, and what it is made of at least the same."""
        own = self._devices[name]
        if mtu > own.mtu:
            self._devices[name] = replace(own, mtu=mtu)
        for part in (*own.ports, *filter(None, [own.parent])):
            self._raise_mtu(part, mtu)


def _with_mtu(devices: dict[str, Device]) -> Iterator[Device]:
    """Give the devices; a VLAN without an MTU of its own would take its parent's larger one."""
    for device in devices.values():
        inherited = device.kind == VLAN and not device.mtu
        large = inherited and devices[device.parent].mtu > _ETHERNET
        yield replace(device, mtu=_ETHERNET) if large else device


def _of_node(network: Network, node: Node) -> Network:
    """Return the main network with the node's own interface in it, if it has one."""
    own = node.interface
    if not own or own == network.bond or own.startswith(f"{network.bond}."):
        return network
    return replace(network, interface=own, bond="")


def _vlan_name(network: Network) -> str:
    """Return the name of a network's VLAN: the declared one, or that of device and id."""
    if network.interface not in ("", network.device):
        return network.interface
    name = f"{network.device}.{network.tag}"
    return name if len(name) <= _LONGEST else f"vlan{network.tag}"


# -- what platforms want ----------------------------------------------------------------------


def plain(cluster: Cluster, node: Node) -> Devices:
    """Return the devices of networks that are on a NIC, bond or VLAN; on a bridge where one is
    declared.

    Source: VMM-040, VMM-041, GNT-055.
    """
    devices = Devices(cluster, node)
    for name, network in devices.networks():
        end = devices.end(network)
        devices.carry(name, devices.bridge(network.bridge, end) if network.bridge else end)
    return devices


def manual(cluster: Cluster, node: Node) -> Devices:
    """Return the devices whose addresses are PVC's own matter (PVC-042, PVC-047)."""
    devices = Devices(cluster, node)
    for name, network in devices.networks():
        devices.carry(name, devices.end(network), MANUAL)
    return devices
