"""Addresses for guests: what pools and routed subnets have for them, and who gets which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from saltext.muster import ranges
from saltext.muster.cluster import Cluster, Node
from saltext.muster.parts import Guest
from saltext.muster.planning.addressing.taken import IPV6, bounds, number, text
from saltext.muster.ranges import Ranges


@dataclass(frozen=True)
class Supply:
    """What one pool or subnet has: all addresses, those kept back, those that no host can have.

    own are the addresses that guests get.
    """

    name: str
    blocks: tuple[str, ...]
    addresses: int
    reserved: int
    unusable: int
    own: Ranges

    @property
    def for_guests(self) -> int:
        """How many addresses guests get."""
        return ranges.size(self.own)


def pools(cluster: Cluster) -> list[Supply]:
    """Return what each address pool has for guests.

    The first and last address of an IPv4 network that the cluster is in are no host's; a block
    that is in no such network is routed address by address, and all of it can be used.
    """
    ends = {end for network in cluster.networks.values() for end in bounds(network.cidr).ends}
    edges = ranges.joined((end, end) for end in ends)
    found = []
    for name, pool in cluster.address_pools.items():
        limits = [bounds(block) for block in pool.blocks]
        whole = ranges.joined((each.first, each.last) for each in limits)
        kept = ranges.joined((number(each), number(each)) for each in pool.reserved)
        kept, lost = ranges.both(whole, kept), ranges.both(whole, edges)
        own = ranges.without(ranges.without(whole, kept), lost)
        sizes = ranges.size(whole), ranges.size(kept), ranges.size(ranges.without(lost, kept))
        found.append(Supply(name, pool.blocks, *sizes, own))
    return found


def subnet(node: Node) -> Supply | None:
    """Return what a node's routed subnet has for its guests, None without one.

    All of an IPv4 subnet can be used (NET-008), or its declared part; of IPv6 not the first
    address, which every router of the subnet has, and not the node's own (NET-014).
    """
    if not node.subnet:
        return None
    return _routed(node, node.subnet, node.guest_range or node.subnet)


def subnet6(node: Node) -> Supply | None:
    """Return what a node's IPv6 subnet besides has, in the same way; None without one."""
    return _routed(node, node.subnet6, node.subnet6) if node.subnet6 else None


def _routed(node: Node, block: str, given: str) -> Supply:
    whole, part = bounds(block), bounds(given)
    own = ranges.both(((part.first, part.last),), ((whole.first, whole.last),))
    lost: Ranges = ()
    if whole.first >= IPV6:
        mine = [number(each) for each in (node.address, *node.addresses.values()) if each]
        second = [whole.first + 2] if block == node.subnet6 else []
        lost = ranges.joined((each, each) for each in [whole.first, *second, *mine])
    lost = ranges.both(own, lost)
    left = ranges.without(own, lost)
    size = whole.last - whole.first + 1
    kept = size - ranges.size(own)
    return Supply(node.id, (block,), size, kept, ranges.size(lost), left)


def wanted(guest: Guest) -> int:
    """Return how many addresses a guest takes: one for each interface."""
    return guest.nics


def on_nodes(cluster: Cluster) -> dict[str, list[Guest]]:
    """Return the guests of each node that has any, in the file's order."""
    found: dict[str, list[Guest]] = {}
    for guest in cluster.guests.values():
        found.setdefault(guest.home, []).append(guest)
    found.pop("", None)
    return found


def given(cluster: Cluster) -> Iterator[tuple[Guest, Node, str]]:
    """Give each address that guests get of their nodes' subnets, "" where none is left.

    A new guest gets the first free address of its node's range (NET-009); guests are made in
    the file's order.
    """
    for id_, guests in on_nodes(cluster).items():
        node = cluster.nodes.get(id_)
        supply = subnet(node) if node else None
        if node is None or supply is None:
            continue
        free = (each for low, high in supply.own for each in _count(low, high))
        for guest in guests:
            for _nic in range(wanted(guest)):
                value = next(free, None)
                yield guest, node, "" if value is None else text(value)


def _count(low: int, high: int) -> Iterator[int]:
    """Count from low to high; a range cannot, past what an index holds."""
    while low <= high:
        yield low
        low += 1


def first(supply: Supply, after: int) -> str:
    """Return the address that comes after the first ``after`` ones, "" when there is none."""
    for low, high in supply.own:
        if low + after <= high:
            return text(low + after)
        after -= high - low + 1
    return ""
