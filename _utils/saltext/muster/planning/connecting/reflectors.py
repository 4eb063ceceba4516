"""The work list for route reflectors: a neighbour of each node, in FRR's form (NET-021).

A reflector that lacks ``route-reflector-client`` for a node has the session, and hands on nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from saltext.muster.cluster import Cluster
from saltext.muster.planning.connecting.flows import network_for

IPV4, IPV6, EVPN = "ipv4 unicast", "ipv6 unicast", "l2vpn evpn"


@dataclass(frozen=True)
class Neighbour:
    """A node as a route reflector sees it; client says that routes are reflected to it."""

    name: str
    address: str
    asn: int
    client: bool = True


class Line(NamedTuple):
    """A line about one node in a reflector's configuration, and the block that it stands in."""

    reflector: str
    node: str
    block: str
    line: str


@dataclass(frozen=True)
class Reflector:
    """A route reflector: its AS number, the families of its routes, and its neighbours."""

    name: str
    address: str
    asn: int
    families: tuple[str, ...]
    neighbours: Sequence[Neighbour]

    def lines(self) -> list[str]:
        """Return the configuration of all neighbours, as FRR reads it."""
        first = [f" {line}" for each in self.neighbours for line in session(each)]
        found = [f"router bgp {self.asn}", *first]
        for family in self.families:
            found += [" !", f" address-family {family}"]
            found += [f"  {line}" for each in self.neighbours for line in routes(each)]
            found.append(" exit-address-family")
        return [*found, "exit"]

    def placed(self) -> Iterator[Line]:
        """Give each neighbour's lines with the block that they stand in."""
        block = f"router bgp {self.asn}"
        for each in self.neighbours:
            for line in session(each):
                yield Line(self.name, each.name, block, line)
            for family in self.families:
                for line in routes(each):
                    yield Line(self.name, each.name, f"{block}, address-family {family}", line)


def session(each: Neighbour) -> list[str]:
    """Return what makes a session with a neighbour."""
    start = f"neighbor {each.address}"
    return [f"{start} remote-as {each.asn}", f"{start} description {each.name}"]


def routes(each: Neighbour) -> list[str]:
    """Return what exchanges routes of one family with a neighbour."""
    start = f"neighbor {each.address}"
    client = [f"{start} route-reflector-client"] if each.client else []
    return [f"{start} activate", *client]


def reflectors(cluster: Cluster) -> list[Reflector]:
    """Return the route reflectors and their neighbours, in the order of the cluster file.

    Those that ``bgp`` declares; without any, PVC's coordinators (PVC-066) where the AS number is
    declared. Nodes that are no coordinators are clients of each coordinator.
    """
    if cluster.bgp.reflectors:
        return list(_declared(cluster))
    if cluster.platform == "pvc" and cluster.bgp.asn:
        return list(_coordinators(cluster))
    return []


def _declared(cluster: Cluster) -> Iterator[Reflector]:
    families = _families(cluster)
    for name, each in cluster.bgp.reflectors.items():
        nodes = [
            Neighbour(node.id, node.address, cluster.bgp.asn or each.asn)
            for node in cluster.nodes.values()
            if node.address != each.address
        ]
        yield Reflector(name, each.address, each.asn, families, nodes)


def _coordinators(cluster: Cluster) -> Iterator[Reflector]:
    network = network_for(cluster, "cluster")
    asn = cluster.bgp.asn
    for one in cluster.with_role("coordinator"):
        nodes = [
            Neighbour(node.id, address, asn, node.role != "coordinator")
            for node in cluster.nodes.values()
            if node.id != one.id and (address := cluster.address_in(node, network))
        ]
        yield Reflector(one.id, cluster.address_in(one, network), asn, (EVPN,), nodes)


def _families(cluster: Cluster) -> tuple[str, ...]:
    """Return the families of the routes: the guests' addresses, the nodes' where none is told."""
    if cluster.platform == "pvc":
        return (EVPN,)
    blocks = [block for pool in cluster.address_pools.values() for block in pool.blocks]
    told = blocks or [node.address for node in cluster.nodes.values()]
    found = {ipaddress.ip_network(text).version for text in told}
    return tuple(family for version, family in ((4, IPV4), (6, IPV6)) if version in found)


def lines(cluster: Cluster, node: str = "") -> Iterator[Line]:
    """Give every line about one node, by its id, or about all of them."""
    for each in reflectors(cluster):
        yield from (line for line in each.placed() if node in ("", line.node))


def changes(old: Cluster, new: Cluster, node: str = "") -> Iterator[tuple[str, Line]]:
    """Give what differs between two work lists: ("remove" or "add", the line)."""
    before, after = dict.fromkeys(lines(old, node)), dict.fromkeys(lines(new, node))
    yield from (("remove", line) for line in before if line not in after)
    yield from (("add", line) for line in after if line not in before)
