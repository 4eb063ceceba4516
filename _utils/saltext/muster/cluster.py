"""A cluster as its cluster file describes it: what planning works on."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_type_hints

from saltext.muster import plain
from saltext.muster.parts import (
    AddressPool,
    Base,
    Bgp,
    Bond,
    Ceph,
    ClientNetwork,
    Firewall,
    Guest,
    Hardware,
    Lookup,
    Physical,
    Way,
)

if TYPE_CHECKING:
    from saltext.muster.planning.connecting.rules import Rules

#: The network that the nodes' own addresses belong to.
MAIN = "main"


@dataclass(frozen=True)
class Network:
    """A network: its prefix, and what a node's end of it is called ("" or 0 = not declared).

    interface is the physical end (a NIC or a bond), vlan its 802.1q id, mtu in bytes. role is
    what the network is for, its name unless declared. floating is the address that moves with
    the primary node; routers are those that have further addresses. With offset, the node of
    number n has the network's own address plus offset plus n; ipmi_offset does that for IPMI.
    accept_ra is what the kernel takes of routers' advertisements there: 0, 1, 2, None = as it is.
    routes and rules are those of the nodes that belong to the network.
    """

    cidr: str
    bridge: str = ""
    interface: str = ""
    gateway: str = ""
    bond: str = ""
    vlan: int = 0
    mtu: int = 0
    role: str = ""
    floating: str = ""
    routers: tuple[str, ...] = ()
    offset: int | None = None
    ipmi_offset: int | None = None
    accept_ra: int | None = None
    routes: tuple[Way, ...] = ()
    rules: tuple[Lookup, ...] = ()

    @property
    def device(self) -> str:
        """The bond or NIC below, "" when neither is told."""
        return self.bond or self.interface.partition(".")[0]

    @property
    def tag(self) -> int:
        """The VLAN's id, 0 = untagged: that declared, or that of a name like bond0.100."""
        end = self.interface.rpartition(".")[2] if "." in self.interface else ""
        return self.vlan or (int(end) if end.isdecimal() else 0)


@dataclass(frozen=True)
class Pool:
    """A storage pool that every node has; path and source are "" where they are not declared."""

    name: str
    type: str
    path: str = ""
    source: str = ""


@dataclass(frozen=True)
class Node:
    """One node. id is the minion id; interface overrides the main network's ("" = as there).

    addresses are those in other networks, by the network's name; sriov is how physical functions
    are split, by interface. number is what numbered networks count by (0 = none), domain what
    the node fails with (a rack), hardware the name of its model, ipmi its management address.
    subnet are the guests' addresses that are routed to it (subnet6 those of IPv6, where there are
    both), guest_range the part of subnet that guests may have. ports are the switch ports of its
    NICs. No guest runs on a drained node. mac is the card that it is woken by ("" = as it tells).
    lvm_devices are the disks that its volume group may be made of.
    """

    id: str
    address: str
    fqdn: str
    short: str
    interface: str = ""
    role: str = ""
    site: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    sriov: Mapping[str, Physical] = field(default_factory=dict)
    number: int = 0
    domain: str = ""
    hardware: str = ""
    ipmi: str = ""
    subnet: str = ""
    guest_range: str = ""
    ports: Mapping[str, str] = field(default_factory=dict)
    drained: bool = False
    subnet6: str = ""
    mac: str = ""
    lvm_devices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Host:
    """A line that every node's hosts file has besides the nodes' own."""

    address: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Waiver:
    """A requirement that is not asked for; nodes None = of no node; expires is an ISO date."""

    requirement: str
    reason: str
    owner: str
    expires: str
    nodes: frozenset[str] | None = None

    def covers(self, node_id: str) -> bool:
        """Say whether the waiver is for the node of that minion id."""
        return self.nodes is None or node_id in self.nodes


_UNTOLD = Hardware()
_SRIOV, _DISKS = (
    [item.name for item in fields(Node)].index(name) for name in ("sriov", "lvm_devices")
)


@dataclass(frozen=True)
class Cluster:
    """A whole cluster; options is an instance of its platform's ``Options``.

    time_wait is in seconds; cluster_name and cluster_address are "" where none is reserved.
    admin are the networks that administration comes from, repositories what is allowed besides
    the distribution's own, also the other platforms that the same servers are meant for.
    dns are the name servers of the nodes, salt_masters the addresses of their masters. confirm
    is how many seconds a change of a node's network or firewall waits to be confirmed; tables
    are routing tables by name, sysctls what the nodes' kernels are told besides what the
    platform wants. firewall is what is told of the nodes' own besides what the platform asks.
    """

    name: str
    platform: str
    hypervisor: str
    edition: str
    tier: str
    nodes: Mapping[str, Node]
    options: Any
    network_type: str | None = None
    networks: Mapping[str, Network] = field(default_factory=dict)
    cluster_name: str = ""
    cluster_address: str = ""
    time_sources: tuple[str, ...] = ()
    time_wait: int = 60
    hosts: tuple[Host, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    provider: str = ""
    admin: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    pools: tuple[Pool, ...] = ()
    also: tuple[str, ...] = ()
    bonds: Mapping[str, Bond] = field(default_factory=dict)
    address_pools: Mapping[str, AddressPool] = field(default_factory=dict)
    client_networks: Mapping[str, ClientNetwork] = field(default_factory=dict)
    hardware: Mapping[str, Hardware] = field(default_factory=dict)
    ceph: Ceph | None = None
    bgp: Bgp = field(default_factory=Bgp)
    bases: Mapping[str, Base] = field(default_factory=dict)
    guests: Mapping[str, Guest] = field(default_factory=dict)
    dns: tuple[str, ...] = ()
    salt_masters: tuple[str, ...] = ()
    confirm: int = 60
    tables: Mapping[str, int] = field(default_factory=dict)
    sysctls: Mapping[str, str] = field(default_factory=dict)
    firewall: Firewall = field(default_factory=Firewall)

    @property
    def main(self) -> Network | None:
        """The network that the nodes' addresses belong to, or None."""
        return self.networks.get(MAIN)

    @cached_property
    def _roles(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            found.setdefault(node.role, []).append(node)
        return found

    @cached_property
    def port_rules(self) -> Rules:
        """The rules of all nodes' ports: reckoned once, however many nodes ask for theirs."""
        from saltext.muster.planning.connecting.rules import Rules

        return Rules(self)

    def hardware_of(self, node: Node) -> Hardware:
        """Return the model of a node's server; one that tells nothing where none is declared."""
        return self.hardware.get(node.hardware, _UNTOLD)

    def networks_for(self, role: str) -> Iterator[tuple[str, Network]]:
        """Give the networks that are for a role, with their names."""
        return ((name, each) for name, each in self.networks.items() if each.role == role)

    def address_in(self, node: Node, network: str) -> str:
        """Return a node's address in the network of that name, "" when it has none."""
        return node.address if network == MAIN else node.addresses.get(network, "")

    def with_role(self, role: str) -> Iterator[Node]:
        """Give the nodes of that role."""
        return iter(self._roles.get(role, ()))

    @property
    def profile(self) -> dict[str, str | None]:
        """Return what selects requirements: platform, hypervisor, network type, edition, tier."""
        return {
            "platform": self.platform,
            "hypervisor": self.hypervisor,
            "network_type": self.network_type,
            "edition": self.edition,
            "tier": self.tier,
        }

    def hosts_list(self) -> bytes:
        """Return what all nodes' hosts files share, as canonical JSON, sorted by address.

        A row with an ``id``, which is the minion's, is a node.
        """
        lines = [(node.address, [node.fqdn, node.short], node.id) for node in self.nodes.values()]
        lines += [(host.address, list(host.names), "") for host in self.hosts]
        if self.cluster_name:
            lines.append((self.cluster_address, [self.cluster_name], ""))
        rows = [
            {
                "address": address,
                "names": list(dict.fromkeys(names)),
                **({"id": id_} if id_ else {}),
            }
            for address, names, id_ in sorted(lines, key=lambda line: _order(line[0]))
        ]
        return json.dumps(rows, sort_keys=True, separators=(",", ":")).encode()

    @cached_property
    def hosts_digest(self) -> str:
        """The SHA-256 of ``hosts_list()``."""
        return hashlib.sha256(self.hosts_list()).hexdigest()

    def to_data(self) -> dict[str, Any]:
        """Return the cluster as plain data, for ``from_data``."""
        data: dict[str, Any] = {
            item.name: plain.plain(getattr(self, item.name))
            for item in fields(self)
            if item.name != "nodes"
        }
        data["nodes"] = [_row(node) for node in self.nodes.values()]
        return {**data, "hosts_digest": self.hosts_digest}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], options: type[Any]) -> Cluster:
        """Return the cluster that ``to_data`` gave; options is its platform's ``Options``."""
        hints = get_type_hints(cls)
        values = {
            name: plain.restored(hints[name], value)
            for name, value in data.items()
            if name not in ("nodes", "options", "hosts_digest")
        }
        nodes = {row[0]: _node(row) for row in data["nodes"]}
        cluster = cls(**values, nodes=nodes, options=options(**data["options"]))
        vars(cluster)["hosts_digest"] = data["hosts_digest"]  # spares reckoning it again
        return cluster


def _row(node: Node) -> list[Any]:
    """Return a node as a list, without names of fields: there may be very many nodes."""
    values = list(vars(node).values())
    values[_SRIOV] = plain.plain(node.sriov)
    return values


def _node(row: list[Any]) -> Node:
    row = [*row]
    row[_DISKS] = tuple(row[_DISKS])
    if row[_SRIOV]:
        row[_SRIOV] = {name: plain.restored(Physical, each) for name, each in row[_SRIOV].items()}
    return Node(*row)


def _order(address: str) -> tuple[int, int]:
    parsed = ipaddress.ip_address(address)
    return parsed.version, int(parsed)
