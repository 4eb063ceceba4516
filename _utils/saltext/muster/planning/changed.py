"""What a newer cluster file changes that may not change on a live cluster, or only with care."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from saltext.muster.cluster import MAIN, Cluster, Node
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.parts import CephPool, Guest
from saltext.muster.planning.sizing import limits
from saltext.muster.wording import listed

#: Finds what one part of a file changes: given the older cluster and the newer.
Change = Callable[[Cluster, Cluster], Iterable[Finding]]


def changes(old: Cluster, new: Cluster) -> Iterator[Finding]:
    """Give what may not change between two files of one cluster, or only with care.

    old is the file that the cluster was made from, new the one that it is to follow. Paths are
    those of the newer file. What a platform does not have changes nothing.
    """
    if old.platform != new.platform:
        what = "the platform of a cluster stays what it is"
        seen = f"{what}: was {old.platform}, is {new.platform}"
        yield wrong(("platform",), seen, "describe another cluster in a file of its own", what)
        return
    for change in _CHANGES:
        yield from change(old, new)


def functions(old: Cluster, new: Cluster) -> Iterator[Finding]:
    """Give nodes in use whose physical functions are split in another way (PVC-071).

    A card that was not split yet may be. On a node that was drained before it takes a restart.
    """
    row = "PVC-071" if new.platform == "pvc" else ""
    for before, node in _both(old, new):
        for interface, physical in before.sriov.items():
            later = node.sriov.get(interface)
            count = later.vfs if later else 0
            if physical.vfs and count != physical.vfs:
                drained = before.drained and node.drained
                yield replace(_split(node, interface, physical.vfs, count, drained), row=row)


def _split(node: Node, interface: str, before: int, count: int, drained: bool) -> Finding:
    where = ("nodes", node.id, "sriov", interface)
    seen = f"{interface} of {node.id} had {before} virtual functions, is to have {count}"
    public = "the number of virtual functions changes"
    if drained:
        return doubtful(where, seen, "restart the node before guests are back on it", public)
    remedy = (
        "write drained: true for the node and move all guests away; change it in a later file,"
        " then restart the node"
    )
    return wrong(where, f"{seen} while guests may run there", remedy, public)


def replication(old: Cluster, new: Cluster) -> Iterator[Finding]:
    """Give pools whose copies, mincopies or type differ: they stay as made (PVC-040)."""
    before, after = (cluster.ceph.pools if cluster.ceph else {} for cluster in (old, new))
    for name, pool in after.items():
        if name in before:
            yield from _pool(name, before[name], pool, new.platform)


def _pool(name: str, before: CephPool, pool: CephPool, platform: str) -> Iterator[Finding]:
    row = "PVC-040" if platform == "pvc" else ""
    remedy = "write the former value; or make another pool, and move the data there"
    for key in ("copies", "mincopies", "type"):
        was, now = getattr(before, key), getattr(pool, key)
        if was != now:
            what = f"{key} of a pool cannot change once the pool is there"
            told = f"{what}: {name} has {was}, is to have {now}"
            yield replace(wrong(("ceph", "pools", name, key), told, remedy, what), row=row)


def minors(old: Cluster, new: Cluster) -> Iterator[Finding]:
    """Give fewer DRBD minors than before, where guests' disks take more (GNT-038)."""
    was, now = (getattr(each.options, "minor_count", None) for each in (old, new))
    if was is None or now is None or now >= was:
        return
    try:
        full = list(limits.minors(new))
    except NotAsked:
        return
    if full:
        more = f" (and {len(full) - 1} nodes more)" if full[1:] else ""
        seen = f"minor_count was {was}, is to be {now}: {full[0].message}{more}"
        public = "fewer DRBD minors than disks of guests take"
        found = doubtful(("options", "minor_count"), seen, "leave minor_count as it was", public)
        yield replace(found, row="GNT-038")


def gone(old: Cluster, new: Cluster) -> Iterator[Finding]:
    """Give nodes that are left out while guests are still on them."""
    on: dict[str, list[Guest]] = {}
    for guest in old.guests.values():
        for id_ in {guest.home, guest.secondary} - {""}:
            on.setdefault(id_, []).append(guest)
    for id_ in old.nodes:
        if id_ in new.nodes:
            continue
        staying = [guest.name for guest in on.get(id_, ()) if _not_moved(guest, new, id_)]
        if staying:
            seen = f"{id_} is left out of the file, and had {listed(staying)}"
            remedy = "move its guests first: write for each of them the node that it is on now"
            public = "a node with guests is left out of the file"
            yield wrong(("nodes",), seen, remedy, public)


def _not_moved(guest: Guest, new: Cluster, node: str) -> bool:
    """Say whether a guest is still there and not told to be elsewhere in the newer file."""
    later = new.guests.get(guest.name)
    if later is None:
        return False
    if guest.secondary == node and guest.home != node:
        return later.secondary in ("", node)
    return later.home in ("", node)


def bases(old: Cluster, new: Cluster) -> Iterator[Finding]:
    """Give bases that leave the master while nodes or guests still have them (RAV-006)."""
    for name, base in old.bases.items():
        later = new.bases.get(name)
        masters = {node.id for node in old.with_role("master")}
        left = later is None or (masters & set(base.nodes) and not masters & set(later.nodes))
        users = [guest.name for guest in new.guests.values() if guest.base == name]
        others = [id_ for id_ in (later or base).nodes if id_ not in masters and id_ in new.nodes]
        if left and (users or others):
            who = f"node {others[0]} has it" if others else f"guest {users[0]} is a clone of it"
            seen = f"base {name} leaves the master, where it becomes a plain guest, while {who}"
            remedy = "remove its clones, then the base from each node, then from the master"
            public = "a base leaves the master while it is in use"
            where: tuple[str, ...] = ("bases", name) if later else ("bases",)
            yield replace(doubtful(where, seen, remedy, public), row="RAV-006")


def addresses(old: Cluster, new: Cluster) -> Iterator[Finding]:
    """Give nodes in use whose address in any network changes."""
    for before, node in _both(old, new):
        if node.drained:
            continue
        for network in new.networks:
            was, now = old.address_in(before, network), new.address_in(node, network)
            if was and was != now:
                key = ("address",) if network == MAIN else ("addresses", network)
                seen = f"{node.id} had {was} in {network}, is to have {now or 'none'}"
                remedy = "drain the node first: its peers and guests know it by its address"
                public = "the address of a node in use changes"
                yield doubtful(("nodes", node.id, *key), seen, remedy, public)


def _both(old: Cluster, new: Cluster) -> Iterator[tuple[Node, Node]]:
    return ((old.nodes[id_], node) for id_, node in new.nodes.items() if id_ in old.nodes)


_CHANGES: tuple[Change, ...] = (functions, replication, minors, gone, bases, addresses)
