"""Ganeti, under KVM or Xen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from saltext.muster import wants
from saltext.muster.catalogue import ganeti as catalogue
from saltext.muster.catalogue.ganeti.network import DEFAULT_BRIDGE
from saltext.muster.catalogue.predicates import xen
from saltext.muster.finding import Finding, no_network, wrong
from saltext.muster.requirement import Comparison, Requirement, Rule

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster, Node
    from saltext.muster.planning.connecting.flows import Flow
    from saltext.muster.planning.handover import Cards, Step

HYPERVISORS = ("kvm", "xen")
EDITIONS = ("current", "2009")
ROLES = ("node", "master")
NETWORK_TYPES: tuple[str, ...] = ()
REQUIREMENTS: tuple[Requirement, ...] = catalogue.ROWS
RULES: tuple[Rule, ...] = catalogue.RULES
COMPARISONS: tuple[Comparison, ...] = catalogue.COMPARISONS

#: Debian 10 has the last Ganeti that runs on Python 2.
OLD_RELEASES = ("debian-10",)
RELEASES = ("debian-11", "debian-12", "debian-13", "ubuntu-22.04", "ubuntu-24.04")

_TOOLS = (
    "bridge-utils",
    "fping",
    "iproute2",
    "iputils-arping",
    "lvm2",
    "ndisc6",
    "openssh-client",
    "openssh-server",
    "openssl",
    "socat",
)
_MODULES = ("bitarray", "openssl", "pycurl", "pyinotify", "pyparsing", "simplejson")

#: GNT-044, by the names of today: what Ganeti's INSTALL lists.
_REQUIRED: wants.Packages = {
    **wants.everywhere(OLD_RELEASES, *_TOOLS, "python", *(f"python-{n}" for n in _MODULES)),
    **wants.everywhere(RELEASES, *_TOOLS, "python3", *(f"python3-{n}" for n in _MODULES)),
}
_DRBD = wants.everywhere(_REQUIRED, "drbd-utils")
#: GNT-019.
_XEN = {
    **wants.everywhere(OLD_RELEASES, "xen-linux-system-amd64"),
    **wants.everywhere(RELEASES, "xen-system-amd64"),
}
_CHRONY = wants.everywhere(_REQUIRED, "chrony")
_NFTABLES = wants.everywhere(_REQUIRED, "nftables")

#: What a node that no cluster file names is judged by.
PACKAGES = wants.packages(_REQUIRED, _DRBD)["names"]


@dataclass(frozen=True)
class Options:
    """Ganeti's own options in a cluster file.

    drbd: instances are replicated by DRBD (GNT-033). minor_count: DRBD minors of a node, two
    for each disk of an instance (GNT-038), 1 to 255. usermode_helper: as DRBD 8.2 and newer
    want it for Ganeti (GNT-035). storage: where instances' disks are, in volume_group when it is
    ``lvm`` (GNT-006 to 008). network_mode: ``bridged`` or ``routed`` (GNT-045), link_table the
    routing table of routed instances (GNT-049). secondary_cidr: the replication network
    (GNT-055). live_migration with its migration_port, hvm_vnc and xen_initrd: what Xen is set
    up for (GNT-023 to 032). dom0_memory: what Xen leaves its first domain, with M or G, 512M or
    1024M for the tutorial ("" = as it is, GNT-020, 027); dom0_cpus: its processors (0 = as it is,
    GNT-021, 028).
    joined: the nodes belong to the Ganeti cluster already (GNT-057).
    """

    drbd: bool = True
    minor_count: int = 128
    usermode_helper: str = "/bin/true"
    storage: Literal["lvm", "file"] = "lvm"
    volume_group: str = "xenvg"
    network_mode: Literal["bridged", "routed"] = "bridged"
    link_table: str = ""
    secondary_cidr: str = ""
    live_migration: bool = True
    migration_port: int = 8002
    hvm_vnc: bool = False
    xen_initrd: bool = True
    dom0_memory: str = "1024M"
    dom0_cpus: int = 1
    joined: bool = False


def check(cluster: Cluster) -> Iterable[Finding]:
    """Return what is no valid option in a cluster file."""
    yield from no_network(("options", "secondary_cidr"), cluster.options.secondary_cidr)
    memory, cpus = cluster.options.dom0_memory, cluster.options.dom0_cpus
    if not re.fullmatch("(?:[1-9][0-9]{0,6}[MG])?", memory, re.ASCII):
        what = f"wanted a size such as 1024M, seen {memory!a:.60}"
        yield wrong(("options", "dom0_memory"), what, "write 512M or 1024M, or '' to leave it")
    if not 0 <= cpus <= 4096:
        what = f"wanted 0 to 4096, seen {cpus}"
        yield wrong(("options", "dom0_cpus"), what, "write 1, or 0 to leave it as it is")


def components(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return what each component wants of the node."""
    chrony = wants.chrony(cluster)
    parts = [_REQUIRED]
    parts += [_CHRONY] if chrony else []
    parts += [_XEN] if cluster.hypervisor == "xen" else []
    # No row of Ganeti's asks for a firewall.
    firewall = wants.firewall(cluster, node, asked=False)
    parts += [_NFTABLES] if firewall else []
    wanted: dict[str, dict[str, Any]] = {
        "hostname": {"name": node.fqdn},
        "hosts": wants.hosts(cluster, node),
        **chrony,
        **firewall,
        **_ssh(cluster, node),
    }
    if cluster.hypervisor == "xen":
        wanted["xen"] = _xen(cluster, node)
    if cluster.options.drbd:
        parts.append(_DRBD)
        wanted["drbd"] = {
            "options": {
                "minor_count": str(cluster.options.minor_count),
                "usermode_helper": cluster.options.usermode_helper,
            }
        }
    if cluster.options.storage == "lvm":
        options = cluster.options
        wanted.update(wants.lvm(node, options.volume_group, options.drbd))
    from saltext.muster.catalogue.ganeti import devices  # no node needs it: plans are the master's

    network = devices.network(cluster, node)
    parts.append(wants.ifupdown(network, _REQUIRED))
    return {**wanted, **network, "packages": wants.packages(*parts)}


def _ssh(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return what the master needs to start Ganeti's own SSH by: no cluster has it before."""
    if not any(cluster.with_role("master")):
        return {}
    # Ganeti's init replaces root's RSA and DSA keys, and keeps its own list of known hosts.
    logins, kinds = ["prohibit-password", "yes"], ["ssh-ed25519"]
    return wants.ssh(cluster, node, logins, ["pty"], kinds, pins=False)


def _xen(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return the component ``xen``; whether xend or xl is there, the node tells."""
    options = cluster.options
    kernel = xen.KERNELS.get(cluster.edition, xen.KERNELS["current"])
    return {
        "memory": options.dom0_memory,
        "cpus": options.dom0_cpus,
        "migration": _migration(cluster, node) if options.live_migration else None,
        "consoles": options.hvm_vnc,
        "routed": options.network_mode == "routed",
        "kernel": f"vmlinuz-{kernel}-xenU",
        "initrd": f"initrd-{kernel}-xenU" if options.xen_initrd else "",
    }


def _migration(cluster: Cluster, node: Node) -> dict[str, Any] | None:
    """Return who may send instances to the node's xend, None where that cannot be told."""
    from saltext.muster.planning.addressing import relocation  # the master's alone

    try:
        network = relocation.network(cluster)
    except ValueError:
        return None
    return {
        "port": cluster.options.migration_port,
        "hosts": relocation.expression(network),
        "network": str(network),
        "address": cluster.address_in(node, relocation.network_name(cluster)),
    }


def declared(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return what is declared of the node besides its components."""
    return {"bridge": DEFAULT_BRIDGE, **wants.declared(cluster, node)}


def flows(cluster: Cluster) -> Iterable[Flow]:
    """Return what talks to what besides what every cluster needs."""
    # Nodes load this module on each run, and plan no ports: so only here.
    from saltext.muster.catalogue.ganeti import flows as own

    return own.flows(cluster)


def handover(cluster: Cluster, cards: Cards) -> Iterable[Step]:
    """Return what is left to the administrator, step by step; cards are what wakes the nodes."""
    from saltext.muster.catalogue.ganeti import handing

    return handing.steps(cluster, cards)
