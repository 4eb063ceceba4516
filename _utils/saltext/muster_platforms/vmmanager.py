"""VMmanager, under KVM or LXD."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from saltext.muster import wants
from saltext.muster.catalogue import vmmanager as catalogue
from saltext.muster.cluster import Cluster, Finding, Node
from saltext.muster.requirement import Requirement

HYPERVISORS = ("kvm", "lxd")
EDITIONS = ("current",)
NETWORK_TYPES = ("switching", "routing", "ip-fabric")
REQUIREMENTS: tuple[Requirement, ...] = catalogue.ROWS

#: VMM-031, on the systems that VMmanager supports (VMM-018 to VMM-021).
_REQUIRED = wants.everywhere(("almalinux-8", "ubuntu-20.04"), "dmidecode", "python3")
_CHRONY = wants.everywhere(_REQUIRED, "chrony")

#: What a node that no cluster file names is judged by.
PACKAGES = wants.packages(_REQUIRED)["names"]


@dataclass(frozen=True)
class Options:
    """VMmanager has no options of its own in a cluster file yet."""


def check(cluster: Cluster) -> Iterable[Finding]:
    """Return what VMmanager cannot live with in a cluster file."""
    if (cluster.hypervisor, cluster.network_type) == ("lxd", "routing"):
        yield Finding(
            ("network_type",),
            "VMmanager does not offer routing under LXD",
            "write another network_type, or hypervisor: kvm (VMM-020)",
            "VMmanager does not offer routing under LXD",
        )


def components(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return what each component wants of the node."""
    chrony = wants.chrony(cluster)
    parts = [_REQUIRED, _CHRONY] if chrony else [_REQUIRED]
    return {
        "hostname": {"name": node.fqdn},
        "hosts": wants.hosts(cluster, node),
        **chrony,
        "packages": wants.packages(*parts),
        "selinux": {"mode": "disabled"},
    }


def declared(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return what is declared of the node besides its components."""
    return wants.declared(cluster, node)
