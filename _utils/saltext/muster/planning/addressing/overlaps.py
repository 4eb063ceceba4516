"""Addresses and blocks that get in each other's way: proved that there are none, or all found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from saltext.muster import ranges
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, wrong
from saltext.muster.planning.addressing.taken import (
    CLIENT,
    CLUSTER,
    FLOATING,
    FOR_GUESTS,
    GATEWAY,
    HOST,
    IPMI,
    IPV6,
    NETWORK,
    NODE,
    POOL,
    RANGE,
    REFLECTOR,
    ROUTER,
    SERVICE,
    SUBNET,
    VM_GATEWAY,
    Taken,
    reserved,
)

#: Equal blocks lie inside each other in this order; of two, the later one is to blame.
_ORDER = (NETWORK, CLIENT, SUBNET, POOL, RANGE)
_RANK = {kind: rank for rank, kind in enumerate(_ORDER)}
_LAST = len(_ORDER)

#: Kinds of which one address may be both: a router reflects routes, a hosts line names anything
#: that has no line of its own.
_SHARED = {
    frozenset(pair)
    for pair in (
        (REFLECTOR, GATEWAY),
        (REFLECTOR, ROUTER),
        *((HOST, kind) for kind in (GATEWAY, ROUTER, FLOATING, IPMI, REFLECTOR)),
    )
}


def prove(cluster: Cluster, given: Iterable[Taken]) -> Iterator[Finding]:
    """Give every address that two have, and every block that is in the way of another.

    given is what ``taken`` says of the cluster. Of blocks inside each other at least the
    innermost contradiction is told. Takes n log n steps for n addresses and blocks.
    """
    found = list(given)
    singles = [item for item in found if item.kind not in _RANK]
    blocks = [item for item in found if item.kind in _RANK]
    yield from duplicates(singles)
    yield from _same_networks(cluster)
    free = {(name.owner, name.first) for name in reserved(cluster)}
    guests = any(item.kind in FOR_GUESTS for item in blocks)
    yield from _nested(blocks + singles if guests else blocks, free)
    yield from _reserved_elsewhere(cluster, blocks)


def duplicates(singles: Iterable[Taken]) -> Iterator[Finding]:
    """Give every address that two have, of which only one can; at the later of the two."""
    ordered = sorted(singles, key=attrgetter("first"))  # stable: the file's order stays
    for _value, group in groupby(ordered, key=attrgetter("first")):
        same = list(group)
        for place, item in enumerate(same[1:], 1):
            before = next((each for each in same[:place] if not _may_share(each, item)), None)
            if before:
                yield _twice(item, before)


def _may_share(one: Taken, other: Taken) -> bool:
    if SERVICE in (one.kind, other.kind) or frozenset((one.kind, other.kind)) in _SHARED:
        return True
    if not one.network or one.network != other.network:
        return False
    if one.kind == other.kind == NODE:
        return one.owner == other.owner  # in two names of one network: PVC-062
    if one.kind == other.kind:
        return one.owner != other.owner  # the same
    return {one.kind, other.kind} == {GATEWAY, ROUTER}


def _twice(item: Taken, before: Taken) -> Finding:
    if before.kind == GATEWAY:
        return wrong(
            item.where,
            f"{item.text} is the gateway of the network {before.owner}",
            "give it an address of its own",
            "the address is the gateway's",
        )
    return wrong(
        item.where,
        f"the address {item.text} is also that of {spoken(before)}",
        "give each one its own address",
        "the address is there twice",
    )


def spoken(item: Taken) -> str:
    """Return what has an address or block, in words."""
    if item.kind == CLUSTER:
        return "the cluster itself"
    if item.kind == HOST:
        return f"hosts[{item.where[1]}]"
    if item.kind == NODE:
        return f"the node {item.owner}"
    if item.kind in (GATEWAY, ROUTER, FLOATING):
        what = "floating address" if item.kind == FLOATING else item.kind
        return f"the {what} of the network {item.owner}"
    if item.kind in (IPMI, SUBNET, RANGE):
        return f"the {item.kind} of {item.owner}"
    return f"the {item.kind}" if item.kind == VM_GATEWAY else f"the {item.kind} {item.owner}"


def _same_networks(cluster: Cluster) -> Iterator[Finding]:
    """Networks of one prefix are one network: nearly equal ones contradict each other."""
    first: dict[str, str] = {}
    for name, network in cluster.networks.items():
        before = first.setdefault(network.cidr, name)
        if before == name:
            continue
        where = ("networks", name, "cidr")
        remedy = "make them equal in all, or give each network a prefix of its own"
        same = f"{network.cidr} is that of the network {before} too"
        for key in ("interface", "bond", "vlan", "bridge", "mtu"):
            one, other = getattr(cluster.networks[before], key), getattr(network, key)
            if one and other and one != other:
                message = f"{same}, but {key} is {one} there and {other} here"
                yield wrong(where, message, remedy, f"one network has two different {key}")
        for node in cluster.nodes.values():
            one, other = cluster.address_in(node, before), cluster.address_in(node, name)
            if one != other:
                seen = f"{one or 'no address'} there and {other or 'no address'} here"
                message = f"{same}, but {node.id} has {seen}"
                yield wrong(where, message, remedy, "one network has two addresses of a node")
                break


def _nested(found: list[Taken], free: set[tuple[str, int]]) -> Iterator[Finding]:
    """Give what lies inside a block that it is no part of.

    Blocks are disjoint or inside each other, so that each is compared with the innermost ones
    around it: what those must not be inside of has been told before.
    """
    around: list[Taken] = []
    for item in sorted(found, key=_by_place):
        while around and around[-1].last < item.first:
            around.pop()
        if item.kind in _RANK:
            if around and not _part_of(item, around[-1]):
                yield _overlap(item, around[-1])
            around.append(item)
            continue
        for block in reversed(around[-2:]):  # a pool may be inside a client network
            if block.kind in FOR_GUESTS and not _stands_in(item, block, free):
                yield _for_guests(item, block)
                break


def _by_place(item: Taken) -> tuple[int, int, int]:
    return item.first, -item.last, _RANK.get(item.kind, _LAST)


def _part_of(inner: Taken, outer: Taken) -> bool:
    """Say whether a block may be inside another one."""
    if (inner.kind, outer.kind) == (NETWORK, NETWORK):
        return inner[:2] == outer[:2]  # _same_networks judges it
    if inner.kind == POOL:
        return outer.kind in (NETWORK, CLIENT)
    if inner.kind == RANGE:
        return outer.kind == SUBNET and inner.owner == outer.owner
    # A node's IPv6 subnet may be declared as part of the provider's larger network.
    return (inner.kind, outer.kind) == (SUBNET, NETWORK) and inner.first >= IPV6


def _stands_in(item: Taken, block: Taken, free: set[tuple[str, int]]) -> bool:
    """Say whether an address may be inside a block for guests."""
    if block.kind == POOL:
        return (block.owner, item.first) in free
    if block.kind == CLIENT:
        return item.kind in (HOST, SERVICE)  # a guest may serve
    own = block.kind == SUBNET and item.kind == NODE and item.owner == block.owner
    return own and item.first >= IPV6  # NET-014: ::2 of the subnet is the node's


def _overlap(inner: Taken, outer: Taken) -> Finding:
    blamed, other = inner, outer
    if _RANK[outer.kind] > _RANK[inner.kind]:
        blamed, other = outer, inner
    if (blamed.kind, other.kind) == (RANGE, SUBNET) and blamed.owner != other.owner:
        return wrong(
            blamed.where,
            f"{blamed.text} is in {other.text}, {spoken(other)}",
            f"write a part of the subnet of {blamed.owner}, or leave guest_range out",
            "guest_range is in another node's subnet",
        )
    how = "is the same as" if inner.text == outer.text else "overlaps"
    return wrong(
        blamed.where,
        f"{blamed.text} {how} {other.text}, {spoken(other)}",
        "give each a block of its own",
        "the block overlaps another one",
    )


def _for_guests(item: Taken, block: Taken) -> Finding:
    reserve = f"add it to `reserved` of the pool {block.owner}, or "
    return wrong(
        item.where,
        f"{item.text} is in {block.text}, {spoken(block)}, whose addresses guests get",
        f"{reserve if block.kind == POOL else ''}give it an address outside",
        "the address is in a block that guests get addresses of",
    )


def _reserved_elsewhere(cluster: Cluster, blocks: Iterable[Taken]) -> Iterator[Finding]:
    """Give what a pool reserves and does not have."""
    pools: dict[str, list[tuple[int, int]]] = {name: [] for name in cluster.address_pools}
    for item in blocks:
        if item.kind == POOL:
            pools[item.owner].append((item.first, item.last))
    have = {name: ranges.joined(each) for name, each in pools.items()}
    for item in reserved(cluster):
        if not ranges.has(have[item.owner], item.first):
            yield wrong(
                item.where,
                f"{item.text} is in no block of the pool {item.owner}",
                "remove it: `reserved` is what the pool's own blocks do not give to guests",
                "the address is in no block of its pool",
            )
