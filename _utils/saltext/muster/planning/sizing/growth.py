"""Which disks to add on which hosts, so that usable space really grows."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from saltext.muster.planning.sizing import ceph

#: Disks of a plan at most: what needs more is a matter of larger disks.
MOST_DISKS = 100_000

# A disk on a host that is d bytes below the aim brings the aim min(disk, d) bytes nearer: each
# further disk of a host no more than the one before. So the disks that bring most, whichever
# hosts they are on, are the fewest.


def fewest(capacities: Sequence[int], copies: int, disk: int, more: int) -> list[int] | None:
    """Return how many disks to add on each host for ``more`` usable bytes, the fewest in all.

    capacities are the hosts' in bytes, copies the pool's, disk is the size of each new disk. Of
    equal plans it is the one that adds on the smallest hosts first, then in the hosts' order.
    None when no number of disks is enough, or it would take more than MOST_DISKS. (PVC-031, 037)
    """
    aim = ceph.usable(capacities, copies) + more
    count = needed(capacities, copies, disk, aim)
    return None if count is None or count > MOST_DISKS else _spread(capacities, disk, aim, count)


def best(capacities: Sequence[int], copies: int, disk: int, count: int) -> list[int]:
    """Return on which hosts ``count`` disks add most usable space: disks on each host.

    Disks that would add nothing are left out. Arguments as those of ``fewest``.
    """
    hosts, low = Counter(capacities), ceph.usable(capacities, copies)
    high = (sum(capacities) + count * disk) // copies
    while low < high:
        middle = (low + high + 1) // 2
        takes = _needed(hosts, copies, disk, middle)
        low, high = (middle, high) if takes is not None and takes <= count else (low, middle - 1)
    return _spread(capacities, disk, low, _needed(hosts, copies, disk, low) or 0)


def needed(capacities: Iterable[int], copies: int, disk: int, aim: int) -> int | None:
    """Return how many disks it takes at least until ``aim`` bytes are usable; None = never."""
    return _needed(Counter(capacities), copies, disk, aim)


def _needed(hosts: Mapping[int, int], copies: int, disk: int, aim: int) -> int | None:
    """Do so for hosts counted by their capacity: most have the same."""
    if disk < 1:
        raise ValueError("a disk has at least one byte")
    missing = copies * aim - sum(min(held, aim) * count for held, count in hosts.items())
    if missing <= 0:
        return 0
    gaps = [(aim - held, count) for held, count in hosts.items() if held < aim]
    whole = sum(gap // disk * count for gap, count in gaps)
    if whole * disk >= missing:
        return -(-missing // disk)
    missing -= whole * disk
    for part, count in sorted(((gap % disk, count) for gap, count in gaps), reverse=True):
        if part and part * count >= missing:
            return whole + -(-missing // part)
        missing, whole = missing - part * count, whole + count
    return None


def grown(capacities: Sequence[int], disks: Sequence[int], disk: int) -> list[int]:
    """Return the hosts' capacities with so many disks more on each."""
    return [capacity + count * disk for capacity, count in zip(capacities, disks, strict=True)]


def _spread(capacities: Sequence[int], disk: int, aim: int, count: int) -> list[int]:
    """Return the disks of each host: those that count in full first, on the smallest hosts."""
    disks = [0] * len(capacities)
    below = [(capacity, index) for index, capacity in enumerate(capacities)]
    below = [each for each in below if each[0] + disk <= aim]
    heapq.heapify(below)
    while below and count:
        capacity, index = heapq.heappop(below)
        disks[index], count = disks[index] + 1, count - 1
        if capacity + 2 * disk <= aim:
            heapq.heappush(below, (capacity + disk, index))
    parts = [
        (-((aim - capacity) % disk), index)
        for index, capacity in enumerate(capacities)
        if capacity < aim
    ]
    for _part, index in sorted(parts)[:count]:
        disks[index] += 1
    return disks
