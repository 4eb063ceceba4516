"""What replicated storage holds when no host has two copies of the same object: exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

#: What a pool has stored: bytes before copying, and copies of each object.
Stored = tuple[int, int]

# An object's copies are on different hosts, so the hosts outside of any j of them hold at least
# copies - j copies of it. By the max-flow min-cut theorem that is enough too: data fits when, for
# each j, the hosts without the j largest have room for that much. Bytes stand for objects.


def usable(host_capacities: Iterable[int], copies: int) -> int:
    """Return how many bytes a pool can store, before copying (PVC-036).

    It is the largest x with sum(min(capacity, x)) >= copies * x. host_capacities are in bytes.
    Raises ValueError for a number of copies below 1.
    """
    return room(host_capacities, copies)


def room(host_capacities: Iterable[int], copies: int, stored: Sequence[Stored] = ()) -> int:
    """Return how many bytes more a pool can store beside what pools have stored.

    Arguments as those of ``usable``; 0 where not even what is stored fits.
    """
    if copies < 1:
        raise ValueError("a pool has at least one copy")
    found = []
    needs = [_needed(stored, without) for without in range(_most(stored, copies))]
    for without, (rest, need) in enumerate(zip(_rests(host_capacities), needs, strict=False)):
        if need > rest:
            return 0
        if without < copies:
            found.append((rest - need) // (copies - without))
    return min(found)


def fullness(host_capacities: Iterable[int], stored: Sequence[Stored]) -> Fraction | None:
    """Return which share of the space is taken: over 1 when it does not fit.

    None when no number of such hosts' bytes is enough: there are fewer hosts than copies.
    """
    most = Fraction(0)
    for without, rest in zip(range(_most(stored, 1)), _rests(host_capacities), strict=False):
        need = _needed(stored, without)
        if need and not rest:
            return None
        most = max(most, Fraction(need, rest)) if need else most
    return most


def wasted(host_capacities: Sequence[int], copies: int) -> list[int]:
    """Return the bytes of each host that a pool with so many copies can never use.

    Besides them at most ``copies`` - 1 bytes are left over in all.
    """
    most = usable(host_capacities, copies)
    return [max(0, capacity - most) for capacity in host_capacities]


def _rests(host_capacities: Iterable[int]) -> Iterator[int]:
    """Give the sum of all capacities, then without the largest, the two largest, and so on."""
    largest = sorted(host_capacities, reverse=True)
    rest = sum(largest)
    yield rest
    for capacity in largest:
        rest -= capacity
        yield rest
    while True:
        yield 0


def _needed(stored: Iterable[Stored], without: int) -> int:
    return sum(data * max(0, copies - without) for data, copies in stored)


def _most(stored: Iterable[Stored], copies: int) -> int:
    return max([copies, *(each for _data, each in stored)])
