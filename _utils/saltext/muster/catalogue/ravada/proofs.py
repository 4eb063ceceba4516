"""What a cluster file alone decides of Ravada's rows."""

from __future__ import annotations

from collections.abc import Iterator

from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.parts import Hardware


def one_master(cluster: Cluster) -> Iterator[Finding]:
    """RAV-002: there is one master. A file without it describes the other nodes alone."""
    masters = list(cluster.with_role("master"))
    if not masters:
        raise NotAsked("no node has the role master: the file describes the others alone")
    for master in masters[1:]:
        what = f"{master.id} is a master besides {masters[0].id}: Ravada has one master"
        remedy = "leave `role: master` to one node"
        yield wrong(("nodes", master.id, "role"), what, remedy, "Ravada has one master")


def strongest_master(cluster: Cluster) -> Iterator[Finding]:
    """RAV-003: no node has stronger hardware than the master."""
    masters = [node for node in cluster.with_role("master") if node.hardware in cluster.hardware]
    if not masters:
        raise NotAsked("the master's hardware is not told")
    master = masters[0]
    own = cluster.hardware_of(master)
    stronger: dict[str, str] = {}
    for node in cluster.nodes.values():
        if node.hardware in cluster.hardware and node.hardware != master.hardware:
            stronger.setdefault(node.hardware, node.id)
    for model, id_ in stronger.items():
        lacking = _lacking(own, cluster.hardware[model])
        if lacking:
            yield doubtful(
                ("nodes", master.id, "hardware"),
                f"the master {master.id} has less {' and '.join(lacking)} than {id_} ({model})",
                "make the strongest server the master: the cluster stands and falls with it",
            )


def _lacking(own: Hardware, other: Hardware) -> list[str]:
    """Return what a model has less of than another, as far as both tell it."""
    told = (
        ("cores", own.cores, other.cores),
        ("memory", own.memory, other.memory),
        ("disk space", sum(own.disks), sum(other.disks)),
    )
    return [what for what, mine, its in told if mine and mine < its]


def on_master(cluster: Cluster) -> Iterator[Finding]:
    """RAV-005: a base that a node has is on the master too."""
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
