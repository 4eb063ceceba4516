"""How a cluster's Ceph grows: what disks add, and which ones a wanted growth takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.planning.sheet import Table
from saltext.muster.planning.sizing import ceph, growth, space
from saltext.muster.planning.sizing.memory import free_for_guests
from saltext.muster.sizes import size
from saltext.muster.wording import counted, listed

#: PVC-033 and PVC-107 in words: the tables have the numbers.
_ADVICE = (
    "growth: take the largest disks that there are, all alike, on different hosts at once; many"
    " small ones are a little faster where cores suffice, and take more memory",
)


@dataclass(frozen=True)
class _Start:
    """What growth starts from: hosts and what they hold, the pool's copies, the new disks."""

    names: Sequence[str]
    held: Sequence[int]
    copies: int
    disk: int

    def added(self, disks: Sequence[int]) -> int:
        """Return how many bytes more are usable with so many disks more on each host."""
        grown = growth.grown(self.held, disks, self.disk)
        return ceph.usable(grown, self.copies) - ceph.usable(self.held, self.copies)


def tables(cluster: Cluster, disk: int = 0, more: int = 0) -> tuple[list[Table], list[str]]:
    """Return how usable space grows, as tables and notes (PVC-031, 033, 037, 107).

    disk is the size of new disks in bytes, 0 = the size that the nodes have most of; more is how
    many usable bytes are wanted beside those there are, 0 = as many as one group of disks adds.
    Raises NotAsked when there is no Ceph or no disk is told.
    """
    space.storage(cluster)
    start, notes = _start(cluster, disk)
    steps = [_step(start, count) for count in range(1, start.copies + 1)]
    if len(start.names) > start.copies:
        steps.append(_line(start, len(start.names), [1] * len(start.names)))
    found = [Table("growth", steps)]
    wanted = more or start.added(growth.best(start.held, start.copies, start.disk, start.copies))
    if not wanted:
        return found, [*notes, "no disk adds space: there are fewer nodes than copies"]
    found.append(_sizes(cluster, start, wanted))
    if more:
        plan, told = _plan(cluster, start, more)
        found, notes = [*found, *plan], [*notes, *told]
    return found, notes


def _start(cluster: Cluster, disk: int) -> tuple[_Start, list[str]]:
    held, copies = space.capacities(cluster), space.strictest(cluster).copies
    disk = disk or space.usual_disk(cluster)
    notes = [*_ADVICE] if cluster.platform == "pvc" else []
    kept = f"{copies} copies, each on another host" if copies > 1 else "a single copy"
    notes.append(f"growth: by disks of {size(disk)}, for {kept}")
    if len(held) < copies:
        held = {node.id: held.get(node.id, 0) for node in cluster.nodes.values()}
        notes.append("nodes without storage disks get some: there are fewer hosts than copies")
    return _Start(list(held), list(held.values()), copies, disk), notes


def _step(start: _Start, count: int) -> dict[str, Any]:
    return _line(start, count, growth.best(start.held, start.copies, start.disk, count))


def _line(start: _Start, count: int, disks: Sequence[int]) -> dict[str, Any]:
    added, useless = start.added(disks), count - sum(disks)
    names = [
        name if some == 1 else f"{name} ({some})"
        for name, some in zip(start.names, disks, strict=True)
        if some
    ]
    rest = f"; {useless} more would add nothing" if useless else ""
    return {
        "disks": count,
        "on": listed(names) + rest if added else "any host",
        "added_bytes": added,
        "usable_bytes": ceph.usable(start.held, start.copies) + added,
    }


def _sizes(cluster: Cluster, start: _Start, wanted: int) -> Table:
    """Compare disks of half, the same, and double size for the same growth (PVC-033)."""
    rows = []
    memory = space.storage(cluster).osd_memory
    for disk in (max(1, start.disk // 2), start.disk, start.disk * 2):
        aim = ceph.usable(start.held, start.copies) + wanted
        count = growth.needed(start.held, start.copies, disk, aim)
        rows.append(
            {
                "disk_bytes": disk,
                "added_bytes": wanted,
                "disks": count,
                "osd_memory_bytes": None if count is None else count * memory,
            }
        )
    return Table("sizes of disks", rows)


def _plan(cluster: Cluster, start: _Start, more: int) -> tuple[list[Table], list[str]]:
    disks = growth.fewest(start.held, start.copies, start.disk, more)
    if disks is None:
        return [], [_why_not(start, more)]
    memory = space.storage(cluster).osd_memory
    rows = []
    for name, held, count in zip(start.names, start.held, disks, strict=True):
        if count:
            free = free_for_guests(cluster, cluster.nodes[name])
            rows.append(
                {
                    "node": name,
                    "disks": count,
                    "holds_bytes": held,
                    "then_bytes": held + count * start.disk,
                    "memory_left_bytes": None if free is None else free - count * memory,
                }
            )
    count, added = sum(disks), start.added(disks)
    what = f"{counted(count, 'disk')} of {size(start.disk)}"
    notes = [f"for {size(more)} more: {what} add {size(added)}, and no fewer are enough"]
    return [Table("growth plan", rows)], notes


def _why_not(start: _Start, more: int) -> str:
    if len(start.names) < start.copies:
        few = f"{len(start.names)} nodes are fewer than {start.copies} copies"
        return f"no disks add {size(more)}: {few}"
    return f"{size(more)} take more than {growth.MOST_DISKS} disks of {size(start.disk)}"
