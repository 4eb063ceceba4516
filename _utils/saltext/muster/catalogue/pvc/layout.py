"""How PVC's networks lie on the nodes' devices, as a cluster file tells it."""

from __future__ import annotations

from collections.abc import Iterator

from saltext.muster.cluster import Cluster, Network, Node
from saltext.muster.finding import NotAsked

UPSTREAM, CLUSTER, STORAGE = "upstream", "cluster", "storage"

#: The networks that PVC itself lives on.
SYSTEM = (UPSTREAM, CLUSTER, STORAGE)

Named = tuple[str, Network]


def of_role(cluster: Cluster, role: str) -> list[Named]:
    """Return the networks of a role, with their names; the main one is upstream by default."""
    found = list(cluster.networks_for(role))
    main = cluster.main
    if role == UPSTREAM and not found and main is not None and main.role in ("", "main"):
        return [("main", main)]
    return found


def the(cluster: Cluster, role: str) -> list[Named]:
    """Return the networks of a role; raises NotAsked where the file declares none."""
    found = of_role(cluster, role)
    if not found:
        raise NotAsked(f"no network with the role {role} is declared")
    return found


def system(cluster: Cluster) -> Iterator[tuple[str, str, Network]]:
    """Give PVC's own networks as far as they are declared: role, name, network."""
    for role in SYSTEM:
        for name, network in of_role(cluster, role):
            yield role, name, network


def nics(cluster: Cluster, name: str) -> frozenset[str]:
    """Return the NICs that a device is made of; one that is no declared bond is itself a NIC."""
    bond = cluster.bonds.get(name)
    return frozenset(bond.nics if bond else (name,))


def speed(cluster: Cluster, node: Node, name: str) -> float:
    """Return what a device of a node carries, in Gbit/s; 0 = the node's hardware does not tell.

    LACP carries the sum of its NICs, any other bond as much as the slowest.
    """
    bond, told = cluster.bonds.get(name), cluster.hardware_of(node).nics
    speeds = [told.get(nic, 0.0) for nic in (bond.nics if bond else (name,))]
    if not all(speeds):
        return 0.0
    return sum(speeds) if bond and bond.mode == "802.3ad" else min(speeds)
