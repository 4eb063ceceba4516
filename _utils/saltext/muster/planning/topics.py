"""The topics that planning has a sheet for, by the names that commands and runners use."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from saltext.muster.errors import InvalidArgument

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster
    from saltext.muster.planning.sheet import Sheet

#: What each topic tells. Its module has the topic's name and a function ``sheet``.
TOPICS = {
    "addresses": "every address that is given away, and what is left",
    "capacity": "what the cluster holds, all up and one node down, and how to make it grow",
    "simulate": "what still works when any nodes, sites or failure domains are down",
    "ports": "what talks to what: firewall rules, switch ports, route reflectors",
    "sriov": "virtual functions: each node's plan, and where guests that have some can move",
    "place": "how Ravada spreads a storm of starts, and how reservations would",
}

#: Topics that are one platform's.
PLATFORMS = {"place": "ravada"}


def sheet(topic: str, cluster: Cluster, refused_by: tuple[str, ...] = (), **options: Any) -> Sheet:
    """Return what planning says of a cluster; options are those of the topic's own function.

    refused_by are the rows that refuse the cluster's file. Raises InvalidArgument for a topic of
    another platform, and for an option that the cluster does not bear.
    """
    only = PLATFORMS.get(topic, cluster.platform)
    if only != cluster.platform:
        raise InvalidArgument(
            f"{topic} is for clusters of {only}: {cluster.name} is one of {cluster.platform}"
        )
    module = importlib.import_module(f"saltext.muster.planning.{topic}")
    found: Sheet = module.sheet(cluster, **options)
    return replace(found, refused_by=refused_by)
