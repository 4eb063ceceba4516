"""What must hold between the parts of a cluster: proved, or every violation found."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from saltext.muster.cluster import MAIN, Cluster, Finding
from saltext.muster.master import names

Path = tuple[str | int, ...]


def prove(cluster: Cluster, requirements: set[str]) -> list[Finding]:
    """Return everything that contradicts itself in a cluster.

    requirements are the ids that waivers may name; none given = not known, so not checked.
    """
    return [
        *_node_names(cluster),
        *_twice(_addresses(cluster), "address"),
        *_twice(_names(cluster), "name"),
        *_outside(cluster),
        *_waivers(cluster, requirements),
    ]


def _node_names(cluster: Cluster) -> Iterator[Finding]:
    """A minion id need not be a hostname, but then the node's name must be given."""
    for node in cluster.nodes.values():
        complaint = (
            names.hostname(node.fqdn, names.NODE_NAME_MOST) if node.fqdn == node.id else None
        )
        if complaint:
            yield Finding(
                ("nodes", node.id),
                f"{node.id!a} {complaint.message}, and no fqdn is given",
                "give the node `fqdn: <name>.<domain>`",
                f"the minion id {complaint.message}, and no fqdn is given",
            )


def _addresses(cluster: Cluster) -> Iterator[tuple[str, Path]]:
    for node in cluster.nodes.values():
        yield node.address, ("nodes", node.id, "address")
    if cluster.cluster_address:
        yield cluster.cluster_address, ("cluster", "address")
    for index, host in enumerate(cluster.hosts):
        yield host.address, ("hosts", index, "address")


def _names(cluster: Cluster) -> Iterator[tuple[str, Path]]:
    for node in cluster.nodes.values():
        yield node.fqdn, ("nodes", node.id)
        if node.short != node.fqdn:
            yield node.short, ("nodes", node.id)
    if cluster.cluster_name:
        yield cluster.cluster_name, ("cluster", "name")
    for index, host in enumerate(cluster.hosts):
        for place, name in enumerate(host.names):
            yield name, ("hosts", index, "names", place)


def _twice(found: Iterable[tuple[str, Path]], what: str) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for value, where in found:
        if value not in first:
            first[value] = where
            continue
        before = _spoken(first[value])
        yield Finding(
            where,
            f"the {what} {value} is also that of {before}",
            f"give each {'host its own' if what == 'name' else 'one its own'} {what}",
            f"the {what} is there twice",
        )


def _spoken(where: Path) -> str:
    return "the cluster itself" if where[0] == "cluster" else f"{where[0]} {where[1]}"


def _outside(cluster: Cluster) -> Iterator[Finding]:
    """Addresses that are not of hosts in the network that they should be in."""
    if cluster.networks and cluster.main is None:
        yield Finding(
            ("networks",),
            f"has no network {MAIN}",
            f"call the network of the nodes' own addresses {MAIN}",
            f"has no network {MAIN}",
        )
    for name, network in cluster.networks.items():
        if network.gateway:
            yield from _within(network.cidr, [(network.gateway, ("networks", name, "gateway"))])
    if cluster.main is not None:
        own = [item for item in _addresses(cluster) if item[1][0] != "hosts"]
        yield from _within(cluster.main.cidr, own)
        gateway = cluster.main.gateway
        yield from _gateway(gateway, own)


def _within(cidr: str, found: Iterable[tuple[str, Path]]) -> Iterator[Finding]:
    network = ipaddress.ip_network(cidr)
    version, first = network.version, int(network.network_address)
    last = int(network.broadcast_address)
    ends = {first, last} if version == 4 and network.prefixlen < 31 else set()
    for address, where in found:
        parsed = ipaddress.ip_address(address)
        number = int(parsed)
        if parsed.version != version or not first <= number <= last:
            yield Finding(
                where,
                f"{address} is not in the network {cidr}",
                "right the address, or the network's cidr",
                "the address is not in its network",
            )
        elif number in ends:
            yield Finding(
                where,
                f"{address} is the first or last address of {cidr}, which no host can have",
                "give it another address of the network",
                "the address is the network's own or its broadcast address",
            )


def _gateway(gateway: str, found: Iterable[tuple[str, Path]]) -> Iterator[Finding]:
    for address, where in found:
        if address == gateway:
            yield Finding(
                where,
                f"{address} is the gateway of the network {MAIN}",
                "give it an address of its own",
                "the address is the gateway's",
            )


def _waivers(cluster: Cluster, requirements: set[str]) -> Iterator[Finding]:
    given: dict[tuple[str, str], int] = {}
    for index, waiver in enumerate(cluster.waivers):
        where = ("waivers", index)
        if requirements and waiver.requirement not in requirements:
            yield Finding(
                (*where, "requirement"),
                f"{cluster.platform} has no requirement {waiver.requirement!a}",
                "write the id as muster.check shows it",
                "there is no such requirement",
            )
        for id_ in sorted((waiver.nodes or frozenset()) - cluster.nodes.keys()):
            yield Finding(
                (*where, "nodes"),
                f"there is no node {id_!a}",
                "write a minion id that is under `nodes`",
                "names a node that is not there",
            )
        for id_ in ("",) if waiver.nodes is None else sorted(waiver.nodes):
            before = given.setdefault((waiver.requirement, id_), index)
            if before != index:
                yield Finding(
                    where,
                    f"{waiver.requirement} is waived by waivers[{before}] already",
                    "keep one of the two",
                    "waives the same again",
                )
                break
