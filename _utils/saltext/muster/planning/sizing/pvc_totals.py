"""PVC's totals: what all nodes have, and have with the largest one down, beside its document's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.parts import CephPool, Hardware
from saltext.muster.planning.sheet import Table
from saltext.muster.planning.simulating.sums import sums
from saltext.muster.planning.sizing import space
from saltext.muster.planning.sizing.headroom import Resource
from saltext.muster.sizes import size
from saltext.muster.wording import listed

GB = 10**9

#: The edition with one column of numbers; those before have one for each tier.
REWRITTEN = "0.9.39"

#: The totals are those of as many nodes; more nodes have them too.
NODES = 3


@dataclass(frozen=True)
class Totals:
    """A column of the document's table for three nodes: (healthy, one down), sizes in bytes."""

    cores: tuple[int, int]
    memory: tuple[int, int]
    space: int


_REWRITTEN = Totals((24, 16), (96 * GB, 64 * GB), 400 * GB)
_BY_TIER = {
    "test": Totals((12, 8), (48 * GB, 32 * GB), 200 * GB),
    "production": Totals((24, 16), (144 * GB, 96 * GB), 400 * GB),
    "heavy": Totals((36, 24), (192 * GB, 128 * GB), 800 * GB),
}


def totals(cluster: Cluster) -> Totals:
    """Return the column that a cluster is held against, by its edition and tier."""
    if cluster.edition == REWRITTEN:
        return _REWRITTEN
    return _BY_TIER.get(cluster.tier, _BY_TIER["production"])


def cores(cluster: Cluster) -> Iterable[Finding]:
    """Prove that there are cores enough, also with a node down (PVC-008).

    Raises NotAsked for fewer than three nodes, and where a node's cores are not told.
    """
    have = _cores(cluster)
    yield from _short(cluster, have, totals(cluster).cores, "cores", str)


def memory(cluster: Cluster) -> Iterable[Finding]:
    """Prove that there is memory enough, also with a node down (PVC-009). Raises as ``cores``."""
    have = _memory(cluster)
    yield from _short(cluster, have, totals(cluster).memory, "memory", size)


def disks(cluster: Cluster) -> Iterable[Finding]:
    """Prove that guests have space enough (PVC-010).

    It is judged by what can really be stored, with the copies of the pool that has most. Raises
    NotAsked for fewer than three nodes, and where no Ceph or no disk is told.
    """
    _several(cluster)
    pool, held = _pool_and_hosts(cluster)
    have, least = space.usable(held, pool), totals(cluster).space
    if have < least:
        what = f"wanted {size(least)} of space with {pool.copies} copies ({_column(cluster)})"
        yield _told(cluster)(
            ("nodes",),
            f"{what}, seen {size(have)}",
            "plan more or larger storage disks",
            "wanted more space for guests",
        )


def allocated(cluster: Cluster) -> Iterable[Finding]:
    """Prove that running guests' memory does not exceed n-1 (PVC-017, PVC-019).

    As PVC reckons it: the sum of nodes' memory without (one of) the largest, services not taken
    off; equality is no excess. Swap does not silence it (PVC-018). Raises NotAsked for a single
    node, where nothing runs, and where a node's memory is not told.
    """
    if len(cluster.nodes) < 2:
        raise NotAsked("there is no second node")
    found = sums(cluster)
    if not found.guests:
        raise NotAsked("no running guest is planned")
    if found.degraded:
        yield doubtful(
            ("guests",),
            f"PVC will be degraded: with one node down, {found.words()}",
            "plan less memory for guests or more for nodes"
            + ("; swap carries it, but PVC still warns" if found.carried else ""),
            "running guests have more memory than there is with one node down",
        )


def tables(cluster: Cluster) -> tuple[list[Table], list[str]]:
    """Return totals beside the document's, the rule of thumb beside exact numbers, and n-1.

    The second value are notes of what is undecided. (PVC-008 to 010, 016 to 019)
    """
    found, notes = [], dict[str, None]()
    for name, parts in (
        ("PVC totals", (_total_cores, _total_memory, _total_space)),
        ("rule of thumb", (_thumb_cores, _thumb_memory, _thumb_disks)),
        ("PVC memory at n-1", (_swapped,)),
    ):
        rows = []
        for part in parts:
            try:
                rows.append(part(cluster))
            except NotAsked as why:
                notes[f"{name}: {why}"] = None
        found += [Table(name, rows)] if rows else []
    return found, list(notes)


def _total_cores(cluster: Cluster) -> dict[str, Any]:
    return _total("cores", _cores(cluster), totals(cluster).cores, str)


def _total_memory(cluster: Cluster) -> dict[str, Any]:
    return _total("memory", _memory(cluster), totals(cluster).memory, size)


def _total_space(cluster: Cluster) -> dict[str, Any]:
    _several(cluster)
    pool, held = _pool_and_hosts(cluster)
    return {
        "resource": f"space, {pool.copies} copies",
        "all_up": size(space.usable(held, pool)),
        "wanted": size(totals(cluster).space),
        "largest_down": size(space.usable(space.without_largest(held), pool)),
        "wanted_then": "",
    }


def _total(
    name: str, have: Resource, wanted: tuple[int, int], text: Callable[[int], str]
) -> dict[str, Any]:
    return {
        "resource": name,
        "all_up": text(have.all_up),
        "wanted": text(wanted[0]),
        "largest_down": text(have.one_down),
        "wanted_then": text(wanted[1]),
    }


def _thumb_cores(cluster: Cluster) -> dict[str, Any]:
    have = _cores(cluster)
    return _line("cores", str, have.all_up, _all_but_one(cluster), have.one_down)


def _thumb_memory(cluster: Cluster) -> dict[str, Any]:
    have = _memory(cluster)
    return _line("memory", size, have.all_up, _all_but_one(cluster), have.one_down)


def _thumb_disks(cluster: Cluster) -> dict[str, Any]:
    _several(cluster)
    pool, held = _pool_and_hosts(cluster)
    return _line("disks", size, sum(held), Fraction(1, pool.copies), space.usable(held, pool))


def _all_but_one(cluster: Cluster) -> Fraction:
    """Return PVC-016's share of memory and cores: two thirds of three nodes."""
    return Fraction(len(cluster.nodes) - 1, len(cluster.nodes))


def _line(
    name: str, text: Callable[[int], str], all_up: int, share: Fraction, exact: int
) -> dict[str, Any]:
    # A share of whole MiB is told in MiB too, as size() does.
    step = 1 if all_up % 1024**2 else 1024**2
    return {
        "resource": name,
        "sum": text(all_up),
        "share": str(share),
        "by_rule_of_thumb": text(int(all_up * share) // step * step),
        "exactly": text(exact),
    }


def _swapped(cluster: Cluster) -> dict[str, Any]:
    if len(cluster.nodes) < 2:
        raise NotAsked("there is no second node")
    found = sums(cluster)
    return {
        "left_at_n-1_bytes": found.remaining,
        "running_guests_bytes": found.guests,
        "exceeded": found.degraded,
        "short_bytes": max(0, found.guests - found.remaining),
        "swap_bytes": found.swap,
    }


def _pool_and_hosts(cluster: Cluster) -> tuple[CephPool, list[int]]:
    space.storage(cluster)
    return space.strictest(cluster), list(space.capacities(cluster).values())


def _cores(cluster: Cluster) -> Resource:
    return _asked(cluster, "cores", lambda model: model.cores)


def _memory(cluster: Cluster) -> Resource:
    return _asked(cluster, "memory", lambda model: model.memory)


def _asked(cluster: Cluster, what: str, of: Callable[[Hardware], int]) -> Resource:
    _several(cluster)
    nodes = cluster.nodes.values()
    untold = [node.id for node in nodes if not of(cluster.hardware_of(node))]
    if untold:
        raise NotAsked(f"undecided: the hardware does not tell the {what} of {listed(untold)}")
    return Resource([of(cluster.hardware_of(node)) for node in nodes], 0)


def _several(cluster: Cluster) -> None:
    if len(cluster.nodes) < NODES:
        raise NotAsked(f"the document's totals are those of {NODES} nodes or more")


def _short(
    cluster: Cluster,
    have: Resource,
    wanted: tuple[int, int],
    what: str,
    text: Callable[[int], str],
) -> Iterator[Finding]:
    if have.all_up >= wanted[0] and have.one_down >= wanted[1]:
        return
    yield _told(cluster)(
        ("nodes",),
        f"{what} of all nodes / with the largest down: wanted {text(wanted[0])} /"
        f" {text(wanted[1])} ({_column(cluster)}), seen {text(have.all_up)} /"
        f" {text(have.one_down)}",
        "plan more nodes or larger ones"
        + (", or write the tier that they are for" if cluster.tier != "test" else ""),
        f"wanted more {what} in all, or with the largest node down",
    )


def _column(cluster: Cluster) -> str:
    """Return which column of the document's table ``totals`` are, in words."""
    return f"edition {REWRITTEN}" if cluster.edition == REWRITTEN else f"tier {cluster.tier}"


def _told(cluster: Cluster) -> Callable[..., Finding]:
    """Return how a shortage is told: the rewritten chapter lets tests and labs go below."""
    return doubtful if cluster.edition == REWRITTEN and cluster.tier == "test" else wrong
