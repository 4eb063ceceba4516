"""VMmanager, under KVM or LXD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from saltext.muster import wants
from saltext.muster.catalogue import vmmanager as catalogue
from saltext.muster.cluster import Cluster, Finding, Node
from saltext.muster.finding import no_address, no_network
from saltext.muster.requirement import Comparison, Requirement, Rule

HYPERVISORS = ("kvm", "lxd")
EDITIONS = ("current",)
NETWORK_TYPES = ("switching", "routing", "ip-fabric")
ROLES = ("node",)
REQUIREMENTS: tuple[Requirement, ...] = catalogue.ROWS
RULES: tuple[Rule, ...] = catalogue.RULES
COMPARISONS: tuple[Comparison, ...] = catalogue.COMPARISONS

#: VMM-031, on the systems that VMmanager supports (VMM-018 to VMM-021). On EL 8 python3 is only
#: what the package python36 provides.
_REQUIRED = {
    "almalinux-8": ["dmidecode", "python36"],
    "ubuntu-20.04": ["dmidecode", "python3"],
}
_CHRONY = wants.everywhere(_REQUIRED, "chrony")

#: What a node that no cluster file names is judged by.
PACKAGES = wants.packages(_REQUIRED)["names"]


@dataclass(frozen=True)
class Options:
    """VMmanager's own options in a cluster file.

    platform_address: where the platform itself runs, "" = elsewhere and not told (VMM-002).
    joined: the nodes belong to the platform already, so that what it sets up is judged too.
    console_via: who opens consoles, anybody or the platform alone (VMM-054). vms_per_node: how
    many are planned, 0 = not told (VMM-055). ipv6_pools: networks of guests' IPv6 addresses
    (VMM-042); onlink_ipv6: the provider does not route them (NET-015). vm_gateway,
    bgp_community and route_reflectors: the IP fabric's (NET-023 to 025).
    """

    platform_address: str = ""
    joined: bool = False
    migration: bool = False
    console_via: Literal["any", "platform"] = "any"
    vms_per_node: int = 0
    ipv6_pools: list[str] = field(default_factory=list)
    onlink_ipv6: bool = False
    vm_gateway: str = ""
    bgp_community: str = ""
    route_reflectors: list[str] = field(default_factory=list)


def check(cluster: Cluster) -> Iterable[Finding]:
    """Return what VMmanager cannot live with in a cluster file."""
    if (cluster.hypervisor, cluster.network_type) == ("lxd", "routing"):
        yield _refused(
            ("network_type",),
            "VMmanager does not offer routing under LXD",
            "write another network_type, or hypervisor: kvm (VMM-020)",
        )
    if cluster.network_type == "routing" and cluster.options.migration:
        yield _refused(
            ("options", "migration"),
            "guests do not migrate under routing: each node has its own subnet",
            "write migration: false, or another network_type (NET-010)",
        )
    yield from _options(cluster.options)
    if cluster.network_type == "ip-fabric":
        yield from _fabric(cluster)


def _options(options: Options) -> Iterator[Finding]:
    yield from no_address(("options", "platform_address"), options.platform_address)
    yield from no_address(("options", "vm_gateway"), options.vm_gateway)
    for index, pool in enumerate(options.ipv6_pools):
        yield from no_network(("options", "ipv6_pools", index), pool)
    for index, reflector in enumerate(options.route_reflectors):
        yield from no_address(("options", "route_reflectors", index), reflector)
    if options.vms_per_node < 0:
        yield _refused(("options", "vms_per_node"), "is below 0", "write how many are planned")


def _fabric(cluster: Cluster) -> Iterator[Finding]:
    """What an IP fabric must declare: NET-020, NET-023 to NET-025."""
    options = cluster.options
    if not options.route_reflectors:
        yield _refused(
            ("options",),
            "an IP fabric needs route_reflectors",
            "write the addresses of at least one, better two (NET-020, NET-025)",
        )
    if not _is_community(options.bgp_community):
        yield _refused(
            ("options", "bgp_community") if options.bgp_community else ("options",),
            "an IP fabric needs a bgp_community like 65000:100",
            "write two numbers up to 65535, three up to 4294967295, or a well-known name (NET-024)",
        )
    taken = {node.address for node in cluster.nodes.values()} | set(options.route_reflectors)
    if not options.vm_gateway or options.vm_gateway in taken:
        yield _refused(
            ("options", "vm_gateway") if options.vm_gateway else ("options",),
            "an IP fabric needs a vm_gateway that no node and no route reflector has",
            "write an address that is used nowhere else (NET-023)",
        )


def _is_community(text: str) -> bool:
    if text in ("internet", "no-export", "no-advertise", "local-AS", "no-peer", "blackhole"):
        return True
    parts = text.split(":")
    if not all(part.isdecimal() and part.isascii() and len(part) <= 10 for part in parts):
        return False
    most = {2: 0xFFFF, 3: 0xFFFFFFFF}.get(len(parts), -1)
    return all(int(part) <= most for part in parts)


def _refused(where: tuple[str | int, ...], what: str, remedy: str) -> Finding:
    return Finding(where, what, remedy, what)


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
