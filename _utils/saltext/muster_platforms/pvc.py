"""PVC, the Parallel Virtual Cluster, under KVM."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from saltext.muster import wants
from saltext.muster.catalogue import pvc as catalogue
from saltext.muster.cluster import Cluster, Finding, Node
from saltext.muster.finding import no_address
from saltext.muster.requirement import Comparison, Requirement, Rule

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

#: What a node that no cluster file names is judged by.
PACKAGES = wants.packages(_REQUIRED)["names"]

#: PVC-080: more coordinators bring nothing.
MOST_COORDINATORS = 5


#: PVC-079, outside of labs.
LEAST_NODES = 3

#: Networks that no router may have an end in.
UNROUTED = ("cluster", "storage")


@dataclass(frozen=True)
class Options:
    """PVC's own options in a cluster file.

    api_address: the floating address of the API in the main network, which PVC calls upstream
    (PVC-050, 063). bridge_device: what VLANs of bridged client networks are made on (PVC-064).
    """

    api_address: str = ""
    bridge_device: str = ""


def check(cluster: Cluster) -> Iterable[Finding]:
    """Return what PVC cannot live with in a cluster file."""
    count = sum(1 for _ in cluster.with_role("coordinator"))
    if count not in (1, 3, 5):
        yield Finding(
            ("nodes",),
            f"wanted 3 or 5 coordinators (1 in a lab), seen {count}",
            "give 3 or 5 nodes `role: coordinator` (PVC-080)",
            "wanted 3 or 5 coordinators (1 in a lab)",
        )
    if cluster.tier != "test" and len(cluster.nodes) < LEAST_NODES:
        what = f"a cluster for production has at least {LEAST_NODES} nodes"
        yield Finding(("nodes",), what, "add nodes, or write tier: test (PVC-079)", what)
    for name in UNROUTED:
        if name in cluster.networks and cluster.networks[name].gateway:
            what = f"the network {name} is private and not routed"
            remedy = "leave the gateway out (PVC-056, PVC-059)"
            yield Finding(("networks", name, "gateway"), what, remedy, what)
    yield from no_address(("options", "api_address"), cluster.options.api_address)


def components(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return what each component wants of the node."""
    chrony = wants.chrony(cluster)
    parts = [_REQUIRED, _CHRONY] if chrony else [_REQUIRED]
    return {
        "hostname": {"name": node.short},
        "hosts": wants.hosts(cluster, node),
        **chrony,
        "packages": wants.packages(*parts),
    }


def declared(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return what is declared of the node besides its components."""
    coordinators = [peer.address for peer in cluster.with_role("coordinator") if peer is not node]
    found = wants.declared(cluster, node)
    return {**found, "peers": coordinators[:MOST_COORDINATORS]} if coordinators else found
