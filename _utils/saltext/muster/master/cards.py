"""The cards that nodes are woken by: what the cluster file says, else what nodes have told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.components import magic_packet
from saltext.muster.master import validate

#: Salt's own ``mine.get`` as a runner has it: called as fetch(minion ids, function, "list").
Fetch = Callable[[list[str], str, str], Mapping[str, Any]]

FILE, TOLD, NOWHERE = "the cluster file", "the node itself", ""


@dataclass(frozen=True)
class Cards:
    """What a node is woken by: MAC addresses, who says so, and what is wrong with what it told."""

    macs: tuple[str, ...] = ()
    source: str = NOWHERE
    problem: str = ""


def known(cluster: Cluster, fetch: Fetch) -> dict[str, Cards]:
    """Return the cards of each node of a cluster, by minion id.

    What nodes told is the minions' own word: it counts for the minion alone that told it, and not
    where another node has the same address too.
    """
    asked = [id_ for id_, node in cluster.nodes.items() if not node.mac]
    answer = fetch(asked, magic_packet.MINE, "list") if asked else {}
    told = answer if isinstance(answer, Mapping) else {}
    found = {id_: _cards(node.mac, told.get(id_)) for id_, node in cluster.nodes.items()}
    owners = Counter(mac for cards in found.values() for mac in set(cards.macs))
    return {id_: _unlike(cards, owners) for id_, cards in found.items()}


def macs(opts: Mapping[str, Any], fetch: Fetch) -> dict[str, tuple[str, ...]]:
    """Return the MAC addresses of all nodes of the cluster files, by minion id."""
    clusters = validate.clusters(opts)[0]
    return {id_: each.macs for cluster in clusters for id_, each in known(cluster, fetch).items()}


def _cards(mac: str, told: Any) -> Cards:
    if mac:
        return Cards((mac,), FILE)
    if told is None:
        return Cards()
    if problem := magic_packet.cards_problem(told):
        return Cards((), NOWHERE, f"what it told is of no use: {problem}")
    return Cards(tuple(dict.fromkeys(told.values())), TOLD)


def _unlike(cards: Cards, owners: Mapping[str, int]) -> Cards:
    """Return the cards unless another node has one of them too: one of both tells no truth."""
    twice = [mac for mac in cards.macs if owners[mac] > 1]
    if not twice or cards.source == FILE:
        return cards
    return Cards((), NOWHERE, f"{twice[0]} is told of another node too")
