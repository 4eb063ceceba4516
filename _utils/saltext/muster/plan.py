"""The plan of one node, computed from its cluster."""

from __future__ import annotations

from typing import Any

from saltext.muster import digest, platforms
from saltext.muster.cluster import Cluster, Waiver

VERSION = 1


def plan(cluster: Cluster, node_id: str) -> dict[str, Any]:
    """Return what the node of that minion id must look like, as plain data.

    It holds nothing of any other node. ``now``, the master's clock, is added where the plan is
    handed out. Raises KeyError for an id that the cluster has not.
    """
    node = cluster.nodes[node_id]
    platform = platforms.load(cluster.platform)
    found = {
        "version": VERSION,
        "library": digest.library(platform.__file__ or ""),
        "id": node.id,
        "cluster": cluster.name,
        "platform": cluster.platform,
        "profile": cluster.profile,
        "components": platform.components(cluster, node),
        "declared": platform.declared(cluster, node),
        "waivers": [_waiver(waiver) for waiver in cluster.waivers if waiver.covers(node_id)],
    }
    return {**found, "digest": digest.of_plan(found)}


def _waiver(waiver: Waiver) -> dict[str, str]:
    return {
        "requirement": waiver.requirement,
        "reason": waiver.reason,
        "owner": waiver.owner,
        "expires": waiver.expires,
    }
