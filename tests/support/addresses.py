"""Small clusters for the tests of addresses."""

from __future__ import annotations

from types import SimpleNamespace

from saltext.muster.cluster import Cluster, Network, Node
from saltext.muster.planning import addresses


def cluster(nodes=(), networks=None, options=None, **parts):
    """Return a cluster of these nodes; its main network is 10.0.0.0/24 unless networks tell."""
    networks = {"main": Network("10.0.0.0/24")} if networks is None else networks
    return Cluster(
        name="demo",
        platform="vmmanager",
        hypervisor="kvm",
        edition="current",
        tier="production",
        nodes={each.id: each for each in nodes},
        options=SimpleNamespace(**(options or {})),
        networks=networks,
        **parts,
    )


def node(number, address="", **more):
    """Return the node of that number."""
    id_ = f"node{number}.example.com"
    return Node(
        id_, address or f"10.0.0.{10 + number}", id_, f"node{number}", number=number, **more
    )


def told(tested):
    """Return what contradicts in a cluster's addresses: messages by path."""
    return {item.where: item.message for item in addresses.prove(tested)}


def pvc(count, network="10.0.0.0/24"):
    """Return the plan of PVC's document, with so many nodes."""
    upstream = Network(
        network,
        gateway="10.0.0.1",
        routers=("10.0.0.2", "10.0.0.3"),
        floating="10.0.0.10",
        offset=10,
        ipmi_offset=110,
        role="upstream",
    )
    nodes = [node(n, f"10.0.0.{10 + n}", ipmi=f"10.0.0.{110 + n}") for n in range(1, count + 1)]
    return cluster(nodes, {"main": upstream})
