"""Space on the nodes' own disks, where there is no Ceph: guests' disks, halves of pairs, bases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.parts import Guest
from saltext.muster.planning.sheet import Table
from saltext.muster.planning.sizing.memory import ceph_of
from saltext.muster.sizes import size

#: Nodes of a table at most: the fullest ones.
MOST_ROWS = 20


@dataclass(frozen=True)
class Disks:
    """What is to be on a node's disks, in bytes: what they hold, bases, and guests' disks."""

    node: str
    holds: int
    bases: int
    guests: int

    @property
    def left(self) -> int:
        """The bytes that nothing is planned for, below 0 when there are too few."""
        return self.holds - self.bases - self.guests


def taken(cluster: Cluster) -> list[Disks]:
    """Return what is planned on the disks of each node whose hardware tells of some.

    A guest counts on its node and, under DRBD, on its secondary; a clone grows up to its own
    disks, or where they are not told to its base's. Raises NotAsked where Ceph has the disks,
    and where the disks of no node are told.
    """
    if ceph_of(cluster) is not None or cluster.ceph is not None:
        raise NotAsked("space on disks: Ceph has the guests' disks")
    holds = {name: sum(model.disks) for name, model in cluster.hardware.items()}
    bases, guests = _bases(cluster), _guests(cluster)
    found = [
        Disks(node.id, holds[node.hardware], bases[node.id], guests[node.id])
        for node in cluster.nodes.values()
        if holds.get(node.hardware)
    ]
    if not found:
        raise NotAsked("the disks of no node are told: give nodes hardware with disks")
    return found


def enough(cluster: Cluster) -> Iterable[Finding]:
    """Prove that each node has space for its bases and guests (RAV-007).

    Bases are copied whole: too little for them is wrong. Guests' disks grow as they are written:
    too little for all of them in full is to be weighed. So is too little for guests that no node
    is told for. Raises as ``taken``, and NotAsked when nothing is planned on the disks.
    """
    nodes, loose = taken(cluster), loose_guests(cluster)
    if not loose and not any(each.bases or each.guests for each in nodes):
        raise NotAsked("no base and no guest with disks is planned")
    for each in nodes:
        if each.bases > each.holds:
            yield wrong(
                ("nodes", each.node),
                f"bases take {size(each.bases)} on {each.node}, its disks hold {size(each.holds)}",
                "plan larger disks, or leave the node out of some bases",
                "the bases of a node take more than its disks hold",
            )
        elif each.left < 0:
            yield doubtful(
                ("nodes", each.node),
                f"{each.node} holds {size(each.holds)}; bases ({size(each.bases)}) and guests in"
                f" full ({size(each.guests)}) take {size(-each.left)} more",
                "plan larger disks, or fewer guests there; else watch how full they get",
                "the guests of a node in full take more than its disks hold",
            )
    yield from _loose(cluster, nodes, loose)


def loose_guests(cluster: Cluster) -> int:
    """Return the bytes of guests' disks that no node is told for."""
    return sum(_full(cluster, guest) for guest in cluster.guests.values() if not guest.home)


def tables(cluster: Cluster) -> tuple[list[Table], list[str]]:
    """Return the fullest nodes, with what is planned on their disks, and notes.

    Raises as ``taken``.
    """
    nodes = taken(cluster)
    fullest = sorted(nodes, key=lambda each: each.left)[:MOST_ROWS]
    notes = []
    if len(nodes) > MOST_ROWS:
        notes.append(f"space on disks: the fullest {MOST_ROWS} of {len(nodes)} nodes")
    loose = loose_guests(cluster)
    if loose:
        notes.append(f"space on disks: {size(loose)} of guests are planned on no node yet")
    return [Table("space on disks", [_row(each) for each in fullest])], notes


def _row(each: Disks) -> dict[str, Any]:
    return {
        "node": each.node,
        "holds_bytes": each.holds,
        "bases_bytes": each.bases,
        "guests_bytes": each.guests,
        "left_bytes": each.left,
    }


def _loose(cluster: Cluster, nodes: Iterable[Disks], loose: int) -> Iterable[Finding]:
    left = sum(max(0, each.left) for each in nodes)
    if loose > left:
        yield doubtful(
            ("guests",),
            f"guests that no node is told for take {size(loose)} in full, on all disks"
            f" {size(left)} are left",
            "plan larger disks or fewer guests; else watch how full the disks get",
            "guests in full take more than what is left on all disks",
        )


def _bases(cluster: Cluster) -> Counter[str]:
    found: Counter[str] = Counter()
    for base in cluster.bases.values():
        found.update(dict.fromkeys(base.nodes, base.size))
    return found


def _guests(cluster: Cluster) -> Counter[str]:
    found: Counter[str] = Counter()
    for guest in cluster.guests.values():
        for name in {guest.home, guest.secondary} - {""}:
            found[name] += _full(cluster, guest)
    return found


def _full(cluster: Cluster, guest: Guest) -> int:
    base = cluster.bases.get(guest.base)
    return sum(guest.disks) or (base.size if base else 0)
