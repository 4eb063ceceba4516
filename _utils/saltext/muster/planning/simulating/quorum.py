"""The quorum of PVC's coordinators: what may fail, and what must not (PVC-089 to PVC-093)."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from saltext.muster.cluster import Cluster
from saltext.muster.planning.simulating import failures
from saltext.muster.planning.simulating.failures import Case, Counted, Cut

COORDINATOR = "coordinator"


@dataclass(frozen=True)
class Votes:
    """The coordinators that reach each other, out of all that are declared."""

    left: int
    total: int

    @property
    def needed(self) -> int:
        """How many make a majority: more than half of all that are declared."""
        return self.total // 2 + 1

    @property
    def holds(self) -> bool:
        """Whether those that are left are a majority."""
        return self.left >= self.needed

    def words(self) -> str:
        """Return ``1 of 3 coordinators left, 2 needed``."""
        return f"{self.left} of {self.total} coordinators left, {self.needed} needed"


@dataclass(frozen=True)
class Loss:
    """A case that costs the quorum."""

    case: Case
    votes: Votes

    def words(self) -> str:
        """Return the case and what is left in one sentence."""
        return f"{self.case.words()}: {self.votes.words()}"


def votes(cluster: Cluster, down: Container[str] = ()) -> Votes:
    """Return the coordinators that are left when the nodes of these ids are down."""
    ids = [node.id for node in cluster.with_role(COORDINATOR)]
    return Votes(sum(1 for id_ in ids if id_ not in down), len(ids))


def lost_by(cluster: Cluster, count: int) -> Counted:
    """Count the choices of ``count`` nodes that cost the quorum."""
    whole = votes(cluster)
    kinds = [node.role == COORDINATOR for node in cluster.nodes.values()]

    def lost(down: dict[bool, int]) -> bool:
        return not Votes(whole.total - down.get(True, 0), whole.total).holds

    return failures.choose(kinds, count, lambda down: lost(dict(down)))


def lost_sites(cluster: Cluster) -> list[Loss]:
    """Return the sites that must not fail: without one of them there is no majority (PVC-089).

    2+1 and 3+2 coordinators over two sites give the larger site; 1+1+1 and 2+2+1 give none
    (PVC-090, PVC-091). A cluster whose nodes are all in one site gives that site.
    """
    total = votes(cluster).total
    sites = zip(failures.sites(cluster), shape(cluster).values(), strict=True)
    found = [Loss(case, Votes(total - count, total)) for case, count in sites]
    return [loss for loss in found if not loss.votes.holds]


def shape(cluster: Cluster) -> dict[str, int]:
    """Return how many coordinators each site has, in the order of the file."""
    found: dict[str, int] = {}
    for node in cluster.nodes.values():
        if node.site:
            found[node.site] = found.get(node.site, 0) + (node.role == COORDINATOR)
    return found


def shape_words(cluster: Cluster) -> str:
    """Return the shape as the source writes it, the largest site first: ``2+1``."""
    return "+".join(str(count) for count in sorted(shape(cluster).values(), reverse=True) if count)


def side_votes(cluster: Cluster, cut: Cut) -> list[Votes]:
    """Return what the coordinators of each side are when the network between them is cut."""
    total = votes(cluster).total
    sides = [frozenset(side) for side in cut.nodes]
    return [
        Votes(sum(1 for node in cluster.with_role(COORDINATOR) if node.id in side), total)
        for side in sides
    ]


def majority(cluster: Cluster, cut: Cut) -> int | None:
    """Return which side of a cut has a majority, None when no side has."""
    found = side_votes(cluster, cut)
    return next((side for side, each in enumerate(found) if each.holds), None)
