"""Guests that are to be started, and the nodes that one of them may be started on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saltext.muster.cluster import Cluster
from saltext.muster.parts import Guest
from saltext.muster.planning.sizing import memory


@dataclass(frozen=True)
class Load:
    """What a node runs: how many guests, and the bytes of memory that are left.

    free is below 0 when guests were given more memory than there is.
    """

    node: str
    running: int
    free: int

    def with_guest(self, size: int) -> Load:
        """Return the load with one more guest of that many bytes."""
        return Load(self.node, self.running + 1, self.free - size)


@dataclass(frozen=True)
class Start:
    """A guest to start: its memory in bytes, its user, the nodes that it may be started on.

    planned says that the file names the guest; other starts are further clones of a base.
    """

    guest: str
    memory: int
    nodes: frozenset[str]
    user: str = ""
    planned: bool = True


def loads(cluster: Cluster) -> dict[str, Load]:
    """Return what each node runs before anything is started, by node.

    A node whose memory is not told is left out, and so is a drained one.
    """
    found = {}
    for node in cluster.nodes.values():
        free = memory.free_for_guests(cluster, node)
        if free is not None and not node.drained:
            found[node.id] = Load(node.id, 0, free)
    for guest in cluster.guests.values():
        if guest.node in found and not waiting(guest):
            found[guest.node] = found[guest.node].with_guest(guest.memory)
    return found


def waiting(guest: Guest) -> bool:
    """Say whether a guest is one to start: it does not run, or on no node that is told."""
    return not (guest.running and guest.node)


def with_base(cluster: Cluster, base: str) -> frozenset[str]:
    """Return the nodes that may start a guest of a base: those that have it, and the master.

    Without a base it is every node. A drained node starts nothing. Source: RAV-005, 041.
    """
    ready = (node for node in cluster.nodes.values() if not node.drained)
    if base not in cluster.bases:
        return frozenset(node.id for node in ready)
    there = cluster.bases[base].nodes
    return frozenset(node.id for node in ready if node.id in there or node.role == "master")


def starts(cluster: Cluster, count: int, base: str) -> list[Start]:
    """Return ``count`` guests to start, of one base ("" = of any).

    First the file's guests that wait, then further clones with the memory of the largest guest of
    the base (of the first base that has guests, for ""). There are fewer when no guest tells how
    much memory a clone has.
    """
    guests = [guest for guest in cluster.guests.values() if base in ("", guest.base)]
    nodes = {name: with_base(cluster, name) for name in {guest.base for guest in guests}}
    found = [_start(guest, nodes[guest.base]) for guest in guests if waiting(guest)][:count]
    cloned = base or next((guest.base for guest in guests if guest.base in cluster.bases), "")
    size = max((guest.memory for guest in guests if guest.base == cloned), default=0)
    if size:
        where = with_base(cluster, cloned)
        prefix = f"{cloned or 'guest'} clone"
        found += [
            Start(f"{prefix} {number}", size, where, planned=False)
            for number in range(1, count - len(found) + 1)
        ]
    return found


def _start(guest: Guest, nodes: frozenset[str]) -> Start:
    allowed = nodes & frozenset(guest.nodes) if guest.nodes else nodes
    return Start(guest.name, guest.memory, allowed, guest.user)


def homes(cluster: Cluster) -> dict[str, str]:
    """Return the node where each user has a running guest, the first in the file (RAV-039)."""
    found: dict[str, str] = {}
    for guest in cluster.guests.values():
        if guest.user and not waiting(guest):
            found.setdefault(guest.user, guest.node)
    return found


def unknown(cluster: Cluster, asked: list[Start], known: Mapping[str, Load]) -> list[str]:
    """Return the nodes that something may be started on and whose memory is not told."""
    wanted = frozenset().union(*(start.nodes for start in asked))
    return [id_ for id_ in cluster.nodes if id_ in wanted and id_ not in known]
