"""How Ravada chooses the node that a guest is started on, and how muster would.

Ravada's document tells it (RAV-036 to 041). Its own code (``lib/Ravada/VM.pm``) adds: a node
without the memory for the guest is left out; the only node there is, and the node where a user
has guests already, are taken without a look at memory; and the search also ends at a node that
runs 10, 11, 100, 101 ... guests, because it looks for a number of zeros and ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from saltext.muster.planning.placing.starts import Load, Start

#: RAV-037: with fewer guests a node is taken at once.
FEW = 2

#: Chooses the node of a start, or None when no node has room.
Rule = Callable[[Sequence[Load], int], Load | None]


@dataclass(frozen=True)
class Placed:
    """Where guests went by one way: the node of each ("" = refused), and the loads after it."""

    nodes: Mapping[str, str]
    after: Mapping[str, Load]

    @property
    def refused(self) -> list[str]:
        """The guests that no node had room for."""
        return [guest for guest, node in self.nodes.items() if not node]

    @property
    def overcommitted(self) -> list[Load]:
        """The nodes whose guests have more memory than there is."""
        return [load for load in self.after.values() if load.free < 0]


def documented(loads: Sequence[Load], memory: int) -> Load | None:
    """Choose as Ravada's document says (RAV-036, 037).

    loads are in the order in which the nodes are asked; memory is the guest's, in bytes.
    """
    ready = [load for load in loads if load.free >= memory]
    first = next((load for load in ready if load.running < FEW), None)
    return first or fewest(loads, memory)


def coded(loads: Sequence[Load], memory: int) -> Load | None:
    """Choose as Ravada's code does; arguments as those of ``documented``."""
    asked = []
    for load in loads:
        if load.free >= memory:
            asked.append(load)
            if re.fullmatch("[01]+", str(load.running)):
                break
    return fewest(asked, memory)


def fewest(loads: Sequence[Load], memory: int) -> Load | None:
    """Choose the node with the fewest guests, then the most memory, that has room."""
    ready = (load for load in loads if load.free >= memory)
    return min(ready, key=lambda load: (load.running, -load.free), default=None)


def tightest(loads: Sequence[Load], memory: int) -> Load | None:
    """Choose the node with room that has the least memory left."""
    ready = (load for load in loads if load.free >= memory)
    return min(ready, key=lambda load: load.free, default=None)


def one_by_one(
    loads: Mapping[str, Load], starts: Sequence[Start], rule: Rule, users: Mapping[str, str] | None
) -> Placed:
    """Place starts as Ravada does when each one sees all before it.

    users are the nodes where users have guests, for the same-node policy; None = not asked for.
    """
    after, homes, nodes = dict(loads), dict(users or {}), {}
    for start in starts:
        chosen = _ravada(after, start, rule, homes if users is not None else {})
        nodes[start.guest] = chosen.node if chosen else ""
        if chosen:
            after[chosen.node] = chosen.with_guest(start.memory)
            homes.setdefault(start.user, chosen.node)
    return Placed(nodes, after)


def at_once(
    loads: Mapping[str, Load], starts: Sequence[Start], rule: Rule, users: Mapping[str, str] | None
) -> Placed:
    """Place starts that all see the nodes as they were before the first (RAV-038)."""
    after, nodes = dict(loads), {}
    for start in starts:
        chosen = _ravada(loads, start, rule, users or {})
        nodes[start.guest] = chosen.node if chosen else ""
        if chosen:
            after[chosen.node] = after[chosen.node].with_guest(start.memory)
    return Placed(nodes, after)


def _ravada(
    loads: Mapping[str, Load], start: Start, rule: Rule, homes: Mapping[str, str]
) -> Load | None:
    candidates = [load for load in loads.values() if load.node in start.nodes]
    if len(candidates) == 1:
        return candidates[0]
    home = homes.get(start.user, "") if start.user else ""
    return loads[home] if home in loads and home in start.nodes else rule(candidates, start.memory)


def reserved(
    loads: Mapping[str, Load], starts: Sequence[Start], users: Mapping[str, str] | None
) -> Placed:
    """Place starts so that each takes its memory at once, before the next is placed.

    The guests are spread: to the node with the fewest guests, the largest guest first. When some
    find no room so, they are packed: to the tightest node; the way that refuses fewer is taken.
    No node is given more than it has. The user's node comes first while it has room, where users
    are told.
    """
    spread = _reserved(loads, starts, fewest, users)
    if not spread.refused:
        return spread
    packed = _reserved(loads, starts, tightest, users)
    return packed if len(packed.refused) < len(spread.refused) else spread


def _reserved(
    loads: Mapping[str, Load], starts: Sequence[Start], rule: Rule, users: Mapping[str, str] | None
) -> Placed:
    after, homes, found = dict(loads), dict(users or {}), {}
    for start in sorted(starts, key=lambda each: -each.memory):
        candidates = [load for load in after.values() if load.node in start.nodes]
        home = homes.get(start.user, "") if users is not None and start.user else ""
        own = [load for load in candidates if load.node == home]
        chosen = rule(own, start.memory) or rule(candidates, start.memory)
        found[start.guest] = chosen.node if chosen else ""
        if chosen:
            after[chosen.node] = chosen.with_guest(start.memory)
            homes.setdefault(start.user, chosen.node)
    return Placed({start.guest: found[start.guest] for start in starts}, after)
