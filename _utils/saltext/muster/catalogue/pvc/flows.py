"""Flows of a PVC cluster.

Its document names few ports; these are those of PVC's own defaults (parallelvirtualcluster/pvc
and pvc-ansible), of ZooKeeper, Patroni, KeyDB, libvirt, FRR and Ceph, which it sets up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from saltext.muster.cluster import Cluster
from saltext.muster.planning.connecting.flows import (
    ADMIN,
    ANY,
    IPMI,
    MIGRATION,
    NODES,
    ROUTERS,
    Flow,
    administration,
    flow,
    network_for,
)

COORDINATOR = "coordinator"
OSDS = (6800, 7300)

#: What coordinators serve to all nodes in the cluster network.
_SERVED = (
    (2181, "ZooKeeper: clients"),
    (5432, "PostgreSQL"),
    (6379, "KeyDB"),
    (7370, "PVC's API"),
)
#: What coordinators are to each other.
_AMONG = ((2888, "ZooKeeper: peers"), (3888, "ZooKeeper: elections"), (8008, "Patroni"))
#: What the primary coordinator serves to guests in a managed network.
_TO_GUESTS = (
    ("udp", 53, "names"),
    ("tcp", 53, "names"),
    ("udp", 67, "DHCP"),
    ("udp", 547, "DHCP for IPv6"),
    ("udp", 123, "time"),
    ("tcp", 80, "PVC's metadata"),
)


def flows(cluster: Cluster) -> Iterator[Flow]:
    """Give PVC's flows."""
    yield from administration(cluster, "PVC-104", restricted=False)
    yield from _coordinators(cluster)
    yield from _hypervisors(cluster)
    yield from _storage(cluster)
    yield from _guests(cluster)


def _coordinators(cluster: Cluster) -> Iterator[Flow]:
    """The databases and the API: in the cluster network, the API to administrators as well."""
    network = network_for(cluster, "cluster")
    for port, why in _SERVED:
        yield flow("tcp", port, (NODES, COORDINATOR), why, "PVC-056", network)
    for port, why in _AMONG:
        yield flow("tcp", port, (COORDINATOR, COORDINATOR), why, "PVC-056", network)
    yield flow("tcp", 7370, (ADMIN, COORDINATOR), "PVC's API", "PVC-050 PVC-104")
    routers = [ROUTERS] if _routed(cluster) else []
    for protocol in ("udp", "tcp"):
        yield flow(protocol, 53, (NODES, COORDINATOR), "PVC's names", network=network)
        for source in (NODES, ADMIN, *routers):
            yield flow(protocol, 53, (source, COORDINATOR), "PVC's names")
    yield flow("udp", 623, (NODES, IPMI), "IPMI: fencing", "PVC-055")


def _hypervisors(cluster: Cluster) -> Iterator[Flow]:
    """Migration and the managed networks of guests: in the cluster network."""
    network = network_for(cluster, "cluster")
    yield flow("tcp", 16509, (NODES, NODES), "libvirt", "PVC-056", network)
    yield flow("tcp", MIGRATION, (NODES, NODES), "migration of guests", "PVC-056", network)
    yield flow("udp", 4789, (NODES, NODES), "VXLAN", "PVC-066", network)
    for ends in ((NODES, COORDINATOR), (COORDINATOR, NODES)):
        yield flow("tcp", 179, ends, "BGP", "PVC-066", network)
    if _routed(cluster):
        for ends in ((ROUTERS, COORDINATOR), (COORDINATOR, ROUTERS)):
            yield flow("tcp", 179, ends, "BGP with the routers", "PVC-052")


def _routed(cluster: Cluster) -> bool:
    """Say whether a router is told: to one that is not, nothing is opened."""
    main = cluster.main
    return bool(main and main.gateway) or any(net.routers for net in cluster.networks.values())


def _storage(cluster: Cluster) -> Iterator[Flow]:
    """Ceph's, unless it is elsewhere."""
    if cluster.ceph and cluster.ceph.external:
        return
    network = network_for(cluster, "storage", "cluster")
    for port in (3300, 6789):
        yield flow("tcp", port, (NODES, COORDINATOR), "Ceph's monitors", "PVC-029", network)
    yield flow("tcp", OSDS, (NODES, NODES), "Ceph's OSDs and managers", "PVC-059", network)


def _guests(cluster: Cluster) -> Iterator[Flow]:
    """What the primary coordinator is to guests of managed networks: each on its own bridge."""
    for name, network in cluster.client_networks.items():
        if network.kind != "managed":
            continue
        for protocol, port, why in _TO_GUESTS:
            # A guest that asks by DHCP has no address yet.
            source = ANY if port in (67, 547) else network.cidr or ANY
            ends = (source, COORDINATOR)
            one = flow(protocol, port, ends, f"to guests: {why}", "PVC-066", name)
            yield replace(one, interface=f"vmbr{network.vni}")
        for ends in ((ANY, COORDINATOR), (COORDINATOR, ANY)):
            one = flow("icmp", 0, ends, "guests' router: ping, IPv6 neighbours", "PVC-066", name)
            yield replace(one, interface=f"vmbr{network.vni}")
