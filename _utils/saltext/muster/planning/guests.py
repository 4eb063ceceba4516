"""How many guests are planned where."""

from __future__ import annotations

from collections import Counter

from saltext.muster.cluster import Cluster


def guests_by_node(cluster: Cluster) -> tuple[Counter[str], int]:
    """Return how many guests are planned on each node, and how many on none that is told."""
    placed = Counter(guest.home for guest in cluster.guests.values())
    loose = placed.pop("", 0)
    return placed, loose


def most_guests(cluster: Cluster) -> tuple[int, str]:
    """Return the most guests planned on a node, and which node that is ("" = any).

    Guests without a node are spread over all nodes; ``vms_per_node`` is planned on each.
    """
    placed, loose = guests_by_node(cluster)
    name = max(placed, key=placed.__getitem__, default="")
    planned = placed[name] + -(-loose // max(1, len(cluster.nodes)))
    option = getattr(cluster.options, "vms_per_node", 0)
    return (option, "") if option >= planned else (planned, name)
