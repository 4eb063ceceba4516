"""Conflicts: what platforms ask for that one server cannot give to both, or not without care."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding
from saltext.muster.requirement import Row, waive
from saltext.muster.verdict import FAIL, WARN, Verdict

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Side:
    """What one platform asks for: the ids of its rows, and in words what they say.

    platform is "" for a side that is no platform of muster.
    """

    platform: str
    rows: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class Pair:
    """A cluster and another platform that its servers are meant for too.

    other is "" where the cluster is looked at alone; there is that platform's own cluster where
    its file is known.
    """

    cluster: Cluster
    other: str = ""
    there: Cluster | None = None

    def of(self, platform: str) -> Cluster | None:
        """Return the cluster of that platform, as far as its file is known."""
        known = (self.cluster, self.there)
        return next((each for each in known if each and each.platform == platform), None)

    def has(self, *names: str) -> bool:
        """Say whether all of these platforms are in the pair."""
        return {self.cluster.platform, self.other} >= set(names)

    def where(self) -> Where:
        """Return the place in the cluster's file that makes the pair."""
        if self.other in self.cluster.also:
            return ("also", self.cluster.also.index(self.other))
        return ("platform",)


@dataclass(frozen=True)
class Met:
    """What a conflict's test found: fail = both cannot be met, warn = they can, with care.

    platforms are the two sides that meet; seen says in words what of the file makes it so; where
    is the place in the file, () = the pair itself.
    """

    status: str
    platforms: tuple[str, ...]
    seen: str
    where: Where = ()


@dataclass(frozen=True, kw_only=True)
class Conflict(Row):
    """A conflict between platforms, decided from cluster files alone.

    test is asked for every pair and for each cluster by itself; found says in words what in a
    file decides it; remedy says what to do.
    """

    kinds: tuple[str, ...] = ("topology",)
    scope: str = "cluster"
    sides: tuple[Side, ...]
    test: Callable[[Pair], Iterable[Met]]
    found: str
    remedy: str


@dataclass(frozen=True)
class Clash:
    """A conflict that is there, of one cluster."""

    row: Conflict
    cluster: Cluster
    met: Met
    where: Where

    @property
    def sides(self) -> list[Side]:
        """The sides that meet here."""
        return [side for side in self.row.sides if side.platform in self.met.platforms]

    def message(self) -> str:
        """Return in one line both sides and what of the file brings them together."""
        says = [
            f"{side.says} ({', '.join(side.rows)})" if side.rows else side.says
            for side in self.sides
        ]
        return f"{self.row.id}: {' - but '.join(says) or self.row.text}; here: {self.met.seen}"

    def text(self) -> str:
        """Return the message with what to do, in one line."""
        return f"{self.message()}; remedy: {self.row.remedy}"

    def waivers(self) -> list[dict[str, Any]]:
        """Return the waivers for the whole cluster that name the conflict or its own side's row.

        They are told as waivers of the conflict.
        """
        own = [side.rows for side in self.sides if side.platform == self.cluster.platform]
        ids = {self.row.id, *(row for rows in own for row in rows)}
        found = []
        for waiver in self.cluster.waivers:
            if waiver.nodes is None and waiver.requirement in ids:
                of = "" if waiver.requirement == self.row.id else f"by {waiver.requirement}: "
                reason = of + waiver.reason
                found.append({**vars(waiver), "requirement": self.row.id, "reason": reason})
        return found

    def finding(self) -> Finding:
        """Return the conflict as something wrong in the cluster's file."""
        public = f"{self.row.id}: {self.row.text}"
        return Finding(self.where, self.message(), self.row.remedy, public)

    def verdict(self, today: date) -> Verdict:
        """Return the conflict as a verdict on the cluster; a waiver of either kind covers it."""
        found = Verdict(
            self.row.id, self.cluster.name, self.met.status, self.row.text, self.met.seen,
            "; ".join(side.says for side in self.sides), self.row.remedy,
        )  # fmt: skip
        return waive(found, {"waivers": self.waivers()}, today)


def clashes(
    rows: Iterable[Conflict], cluster: Cluster, others: Iterable[Cluster] = ()
) -> Iterator[Clash]:
    """Give the conflicts of a cluster by itself and with every platform that it is also for.

    others are clusters of other platforms that have servers in common with it.
    """
    known = {other.platform: other for other in others}
    pairs = [Pair(cluster)]
    names = dict.fromkeys((*cluster.also, *known))
    pairs += [Pair(cluster, name, known.get(name)) for name in names]
    for row in rows:
        for pair in pairs:
            for met in row.test(pair):
                yield Clash(row, cluster, met, met.where or pair.where())


def hard(found: Iterable[Clash]) -> list[Clash]:
    """Return the clashes that cannot be resolved and that nobody has waived."""
    return [clash for clash in found if clash.met.status == FAIL and not clash.waivers()]


def softened(clash: Clash) -> Clash:
    """Return a clash as a warning, where it is not certain that the servers are the same."""
    return replace(clash, met=replace(clash.met, status=WARN))
