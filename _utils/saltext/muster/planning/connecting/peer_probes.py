"""Which node should try which port of which other node, to see that a port plan is real."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from saltext.muster.cluster import Cluster, Node
from saltext.muster.planning.connecting.rules import Rules

#: Up to so many nodes at either end, each tries each; above, they stand in a ring.
EACH = 16


class Probe(NamedTuple):
    """One try: from a node (its id) to a port of another node's address in a network."""

    source: str
    destination: str
    address: str
    protocol: str
    port: int
    network: str


def probes(cluster: Cluster, plan: Rules | None = None, each: int = EACH) -> Iterator[Probe]:
    """Give the tries that show that the nodes reach each other as the flows want, lazily.

    Of a range of ports the first stands for all. Where a flow has at most ``each`` nodes at
    either end, every pair is tried. Where it has more, every node is tried once and tries once,
    in a ring: that finds a node that is shut, not a pair that is; the tries grow as the nodes do.
    """
    plan = plan or Rules(cluster)
    ends: dict[tuple[str, str, int], list[tuple[str, str]]] = defaultdict(list)
    for flow in plan.flows:
        if flow.protocol != "icmp":
            ends[flow.network, flow.protocol, flow.first].append((flow.source, flow.destination))
    for (network, protocol, port), pairs in sorted(ends.items()):
        seen: set[tuple[str, str]] = set()
        for source, destination in pairs:
            from_ = [n for n in plan.parties.nodes(source) if cluster.address_in(n, network)]
            to = [n for n in plan.parties.nodes(destination) if cluster.address_in(n, network)]
            for one, other in _pairs(from_, to, each):
                if (one.id, other.id) not in seen:
                    seen.add((one.id, other.id))
                    address = cluster.address_in(other, network)
                    yield Probe(one.id, other.id, address, protocol, port, network)


def _pairs(
    sources: Sequence[Node], targets: Sequence[Node], each: int
) -> Iterator[tuple[Node, Node]]:
    if not sources or not targets:
        return
    found: Iterable[tuple[Node, Node]] = _ring(sources, targets)
    if max(len(sources), len(targets)) <= each:
        found = itertools.product(sources, targets)
    yield from ((one, other) for one, other in found if one.id != other.id)


def _ring(sources: Sequence[Node], targets: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """Give pairs so that each node of both lists is in one; the shorter list starts again."""
    turned = len(sources) < len(targets)
    longer, shorter = (targets, sources) if turned else (sources, targets)
    for index, one in enumerate(longer):
        other = shorter[(index + 1) % len(shorter)]
        if other.id == one.id:
            other = shorter[(index + 2) % len(shorter)]
        yield (other, one) if turned else (one, other)
