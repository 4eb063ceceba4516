"""Flows of a Ganeti cluster: its daemons' ports (ganeti.git: src/Ganeti/Constants.hs), DRBD's, and
those that its document names (GNT-024, GNT-029)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from saltext.muster.cluster import MAIN, Cluster
from saltext.muster.planning.connecting.flows import (
    ADMIN,
    NODES,
    Flow,
    administration,
    flow,
    network_for,
)

#: Ganeti's pool of ports: DRBD's, and also the guests' screens.
POOL = (11000, 14999)
#: Linux's own range of local ports: moving and exporting a guest listens on any of them.
EPHEMERAL = (32768, 60999)
#: Ganeti's default of the hypervisor parameter migration_port.
XEN_MIGRATION, KVM_MIGRATION = 8002, 8102


def flows(cluster: Cluster) -> Iterator[Flow]:
    """Give Ganeti's flows; the nodes' secondary network carries disks and migration."""
    yield from administration(cluster, "", restricted=False)
    yield flow("tcp", 22, (NODES, NODES), "SSH: Ganeti's commands")
    yield flow("tcp", 1811, (NODES, NODES), "Ganeti's node daemon")
    yield flow("udp", 1814, (NODES, NODES), "Ganeti's configuration daemon")
    yield flow("tcp", 1815, (NODES, NODES), "Ganeti's monitoring daemon")
    for source in (NODES, ADMIN):
        yield flow("tcp", 5080, (source, NODES), "Ganeti's remote API, on the master")
    for protocol, ports, why, rows in _replicated(cluster):
        yield from _secondary(cluster, flow(protocol, ports, (NODES, NODES), why, rows))
    if cluster.hypervisor == "xen" and cluster.options.hvm_vnc:
        yield flow("tcp", POOL, (ADMIN, NODES), "screens of HVM guests", "GNT-029")


def _replicated(cluster: Cluster) -> Iterator[tuple[str, int | tuple[int, int], str, str]]:
    """Give protocol, ports, reason and rows of what goes by the secondary network."""
    yield "tcp", EPHEMERAL, "guests exported and moved", ""
    if cluster.options.drbd:
        yield "tcp", POOL, "DRBD", "GNT-033 GNT-055"
    if cluster.options.live_migration:
        yield "tcp", migration_port(cluster), "live migration", "GNT-024"


def _secondary(cluster: Cluster, one: Flow) -> Iterator[Flow]:
    """Give a flow as it is in the secondary network, which may be known by its option alone."""
    network = network_for(cluster, "replication")
    cidr = cluster.options.secondary_cidr
    if network == MAIN and cidr:
        yield replace(one, source=cidr)
        yield replace(one, destination=cidr)
    else:
        yield replace(one, network=network)


def migration_port(cluster: Cluster) -> int:
    """Return the port that guests migrate by (GNT-024).

    The option's default is Xen's; under KVM it stands for KVM's.
    """
    declared: int = cluster.options.migration_port
    if cluster.hypervisor == "kvm" and declared == XEN_MIGRATION:
        return KVM_MIGRATION
    return declared
