"""Memory by sums, as PVC warns by it: without one of the largest nodes (PVC-017 to PVC-020)."""

from __future__ import annotations

from dataclasses import dataclass

from saltext.muster.cluster import Cluster
from saltext.muster.planning.simulating.storage_loss import Untold
from saltext.muster.planning.sizing import memory
from saltext.muster.sizes import size
from saltext.muster.wording import listed


@dataclass(frozen=True)
class Sums:
    """Memory by sums, in bytes: all nodes, the largest of them, all running guests, all swap.

    swap is that of all nodes but one of the largest.
    """

    memory: int
    largest: int
    guests: int
    swap: int

    @property
    def remaining(self) -> int:
        """What is left when one of the largest nodes is down (PVC-019)."""
        return self.memory - self.largest

    @property
    def degraded(self) -> bool:
        """Whether the guests exceed what remains; the same size does not (PVC-017)."""
        return self.guests > self.remaining

    @property
    def carried(self) -> bool:
        """Whether there is swap for all that is too few (PVC-018)."""
        return self.guests - self.remaining <= self.swap

    def words(self) -> str:
        """Return the sums in words, with the swap beside a shortfall (PVC-018)."""
        found = f"running guests have {size(self.guests)}, {size(self.remaining)} remain"
        if not self.degraded:
            return found
        short = self.guests - self.remaining
        return f"{found}: {size(short)} too few, beside {size(self.swap)} of swap"


def sums(cluster: Cluster, *, net: bool = False) -> Sums:
    """Return memory by sums; net leaves out what the nodes' services take (PVC-020).

    Raises Untold when the memory of a node is not told.
    """
    models = [(node, cluster.hardware_of(node)) for node in cluster.nodes.values()]
    untold = [node.id for node, model in models if not model.memory]
    if untold:
        raise Untold(f"the memory of {listed(untold)} is not told: declare `hardware`")
    nodes = [
        ((memory.free_for_guests(cluster, node) or 0) if net else model.memory, model.swap)
        for node, model in models
    ]
    guests = sum(guest.memory for guest in cluster.guests.values() if guest.running)
    # Of the largest, the one with the most swap: what remains is told at its least.
    largest, its_swap = max(nodes, default=(0, 0))
    total, swap = sum(each for each, _swap in nodes), sum(each for _memory, each in nodes)
    return Sums(total, largest, guests, swap - its_swap)
