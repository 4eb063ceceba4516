"""What must hold between the parts of a cluster: proved, or every violation found."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from saltext.muster.cluster import MAIN, Cluster
from saltext.muster.finding import Finding
from saltext.muster.master import names
from saltext.muster.planning import addresses, sriov

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Known:
    """The ids of a platform's rows: of those judged on a node, over the cluster, and of no kind."""

    node: Collection[str] = ()
    cluster: Collection[str] = ()
    unjudged: Collection[str] = ()


def prove(cluster: Cluster, known: Known | None) -> list[Finding]:
    """Return everything that contradicts itself in a cluster.

    known are the ids that waivers may name; None = not known, so not checked.
    """
    return [
        *_node_names(cluster),
        *addresses.prove(cluster),
        *sriov.impossible(cluster),
        *_names_twice(cluster),
        *_pools(cluster),
        *_disks(cluster),
        *_all_or_none(cluster),
        *(_waived(cluster, known) if known else ()),
        *_waivers(cluster),
    ]


def _node_names(cluster: Cluster) -> Iterator[Finding]:
    """A minion id need not be a hostname, but then the node's name must be given."""
    for node in cluster.nodes.values():
        complaint = (
            names.hostname(node.fqdn, names.NODE_NAME_MOST) if node.fqdn == node.id else None
        )
        if complaint:
            yield Finding(
                ("nodes", node.id),
                f"{node.id!a} {complaint.message}, and no fqdn is given",
                "give the node `fqdn: <name>.<domain>`",
                f"the minion id {complaint.message}, and no fqdn is given",
            )


def _names(cluster: Cluster) -> Iterator[tuple[str, Path]]:
    for node in cluster.nodes.values():
        yield node.fqdn, ("nodes", node.id)
        if node.short != node.fqdn:
            yield node.short, ("nodes", node.id)
    if cluster.cluster_name:
        yield cluster.cluster_name, ("cluster", "name")
    for index, host in enumerate(cluster.hosts):
        for place, name in enumerate(host.names):
            yield name, ("hosts", index, "names", place)


def _names_twice(cluster: Cluster) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for name, where in _names(cluster):
        if name not in first:
            first[name] = where
            continue
        before = _spoken(first[name])
        yield Finding(
            where,
            f"the name {name} is also that of {before}",
            "give each host its own name",
            "the name is there twice",
        )


def _spoken(where: Path) -> str:
    if where[0] == "cluster":
        return "the cluster itself"
    return f"the node {where[1]}" if where[0] == "nodes" else f"hosts[{where[1]}]"


def _pools(cluster: Cluster) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for index, pool in enumerate(cluster.pools):
        before = first.setdefault(pool.name, index)
        if before != index:
            yield Finding(
                ("pools", index, "name"),
                f"the name {pool.name} is also that of pools[{before}]",
                "give each pool its own name",
                "the name is there twice",
            )


def _disks(cluster: Cluster) -> Iterator[Finding]:
    """Disks for a volume group are of use only where the platform has one."""
    if hasattr(cluster.options, "volume_group"):
        return
    for node in cluster.nodes.values():
        if node.lvm_devices:
            yield Finding(
                ("nodes", node.id, "lvm_devices"),
                f"disks are named for a volume group, and muster makes none for {cluster.platform}",
                "leave lvm_devices out",
                "disks are named for a volume group, and the platform has none",
            )


def _all_or_none(cluster: Cluster) -> Iterator[Finding]:
    """A further network is on all nodes or on none: GNT-055, VMM-045."""
    for name in cluster.networks:
        have = [node.id for node in cluster.nodes.values() if name in node.addresses]
        for node in cluster.nodes.values() if have else ():
            if name == MAIN or name in node.addresses:
                continue
            if node.addresses.keys() <= cluster.networks.keys():  # else a misspelt one is told
                yield Finding(
                    ("nodes", node.id),
                    f"has no address in the network {name}, where {have[0]} has one",
                    f"give it `addresses: {{{name}: ...}}`, or take the network off all nodes",
                    "has no address in a network where another node has one",
                )


def _waived(cluster: Cluster, known: Known) -> Iterator[Finding]:
    """Waivers of what is not judged, or not where they say."""
    for index, waiver in enumerate(cluster.waivers):
        where, id_ = ("waivers", index, "requirement"), waiver.requirement
        if id_ in known.unjudged:
            yield Finding(
                where,
                f"{id_} is judged by nothing, so that there is nothing to waive",
                "remove the waiver",
                "there is nothing to waive",
            )
        elif id_ not in known.node and id_ not in known.cluster:
            series, _, number = id_.upper().partition("-")
            full = f"{series}-{number.zfill(3)}"
            meant = full in known.node or full in known.cluster
            yield Finding(
                where,
                f"{cluster.platform} has no requirement {id_!a}",
                f"did you mean {full}?" if meant else "write the id as muster.check shows it",
                "there is no such requirement",
            )
        elif waiver.nodes is not None and id_ not in known.node:
            yield Finding(
                ("waivers", index, "nodes"),
                f"{id_} is judged over the whole cluster, not on a node",
                "remove `nodes`: it can be waived for the whole cluster only",
                "the requirement is the whole cluster's",
            )


def _waivers(cluster: Cluster) -> Iterator[Finding]:
    given: dict[tuple[str, str], int] = {}
    for index, waiver in enumerate(cluster.waivers):
        where = ("waivers", index)
        for id_ in sorted((waiver.nodes or frozenset()) - cluster.nodes.keys()):
            yield Finding(
                (*where, "nodes"),
                f"there is no node {id_!a}",
                "write a minion id that is under `nodes`",
                "names a node that is not there",
            )
        for id_ in ("",) if waiver.nodes is None else sorted(waiver.nodes):
            before = given.setdefault((waiver.requirement, id_), index)
            if before != index:
                yield Finding(
                    where,
                    f"{waiver.requirement} is waived by waivers[{before}] already",
                    "keep one of the two",
                    "waives the same again",
                )
                break
