"""What is left of a Ceph pool when hosts are down: I/O by copies and mincopies (PVC-035).

The failure domain is the host: each copy of an object is on another host. Which hosts hold an
object together is Ceph's choice, so the worst is assumed: a placement group that has as many of
its copies as it can on the hosts that are down. Nothing is assumed to be recovered meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from saltext.muster.cluster import Cluster
from saltext.muster.finding import NotAsked
from saltext.muster.parts import CephPool
from saltext.muster.planning.simulating import failures
from saltext.muster.planning.simulating.failures import Counted
from saltext.muster.wording import listed


class Untold(NotAsked):
    """What the cluster file does not tell, so that a question stays open; the text says it."""


@dataclass(frozen=True)
class Left:
    """The copies of the worst placement group that are left, of those that are placed at all."""

    left: int
    placed: int
    pool: CephPool

    @property
    def io(self) -> bool:
        """Whether the pool still serves reads and writes."""
        return self.placed > 0 and self.left >= max(self.pool.mincopies, 1)

    @property
    def lost(self) -> bool:
        """Whether there are objects of which no copy is left."""
        return self.placed > 0 and self.left == 0

    def words(self) -> str:
        """Return ``1 of 3 copies left, 2 needed for I/O``; no copy needs no further word."""
        found = f"{self.left} of {self.pool.copies} copies left"
        if self.io or self.lost:
            return found
        return f"{found}, {self.pool.mincopies} needed for I/O"


def hosts(cluster: Cluster) -> tuple[str, ...]:
    """Return the nodes that have disks for storage, in the order of the file.

    Raises Untold when storage is elsewhere, or a node's hardware is not told.
    """
    if cluster.ceph is not None and cluster.ceph.external:
        raise Untold("the Ceph is external: its hosts are not in this file")
    untold = [node.id for node in cluster.nodes.values() if node.hardware not in cluster.hardware]
    if untold:
        raise Untold(f"the disks of {listed(untold)} are not told: declare `hardware`")
    return tuple(node.id for node in cluster.nodes.values() if cluster.hardware_of(node).disks)


def after(pool: CephPool, storing: int, down: int) -> Left:
    """Return what is left of a pool on ``storing`` hosts when ``down`` of them are down."""
    placed = min(pool.copies, storing)
    return Left(placed - min(placed, down), placed, pool)


def tolerated(pool: CephPool, storing: int) -> int:
    """Return how many hosts may be down while I/O goes on (PVC-039); -1 = it never works."""
    if not after(pool, storing, 0).io:
        return -1
    return min(pool.copies, storing) - max(pool.mincopies, 1)


def stopped_by(cluster: Cluster, pool: CephPool, count: int, *, lost: bool = False) -> Counted:
    """Count the choices of ``count`` nodes that stop a pool's I/O, or that lose data of it.

    Raises Untold like ``hosts``.
    """
    storing = frozenset(hosts(cluster))

    def fails(down: int) -> bool:
        found = after(pool, len(storing), down)
        return found.lost if lost else not found.io

    kinds = [id_ in storing for id_ in cluster.nodes]
    return failures.choose(kinds, count, lambda numbers: fails(numbers.get(True, 0)))


def at(storing: Collection[str], pool: CephPool, down: Collection[str]) -> Left:
    """Return what is left of a pool on these hosts when the nodes of these ids are down."""
    gone = frozenset(down)
    return after(pool, len(storing), sum(1 for id_ in storing if id_ in gone))
