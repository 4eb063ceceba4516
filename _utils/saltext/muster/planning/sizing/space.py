"""Space of a cluster's Ceph: what its disks give, what is stored, and how it grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.finding import NotAsked
from saltext.muster.parts import Ceph, CephPool
from saltext.muster.planning.sheet import Table
from saltext.muster.planning.simulating import storage_loss
from saltext.muster.planning.sizing import ceph
from saltext.muster.planning.sizing.memory import needed_ceph
from saltext.muster.sizes import size
from saltext.muster.wording import listed

#: The pool that is reckoned with where the file tells of none: PVC's defaults (PVC-035).
UNTOLD = "(as by default)"


def storage(cluster: Cluster) -> Ceph:
    """Return the Ceph on the cluster's nodes.

    Raises NotAsked when there is none, when no node has disks, and when some nodes do not tell
    theirs: what is usable depends on all of them.
    """
    found = needed_ceph(cluster)
    if not storage_loss.hosts(cluster):
        raise NotAsked("no node has disks for storage")
    return found


def capacities(cluster: Cluster) -> dict[str, int]:
    """Return what the storage disks of each host hold, in bytes by minion id."""
    sums = {name: sum(model.disks) for name, model in cluster.hardware.items()}
    found = {node.id: sums.get(node.hardware, 0) for node in cluster.nodes.values()}
    return {name: capacity for name, capacity in found.items() if capacity}


def pools(cluster: Cluster) -> Mapping[str, CephPool]:
    """Return the replicated pools by name, or one of PVC's defaults where none is told.

    Raises NotAsked when no Ceph runs on the nodes.
    """
    told = needed_ceph(cluster).pools
    found = {name: pool for name, pool in told.items() if pool.type == "replicated"}
    return found if told else {UNTOLD: CephPool()}


def strictest(cluster: Cluster) -> CephPool:
    """Return the first pool that has most copies, one of a single copy when none is replicated."""
    found = pools(cluster).values()
    return max(found, key=lambda pool: pool.copies, default=CephPool(copies=1, mincopies=1))


def usable(held: Sequence[int], pool: CephPool) -> int:
    """Return how many bytes a pool can store on hosts that hold so much.

    With fewer hosts than copies it keeps as many copies as there are hosts, and stores nothing
    when those are fewer than its mincopies (PVC-035).
    """
    copies = min(pool.copies, len(held))
    return ceph.usable(held, copies) if copies >= max(1, pool.mincopies) else 0


def stored(cluster: Cluster, hosts: int) -> list[ceph.Stored]:
    """Return what is to be stored in each pool, with as many of its copies as hosts can keep."""
    return [(pool.data, min(pool.copies, hosts)) for pool in pools(cluster).values()]


def without_largest(values: Iterable[int]) -> list[int]:
    """Return the values without the largest one: what is left when that host is down."""
    return sorted(values)[:-1]


def tables(cluster: Cluster) -> list[Table]:
    """Return what pools can store, how full the storage is, and what each host gives.

    Raises NotAsked as ``storage``.
    """
    storage(cluster)
    held = list(capacities(cluster).values())
    rows = [_pool(cluster, name, pool, held) for name, pool in pools(cluster).items()]
    states = [("all hosts up", held), ("largest host down", without_largest(held))]
    some = states if len(held) > 1 else states[:1]
    return [
        Table("pools", rows),
        Table("storage", [_state(cluster, state, each) for state, each in some]),
        Table("storage hosts", _hosts(cluster)),
    ]


def notes(cluster: Cluster) -> list[str]:
    """Return what the numbers leave open: on unequal hosts, what Ceph's own choice reaches."""
    if len(set(capacities(cluster).values())) < 2:
        return []
    return [
        "storage: hosts hold unequal space; what is usable is the most there is, and Ceph, which"
        " fills hosts by their weights, may be full before"
    ]


def percent(share: Fraction | None) -> float | None:
    """Return a share in percent, to a tenth; None stays None."""
    return None if share is None else round(float(share * 100), 1)


def disk_sizes(cluster: Cluster) -> Counter[int]:
    """Return how many storage disks of each size the nodes have."""
    nodes = Counter(node.hardware for node in cluster.nodes.values())
    found: Counter[int] = Counter()
    for name, model in cluster.hardware.items():
        for disk in model.disks:
            found[disk] += nodes[name]
    return +found


def usual_disk(cluster: Cluster) -> int:
    """Return the size of disk that the nodes have most of, the larger of two; 0 = no disks."""
    counted = disk_sizes(cluster).items()
    return max(counted, key=lambda item: (item[1], item[0]), default=(0, 0))[0]


def _pool(cluster: Cluster, name: str, pool: CephPool, held: Sequence[int]) -> dict[str, Any]:
    left, most = without_largest(held), usable(held, pool)
    room = ceph.room(held, min(pool.copies, len(held)), stored(cluster, len(held)))
    return {
        "pool": name,
        "copies": pool.copies,
        "mincopies": pool.mincopies,
        # PVC-039, from the copies that there are hosts for.
        "hosts_down_with_io": max(0, min(pool.copies, len(held)) - pool.mincopies),
        "sum_by_copies_bytes": sum(held) // pool.copies,
        "usable_bytes": most,
        "usable_without_largest_bytes": usable(left, pool),
        "data_bytes": pool.data,
        "room_bytes": min(most, room),
    }


def _state(cluster: Cluster, state: str, held: Sequence[int]) -> dict[str, Any]:
    data = stored(cluster, len(held))
    return {
        "state": state,
        "hosts": len(held),
        "raw_bytes": sum(held),
        "copied_data_bytes": sum(amount * copies for amount, copies in data),
        "percent_full": percent(ceph.fullness(held, data)),
        "all_copies": len(held) >= strictest(cluster).copies,
    }


def _hosts(cluster: Cluster) -> list[dict[str, Any]]:
    held = capacities(cluster)
    copies = min(strictest(cluster).copies, len(held))
    lost = dict(zip(held, ceph.wasted(list(held.values()), copies), strict=True))
    rows = []
    for model, names in _by_hardware(cluster).items():
        disks = Counter(cluster.hardware[model].disks)
        rows.append(
            {
                "hosts": listed(names),
                "count": len(names),
                "disks": [f"{count}x {size(disk)}" for disk, count in sorted(disks.items())],
                "capacity_bytes": held[names[0]],
                "wasted_bytes": lost[names[0]],
            }
        )
    return rows


def _by_hardware(cluster: Cluster) -> dict[str, list[str]]:
    """Return the hosts with storage by their model of hardware, in the file's order."""
    held, found = capacities(cluster), dict[str, list[str]]()
    for node in cluster.nodes.values():
        if node.id in held:
            found.setdefault(node.hardware, []).append(node.id)
    return found
