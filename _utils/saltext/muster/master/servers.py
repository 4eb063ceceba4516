"""Servers that several cluster files of one master have, and what those ask for in conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from saltext.muster.catalogue import conflicts
from saltext.muster.catalogue.private import is_private
from saltext.muster.cluster import Cluster
from saltext.muster.conflict import Clash, softened


@dataclass(frozen=True)
class Shared:
    """A server that two clusters have: by what, and whether that is certain.

    here and there are its minion ids; number is the other cluster's.
    """

    number: int
    what: str
    here: str
    there: str
    certain: bool


def clashes(clusters: Sequence[Cluster]) -> list[list[Clash]]:
    """Return each cluster's conflicts: with what its file names, and with other files' clusters.

    Servers are the same when they have one name, or one address that is no private one; with a
    private address alone they may be, so that all of it is a warning.
    """
    shared = _shared(clusters)
    return [
        [
            _told(clash, common, clusters)
            for clash in conflicts.conflicts(
                cluster, [clusters[each.number] for each in common.values()]
            )
        ]
        for cluster, common in zip(clusters, shared, strict=True)
    ]


def _told(clash: Clash, common: Mapping[str, Shared], clusters: Sequence[Cluster]) -> Clash:
    """Return a clash with another file's cluster with the server that they share."""
    shared = next((common[name] for name in clash.met.platforms if name in common), None)
    if shared is None or clusters[shared.number].platform in clash.cluster.also:
        return clash
    other = clusters[shared.number].name
    seen = f"{clash.met.seen}; {shared.here} has the {shared.what} of {shared.there}"
    told = replace(clash, met=replace(clash.met, seen=f"{seen} in cluster {other}"))
    return told if shared.certain else softened(told)


def _shared(clusters: Sequence[Cluster]) -> list[dict[str, Shared]]:
    """Return, for each cluster, a server that it shares with one of each other platform."""
    places: dict[str, dict[int, str]] = {}
    for number, cluster in enumerate(clusters):
        for node in cluster.nodes.values():
            for text in (f"name {node.fqdn}", f"address {node.address}"):
                places.setdefault(text, {}).setdefault(number, node.id)
    found: list[dict[str, Shared]] = [{} for _ in clusters]
    for text, owners in places.items():
        first: dict[str, int] = {}
        for number in owners if len(owners) > 1 else ():
            first.setdefault(clusters[number].platform, number)
        for here in owners if len(first) > 1 else ():
            for platform, there in first.items():
                if platform == clusters[here].platform:
                    continue
                each = Shared(there, text, owners[here], owners[there], _is_certain(text))
                if each.certain or platform not in found[here]:
                    found[here][platform] = each
    return found


def _is_certain(text: str) -> bool:
    what, _, value = text.partition(" ")
    if what == "name":
        return True
    return not is_private(value)  # different servers at different places may have that one
