"""How many guests are planned where."""

from __future__ import annotations

from collections import Counter

from saltext.muster.cluster import Cluster


def most_on_a_node(cluster: Cluster) -> int:
    """Return how many guests one node has at most, by the cluster file.

    Guests without a node are shared out evenly, rounded up, on top of the fullest node.
    """
    homes = Counter(guest.node for guest in cluster.guests.values())
    homeless = homes.pop("", 0)
    return max(homes.values(), default=0) + -(-homeless // max(1, len(cluster.nodes)))
