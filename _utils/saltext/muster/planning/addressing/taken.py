"""What a cluster file gives away: every address and every block of addresses."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from saltext.muster import ranges
from saltext.muster.cluster import MAIN, Cluster, Network, Node
from saltext.muster.finding import Where

#: IPv6 addresses count from here, so that one order has the addresses of both families.
IPV6 = 1 << 128

#: Single addresses, in the order in which the file gives them away.
GATEWAY, ROUTER, FLOATING = "gateway", "router", "floating"
NODE, IPMI, CLUSTER = "node", "IPMI", "cluster"
REFLECTOR, VM_GATEWAY = "route reflector", "guests' gateway"
#: What is elsewhere, and is named or used by the nodes.
HOST, SERVICE = "host", "service"

#: Blocks.
NETWORK, CLIENT, SUBNET = "network", "client network", "subnet"
POOL, RANGE, RESERVED = "address pool", "guest range", "reserved"

#: Kinds that guests get addresses of.
FOR_GUESTS = frozenset((CLIENT, SUBNET, POOL, RANGE))


class Taken(NamedTuple):
    """One address (first = last) or block that the file gives away.

    first and last are numbers (see ``number``), text is how the file writes it. kind is one of
    this module's words, owner the node, network, pool or service. network is the prefix that an
    address must be in, "" where it may be anywhere. where is its path in the file.
    """

    first: int
    last: int
    text: str
    kind: str
    owner: str
    network: str
    where: Where


class Bounds(NamedTuple):
    """The first and last address of a block, as numbers."""

    first: int
    last: int

    def hold(self, part: Bounds) -> bool:
        """Say whether all addresses of another block are in this one."""
        return self.first <= part.first and part.last <= self.last

    @property
    def hosts(self) -> tuple[int, int]:
        """The first and last address that a host may have; IPv4 keeps the two ends back."""
        if self.first >= IPV6 or self.last - self.first < 2:
            return self.first, self.last
        return self.first + 1, self.last - 1

    @property
    def ends(self) -> tuple[int, ...]:
        """The addresses that no host may have."""
        return () if self.hosts == (self.first, self.last) else (self.first, self.last)


def number(address: str) -> int:
    """Return an address as a number, those of IPv6 after all of IPv4.

    Raises ValueError for anything that is no address.
    """
    version, value = ranges.number(address)
    return value + IPV6 if version == 6 else value


def text(value: int) -> str:
    """Return the address of a number."""
    if value >= IPV6:
        return socket.inet_ntop(socket.AF_INET6, (value - IPV6).to_bytes(16, "big"))
    return socket.inet_ntop(socket.AF_INET, value.to_bytes(4, "big"))


def bounds(cidr: str) -> Bounds:
    """Return the first and last address of a network such as ``192.0.2.0/24``."""
    address, _slash, prefix = cidr.partition("/")
    first = number(address)
    bits = 128 if first >= IPV6 else 32
    return Bounds(first, first + (1 << bits - int(prefix or bits)) - 1)


def taken(cluster: Cluster) -> list[Taken]:
    """Return every address and block that a cluster file gives away, in the file's order.

    One address may be there several times: as a node's and as a hosts line's, for example.
    What is reserved in an address pool is left out: it says that others may have the address.
    """
    found = list(_networks(cluster))
    cidrs = {name: network.cidr for name, network in cluster.networks.items()}
    for node in cluster.nodes.values():
        found += _node(node, cidrs)
    found += _single_ones(cluster)
    found += _for_guests(cluster)
    found += _services(cluster)
    return found


def reserved(cluster: Cluster) -> Iterator[Taken]:
    """Give the addresses that the pools do not give to guests."""
    for name, pool in cluster.address_pools.items():
        for index, address in enumerate(pool.reserved):
            where = ("address_pools", name, "reserved", index)
            yield single(address, RESERVED, name, "", where)


def single(address: str, kind: str, owner: str, network: str, where: Where) -> Taken:
    """Return one address as something that is given away; arguments as Taken's fields."""
    value = number(address)
    return Taken(value, value, address, kind, owner, network, where)


def _block(cidr: str, kind: str, owner: str, where: Where) -> Taken:
    ends = bounds(cidr)
    return Taken(ends.first, ends.last, cidr, kind, owner, "", where)


def _networks(cluster: Cluster) -> Iterator[Taken]:
    for name, network in cluster.networks.items():
        yield _block(network.cidr, NETWORK, name, ("networks", name, "cidr"))
        yield from _fixed(name, network)


def _fixed(name: str, network: Network) -> Iterator[Taken]:
    cidr = network.cidr
    if network.gateway:
        yield single(network.gateway, GATEWAY, name, cidr, ("networks", name, "gateway"))
    for index, router in enumerate(network.routers):
        yield single(router, ROUTER, name, cidr, ("networks", name, "routers", index))
    if network.floating:
        yield single(network.floating, FLOATING, name, cidr, ("networks", name, "floating"))


def _node(node: Node, cidrs: Mapping[str, str]) -> Iterator[Taken]:
    id_ = node.id
    if node.address:
        yield single(node.address, NODE, id_, cidrs.get(MAIN, ""), ("nodes", id_, "address"))
    for name, address in node.addresses.items():
        where = ("nodes", id_, "addresses", name)
        yield single(address, NODE, id_, cidrs.get(name, ""), where)
    if node.ipmi:
        yield single(node.ipmi, IPMI, id_, "", ("nodes", id_, "ipmi"))


def _single_ones(cluster: Cluster) -> Iterator[Taken]:
    if cluster.cluster_address:
        cidr = cluster.main.cidr if cluster.main else ""
        name = cluster.cluster_name
        yield single(cluster.cluster_address, CLUSTER, name, cidr, ("cluster", "address"))
    for name, reflector in cluster.bgp.reflectors.items():
        where = ("bgp", "reflectors", name, "address")
        yield single(reflector.address, REFLECTOR, name, "", where)
    yield from _optional(cluster, "vm_gateway", VM_GATEWAY)
    for index, host in enumerate(cluster.hosts):
        yield single(host.address, HOST, " ".join(host.names), "", ("hosts", index, "address"))


def _for_guests(cluster: Cluster) -> Iterator[Taken]:
    for name, client in cluster.client_networks.items():
        # Only PVC's managed ones are routed by the nodes; what is behind a VLAN is not theirs.
        if client.cidr and client.kind == "managed":
            yield _block(client.cidr, CLIENT, name, ("client_networks", name, "cidr"))
    for node in cluster.nodes.values():
        if node.subnet:
            yield _block(node.subnet, SUBNET, node.id, ("nodes", node.id, "subnet"))
        if node.subnet6:
            yield _block(node.subnet6, SUBNET, node.id, ("nodes", node.id, "subnet6"))
        if node.guest_range:
            yield _block(node.guest_range, RANGE, node.id, ("nodes", node.id, "guest_range"))
    for name, pool in cluster.address_pools.items():
        for index, cidr in enumerate(pool.blocks):
            yield _block(cidr, POOL, name, ("address_pools", name, "blocks", index))


def _services(cluster: Cluster) -> Iterator[Taken]:
    """Give the servers that nodes use, where they are in the cluster's own networks."""
    nodes = {node.address for node in cluster.nodes.values()}
    limits = (bounds(network.cidr) for network in cluster.networks.values())
    own = ranges.joined((each.first, each.last) for each in limits)
    for item in _used(cluster):
        if item.text not in nodes and ranges.has(own, item.first):
            yield item


def _used(cluster: Cluster) -> Iterator[Taken]:
    for index, address in enumerate(cluster.salt_masters):
        yield single(address, SERVICE, "Salt master", "", ("salt_masters", index))
    for index, address in enumerate(cluster.dns):
        yield single(address, SERVICE, "name server", "", ("dns", index))
    for index, source in enumerate(cluster.time_sources):
        try:
            yield single(source, SERVICE, "time source", "", ("time", "sources", index))
        except ValueError:
            continue  # a name
    yield from _optional(cluster, "platform_address", SERVICE)


def _optional(cluster: Cluster, option: str, kind: str) -> Iterator[Taken]:
    """Give the address that an option of the platform has, if it has one."""
    address = getattr(cluster.options, option, "")
    try:
        yield single(address, kind, cluster.platform, "", ("options", option))
    except ValueError:
        return  # not given, or no address: the platform's own check tells that
