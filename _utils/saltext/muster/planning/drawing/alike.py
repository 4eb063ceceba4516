"""Nodes that are drawn as one: too many boxes are no picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from saltext.muster.cluster import Cluster, Node

#: More boxes than this no page shows legibly.
MOST = 60

#: A role that so few nodes of a site have is drawn node by node while there is room.
FEW = 5


@dataclass(frozen=True)
class Group:
    """Nodes drawn as one box: of one role, and where they stand, in words ("" = not told)."""

    place: str
    nodes: tuple[Node, ...]


def groups(cluster: Cluster) -> list[Group]:
    """Return the nodes as they are drawn, in the file's order, site by site.

    Up to MOST nodes are drawn one by one. Of more, those of one site and role are one box (a few
    are still drawn one by one if that fits), and where that is too much still, those of a role.
    """
    nodes = list(cluster.nodes.values())
    if len(nodes) <= MOST:
        return _by_place([Group(_place(node.site), (node,)) for node in nodes])
    together = _grouped(nodes, lambda node: (node.site, node.role))
    apart = [
        Group(group.place, (node,)) if len(group.nodes) <= FEW else group
        for group in together
        for node in (group.nodes if len(group.nodes) <= FEW else group.nodes[:1])
    ]
    for found in (apart, together):
        if len(found) <= MOST:
            return _by_place(found)
    sites = f"all {len({node.site for node in nodes})} sites"
    return [Group(sites, group.nodes) for group in _grouped(nodes, lambda node: ("", node.role))]


def _grouped(nodes: Sequence[Node], key: Callable[[Node], tuple[str, str]]) -> list[Group]:
    found: dict[tuple[str, str], list[Node]] = {}
    for node in nodes:
        found.setdefault(key(node), []).append(node)
    return [Group(_place(site), tuple(each)) for (site, _role), each in found.items()]


def _place(site: str) -> str:
    return f"site {site}" if site else ""


def _by_place(found: Sequence[Group]) -> list[Group]:
    places = dict.fromkeys(each.place for each in found)
    order = {place: index for index, place in enumerate(places)}
    return sorted(found, key=lambda group: order[group.place])


def domain(cluster: Cluster) -> str:
    """Return the domain that all nodes' ids share, with its dot, or ""."""
    ends = {id_.partition(".")[1] + id_.partition(".")[2] for id_ in cluster.nodes}
    return ends.pop() if len(ends) == 1 else ""


def name(group: Group, shared: str) -> str:
    """Return what a box is called; shared is the domain that need not be told."""
    ids = [node.id.removesuffix(shared) if shared else node.id for node in group.nodes]
    return span(ids, len(ids))


def span(values: Sequence[str], number: int = 0) -> str:
    """Return the first and the last of several texts, with how many they are if told."""
    counted = f" ({number})" if number > 1 else ""
    if values[0] == values[-1]:
        return values[0] + counted
    return f"{values[0]} … {values[-1]}{counted}"
