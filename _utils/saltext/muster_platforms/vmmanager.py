"""VMmanager, under KVM or LXD."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from saltext.muster import wants
from saltext.muster.catalogue import vmmanager as catalogue
from saltext.muster.finding import Finding, no_address, no_network, wrong
from saltext.muster.requirement import Comparison, Requirement, Rule

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster, Node
    from saltext.muster.planning.connecting.flows import Flow

HYPERVISORS = ("kvm", "lxd")
EDITIONS = ("current",)
NETWORK_TYPES = ("switching", "routing", "ip-fabric")
ROLES = ("node",)
REQUIREMENTS: tuple[Requirement, ...] = catalogue.ROWS
RULES: tuple[Rule, ...] = catalogue.RULES
COMPARISONS: tuple[Comparison, ...] = catalogue.COMPARISONS

#: VMM-031, on the systems that VMmanager supports (VMM-018 to VMM-021). On EL 8 python3 is only
#: what the package python36 provides.
_REQUIRED: wants.Packages = {
    "almalinux-8": ["dmidecode", "python36"],
    "ubuntu-20.04": ["dmidecode", "python3"],
}
_CHRONY = wants.everywhere(_REQUIRED, "chrony")
_NFTABLES = wants.everywhere(_REQUIRED, "nftables")

#: What a node that no cluster file names is judged by.
PACKAGES = wants.packages(_REQUIRED)["names"]


@dataclass(frozen=True)
class Options:
    """VMmanager's own options in a cluster file.

    platform_address: where the platform itself runs, "" = elsewhere and not told (VMM-002).
    joined: the nodes belong to the platform already, so that what it sets up is judged too.
    migration: guests are to move between nodes (NET-010). console_via: who opens consoles, anybody
    or the platform alone (VMM-054). vms_per_node: how many are planned, 0 = not told (VMM-055).
    vswitch: Hetzner's connects the nodes (VMM-046). ipv6_pools: networks of guests' IPv6 addresses
    (VMM-042); onlink_ipv6: the provider does not route them (NET-015). vm_gateway: the gateway of
    all guests of an IP fabric (NET-023).
    """

    platform_address: str = ""
    joined: bool = False
    migration: bool = False
    console_via: Literal["any", "platform"] = "any"
    vms_per_node: int = 0
    vswitch: bool = False
    ipv6_pools: list[str] = field(default_factory=list)
    onlink_ipv6: bool = False
    vm_gateway: str = ""


def check(cluster: Cluster) -> Iterable[Finding]:
    """Return what VMmanager does not offer, and what is no valid option."""
    if (cluster.hypervisor, cluster.network_type) == ("lxd", "routing"):
        what = "VMmanager does not offer routing under LXD"
        remedy = "write another network_type, or hypervisor: kvm"
        yield Finding(("network_type",), what, remedy, what, row="VMM-020")
    options = cluster.options
    yield from no_address(("options", "platform_address"), options.platform_address)
    yield from no_address(("options", "vm_gateway"), options.vm_gateway)
    for index, pool in enumerate(options.ipv6_pools):
        yield from no_network(("options", "ipv6_pools", index), pool)
    if options.vms_per_node < 0:
        what = "is below 0"
        yield wrong(("options", "vms_per_node"), what, "write how many are planned", what)


def components(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return what each component wants of the node."""
    from saltext.muster.catalogue.vmmanager import devices  # no node needs it: the master plans

    chrony = wants.chrony(cluster)
    parts: list[wants.Packages] = [_REQUIRED, _CHRONY] if chrony else [_REQUIRED]
    network = devices.network(cluster, node)
    parts.append(wants.ifupdown(network, _REQUIRED))
    firewall = wants.firewall(cluster, node, asked=True)
    parts += [_NFTABLES] if firewall else []
    return {
        "hostname": {"name": node.fqdn},
        "hosts": wants.hosts(cluster, node),
        **chrony,
        **network,
        "packages": wants.packages(*parts),
        **firewall,
        "selinux": {"mode": "disabled"},
    }


def declared(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return what is declared of the node besides its components."""
    found = wants.declared(cluster, node)
    if node.subnet6:
        return {**found, "ipv6_pools": [*cluster.options.ipv6_pools, node.subnet6]}
    return found


def flows(cluster: Cluster) -> Iterable[Flow]:
    """Return what talks to what besides what every cluster needs."""
    # Nodes load this module on each run, and plan no ports: so only here.
    from saltext.muster.catalogue.vmmanager import flows as own

    return own.flows(cluster)
