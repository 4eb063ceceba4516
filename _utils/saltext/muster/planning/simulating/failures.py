"""What may be down at once: nodes, sites, failure domains, the network between sites.

A choice of any k nodes is not walked through case by case where nodes are alike: what depends on
how many nodes of each kind are down is counted (``choose``), and what depends on certain nodes
all being down is counted over those sets of nodes (``covering``). Both are exact for any number
of nodes, and both name the first failing case in the order of the file.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from saltext.muster.cluster import Cluster, Node
from saltext.muster.wording import listed

Kind = TypeVar("Kind", bound=Hashable)

#: Sites of which each way to cut them in two is looked at; above it, each site from the rest.
MOST_SITES_CUT = 8

#: Choices of three nodes and more that ``covering`` walks through to count.
MOST_WALKED = 100_000


@dataclass(frozen=True)
class Case:
    """Nodes that are down together, in the order of the file; name says why, "" = they just are."""

    name: str
    down: tuple[str, ...]

    def words(self) -> str:
        """Return the case as the start of a sentence: ``site east down (node1, node2)``."""
        if not self.name:
            return f"{listed(self.down)} down"
        return f"{self.name} down ({listed(self.down)})"


@dataclass(frozen=True)
class Cut:
    """The network between sites cut: the sites and the nodes of each side."""

    sites: tuple[tuple[str, ...], ...]
    nodes: tuple[tuple[str, ...], ...]

    def words(self) -> str:
        """Return the cut as the start of a sentence: ``east cut off from west, north``."""
        if len(self.sites) > 2:
            return f"{listed(site for side in self.sites for site in side)} cut off from each other"
        return " cut off from ".join(listed(side) for side in self.sites)


@dataclass(frozen=True)
class Counted:
    """How many of all cases fail, and the first of them as positions of nodes in the file.

    failed is None where cases fail and counting them would take too long.
    """

    cases: int
    failed: int | None
    first: tuple[int, ...] = ()


def sites(cluster: Cluster) -> list[Case]:
    """Return each site as a case, in the order of the file; nodes without a site stay up."""
    return _grouped(cluster, "site", lambda node: node.site)


def domains(cluster: Cluster) -> list[Case]:
    """Return each failure domain as a case, in the order of the file."""
    return _grouped(cluster, "failure domain", lambda node: node.domain)


def _grouped(cluster: Cluster, word: str, of: Callable[[Node], str]) -> list[Case]:
    groups: dict[str, list[str]] = {}
    for node in cluster.nodes.values():
        if of(node):
            groups.setdefault(of(node), []).append(node.id)
    return [Case(f"{word} {name}", tuple(down)) for name, down in groups.items()]


def any_of(cluster: Cluster, count: int) -> Iterator[Case]:
    """Give every choice of that many nodes, one by one."""
    return (Case("", down) for down in itertools.combinations(cluster.nodes, count))


def cuts(cluster: Cluster) -> list[Cut]:
    """Return the ways in which sites lose each other: in two sides, and all from each other.

    Up to ``MOST_SITES_CUT`` sites these are all ways to make two sides; of more sites, each one
    is cut off from the rest.
    """
    nodes = {each.name.removeprefix("site "): each.down for each in sites(cluster)}
    names = tuple(nodes)
    sides = [(side, tuple(name for name in names if name not in side)) for side in _sides(names)]
    found: list[tuple[tuple[str, ...], ...]] = [*sides]
    if len(names) > 2:
        found.append(tuple((name,) for name in names))
    return [Cut(each, tuple(_of(cluster, nodes, side) for side in each)) for each in found]


def _sides(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give one side of each cut in two; of two halves, the one with the first site."""
    if len(names) > MOST_SITES_CUT:
        yield from ((name,) for name in names)
        return
    for count in range(1, len(names) // 2 + 1):
        for side in itertools.combinations(names, count):
            if 2 * count < len(names) or side[0] == names[0]:
                yield side


def _of(
    cluster: Cluster, nodes: Mapping[str, tuple[str, ...]], side: Iterable[str]
) -> tuple[str, ...]:
    wanted = {node for site in side for node in nodes[site]}
    return tuple(id_ for id_ in cluster.nodes if id_ in wanted)


def choose(
    kinds: Sequence[Kind], count: int, fails: Callable[[Mapping[Kind, int]], bool]
) -> Counted:
    """Count the choices of ``count`` nodes that fail, by what kinds of nodes are down.

    kinds is the kind of each node, in the order of the file; fails is given how many of each kind
    are down. Work grows with count and the number of kinds, not with the number of choices.
    """
    places: dict[Kind, list[int]] = {}
    for place, kind in enumerate(kinds):
        places.setdefault(kind, []).append(place)
    failed, first = 0, None
    for numbers in _shares([len(each) for each in places.values()], count):
        if not fails(dict(zip(places, numbers, strict=True))):
            continue
        taken = list(zip(places.values(), numbers, strict=True))
        failed += math.prod(math.comb(len(each), number) for each, number in taken)
        # The first nodes of each kind give the first choice with these numbers.
        case = tuple(sorted(place for each, number in taken for place in each[:number]))
        first = case if first is None else min(first, case)
    return Counted(math.comb(len(kinds), count), failed, first or ())


def _shares(most: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """Give all ways to write ``total`` as a sum with at most ``most[i]`` as its i-th part."""
    if not most:
        if total == 0:
            yield ()
        return
    rest = sum(most[1:])
    for number in range(max(0, total - rest), min(most[0], total) + 1):
        for others in _shares(most[1:], total - number):
            yield (number, *others)


@dataclass(frozen=True)
class Covers:
    """Sets of nodes, as positions in the file: it is a failure when one of them is wholly down."""

    sets: Collection[frozenset[int]]
    _by_least: dict[int, list[frozenset[int]]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for each in self.sets:
            self._by_least.setdefault(min(each), []).append(each)

    def within(self, down: Collection[int]) -> list[frozenset[int]]:
        """Return those of the sets that are wholly down."""
        gone = frozenset(down)
        return [
            each for place in sorted(gone) for each in self._by_least.get(place, ()) if each <= gone
        ]


def covering(covers: Covers, nodes: int, count: int) -> Counted:
    """Count the choices of ``count`` out of ``nodes`` nodes in which one of the sets is down."""
    cases = math.comb(nodes, count)
    small = [each for each in covers.sets if len(each) <= count]
    if not small:
        return Counted(cases, 0)
    first = min(_filled(each, count) for each in small)
    if count > 2 and cases > MOST_WALKED:
        return Counted(cases, None, first)
    if count > 2:
        walked = itertools.combinations(range(nodes), count)
        return Counted(cases, sum(1 for down in walked if covers.within(down)), first)
    alone = {place for each in small if len(each) == 1 for place in each}
    pairs = sum(1 for each in small if len(each) == 2 and not each & alone)
    return Counted(cases, cases - math.comb(nodes - len(alone), count) + pairs, first)


def _filled(down: frozenset[int], count: int) -> tuple[int, ...]:
    """Return the first choice of ``count`` nodes that has all of these."""
    others = (place for place in itertools.count() if place not in down)
    return tuple(sorted([*down, *itertools.islice(others, count - len(down))]))
