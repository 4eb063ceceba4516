"""A cluster as its cluster file describes it: what planning works on."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any

#: The network that the nodes' own addresses belong to.
MAIN = "main"


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a cluster, at a path of keys and list indexes in its file.

    public says the same as message without any value of the file.
    """

    where: tuple[str | int, ...]
    message: str
    remedy: str
    public: str


@dataclass(frozen=True)
class Network:
    """A network: its prefix, and what a node's end of it is called ("" or 0 = not declared).

    interface is the physical end (a NIC or a bond), vlan its 802.1q id, mtu in bytes.
    """

    cidr: str
    bridge: str = ""
    interface: str = ""
    gateway: str = ""
    bond: str = ""
    vlan: int = 0
    mtu: int = 0


@dataclass(frozen=True)
class Pool:
    """A storage pool that every node has; path is "" for a type that has none."""

    name: str
    type: str
    path: str = ""


@dataclass(frozen=True)
class Node:
    """One node. id is the minion id; interface overrides the main network's ("" = as there).

    addresses are those in other networks, by the network's name; sriov is the number of virtual
    functions by physical interface.
    """

    id: str
    address: str
    fqdn: str
    short: str
    interface: str = ""
    role: str = ""
    site: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    sriov: Mapping[str, int] = field(default_factory=dict)


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


@dataclass(frozen=True)
class Cluster:
    """A whole cluster; options is an instance of its platform's ``Options``.

    time_wait is in seconds; cluster_name and cluster_address are "" where none is reserved.
    admin are the networks that administration comes from, repositories what is allowed besides
    the distribution's own, also the other platforms that the same servers are meant for.
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
        """Return what all nodes' hosts files share, as canonical JSON, sorted by address."""
        lines = [(node.address, [node.fqdn, node.short]) for node in self.nodes.values()]
        lines += [(host.address, list(host.names)) for host in self.hosts]
        if self.cluster_name:
            lines.append((self.cluster_address, [self.cluster_name]))
        rows = [
            {"address": address, "names": list(dict.fromkeys(names))}
            for address, names in sorted(lines, key=lambda line: _order(line[0]))
        ]
        return json.dumps(rows, sort_keys=True, separators=(",", ":")).encode()

    @cached_property
    def hosts_digest(self) -> str:
        """The SHA-256 of ``hosts_list()``."""
        return hashlib.sha256(self.hosts_list()).hexdigest()

    def to_data(self) -> dict[str, Any]:
        """Return the cluster as plain data, for ``from_data``."""
        data = {item.name: getattr(self, item.name) for item in fields(self)}
        data["nodes"] = [tuple(vars(node).values()) for node in self.nodes.values()]
        data["networks"] = {name: asdict(network) for name, network in self.networks.items()}
        data["hosts"] = [asdict(host) for host in self.hosts]
        data["pools"] = [asdict(pool) for pool in self.pools]
        data["options"] = asdict(self.options)
        data["waivers"] = [
            {**vars(waiver), "nodes": None if waiver.nodes is None else sorted(waiver.nodes)}
            for waiver in self.waivers
        ]
        return {**data, "hosts_digest": self.hosts_digest}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], options: type[Any]) -> Cluster:
        """Return the cluster that ``to_data`` gave; options is its platform's ``Options``."""
        values = dict(data)
        digest = values.pop("hosts_digest")
        values["nodes"] = {row[0]: Node(*row) for row in data["nodes"]}
        values["networks"] = {name: Network(**row) for name, row in data["networks"].items()}
        values["hosts"] = tuple(Host(row["address"], tuple(row["names"])) for row in data["hosts"])
        values["options"] = options(**data["options"])
        values["pools"] = tuple(Pool(**row) for row in data["pools"])
        for key in ("time_sources", "admin", "repositories", "also"):
            values[key] = tuple(data[key])
        values["waivers"] = tuple(_waiver(row) for row in data["waivers"])
        cluster = cls(**values)
        vars(cluster)["hosts_digest"] = digest  # spares reckoning it again
        return cluster


def _waiver(row: Mapping[str, Any]) -> Waiver:
    nodes = None if row["nodes"] is None else frozenset(row["nodes"])
    return Waiver(**{**row, "nodes": nodes})


def _order(address: str) -> tuple[int, int]:
    parsed = ipaddress.ip_address(address)
    return parsed.version, int(parsed)
