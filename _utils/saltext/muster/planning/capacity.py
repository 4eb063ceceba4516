"""``muster capacity``: what a cluster holds, what is planned in it, and how it grows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from saltext.muster import proving
from saltext.muster.cluster import Cluster, Node
from saltext.muster.finding import Finding, NotAsked
from saltext.muster.planning.sheet import Sheet, Table
from saltext.muster.planning.sizing import (
    expansion,
    headroom,
    limits,
    local_space,
    memory,
    pvc_formulas,
    pvc_totals,
    space,
)

Part = Callable[[Cluster], tuple[list[Table], list[str]]]
Proof = Callable[[Cluster], Iterable[Finding]]

#: The rows of the catalogue that capacity is judged by, and what is judged where no row is.
ROWS: Mapping[str, tuple[str, ...]] = {
    "pvc": (
        *("PVC-001", "PVC-008", "PVC-009", "PVC-010", "PVC-017", "PVC-020", "PVC-021", "PVC-022"),
        *("PVC-023", "PVC-031", "PVC-032", "PVC-035"),
        *("PVC-097", "PVC-098", "PVC-100", "PVC-101"),
    ),
    "ganeti": ("GNT-038", "GNT-039"),
    "vmmanager": ("VMM-046", "VMM-055"),
    "ravada": ("RAV-007",),
}
_ALWAYS: tuple[Proof, ...] = (memory.enough, headroom.sized, local_space.enough)
_OTHERS: Mapping[str, tuple[Proof, ...]] = {"pvc": (), "ravada": _ALWAYS[:2]}

_PVC: tuple[Part, ...] = (pvc_totals.tables, pvc_formulas.tables)


def sheet(cluster: Cluster, *, disk: int = 0, more: int = 0) -> Sheet:
    """Return what a cluster holds and how it grows, as a sheet.

    disk is the size of new storage disks in bytes, 0 = the size that the nodes have most of.
    more is how many usable bytes the storage is to grow by, 0 = show what disks add.
    """
    parts: list[Part] = [_nodes, headroom.tables, limits.tables]
    if memory.ceph_of(cluster) is None:
        parts.append(local_space.tables)
    else:
        parts += [_storage, lambda each: expansion.tables(each, disk, more)]
    parts += _PVC if cluster.platform == "pvc" else ()
    tables, notes = [], dict[str, None]()
    for part in parts:
        try:
            found, told = part(cluster)
        except NotAsked as why:
            found, told = [], [str(why)]
        tables += found
        notes.update(dict.fromkeys(told))
    return Sheet("capacity", cluster.name, tables, list(findings(cluster)), list(notes))


def findings(cluster: Cluster) -> Iterable[Finding]:
    """Give what does not fit, or hardly fits; a row that is not asked gives nothing."""
    rows = ROWS.get(cluster.platform, ())
    rules = [rule for rule in proving.rules(cluster.platform) if rule.id in rows]
    asked = [(rule.id, proving.load(rule.proof)) for rule in rules]
    asked += [("", proof) for proof in _OTHERS.get(cluster.platform, _ALWAYS)]
    for row, proof in asked:
        try:
            for item in proof(cluster):
                yield replace(item, row=row)
        except NotAsked:
            continue


def _nodes(cluster: Cluster) -> tuple[list[Table], list[str]]:
    """Return the memory of nodes by role and hardware: what services take, what guests have."""
    rows = [_memory(cluster, nodes) for nodes in memory.alike(cluster).values()]
    return [Table("memory of a node", rows)], []


def _memory(cluster: Cluster, nodes: Sequence[Node]) -> dict[str, Any]:
    node = nodes[0]
    kept, told = memory.reserved(cluster, node), node.hardware in cluster.hardware
    return {
        "role": node.role,
        "hardware": node.hardware,
        "nodes": len(nodes),
        "memory_bytes": cluster.hardware_of(node).memory or None,
        "system_bytes": kept.get("system", 0) if told else None,
        "osds_bytes": kept.get("OSDs", 0) if told else None,
        "zookeeper_bytes": kept.get("Zookeeper", 0),
        "guests_bytes": memory.free_for_guests(cluster, node),
    }


def _storage(cluster: Cluster) -> tuple[list[Table], list[str]]:
    return space.tables(cluster), space.notes(cluster)
