"""Whom the command judges: this machine, a captured host or bundles, each with its plan."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from saltext.muster import profiles
from saltext.muster.cluster import Cluster, Node
from saltext.muster.errors import MusterError
from saltext.muster.probes import _command
from saltext.muster.probes.source import Source


@dataclass(frozen=True)
class Planner:
    """How servers are judged: of(name) is the plan of the server that calls itself so.

    cluster is None without a cluster file; now is the time of judging, in seconds since 1970.
    """

    of: Callable[[str], dict[str, Any]]
    now: float
    cluster: Cluster | None = None


_PROFILE = ("hypervisor", "network_type", "edition", "tier", "role")


def planner(arguments: argparse.Namespace) -> Planner:
    """Return what plans for a server, as the options of ``muster check`` say.

    Raises MusterError for options that contradict each other or the platform, and for a cluster
    file that is not valid.
    """
    now = time.time()
    if arguments.cluster:
        return _by_cluster(arguments, now)
    if arguments.node:
        raise MusterError("--node names a node of a cluster file: give --cluster FILE too")
    if not arguments.platform:
        raise MusterError("give --platform, or --cluster FILE")
    profile = profiles.choose(
        arguments.platform,
        arguments.hypervisor,
        arguments.network_type,
        arguments.edition,
        arguments.tier,
    )
    role = arguments.role or ""
    profiles.plan(profile, "", now, role)  # a wrong role is told before anything is read
    return Planner(lambda name: profiles.plan(profile, name, now, role), now)


def folder(root: str) -> str:
    """Return ``root``, which must be a folder."""
    if not os.path.isdir(root):
        raise MusterError(f"{root} is no folder; give the root of a captured host")
    return root


def name_of(root: str) -> str:
    """Return the name that the host below ``root`` gives itself; the folder's if it has none."""
    return _command.node_name(Source(root)) or os.path.basename(os.path.abspath(root))


def _by_cluster(arguments: argparse.Namespace, now: float) -> Planner:
    given = [f"--{key.replace('_', '-')}" for key in _PROFILE if getattr(arguments, key)]
    if given:
        raise MusterError(f"{given[0]} is told by the cluster file: leave it out")
    cluster = load(arguments.cluster)
    if arguments.platform not in (None, cluster.platform):
        raise MusterError(
            f"{arguments.cluster} is of {cluster.platform}, not {arguments.platform}: leave"
            " --platform out"
        )

    def plan(name: str) -> dict[str, Any]:
        from saltext.muster import plan as planning

        return {**planning.plan(cluster, node_of(cluster, name, arguments.node)), "now": now}

    return Planner(plan, now, cluster)


def load(path: str) -> Cluster:
    """Return the cluster of a cluster file; raises MusterError when it cannot be had."""
    cluster: Cluster = _loading().load(path)
    return cluster


def planned(path: str) -> tuple[Cluster, tuple[str, ...]]:
    """Return the cluster to plan with, and the rows that refuse its file, as loading does."""
    found: tuple[Cluster, tuple[str, ...]] = _loading().planned(path)
    return found


def _loading() -> ModuleType:
    try:
        from saltext.muster.master import loading
    except ImportError as err:
        raise MusterError(
            f"a cluster file cannot be read without {err.name}: pip install 'pydantic>=2' PyYAML"
        ) from None
    return loading


def node_of(cluster: Cluster, name: str, asked: str | None = None) -> str:
    """Return the id of the node that a server is: ``asked``, or the one that has its name.

    Raises MusterError when there is none, or more than one.
    """
    if asked:
        if asked not in cluster.nodes:
            raise MusterError(f"{cluster.name} has no node {asked!a}; {_names(cluster)}")
        return asked
    found = [node.id for node in cluster.nodes.values() if _is(node, name)]
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} nodes" if found else "no node"
    raise MusterError(f"{cluster.name} has {what} {name!a}; give --node ID: {_names(cluster)}")


def _is(node: Node, name: str) -> bool:
    return name in (node.id, node.fqdn, node.short)


def _names(cluster: Cluster) -> str:
    ids = list(cluster.nodes)
    return "its nodes are " + ", ".join(ids[:10]) + (" and more" if len(ids) > 10 else "")
