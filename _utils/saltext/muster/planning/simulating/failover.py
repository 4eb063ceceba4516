"""Memory when nodes are down, by placing guests and not by sums (PVC-015).

Guests stay where they are; those of the nodes that are down must find a place on the others.
Guests whose node is not told are placed once while all nodes are up, and from there like all
others; where that does not work out, a whole new placement of them is sought.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heappushpop, nlargest

from saltext.muster.cluster import Cluster
from saltext.muster.parts import Guest
from saltext.muster.planning import sriov
from saltext.muster.planning.simulating.moves import Reach
from saltext.muster.planning.simulating.placement import Answer, Item, Rooms, Slot, place
from saltext.muster.planning.sizing import memory
from saltext.muster.sizes import size
from saltext.muster.wording import listed

#: Steps of all searches for one cluster; each case gets an equal share, but at least the least.
ALL_STEPS, LEAST_STEPS = 20_000_000, 2_000

#: Guests of all whole new placements that are sought for one cluster.
MOST_NEWLY_PLACED = 500_000

#: Sets of nodes that guests are limited to, by which nodes are told apart.
MOST_LIMITS = 64


class Failover:
    """The guests of a cluster, where they are, and where they go when nodes are down.

    cases is how many cases will be asked about: they share the steps of the search.
    """

    def __init__(self, cluster: Cluster, reach: Reach, cases: int = 1) -> None:
        self._steps = max(LEAST_STEPS, ALL_STEPS // max(1, cases))
        self._reach, self._ids = reach, tuple(cluster.nodes)
        self._here: dict[str, list[Item]] = {}
        self._loose: list[Item] = []
        for guest in cluster.guests.values():
            if guest.running:
                self._settle(guest)
        told = {id_: memory.free_for_guests(cluster, cluster.nodes[id_]) for id_ in cluster.nodes}
        serving = [id_ for id_ in cluster.nodes if id_ in reach.in_service]
        self.untold = tuple(id_ for id_ in serving if told[id_] is None)
        self._free = {
            id_: (told[id_] or 0) - sum(item.memory for item in self._here.get(id_, ()))
            for id_ in serving
            if told[id_] is not None
        }
        self._slots = self._free_slots(cluster)
        self._over_full = {id_: -free for id_, free in self._free.items() if free < 0}
        self._drained = [id_ for id_ in self._here if id_ not in reach.in_service]
        self._spread: dict[str, list[Item]] = {}
        self._known: dict[object, Answer] = {}
        self._any = all(item.anywhere for item in self._loose)
        self._newly_placed = 0
        self.kinds = self._kinds()
        self.healthy = self._whole(frozenset())
        self._settled = self._settle_loose() if self.healthy.fits else None

    def _settle_loose(self) -> Rooms:
        """Put the guests whose node is not told where they fit; return what is left then."""
        free, slots = {id_: max(0, left) for id_, left in self._free.items()}, dict(self._slots)
        for item in self._loose:
            node = self.healthy.where[item.name]
            self._spread.setdefault(node, []).append(item)
            free[node] -= item.memory
            if item.slots:
                slots[node] -= item.slots
        return Rooms(free, slots)

    def _settle(self, guest: Guest) -> None:
        slots = frozenset(sriov.function(each) for each in guest.vfs)
        nodes, home = self._reach.others(guest), guest.home
        item = Item(guest.name, guest.memory, nodes, slots)
        if home:
            self._here.setdefault(home, []).append(item)
        else:
            self._loose.append(item)

    def _kinds(self) -> dict[str, int]:
        """Return nodes by their kind: which of equal nodes is down makes no difference.

        Empty where virtual functions, or limits of guests that have a node, tell nodes apart.
        """
        if not self._bound_or_free() or any(item.slots for item in self._loose):
            return {}
        limits = {item.nodes: None for item in self._loose if item.nodes is not None}
        if len(limits) > MOST_LIMITS:
            return {}
        numbers: dict[object, int] = {}
        found = {}
        for id_ in self._ids:
            own = tuple(sorted(each.memory for each in self._here.get(id_, ()) if each.anywhere))
            inside = tuple(id_ in each for each in limits)
            kind = (id_ in self._reach.in_service, self._free.get(id_), own, inside)
            found[id_] = numbers.setdefault(kind, len(numbers))
        return found

    def _free_slots(self, cluster: Cluster) -> dict[str, frozenset[Slot]]:
        wanted = [each for guest in cluster.guests.values() if guest.running for each in guest.vfs]
        found = {}
        for id_ in self._free if wanted else ():
            held = {slot for item in self._here.get(id_, ()) for slot in item.slots}
            there = {sriov.function(v) for v in wanted if sriov.found(cluster.nodes[id_], v)}
            found[id_] = frozenset(there - held)
        return found

    def over_full(self) -> dict[str, int]:
        """Return the nodes whose own guests do not fit, with the bytes that are missing."""
        return self._over_full

    def after(self, down: Collection[str] = ()) -> Answer:
        """Return whether the guests fit on the other nodes when these are down.

        A guest that no node may take is not counted: it is none of memory's (see ``moves``).
        """
        if not self._here and not self._loose:
            return Answer(True)
        gone = frozenset(down)
        for id_, missing in self.over_full().items():
            if id_ not in gone:
                return Answer(False, f"{id_} lacks {size(missing)} for its own guests")
        if not gone:
            return self._judged(self.healthy)
        found = self._moved(gone)
        if found is None or (not found.fits and self._loose):
            found = self._whole(gone)
        return self._judged(found)

    def always(self, count: int) -> bool:
        """Say whether the guests fit whichever ``count`` nodes are down, as counting shows it.

        They do when the others always have as many places of the largest guest's size as there
        are guests to move. False = counting does not show it, they may fit all the same.
        """
        if self._settled is None or self._over_full or not self._unbound():
            return False
        moving = {id_: self._moving(id_) for id_ in self._ids}
        sizes = [item.memory for items in moving.values() for item in items]
        if not sizes:
            return True
        largest = max(1, *sizes)
        places = {id_: self._settled.memory.get(id_, 0) // largest for id_ in self._ids}
        lost = nlargest(count, (places[id_] + len(moving[id_]) for id_ in self._in_service()))
        drained = sum(len(moving[id_]) for id_ in self._drained)
        return sum(places.values()) - sum(lost) >= drained

    def first_too_heavy(self, count: int) -> tuple[str, ...]:
        """Return the first ``count`` nodes whose guests need more than all others have in sum.

        () = there are none, or something is not told.
        """
        if self._settled is None or self.untold or not self._unbound():
            return ()
        ids = list(self._in_service())
        needed = [sum(item.memory for item in self._moving(id_)) for id_ in ids]
        weights = [self._settled.memory[id_] + need for id_, need in zip(ids, needed, strict=True)]
        drained = sum(item.memory for id_ in self._drained for item in self._moving(id_))
        limit = sum(self._settled.memory.values()) - drained
        return tuple(ids[at] for at in first_over(weights, count, limit))

    def _in_service(self) -> list[str]:
        return [id_ for id_ in self._ids if id_ in self._reach.in_service]

    def _unbound(self) -> bool:
        """Whether each guest may be anywhere, or nowhere but on its own node."""
        return self._any and self._bound_or_free()

    def _bound_or_free(self) -> bool:
        settled = (item for items in self._here.values() for item in items)
        return all(item.anywhere or item.nodes == frozenset() for item in settled)

    def _moving(self, id_: str) -> list[Item]:
        """Return the guests that leave a node when it is down."""
        own = [item for item in self._here.get(id_, ()) if item.anywhere]
        return own + self._spread.get(id_, [])

    def _judged(self, found: Answer) -> Answer:
        if found.fits is False and self.untold:
            why = f"the memory of {listed(self.untold)} is not told; on the others: {found.why}"
            return Answer(None, why)
        return found

    def _moved(self, gone: frozenset[str]) -> Answer | None:
        """Place what was on these nodes, everything else stays; None = nothing is settled."""
        if self._settled is None:
            return None
        items = self._displaced(gone)
        items += _able([item for node in sorted(gone) for item in self._spread.get(node, ())], gone)
        if not items:
            return Answer(True)
        free = {id_: left for id_, left in self._settled.memory.items() if id_ not in gone}
        return place(items, Rooms(free, self._settled.slots), self._steps)

    def _whole(self, gone: frozenset[str]) -> Answer:
        """Place what was on these nodes and all guests whose node is not told."""
        key = tuple(sorted(map(self.kinds.__getitem__, gone))) if self.kinds else gone
        if key not in self._known:
            self._known[key] = self._newly(gone)
        return self._known[key]

    def _newly(self, gone: frozenset[str]) -> Answer:
        items = [*self._displaced(gone), *_able(self._loose, gone)]
        if self._newly_placed > MOST_NEWLY_PLACED:
            return Answer(None, f"undecided: {MOST_NEWLY_PLACED} guests have been newly placed")
        self._newly_placed += len(items)
        free = {id_: max(0, left) for id_, left in self._free.items() if id_ not in gone}
        return place(items, Rooms(free, self._slots), self._steps)

    def _displaced(self, gone: frozenset[str]) -> list[Item]:
        nodes = [*self._drained, *(id_ for id_ in self._here if id_ in gone)]
        return _able([item for node in dict.fromkeys(nodes) for item in self._here[node]], gone)


def _able(items: list[Item], gone: frozenset[str]) -> list[Item]:
    """Return the guests that a node which is not down may take."""
    return [item for item in items if item.nodes is None or not item.nodes <= gone]


def first_over(weights: Sequence[int], count: int, limit: int) -> tuple[int, ...]:
    """Return the first ``count`` places whose weights sum up to more than the limit, or ()."""
    chosen: list[int] = []
    for rest in reversed(range(count)):
        heaviest = _heaviest_after(weights, rest)
        start = chosen[-1] + 1 if chosen else 0
        able = (
            at for at in range(start, len(weights) - rest) if weights[at] + heaviest[at] > limit
        )
        first = next(able, None)
        if first is None:
            return ()
        chosen.append(first)
        limit -= weights[first]
    return tuple(chosen)


def _heaviest_after(weights: Sequence[int], count: int) -> list[int]:
    """Return for each place the sum of the ``count`` largest weights after it."""
    found, heap, total = [0] * len(weights), [0] * count, 0
    for at in reversed(range(len(weights))):
        found[at] = total
        if count:
            total += weights[at] - heappushpop(heap, weights[at])
    return found
