"""Whether guests fit on nodes: an exact answer, or that it is undecided, never a guess.

First come proofs that they do not fit (a guest that fits nowhere; more memory than there is; more
large guests than places for large ones), then two quick ways to find a placement, then a search
through all placements with a bounded number of steps. A placement found is the proof that they
fit; a search that ends is the proof that they do not.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from saltext.muster.sizes import size
from saltext.muster.wording import counted

#: A virtual function: an interface and a number.
Slot = tuple[str, int]

#: Steps of the search at most; a step looks at one node for one guest.
MOST_STEPS = 1_000_000

#: Distinct sizes of guests, from the largest, whose number is compared with the places for them.
_SIZES = 16

#: Distinct sets of allowed nodes that are compared with each other.
_SETS = 32


@dataclass(frozen=True)
class Item:
    """A guest to be placed: bytes of memory, the nodes it may be on (None = any), its slots."""

    name: str
    memory: int
    nodes: frozenset[str] | None = None
    slots: frozenset[Slot] = frozenset()

    @property
    def anywhere(self) -> bool:
        """Whether any node with enough memory will do."""
        return self.nodes is None and not self.slots


@dataclass(frozen=True)
class Rooms:
    """What nodes have free: bytes of memory, and slots where there are any."""

    memory: Mapping[str, int]
    slots: Mapping[str, frozenset[Slot]] = field(default_factory=dict)

    def of(self, item: Item) -> Iterator[str]:
        """Give the nodes that an item may be on, by its nodes and slots."""
        allowed = self.memory if item.nodes is None else item.nodes
        for node in self.memory if len(allowed) >= len(self.memory) else sorted(allowed):
            if node in self.memory and _takes(item, node, self.slots):
                yield node


@dataclass(frozen=True)
class Answer:
    """Whether all fit: True with where they are, False with why not, None with why undecided."""

    fits: bool | None
    why: str = ""
    where: Mapping[str, str] = field(default_factory=dict)


def place(items: Sequence[Item], rooms: Rooms, most: int = MOST_STEPS) -> Answer:
    """Return whether the items fit into the rooms.

    most bounds the steps of the search. Names of items are unique.
    """
    if why := _too_large(items, rooms) or _too_much(items, rooms):
        return Answer(False, why)
    for spread, order in ((True, _narrow), (False, _narrow), (False, _large)):
        where = _greedy(sorted(items, key=order), rooms, spread)
        if where is not None:
            return Answer(True, "", where)
    if why := _too_many(items, rooms) or _too_few_slots(items, rooms):
        return Answer(False, why)
    return _Search(items, rooms, most).answer()


def _narrow(item: Item) -> tuple[int, int, int, str]:
    """Order items: those with the fewest nodes first, large ones before small ones."""
    nodes = 0 if item.nodes is None else len(item.nodes)
    return (item.nodes is None, nodes, -item.memory, item.name)


def _large(item: Item) -> tuple[int, str]:
    return (-item.memory, item.name)


def _too_large(items: Sequence[Item], rooms: Rooms) -> str:
    """Return which guest has no node with enough memory, by itself, or ""."""
    best: dict[object, int] = {}
    for item in items:
        key = (item.nodes, item.slots)
        if key not in best:
            best[key] = max((rooms.memory[node] for node in rooms.of(item)), default=-1)
        if best[key] < 0:
            return f"there is no node for {item.name}"
        if item.memory > best[key]:
            of = "node" if item.anywhere else "node that it may be on"
            return f"{item.name} needs {size(item.memory)}, no {of} has more than {size(best[key])}"
    return ""


def _too_much(items: Sequence[Item], rooms: Rooms) -> str:
    """Return which guests need more memory in sum than their nodes have, or ""."""
    bound: dict[frozenset[str] | None, int] = {}
    for item in items:
        bound[item.nodes] = bound.get(item.nodes, 0) + item.memory
    sets = [None, *sorted((each for each in bound if each is not None), key=sorted)[:_SETS]]
    for allowed in sets:
        inside = {
            each for each in bound if allowed is None or (each is not None and each <= allowed)
        }
        needed = sum(bound[each] for each in inside)
        nodes = rooms.memory if allowed is None else allowed & rooms.memory.keys()
        free = sum(rooms.memory[node] for node in nodes)
        if needed > free:
            count = sum(1 for item in items if item.nodes in inside)
            where = counted(len(nodes), "node")
            return f"{counted(count, 'guest')}: {size(needed)} needed, {size(free)} free on {where}"
    return ""


def _too_many(items: Sequence[Item], rooms: Rooms) -> str:
    """Return of which size there are more guests than places for one of that size, or ""."""
    sizes = sorted((item.memory for item in items if item.memory), reverse=True)
    for least in sorted(set(sizes), reverse=True)[:_SIZES]:
        count = sum(1 for each in sizes if each >= least)
        places = sum(free // least for free in rooms.memory.values())
        if count > places:
            return f"{count} guests have {size(least)} or more, there is room for {places} of them"
    return ""


def _too_few_slots(items: Sequence[Item], rooms: Rooms) -> str:
    """Return which virtual function more guests need than nodes have it free, or ""."""
    for slot in sorted({slot for item in items for slot in item.slots}):
        count = sum(1 for item in items if slot in item.slots)
        nodes = sum(1 for node in rooms.memory if slot in rooms.slots.get(node, ()))
        if count > nodes:
            name = f"{slot[0]}v{slot[1]}"
            return f"{count} guests need {name}, it is free on {counted(nodes, 'node')}"
    return ""


def _greedy(order: Sequence[Item], rooms: Rooms, spread: bool) -> dict[str, str] | None:
    """Return a placement found without a search, or None.

    Each item gets the node with the most memory left (spread) or the least that is enough.
    """
    free, slots = dict(rooms.memory), dict(rooms.slots)
    line = sorted((memory, node) for node, memory in free.items())
    where: dict[str, str] = {}
    for item in order:
        able = range(bisect_left(line, (item.memory, "")), len(line))
        tried = reversed(able) if spread else able
        place = next((at for at in tried if _takes(item, line[at][1], slots)), None)
        if place is None:
            return None
        _memory, node = line.pop(place)
        where[item.name] = node
        free[node] -= item.memory
        insort(line, (free[node], node))
        if item.slots:
            slots[node] -= item.slots
    return where


def _takes(item: Item, node: str, slots: Mapping[str, frozenset[Slot]]) -> bool:
    """Say whether an item may be on a node, by its nodes and slots."""
    right = item.nodes is None or node in item.nodes
    return right and (not item.slots or item.slots <= slots.get(node, frozenset()))


class _Search:
    """The search through all placements: largest guests first, fullest nodes first."""

    def __init__(self, items: Sequence[Item], rooms: Rooms, most: int) -> None:
        self._items = sorted(items, key=_large)
        self._rest = [0]
        for item in reversed(self._items):
            self._rest.append(self._rest[-1] + item.memory)
        self._rest.reverse()
        self._free, self._slots = dict(rooms.memory), dict(rooms.slots)
        self._alike = _signatures(self._items, rooms)
        self._free_for_all = all(item.anywhere for item in items)
        self._left, self._most = most, most

    def answer(self) -> Answer:
        """Search, and return what was found."""
        where: list[str] = []
        tries = [iter(self._candidates(0))]
        while tries:
            if self._left < 0:
                return Answer(None, f"undecided after {self._most} steps")
            node = next(tries[-1], None)
            if node is None:
                tries.pop()
                if where:
                    self._take_back(self._items[len(where) - 1], where.pop())
                continue
            self._put(self._items[len(where)], node)
            where.append(node)
            if len(where) == len(self._items):
                names = (item.name for item in self._items)
                return Answer(True, "", dict(zip(names, where, strict=True)))
            tries.append(iter(self._candidates(len(where))))
        return Answer(False, f"none of all placements of {len(self._items)} guests fits")

    def _candidates(self, place: int) -> list[str]:
        """Return the nodes to try for an item: one of those that are alike, fullest first."""
        item = self._items[place]
        self._left -= len(self._free)
        smallest = self._items[-1].memory
        usable = sum(free for free in self._free.values() if free >= smallest)
        if self._rest[place] > usable:
            return []
        found: dict[object, str] = {}
        for node in Rooms(self._free, self._slots).of(item):
            if self._free[node] >= item.memory:
                key = (self._free[node], self._alike[node], self._slots.get(node))
                found.setdefault(key, node)
        nodes = sorted(found.values(), key=lambda node: (self._free[node], node))
        if self._free_for_all and nodes and self._free[nodes[0]] == item.memory:
            # What else would fill this node exactly can change places with the item.
            return nodes[:1]
        return nodes

    def _put(self, item: Item, node: str) -> None:
        self._free[node] -= item.memory
        if item.slots:
            self._slots[node] -= item.slots

    def _take_back(self, item: Item, node: str) -> None:
        self._free[node] += item.memory
        if item.slots:
            self._slots[node] |= item.slots


def _signatures(items: Sequence[Item], rooms: Rooms) -> dict[str, tuple[bool, ...]]:
    """Return of each node which of the sets of allowed nodes it is in."""
    sets = list(dict.fromkeys(item.nodes for item in items if item.nodes is not None))
    return {node: tuple(node in each for each in sets) for node in rooms.memory}
