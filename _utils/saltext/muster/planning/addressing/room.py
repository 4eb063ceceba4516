"""How much room networks have: what takes their addresses, and how many nodes more fit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from saltext.muster import ranges
from saltext.muster.cluster import Cluster, Network
from saltext.muster.planning.addressing.taken import (
    FLOATING,
    FOR_GUESTS,
    GATEWAY,
    IPMI,
    NETWORK,
    NODE,
    ROUTER,
    Bounds,
    Taken,
    bounds,
    reserved,
)
from saltext.muster.ranges import Ranges

_ROUTERS = (GATEWAY, ROUTER)


@dataclass(frozen=True)
class Room:
    """The addresses of one network that hosts can have (``usable``), by what they are for.

    more is how many nodes more fit, each with what a node has in this network (an address, and
    IPMI where nodes' IPMI is there); None where nodes have nothing in it.
    """

    usable: int
    nodes: int
    ipmi: int
    routers: int
    floating: int
    others: int
    guests: int
    free: int
    more: int | None


def rooms(cluster: Cluster, given: Iterable[Taken]) -> dict[str, Room]:
    """Return the room of each network; given is what ``taken`` says of the cluster."""
    items = list(given)
    singles = [item for item in items if item.kind not in FOR_GUESTS and item.kind != NETWORK]
    once: dict[int, Taken] = {}
    for item in singles:
        once.setdefault(item.first, item)
    ordered = [once[number] for number in sorted(once)]
    guests = guests_own(cluster, items)
    last = max((node.number for node in cluster.nodes.values()), default=0)
    return {
        name: _room(network, ordered, guests, last) for name, network in cluster.networks.items()
    }


def guests_own(cluster: Cluster, given: Iterable[Taken]) -> Ranges:
    """Return what blocks for guests hold, without what their pools reserve."""
    blocks = ranges.joined((item.first, item.last) for item in given if item.kind in FOR_GUESTS)
    kept = ranges.joined((item.first, item.last) for item in reserved(cluster))
    return ranges.without(blocks, kept)


def _room(network: Network, ordered: Sequence[Taken], guests: Ranges, last: int) -> Room:
    low, high = bounds(network.cidr).hosts
    begin = bisect_left(ordered, low, key=lambda item: item.first)
    inside = ordered[begin : bisect_right(ordered, high, key=lambda item: item.first)]
    count = Counter(item.kind for item in inside)
    blocks = ranges.both(guests, ((low, high),))
    used = ranges.union(ranges.joined((item.first, item.first) for item in inside), blocks)
    free = high - low + 1 - ranges.size(used)
    routers = sum(count[kind] for kind in _ROUTERS)
    known = count[NODE] + count[IPMI] + count[FLOATING] + routers
    return Room(
        usable=high - low + 1,
        nodes=count[NODE],
        ipmi=count[IPMI],
        routers=routers,
        floating=count[FLOATING],
        others=len(inside) - known,
        guests=ranges.size(blocks),
        free=free,
        more=_more(network, count, used, free, last),
    )


def _more(network: Network, count: Counter[str], used: Ranges, free: int, last: int) -> int | None:
    """Return how many nodes more fit, numbered on from the last one where numbers count."""
    needs = [
        offset
        for offset, seen in ((network.offset, count[NODE]), (network.ipmi_offset, count[IPMI]))
        if seen or offset is not None
    ]
    if not needs:
        return None
    limit = bounds(network.cidr)
    starts = [limit.first + offset + last + 1 for offset in needs if offset is not None]
    most = [free // len(needs), *(_in_a_row(limit, used, start) for start in starts)]
    if len(starts) > 1:
        most.append(abs(starts[0] - starts[1]))  # the lower row ends where the other began
    return min(most)


def _in_a_row(limit: Bounds, used: Ranges, start: int) -> int:
    """Return how many addresses from ``start`` on nothing else has, within a network."""
    low, high = limit.hosts
    if not low <= start <= high:
        return 0
    place = bisect_left(used, start, key=lambda each: each[1])
    end = used[place][0] if place < len(used) else high + 1
    return max(0, end - start)
