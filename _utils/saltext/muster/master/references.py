"""Names in a cluster file that must be there: what one part of it says of another."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding
from saltext.muster.wording import nearest

Path = tuple[str | int, ...]


def prove(cluster: Cluster) -> Iterator[Finding]:
    """Give every name that leads nowhere."""
    yield from _hardware(cluster)
    yield from _bonds(cluster)
    yield from _tables(cluster)
    yield from _bases(cluster)
    yield from _guests(cluster)


def _hardware(cluster: Cluster) -> Iterator[Finding]:
    for node in cluster.nodes.values():
        if node.hardware:
            where = ("nodes", node.id, "hardware")
            yield from _missing(where, node.hardware, cluster.hardware, "model under `hardware`")


def _bonds(cluster: Cluster) -> Iterator[Finding]:
    for name, network in cluster.networks.items() if cluster.bonds else ():
        if network.bond:
            where = ("networks", name, "bond")
            yield from _missing(where, network.bond, cluster.bonds, "bond under `bonds`")
    owners: dict[str, str] = {}
    for name, bond in cluster.bonds.items():
        for index, nic in enumerate(bond.nics):
            before = owners.setdefault(nic, name)
            if before != name or nic in bond.nics[:index]:
                message = f"{nic} is a NIC of the bond {before} already"
                place = ("bonds", name, "nics", index)
                remedy = "leave it to one bond, once"
                yield Finding(place, message, remedy, "the NIC is in a bond already")


def _tables(cluster: Cluster) -> Iterator[Finding]:
    for name, network in cluster.networks.items():
        used = [("routes", index, each.table) for index, each in enumerate(network.routes)]
        used += [("rules", index, each.table) for index, each in enumerate(network.rules)]
        for key, index, table in used:
            if table:
                where = ("networks", name, key, index, "table")
                yield from _missing(where, table, cluster.tables, "table under `tables`")


def _bases(cluster: Cluster) -> Iterator[Finding]:
    for name, base in cluster.bases.items():
        for id_ in base.nodes:
            yield from _no_node(("bases", name, "nodes"), id_, cluster)


def _guests(cluster: Cluster) -> Iterator[Finding]:
    unknown: dict[tuple[str, ...], list[str]] = {}  # many guests share one list of nodes
    for name, guest in cluster.guests.items():
        for key, id_ in (("node", guest.node), ("secondary", guest.secondary)):
            if id_:
                yield from _no_node(("guests", name, key), id_, cluster)
        if guest.nodes not in unknown:
            unknown[guest.nodes] = [id_ for id_ in guest.nodes if id_ not in cluster.nodes]
        for id_ in unknown[guest.nodes]:
            yield from _no_node(("guests", name, "nodes"), id_, cluster)
        if guest.base:
            where = ("guests", name, "base")
            yield from _missing(where, guest.base, cluster.bases, "base under `bases`")
        yield from _places(name, cluster)


def _places(name: str, cluster: Cluster) -> Iterator[Finding]:
    """Places of one guest that contradict each other."""
    guest = cluster.guests[name]
    node = cluster.nodes.get(guest.node)
    if guest.node and guest.node == guest.secondary:
        message = f"{guest.node} is its primary node already"
        yield Finding(("guests", name, "secondary"), message, "name another node", "is its primary")
    if guest.node and guest.nodes and guest.node not in guest.nodes:
        message = f"{guest.node} is not one of its `nodes`"
        remedy = "add it there, or run the guest on one of them"
        yield Finding(("guests", name, "node"), message, remedy, "is not one of its `nodes`")
    if node and node.drained and guest.running:
        message = f"{guest.node} is drained, so that nothing runs there"
        remedy = "place the guest elsewhere, or write running: false"
        yield Finding(("guests", name, "node"), message, remedy, "its node is drained")


def _no_node(where: Path, id_: str, cluster: Cluster) -> Iterator[Finding]:
    yield from _missing(where, id_, cluster.nodes, "node")


def _missing(where: Path, name: str, known: Collection[str], what: str) -> Iterator[Finding]:
    if name in known:
        return
    near = nearest(name, list(known)[:1000])
    remedy = f"did you mean {near}?" if near else f"write the name of a {what}"
    yield Finding(where, f"there is no {what} named {name!a}", remedy, f"there is no such {what}")
