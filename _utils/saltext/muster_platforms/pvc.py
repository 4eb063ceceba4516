"""PVC, the Parallel Virtual Cluster, under KVM."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from saltext.muster import wants
from saltext.muster.catalogue import pvc as catalogue
from saltext.muster.finding import Finding
from saltext.muster.requirement import Comparison, Requirement, Rule
from saltext.muster.sizes import Size

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster, Node
    from saltext.muster.planning.connecting.flows import Flow

HYPERVISORS = ("kvm",)
#: What its architecture chapter asked up to v0.9.38, and since it was rewritten.
EDITIONS = ("0.9.39", "0.9.21")
ROLES = ("hypervisor", "coordinator")
NETWORK_TYPES: tuple[str, ...] = ()
REQUIREMENTS: tuple[Requirement, ...] = catalogue.ROWS
RULES: tuple[Rule, ...] = catalogue.RULES
COMPARISONS: tuple[Comparison, ...] = catalogue.COMPARISONS

#: PVC's own installer brings its packages: a node needs what a host of Ansible needs.
_REQUIRED = wants.everywhere(
    ("debian-10", "debian-11", "debian-12"), "openssh-server", "python3", "sudo"
)
_CHRONY = wants.everywhere(_REQUIRED, "chrony")
_NFTABLES = wants.everywhere(_REQUIRED, "nftables")

#: What a node that no cluster file names is judged by.
PACKAGES = wants.packages(_REQUIRED)["names"]

#: PVC-080: more coordinators bring nothing.
MOST_COORDINATORS = 5

#: Options that planning alone needs.
_PLANNED = frozenset(
    ("georedundant", "zookeeper_heap", "zookeeper_stack")
    + ("keepalive_interval", "fence_intervals", "suicide_intervals")
)

#: PVC-023: what Java gets unless told otherwise, in bytes.
ZOOKEEPER_HEAP, ZOOKEEPER_STACK = Size(256 * 1024**2), Size(512 * 1024**2)


@dataclass(frozen=True)
class Options:
    """PVC's own options in a cluster file.

    georedundant: the loss of any one site must leave the cluster working (PVC-090).
    bridge_device: what VLANs of bridged client networks are made on, "" = what the upstream
    network is on (PVC-065).
    zookeeper_heap and zookeeper_stack: what Java gets for ZooKeeper (PVC-023). keepalive_interval
    in seconds, fence_intervals and suicide_intervals in keepalives: when a dead node is fenced,
    and when one ends itself, 0 = never (PVC-100).
    """

    georedundant: bool = False
    bridge_device: str = ""
    zookeeper_heap: Size = ZOOKEEPER_HEAP
    zookeeper_stack: Size = ZOOKEEPER_STACK
    keepalive_interval: int = 5
    fence_intervals: int = 6
    suicide_intervals: int = 0


def check(cluster: Cluster) -> Iterable[Finding]:
    """Return what is no valid option in a cluster file: the rows' proofs find the rest."""
    return ()


def components(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return what each component wants of the node."""
    from saltext.muster.planning import devices  # no node needs it: plans are the master's

    chrony = wants.chrony(cluster)
    parts: list[wants.Packages] = [_REQUIRED, _CHRONY] if chrony else [_REQUIRED]
    network = devices.manual(cluster, node).component(split=True)
    parts.append(wants.ifupdown(network, _REQUIRED))
    firewall = wants.firewall(cluster, node, asked=True)
    parts += [_NFTABLES] if firewall else []
    return {
        "hostname": {"name": node.short},
        "hosts": wants.hosts(cluster, node),
        **chrony,
        **network,
        **wants.sriov(node),
        "packages": wants.packages(*parts),
        **firewall,
    }


def declared(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return what is declared of the node besides its components.

    api_address is where PVC's API is reached: upstream's floating address (PVC-050, PVC-063).
    """
    from saltext.muster.catalogue.pvc import layout  # no node needs it: plans are the master's

    found = wants.declared(cluster, node)
    found = {key: value for key, value in found.items() if key not in _PLANNED}
    upstream = layout.of_role(cluster, layout.UPSTREAM)
    floating = next((each.floating for _name, each in upstream if each.floating), "")
    if floating:
        found["api_address"] = floating
    coordinators = [peer.address for peer in cluster.with_role("coordinator") if peer is not node]
    return {**found, "peers": coordinators[:MOST_COORDINATORS]} if coordinators else found


def flows(cluster: Cluster) -> Iterable[Flow]:
    """Return what talks to what besides what every cluster needs."""
    # Nodes load this module on each run, and plan no ports: so only here.
    from saltext.muster.catalogue.pvc import flows as own

    return own.flows(cluster)
