"""Headroom: what all nodes have for guests, what is planned, now and with the largest node down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from saltext.muster.cluster import Cluster, Node
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.planning.sheet import Table
from saltext.muster.planning.sizing import ceph, space
from saltext.muster.planning.sizing.memory import alike, free_for_guests
from saltext.muster.sizes import size
from saltext.muster.wording import listed

#: Where Ceph warns, and where it stops all writes, as shares of the space: its own defaults.
NEARLY_FULL, FULL = Fraction(85, 100), Fraction(95, 100)


@dataclass(frozen=True)
class Resource:
    """What nodes have of a resource, node by node, and what running guests are planned to take."""

    each: Sequence[int]
    planned: int

    @property
    def all_up(self) -> int:
        """The sum over all nodes."""
        return sum(self.each)

    @property
    def one_down(self) -> int:
        """The sum without (one of) the largest, as PVC reckons n-1 (PVC-019)."""
        return sum(self.each) - max(self.each, default=0)

    def states(self) -> list[tuple[str, int]]:
        """Return what there is with all nodes up, and with the largest of several down."""
        found = [("all nodes up", self.all_up), ("largest node down", self.one_down)]
        return found if len(self.each) > 1 else found[:1]


def memory(cluster: Cluster) -> Resource | list[str]:
    """Return memory for guests in bytes, services taken off, or the nodes where it is not told."""
    planned = sum(guest.memory for guest in cluster.guests.values() if guest.running)
    return _resource(cluster, lambda node: free_for_guests(cluster, node), planned)


def cores(cluster: Cluster) -> Resource | list[str]:
    """Return cores, and virtual ones of guests, or the nodes where they are not told."""
    planned = sum(guest.vcpus for guest in cluster.guests.values() if guest.running)
    return _resource(cluster, lambda node: cluster.hardware_of(node).cores or None, planned)


def _resource(
    cluster: Cluster, of: Callable[[Node], int | None], planned: int
) -> Resource | list[str]:
    """Return what nodes have together; drained ones are left out: no guest runs there."""
    kinds = {kind: of(nodes[0]) for kind, nodes in alike(cluster).items()}
    nodes = [node for node in cluster.nodes.values() if not node.drained]
    untold = [node.id for node in nodes if kinds[node.role, node.hardware] is None]
    return untold or Resource([kinds[node.role, node.hardware] or 0 for node in nodes], planned)


def tables(cluster: Cluster) -> tuple[list[Table], list[str]]:
    """Return headroom in memory and cores as tables, and notes of what is undecided (PVC-001)."""
    found, notes = [], []
    for name, unit, resource in (
        ("memory for guests", "_bytes", memory(cluster)),
        ("cores", "", cores(cluster)),
    ):
        if isinstance(resource, list):
            notes.append(f"{name}: undecided, the hardware does not tell it of {listed(resource)}")
        else:
            found.append(Table(name, _rows(resource, unit)))
    drained = [node.id for node in cluster.nodes.values() if node.drained]
    if drained and found:
        notes.append(f"memory for guests, cores: without {listed(drained)}, drained")
    return found, notes


def sized(cluster: Cluster) -> Iterable[Finding]:
    """Prove that data and guests fit, also with the largest node down (PVC-001).

    Raises NotAsked when neither hardware nor what is planned is told.
    """
    found, asked = [], False
    resource = memory(cluster)
    if isinstance(resource, Resource) and resource.planned:
        asked = True
        found += list(_memory(resource))
    try:
        space.storage(cluster)
    except NotAsked:
        pass
    else:
        asked = True
        found += list(_storage(cluster))
    if not asked:
        raise NotAsked("the file tells of no hardware, or of neither guests nor storage")
    return found


def _memory(resource: Resource) -> Iterable[Finding]:
    for when, have in resource.states():
        if resource.planned > have:
            yield doubtful(
                ("guests",),
                f"running guests have {size(resource.planned)} of memory, nodes that are not"
                f" drained have {size(have)} for them ({when})",
                "plan less memory for guests, or more nodes or memory",
                "running guests have more memory than there is for them",
            )
            return


def _storage(cluster: Cluster) -> Iterable[Finding]:
    held, copies = list(space.capacities(cluster).values()), space.strictest(cluster).copies
    data, where = space.stored(cluster, copies), ("ceph", "pools")
    if len(held) < copies:
        return  # PVC-035 judges that
    full = ceph.fullness(held, data)
    if full is None or full > FULL:
        yield wrong(where, _full(full, "all hosts up"), _LESS, "the data does not fit")
    elif full > NEARLY_FULL:
        yield doubtful(where, _full(full, "all hosts up"), _REMEDY, "the storage is nearly full")
    elif len(held) > copies:
        left = ceph.fullness(space.without_largest(held), data)
        if left is None or left > NEARLY_FULL:
            what = "the storage is too full once the largest host is lost"
            yield doubtful(where, _full(left, "the largest host lost"), _REMEDY, what)


#: A file that is refused has no sheet of its capacity, so that this cannot name the command.
_LESS = "plan less data, or more or larger disks"
_REMEDY = f"{_LESS}: `muster capacity --more` says which"


def _full(share: Fraction | None, when: str) -> str:
    percent = space.percent(share)
    seen = "it does not fit" if percent is None else f"it takes {percent} % of the space"
    return (
        f"with {when} the pools' data cannot stay below Ceph's limits: {seen};"
        f" Ceph warns at {float(NEARLY_FULL):.0%} and stops writes at {float(FULL):.0%}"
    )


def _rows(resource: Resource, unit: str) -> list[dict[str, Any]]:
    return [
        {
            "state": state,
            f"have{unit}": have,
            f"planned{unit}": resource.planned,
            f"left{unit}": have - resource.planned,
            "percent_planned": space.percent(Fraction(resource.planned, have)) if have else None,
        }
        for state, have in resource.states()
    ]
