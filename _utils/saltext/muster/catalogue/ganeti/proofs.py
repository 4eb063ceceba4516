"""What a cluster file alone decides of Ganeti's rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, ip_network

from saltext.muster.catalogue.ganeti.network import DEFAULT_BRIDGE
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.planning.addressing import relocation
from saltext.muster.planning.sizing.limits import MOST_MINORS

REPLICATION = "replication"

_PROGRAM = re.compile(r"(/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)+")


def full_names(cluster: Cluster) -> Iterator[Finding]:
    """GNT-011: every node's name is fully qualified."""
    for node in cluster.nodes.values():
        if "." not in node.fqdn:
            yield wrong(
                ("nodes", node.id),
                f"Ganeti wants a fully qualified name, seen {node.fqdn!a}",
                "give the node `fqdn: <name>.<domain>`",
                "Ganeti wants a fully qualified name",
            )


def migration_port(cluster: Cluster) -> Iterator[Finding]:
    """GNT-024: the migration port is one."""
    port = cluster.options.migration_port
    if not 1 <= port <= 65535:
        yield wrong(
            ("options", "migration_port"),
            f"wanted 1 to 65535, seen {port}",
            "write 8002, or the hypervisor parameter migration_port",
            "wanted 1 to 65535",
        )


def relocation_hosts(cluster: Cluster) -> Iterator[Finding]:
    """GNT-026: an expression matches the addresses that instances migrate from, and no others.

    Each run makes that expression of the network's and proves it: no text is left untried.
    """
    if cluster.hypervisor != "xen" or not cluster.options.live_migration:
        raise NotAsked("instances do not migrate under Xen")
    try:
        network = relocation.network(cluster)
        outside = [
            each for each in relocation.addresses(cluster) if IPv4Address(each) not in network
        ]
    except ValueError:
        what = "xend's expression for hosts is of IPv4 addresses, and nodes have others"
        remedy = "give all nodes IPv4 addresses in the replication network, or in main"
        yield wrong(("networks",), what, remedy, what)
        return
    other = relocation.counterexample(relocation.expression(network), network)
    if other is not None:
        what = f"the expression of {network} is not exact: try {other!a}"
        yield wrong(("networks",), what, "tell of this: it is a mistake of muster's")
    for address in outside:
        yield wrong(
            ("networks",),
            f"{address} is not in {network}, which instances migrate over",
            "give the node an address in that network",
        )


def failing_over(cluster: Cluster) -> Iterator[Finding]:
    """GNT-033: where instances fail over to a secondary node, DRBD is used."""
    pairs = [guest for guest in cluster.guests.values() if guest.secondary]
    if not cluster.options.drbd and not pairs:
        raise NotAsked("DRBD is not used (options: drbd: false), and no instance fails over")
    for guest in pairs:
        if not cluster.options.drbd:
            yield wrong(
                ("guests", guest.name, "secondary"),
                f"{guest.name} is to fail over to {guest.secondary}, and DRBD is not used",
                "write drbd: true, or leave `secondary` out",
            )


def drbd_from_the_start(cluster: Cluster) -> Iterator[Finding]:
    """GNT-061: more than one node without DRBD costs an export and import later."""
    if cluster.options.drbd:
        return
    if len(cluster.nodes) < 2:
        raise NotAsked("one node has nobody to fail over to")
    yield doubtful(
        ("options", "drbd"),
        f"{len(cluster.nodes)} nodes without DRBD: to fail over later, instances that are there"
        " may have to be exported and imported again",
        "write drbd: true before the first instance, or waive GNT-061",
    )


def helper(cluster: Cluster) -> Iterator[Finding]:
    """GNT-035: DRBD's user-mode helper is a program."""
    if not cluster.options.drbd:
        raise NotAsked("DRBD is not used (options: drbd: false)")
    program = cluster.options.usermode_helper
    if not _PROGRAM.fullmatch(program):
        yield wrong(
            ("options", "usermode_helper"),
            f"wanted the absolute path of a program, seen {program!a}",
            "write /bin/true",
            "wanted the absolute path of a program",
        )


def minors(cluster: Cluster) -> Iterator[Finding]:
    """GNT-039: DRBD takes at most 255 minors."""
    count = cluster.options.minor_count
    if not 1 <= count <= MOST_MINORS:
        yield wrong(
            ("options", "minor_count"),
            f"wanted 1 to {MOST_MINORS}, seen {count}",
            "write 128, enough for 64 instances with one disk each",
            f"wanted 1 to {MOST_MINORS}",
        )


def bridged_or_routed(cluster: Cluster) -> Iterator[Finding]:
    """GNT-045: instances are bridged or routed: a routing table is for routed ones alone."""
    options = cluster.options
    if options.network_mode == "bridged" and options.link_table:
        yield doubtful(
            ("options", "link_table"),
            f"instances are bridged, so that the routing table {options.link_table!a} has no use",
            "write network_mode: routed, or leave link_table out",
        )


def bridge_name(cluster: Cluster) -> Iterator[Finding]:
    """GNT-047: the bridge is not nearly called as Ganeti's default is."""
    if cluster.options.network_mode != "bridged":
        raise NotAsked("routed instances need no bridge")
    name = cluster.main.bridge if cluster.main else ""
    if name and name != DEFAULT_BRIDGE and _bare(name) == _bare(DEFAULT_BRIDGE):
        yield doubtful(
            ("networks", "main", "bridge"),
            f"{name} is nearly {DEFAULT_BRIDGE}, which Ganeti takes when it is told no bridge",
            f"write bridge: {DEFAULT_BRIDGE}, or tell Ganeti the other name at gnt-cluster init",
        )


def _bare(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def replication(cluster: Cluster) -> Iterator[Finding]:
    """GNT-055: nodes have replication addresses, in the network that the options name.

    That all have one or none is proved of every network of a file (``master.proofs``).
    """
    cidr = cluster.options.secondary_cidr
    networks = dict(cluster.networks_for(REPLICATION))
    if not cidr and not networks:
        raise NotAsked("there is no replication network")
    for name, network in networks.items():
        if _differs(cidr, network.cidr):
            yield wrong(
                ("options", "secondary_cidr"),
                f"{cidr} is not {network.cidr}, the network {name}",
                f"write secondary_cidr: {network.cidr}, or leave it out",
            )
        if not any(name in node.addresses for node in cluster.nodes.values()):
            yield doubtful(
                ("networks", name),
                f"no node has an address in the network {name}, which instances replicate over",
                f"give each node `addresses: {{{name}: ...}}`, or take the network out of the file",
            )


def _differs(cidr: str, other: str) -> bool:
    """Say whether two networks differ; a text that is no network is told elsewhere."""
    try:
        return bool(cidr) and ip_network(cidr) != ip_network(other)
    except ValueError:
        return False
