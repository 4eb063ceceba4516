"""The commands that make a Ganeti cluster of nodes that are ready, with this cluster's values."""

from __future__ import annotations

from collections.abc import Iterator

from saltext.muster.cluster import Cluster, Node
from saltext.muster.planning.handover import Cards, Step

#: Ganeti's own folder for instances' disks that are files.
_FILES = "/srv/ganeti/file-storage"
_PATHS = "/etc/ganeti/file-storage-paths"

#: What Ganeti takes where it is told nothing.
_MIGRATION_PORT = 8002


def steps(cluster: Cluster, cards: Cards) -> Iterator[Step]:
    """Give the steps from ready nodes to a cluster that Ganeti verifies. Source: GNT-016 and on."""
    nodes = list(cluster.nodes.values())
    master = next((node for node in nodes if node.role == "master"), nodes[0])
    if cluster.options.storage == "file":
        made = f"mkdir -p {_FILES}; echo {_FILES} > {_PATHS}"
        yield from (Step(node.id, made) for node in nodes)
    yield Step(master.id, f"gnt-cluster init {' '.join(_options(cluster, master))}")
    for node in nodes:
        if node.id != master.id:
            second = _second(cluster, node)
            options = [*(["-s", second] if second else []), "--no-ssh-key-check", node.fqdn]
            yield Step(master.id, f"gnt-node add {' '.join(options)}")
    yield Step(master.id, "gnt-cluster verify --error-codes")


def _options(cluster: Cluster, master: Node) -> Iterator[str]:
    """Give the arguments of ``gnt-cluster init``, as Ganeti 3.0 has them."""
    options, main = cluster.options, cluster.main
    link = (main.bridge or main.interface) if main else ""
    yield f"--enabled-hypervisors={','.join(_hypervisors(cluster))}"
    yield from _parameters(cluster)
    yield f"--enabled-disk-templates={','.join(_templates(cluster))}"
    if options.storage == "lvm":
        yield f"--vg-name={options.volume_group}"
    if link:
        yield f"--master-netdev={link}"
    if options.network_mode == "routed":
        table = f",link={options.link_table}" if options.link_table else ""
        yield f"--nic-parameters=mode=routed{table}"
    elif link:
        yield f"--nic-parameters=mode=bridged,link={link}"
    second = _second(cluster, master)
    if second:
        yield f"--secondary-ip={second}"
    yield cluster.cluster_name or "CLUSTER-NAME"


def _hypervisors(cluster: Cluster) -> list[str]:
    if cluster.hypervisor == "kvm":
        return ["kvm"]
    return ["xen-pvm", *(["xen-hvm"] if cluster.options.hvm_vnc else [])]


def _parameters(cluster: Cluster) -> Iterator[str]:
    """Give the hypervisors' parameters where Ganeti's defaults are not what the nodes have."""
    if cluster.hypervisor == "kvm":
        yield "-H kvm:kernel_path="  # instances boot from their own disks
    port = cluster.options.migration_port
    if cluster.hypervisor != "kvm" and port != _MIGRATION_PORT:
        yield from (f"-H {name}:migration_port={port}" for name in _hypervisors(cluster))


def _templates(cluster: Cluster) -> list[str]:
    if cluster.options.storage == "file":
        return ["diskless", "file"]
    return ["plain", *(["drbd"] if cluster.options.drbd else [])]


def _second(cluster: Cluster, node: Node) -> str:
    """Return a node's address in the replication network, "" when there is none (GNT-055)."""
    found = (cluster.address_in(node, name) for name, _ in cluster.networks_for("replication"))
    return next(filter(None, found), "")
