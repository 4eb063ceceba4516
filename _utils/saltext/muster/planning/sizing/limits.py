"""Limits that guests run into: DRBD minors, ports of consoles and migrations, MACs, addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from saltext.muster.catalogue.predicates.pairs import FIRST_CONSOLE, GUESTS, LIBVIRT
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, wrong
from saltext.muster.planning.addressing import allocation
from saltext.muster.planning.connecting.flows import MIGRATION
from saltext.muster.planning.guests import most_guests
from saltext.muster.planning.sheet import Table

#: DRBD minors of a disk on each of the two nodes that have it (GNT-038), and the most (GNT-039).
MINORS, MOST_MINORS = 2, 255

#: How many guests migrate to a node at a time: each takes a port (VMM-057).
MIGRATIONS = MIGRATION[1] - MIGRATION[0] + 1

#: Interfaces on a vSwitch of Hetzner's, physical and virtual (VMM-046).
MOST_VSWITCH = 32


def disks_by_node(cluster: Cluster) -> Counter[str]:
    """Return how many disks of guests DRBD keeps on each node, as either half of a pair."""
    found: Counter[str] = Counter()
    for guest in cluster.guests.values():
        if guest.secondary:
            found.update({name: len(guest.disks) for name in (guest.home, guest.secondary) if name})
    return found


def minors(cluster: Cluster) -> Iterable[Finding]:
    """Prove that each node has DRBD minors for the disks of its guests (GNT-038, GNT-039).

    Raises NotAsked without DRBD, and when no guest with a secondary node is planned.
    """
    used = _drbd(cluster)
    if not used:
        raise NotAsked("no guest with a secondary node is planned")
    most = cluster.options.minor_count
    for name in sorted(used):
        wanted = MINORS * used[name]
        if wanted > most:
            remedy = (
                f"write minor_count: {wanted}"
                if wanted <= MOST_MINORS
                else f"move guests away: minor_count is {MOST_MINORS} at most"
            )
            yield wrong(
                ("nodes", name),
                f"{used[name]} disks of guests on {name} take {wanted} DRBD minors, there are"
                f" {most}",
                remedy,
                "the disks of a node's guests take more DRBD minors than there are",
            )


def tables(cluster: Cluster) -> tuple[list[Table], list[str]]:
    """Return each limit of the cluster's platform beside what is planned, as a table, and notes."""
    if cluster.platform == "ganeti":
        rows, notes = list(_ganeti(cluster)), list[str]()
    elif cluster.platform == "vmmanager":
        rows, notes = list(_vmmanager(cluster)), list(_ports(cluster))
    else:
        return [], []
    return ([Table("limits", rows)] if rows else []), notes


def _ports(cluster: Cluster) -> Iterator[str]:
    count, _node = most_guests(cluster)
    if cluster.hypervisor != "kvm":
        return
    if count > MIGRATIONS:
        yield (
            f"a node with {count} guests is drained in turns: {MIGRATIONS} migrations to one node"
            " at a time"
        )


def _ganeti(cluster: Cluster) -> Iterator[dict[str, Any]]:
    if not cluster.options.drbd:
        return
    most, used = cluster.options.minor_count, _drbd(cluster)
    fullest = max(sorted(used), key=used.__getitem__, default="")
    planned = MINORS * used[fullest]
    yield _row("DRBD minors", fullest or "each node", most, planned, "GNT-038")
    yield _row(
        "guests' disks under DRBD", fullest or "each node", most // MINORS, used[fullest], "GNT-038"
    )


def _vmmanager(cluster: Cluster) -> Iterator[dict[str, Any]]:
    count, name = most_guests(cluster)
    node = name or "each node"
    if cluster.hypervisor == "kvm":
        yield _row("consoles by default", node, GUESTS, count, "VMM-055")
        yield _row("consoles at most", node, LIBVIRT - FIRST_CONSOLE, count, "VMM-055")
        yield _row("migrations to a node at a time", node, MIGRATIONS, count, "VMM-057")
    if cluster.provider.lower() == "hetzner" and cluster.options.vswitch:
        yield _row("MAC addresses", "vSwitch", MOST_VSWITCH, interfaces(cluster), "VMM-046")
    if cluster.address_pools:
        planned = sum(map(allocation.wanted, cluster.guests.values()))
        most = sum(pool.for_guests for pool in allocation.pools(cluster))
        yield _row("addresses for guests", "all pools", most, planned, "NET-002")


def interfaces(cluster: Cluster) -> int:
    """Return how many interfaces of nodes and of guests are on the vSwitch.

    A node has one, or the NICs of the bond of its main network. Where guests are not planned one
    by one, each of ``vms_per_node`` has one.
    """
    bond = cluster.bonds.get(cluster.main.bond) if cluster.main else None
    physical = len(cluster.nodes) * (len(bond.nics) if bond else 1)
    virtual = sum(guest.nics for guest in cluster.guests.values())
    by_number: int = cluster.options.vms_per_node * len(cluster.nodes)
    return physical + max(virtual, by_number)


def _drbd(cluster: Cluster) -> Counter[str]:
    if cluster.platform != "ganeti" or not cluster.options.drbd:
        raise NotAsked("for Ganeti with DRBD")
    return disks_by_node(cluster)


def _row(limit: str, of: str, most: int, planned: int, row: str) -> dict[str, Any]:
    return {
        "limit": limit,
        "of": of,
        "most": most,
        "planned": planned,
        "left": most - planned,
        "row": row,
    }
