"""Guests that cannot move, or not while they run: which, where, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from saltext.muster.cluster import Cluster, Node
from saltext.muster.parts import Guest, Virtual
from saltext.muster.planning import sriov
from saltext.muster.planning.simulating.failures import Covers
from saltext.muster.wording import listed

#: What becomes of a guest when its node is drained.
STOPS, RESTARTS = "stops", "is shut down and started elsewhere"


@dataclass(frozen=True)
class Hold:
    """Why a guest does not simply move away from its node ("" = from any it may be on)."""

    node: str
    guest: str
    when_drained: str
    reason: str


class Reach:
    """The nodes that guests can be started on, besides those where they are.

    Each set of nodes is worked out once: there may be many guests, and very many nodes.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.in_service = frozenset(node.id for node in cluster.nodes.values() if not node.drained)
        self._known: dict[object, frozenset[str]] = {}
        self._others: dict[object, frozenset[str] | None] = {}
        self._lives_on: dict[object, frozenset[str]] = {}

    def others(self, guest: Guest) -> frozenset[str] | None:
        """Return the other nodes that may take a guest, None = any that is not drained.

        Memory and other guests are not looked at. A guest whose node is not told may be on any
        that it is allowed on, even one that is bound to its node.
        """
        if guest.home and bound(self.cluster, guest):
            return frozenset()
        key = (guest.home, guest.secondary, guest.nodes, guest.base, guest.vfs)
        if key not in self._others:
            self._others[key] = self._found(guest)
        return self._others[key]

    def _found(self, guest: Guest) -> frozenset[str] | None:
        allowed = _allowed(self.cluster, guest)
        if guest.vfs:
            return self._with_functions(guest, allowed) - {guest.home}
        return None if allowed is None else (allowed & self.in_service) - {guest.home}

    def lives_on(self, guest: Guest) -> frozenset[str]:
        """Return the nodes of which one must be up for a guest to run."""
        others = self.others(guest)
        if others is None:
            return self.in_service
        key = (others, guest.home)
        if key not in self._lives_on:
            self._lives_on[key] = others | (frozenset({guest.home}) & self.in_service)
        return self._lives_on[key]

    def _with_functions(self, guest: Guest, allowed: frozenset[str] | None) -> frozenset[str]:
        home = self.cluster.nodes.get(guest.home)
        like = tuple(home.sriov.get(each.interface) if home else None for each in guest.vfs)
        key = (guest.vfs, repr(like), allowed)
        if key not in self._known:
            nodes = self.in_service if allowed is None else allowed & self.in_service
            self._known[key] = frozenset(
                id_
                for id_ in nodes
                if all(_fits(self.cluster.nodes[id_], home, each) for each in guest.vfs)
            )
        return self._known[key]


def bound(cluster: Cluster, guest: Guest) -> str:
    """Return why a guest can be on no other node than its own, or ""."""
    if guest.pinned:
        return "is pinned"
    if cluster.platform == "vmmanager" and cluster.network_type == "routing":
        return "its address is routed to its node (NET-010)"
    if cluster.platform == "ganeti" and guest.node and not guest.secondary:
        return "its disks are on this node alone: no secondary is told"
    return ""


def _allowed(cluster: Cluster, guest: Guest) -> frozenset[str] | None:
    """Return the nodes that the file lets a guest run on, None = any."""
    if guest.secondary:
        found: frozenset[str] | None = frozenset({guest.secondary, guest.node} - {""})
    else:
        found = frozenset(guest.nodes) or None
    base = cluster.bases.get(guest.base)
    if base is not None and base.nodes:
        has_base = frozenset(base.nodes)
        return has_base if found is None else found & has_base
    return found


def _fits(node: Node, home: Node | None, virtual: Virtual) -> bool:
    """Say whether a node has a virtual function as the one at home (PVC-072, PVC-077)."""
    there = sriov.found(node, virtual)
    here = sriov.found(home, virtual) if home else None
    if there is None or here is None:
        return there is not None
    if virtual.mode == sriov.HOSTDEV and here.pci != there.pci:
        return False
    return sriov.vlan(here, virtual.number) == sriov.vlan(there, virtual.number)


def stays(reach: Reach, guest: Guest) -> str:
    """Return why a guest cannot be started on another node, or ""."""
    found = bound(reach.cluster, guest)
    others = reach.others(guest)
    home = guest.home
    if found or others or (others is None and len(reach.in_service) > (home in reach.in_service)):
        return found
    allowed = _allowed(reach.cluster, guest)
    if allowed is not None and allowed <= {home}:
        return f"may run on {home or 'no node'} only"
    if guest.vfs and (reach.in_service if allowed is None else allowed & reach.in_service) - {home}:
        names = listed([sriov.name(each) for each in guest.vfs])
        return f"no other node that it may run on has {names} as this one has"
    return "no other node that it may run on is in service"


def stops(guest: Guest) -> str:
    """Return why a guest must be shut down to get to another node, or "" (PVC-077)."""
    direct = [sriov.name(each) for each in guest.vfs if each.mode == sriov.HOSTDEV]
    if direct:
        return f"has {listed(direct)} by hostdev"
    return "migration: shutdown" if guest.migration == "shutdown" else ""


def holds(cluster: Cluster, reach: Reach | None = None) -> Iterator[Hold]:
    """Give the running guests that do not move live, by node in the order of the file."""
    reach = reach or Reach(cluster)
    order = {id_: place for place, id_ in enumerate(["", *cluster.nodes])}
    running = (guest for guest in cluster.guests.values() if guest.running)
    for guest in sorted(running, key=lambda guest: order.get(guest.home, 0)):
        why = stays(reach, guest)
        if why:
            yield Hold(guest.home, guest.name, STOPS, why)
        elif reason := stops(guest):
            yield Hold(guest.home, guest.name, RESTARTS, reason)


class Fates:
    """Which running guests can be nowhere when certain nodes are down."""

    def __init__(self, cluster: Cluster, reach: Reach | None = None) -> None:
        reach = reach or Reach(cluster)
        self._places = {id_: place for place, id_ in enumerate(cluster.nodes)}
        self._guests: dict[frozenset[int], list[Guest]] = {}
        self.homeless: list[Guest] = []
        known: dict[frozenset[str], frozenset[int]] = {}
        for guest in cluster.guests.values():
            nodes = reach.lives_on(guest)
            if nodes not in known:
                known[nodes] = frozenset(self._places[id_] for id_ in nodes if id_ in self._places)
            if guest.running and known[nodes]:
                self._guests.setdefault(known[nodes], []).append(guest)
            elif guest.running:
                self.homeless.append(guest)
        self.covers = Covers(self._guests)

    def gone(self, down: Collection[str]) -> list[Guest]:
        """Return the guests that run nowhere when the nodes of these ids are down."""
        found = self.covers.within([self._places[id_] for id_ in down])
        return [guest for each in found for guest in self._guests[each]]

    def words(self, down: Collection[str]) -> str:
        """Return what of the guests is gone, in words."""
        found = self.gone(down)
        pairs = [guest.name for guest in found if guest.secondary]
        others = [guest.name for guest in found if not guest.secondary]
        parts = [f"{listed(pairs)} lost: both nodes of a pair are down"] if pairs else []
        parts += [f"{listed(others)} cannot be started anywhere"] if others else []
        return "; ".join(parts)
