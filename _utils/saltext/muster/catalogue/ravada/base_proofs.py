"""Ravada's rows about bases, decided from a cluster file."""

from __future__ import annotations

from collections.abc import Iterator

from saltext.muster.cluster import Cluster, Finding
from saltext.muster.finding import NotAsked, wrong


def on_master(cluster: Cluster) -> Iterator[Finding]:
    """Give the bases that a node has and the master has not (RAV-005)."""
    if not cluster.bases:
        raise NotAsked("no base is told")
    masters = {node.id for node in cluster.with_role("master")}
    if not masters:
        raise NotAsked("the file does not describe the master")
    for name, base in cluster.bases.items():
        if base.nodes and not masters & set(base.nodes):
            yield wrong(
                ("bases", name, "nodes"),
                f"base {name} is on {base.nodes[0]}, and not on the master",
                f"add {sorted(masters)[0]} to its nodes: a base is made there first",
            )
