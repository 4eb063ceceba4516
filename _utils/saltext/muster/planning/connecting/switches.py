"""The work list for switches: what the port of each node's NIC carries (PVC-044, PVC-064)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from saltext.muster.cluster import MAIN, Cluster, Network, Node
from saltext.muster.finding import Finding, doubtful, wrong
from saltext.muster.planning.connecting.flows import network_for

UNTOLD = "not told"


@dataclass(frozen=True)
class SwitchPort:
    """One switch port and what it needs; what the file does not tell is ``not told``.

    bond is that of the node's NIC ("" = none); lacp says that its ports are one LACP group.
    tagged are VLAN ids, untagged the networks without one; mtu is in bytes, 0 = not told.
    """

    switch_port: str
    node: str
    interface: str
    bond: str = ""
    lacp: bool = False
    tagged: tuple[int, ...] = ()
    untagged: tuple[str, ...] = ()
    mtu: int = 0


@dataclass
class _Load:
    """What one device of a node carries."""

    tagged: set[int] = field(default_factory=set)
    untagged: dict[str, None] = field(default_factory=dict)
    mtu: int = 0


def ports(cluster: Cluster, nodes: Iterable[Node] | None = None) -> Iterator[SwitchPort]:
    """Give the switch ports of the nodes (None = of all), in the order of the cluster file.

    Bridged networks of guests are on the device under the nodes' own network, which PVC calls
    upstream, or on PVC's ``bridge_device`` (PVC-064, PVC-065); those of kind sriov are on the
    physical functions. Managed ones are VXLANs and need no VLAN (PVC-105).
    """
    for node in cluster.nodes.values() if nodes is None else nodes:
        yield from _of(cluster, node)


def _of(cluster: Cluster, node: Node) -> Iterator[SwitchPort]:
    nics: dict[str, _Load] = {}
    bonds: dict[str, str] = {}
    for device, load in _devices(cluster, node).items():
        bond = cluster.bonds.get(device)
        for nic in bond.nics if bond else (device,):
            bonds.setdefault(nic, device if bond else "")
            own = nics.setdefault(nic, _Load())
            own.tagged |= load.tagged
            own.untagged.update(load.untagged)
            own.mtu = max(own.mtu, load.mtu)
    for nic, load in nics.items():
        bond = cluster.bonds.get(bonds[nic])
        yield SwitchPort(
            switch_port=node.ports.get(nic, UNTOLD),
            node=node.id,
            interface=nic or UNTOLD,
            bond=bonds[nic],
            lacp=bond is not None and bond.mode == "802.3ad",
            tagged=tuple(sorted(load.tagged)),
            untagged=tuple(load.untagged),
            mtu=load.mtu,
        )


def _devices(cluster: Cluster, node: Node) -> dict[str, _Load]:
    """Return what each physical end (a NIC or a bond) of a node carries."""
    found: dict[str, _Load] = {}
    for name, network in cluster.networks.items():
        if cluster.address_in(node, name):
            device, vlan = _end(node, name, network)
            _add(found.setdefault(device, _Load()), name, vlan, network.mtu)
    for name, client in cluster.client_networks.items():
        if client.kind == "bridged":
            _add(found.setdefault(_underlay(cluster, node), _Load()), name, client.vlan)
        elif client.kind == "sriov":
            for interface in node.sriov:
                _add(found.setdefault(interface, _Load()), name, client.vlan)
    for interface, physical in node.sriov.items():
        load = found.setdefault(interface, _Load())
        load.tagged |= {vlan for vlan in physical.vlans if vlan}
    return found


def _add(load: _Load, name: str, vlan: int, mtu: int = 0) -> None:
    if vlan:
        load.tagged.add(vlan)
    else:
        load.untagged[name] = None
    load.mtu = max(load.mtu, mtu)


def _end(node: Node, name: str, network: Network) -> tuple[str, int]:
    """Return the device below a network's interface, and its VLAN (0 = untagged)."""
    if name == MAIN and node.interface:
        network = replace(network, interface=node.interface, bond="")
    return network.device, network.tag


def _underlay(cluster: Cluster, node: Node) -> str:
    """Return the device that bridged networks of guests are made on."""
    declared = getattr(cluster.options, "bridge_device", "")
    name = network_for(cluster, "upstream")
    network = cluster.networks.get(name)
    if declared or network is None:
        return str(declared).partition(".")[0]
    return _end(node, name, network)[0]


def findings(cluster: Cluster) -> Iterator[Finding]:
    """Give switch ports that two NICs have, those of NICs that carry nothing, and networks whose
    interface is named after another bond or VLAN than theirs."""
    yield from _misnamed(cluster)
    taken: dict[str, tuple[str, str]] = {}
    for node in cluster.nodes.values():
        if not node.ports:
            continue
        used = {port.interface for port in _of(cluster, node)}
        for nic, port in node.ports.items():
            where = ("nodes", node.id, "ports", nic)
            other = taken.setdefault(port, (node.id, nic))
            if other != (node.id, nic):
                what = f"the switch port {port!a} is {other[1]}'s of {other[0]} already"
                yield wrong(where, what, "write each NIC's own", "a switch port is given twice")
            if nic not in used:
                what = f"no network of {node.id} is on {nic}"
                remedy = "remove it, or name the NIC in a network, a bond or sriov"
                yield doubtful(where, what, remedy, "a NIC with a switch port carries no network")


def _misnamed(cluster: Cluster) -> Iterator[Finding]:
    for name, network in cluster.networks.items():
        device, _dot, suffix = network.interface.partition(".")
        own: dict[str, str | int] = {"vlan": int(suffix) if suffix.isdecimal() else 0}
        own["bond"] = device if device in cluster.bonds else ""
        for key, named in own.items():
            told = getattr(network, key)
            if named and told and named != told:
                what = f"{network.interface} is named after the {key} {named}, and {key} is {told}"
                remedy = f"right one of them: switch ports are listed for the {key} {told}"
                public = f"an interface is named after another {key} than the network's"
                yield doubtful(("networks", name, key), what, remedy, public)


def row(port: SwitchPort) -> dict[str, Any]:
    """Return a switch port as a row of a table."""
    lists = {"tagged": list(port.tagged), "untagged": list(port.untagged)}
    return {**vars(port), **lists, "mtu": port.mtu or None}


def changes(old: Cluster, new: Cluster) -> Iterator[tuple[str, SwitchPort]]:
    """Give what differs between two work lists: ("remove" or "add", the port).

    A port whose needs change is removed as it was and added as it will be.
    """
    before, after = dict.fromkeys(ports(old)), dict.fromkeys(ports(new))
    yield from (("remove", port) for port in before if port not in after)
    yield from (("add", port) for port in after if port not in before)
