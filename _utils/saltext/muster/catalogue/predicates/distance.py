"""How far nodes are from what most of them have, and from what their cluster file declares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from saltext.muster.comparison import NAMED, listed, shown
from saltext.muster.requirement import Outcome, Values
from saltext.muster.verdict import PASS, WARN

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster

Compare = Callable[[Mapping[str, Values], "Cluster"], Outcome]

#: What stands for an aspect that a node has not.
ABSENT = "none"

#: Differences of one node, aspects without a majority and values of one, that a text tells.
_EACH, _TIES = 3, 4


@dataclass
class Distance:
    """Nodes that differ, what they differ in, and aspects that have no majority.

    outliers are texts by node, of _EACH at most; counts are of all of a node's. aspects are those
    that differ, declared those that differ from the declaration.
    """

    nodes: int
    compared: int = 0
    outliers: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    ties: dict[str, str] = field(default_factory=dict)
    aspects: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.outliers or self.ties)

    def add(self, nodes: Collection[str], aspect: str, text: str, wanted: str) -> None:
        """Note that these nodes have another text for an aspect than is wanted."""
        told = f"{aspect} is {shown(text)}, {wanted}"
        for node in nodes:
            self.counts[node] = self.counts.get(node, 0) + 1
            texts = self.outliers.setdefault(node, [])
            if len(texts) < _EACH:
                texts.append(told)

    def text(self) -> str:
        """Return in one line who differs in what."""
        if not self:
            what = f"{self.compared} thing{'s' if self.compared != 1 else ''}"
            return f"{self.nodes} nodes are equal in {what}"
        parts = []
        if self.outliers:
            first = list(self.outliers)[:NAMED]
            told = [self._of_node(node) for node in first]
            head = f"{len(self.outliers)} of {self.nodes} nodes differ: "
            parts.append(head + listed(told, len(self.outliers)))
        ties = list(self.ties.values())
        if ties:
            parts.append(listed(ties, most=_TIES))
        return "; ".join(parts)

    def _of_node(self, node: str) -> str:
        more = self.counts[node] - len(self.outliers[node])
        texts = [*self.outliers[node], *([f"and {more} more"] if more else [])]
        return f"{node} ({'; '.join(texts)})"


def distance(values: Mapping[str, Values], declared: Mapping[str, str] | None = None) -> Distance:
    """Compare what nodes told, aspect by aspect; declared is what it should be, where it is told.

    A majority is more than half of the nodes that told the aspect, those that have it not
    included; with fewer there is none. The time taken is linear in what was told.
    """
    wanted = declared or {}
    groups, unread = _groups(values)
    aspects = sorted({*groups, *wanted})
    found = Distance(len(values), len(aspects))
    for aspect in aspects:
        by_text = groups.get(aspect, {})
        silent = _silent(unread, aspect)
        present = sum(map(len, by_text.values()))
        both = sum(node in silent for nodes in by_text.values() for node in nodes)
        absent = len(values) - present - (len(silent) - both)
        counts = {text: len(nodes) for text, nodes in by_text.items()}
        if absent > 0:
            counts[ABSENT] = counts.get(ABSENT, 0) + absent
        _judge(found, values, aspect, by_text, counts, silent, wanted.get(aspect))
    return found


def _groups(
    values: Mapping[str, Values],
) -> tuple[dict[str, dict[str, list[str]]], dict[str, set[str]]]:
    """Return the nodes by aspect and text, and those that could not read an aspect or group."""
    groups: dict[str, dict[str, list[str]]] = {}
    unread: dict[str, set[str]] = {}
    for node, told in values.items():
        for aspect, text in told.items():
            if isinstance(text, str):
                groups.setdefault(aspect, {}).setdefault(text, []).append(node)
            else:
                unread.setdefault(aspect, set()).add(node)
    return groups, unread


def _silent(unread: Mapping[str, set[str]], aspect: str) -> set[str]:
    own, group = unread.get(aspect, set()), unread.get(aspect.partition(" ")[0], set())
    return own | group if own and group else own or group


def _judge(
    found: Distance,
    values: Mapping[str, Values],
    aspect: str,
    by_text: Mapping[str, list[str]],
    counts: Mapping[str, int],
    silent: set[str],
    declared: str | None,
) -> None:
    best = max(counts, key=lambda text: counts[text], default=ABSENT)
    wanted = best if declared is None else declared
    if set(counts) <= {wanted}:
        return
    found.aspects.append(aspect)
    if declared is None and 2 * counts[best] <= sum(counts.values()):
        found.ties[aspect] = _tie(aspect, by_text, counts)
        return
    whose = f"majority {shown(best)}"
    if declared is not None:
        found.declared.append(aspect)
        whose = f"declared {shown(declared)}"
    for text, nodes in by_text.items():
        if text != wanted:
            found.add(nodes, aspect, text, whose)
    if wanted != ABSENT and counts.get(ABSENT):
        found.add(list(_without(values, aspect, silent)), aspect, ABSENT, whose)


def _without(values: Mapping[str, Values], aspect: str, silent: set[str]) -> Iterator[str]:
    return (node for node, told in values.items() if aspect not in told and node not in silent)


def _tie(aspect: str, by_text: Mapping[str, list[str]], counts: Mapping[str, int]) -> str:
    told = [
        f"{shown(text)} on {count}"
        + (f" ({listed(by_text[text], most=2)})" if text in by_text else "")
        for text, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_TIES]
    ]
    return f"{aspect} has no majority: {listed(told, len(counts), _TIES)}"


def same(
    bad: str = WARN,
    wanted: str = "the same on all nodes",
    matters: Callable[[str], bool] | None = None,
    declared: Callable[[Cluster], Mapping[str, str]] = lambda cluster: {},
) -> Compare:
    """Return a comparison that is ``bad`` when nodes differ.

    matters says of an aspect whether a difference in it hinders live migration; declared gives
    what the cluster file says of aspects.
    """

    def compare(values: Mapping[str, Values], cluster: Cluster) -> Outcome:
        found = distance(values, declared(cluster))
        why = migration(found.aspects, matters) if matters and found else ""
        return Outcome(bad if found else PASS, found.text(), wanted, why)

    return compare


def migration(aspects: list[str], matters: Callable[[str], bool]) -> str:
    """Return which of these differences matter for live migration."""
    hindering = [aspect for aspect in aspects if matters(aspect)]
    if not hindering:
        return "none of it matters for live migration"
    return f"for live migration it matters: {listed(hindering, most=5)}"
