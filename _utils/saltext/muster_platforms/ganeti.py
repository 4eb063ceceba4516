"""Ganeti, under KVM or Xen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from saltext.muster import wants
from saltext.muster.catalogue import ganeti as catalogue
from saltext.muster.cluster import Cluster, Finding, Node
from saltext.muster.requirement import Requirement

HYPERVISORS = ("kvm", "xen")
EDITIONS = ("current",)
NETWORK_TYPES: tuple[str, ...] = ()
REQUIREMENTS: tuple[Requirement, ...] = catalogue.ROWS

RELEASES = ("debian-12", "debian-13", "ubuntu-22.04", "ubuntu-24.04")

#: GNT-044, by the names of today: what Ganeti's INSTALL lists for Python 3.
_REQUIRED = wants.everywhere(
    RELEASES,
    "bridge-utils",
    "fping",
    "iproute2",
    "iputils-arping",
    "lvm2",
    "ndisc6",
    "openssh-client",
    "openssh-server",
    "openssl",
    "python3",
    "python3-bitarray",
    "python3-openssl",
    "python3-pycurl",
    "python3-pyinotify",
    "python3-pyparsing",
    "python3-simplejson",
    "socat",
)
_DRBD = wants.everywhere(RELEASES, "drbd-utils")
_CHRONY = wants.everywhere(RELEASES, "chrony")

#: What a node that no cluster file names is judged by.
PACKAGES = wants.packages(_REQUIRED, _DRBD)["names"]

#: GNT-047: what Ganeti takes when no bridge is named.
DEFAULT_BRIDGE = "xen-br0"

_PROGRAM = re.compile(r"(/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)+")

#: GNT-039: what the module takes at most.
MOST_MINORS = 255


@dataclass(frozen=True)
class Options:
    """Ganeti's own options in a cluster file.

    drbd: instances are replicated by DRBD (GNT-033). minor_count: DRBD minors of a node, two
    for each disk of an instance (GNT-038), 1 to 255. usermode_helper: as DRBD 8.2 and newer
    want it for Ganeti (GNT-035).
    """

    drbd: bool = True
    minor_count: int = 128
    usermode_helper: str = "/bin/true"


def check(cluster: Cluster) -> Iterable[Finding]:
    """Return what Ganeti cannot live with in a cluster file."""
    if not 1 <= cluster.options.minor_count <= MOST_MINORS:
        yield Finding(
            ("options", "minor_count"),
            f"wanted 1 to {MOST_MINORS}, seen {cluster.options.minor_count}",
            "write 128, enough for 64 instances with one disk each (GNT-038, GNT-039)",
            f"wanted 1 to {MOST_MINORS}",
        )
    helper = cluster.options.usermode_helper
    if not _PROGRAM.fullmatch(helper):
        yield Finding(
            ("options", "usermode_helper"),
            f"wanted the absolute path of a program, seen {helper!a}",
            "write /bin/true (GNT-035)",
            "wanted the absolute path of a program",
        )
    for node in cluster.nodes.values():
        if "." not in node.fqdn:
            yield Finding(
                ("nodes", node.id),
                f"Ganeti wants a fully qualified name, seen {node.fqdn!a}",
                "give the node `fqdn: <name>.<domain>` (GNT-011)",
                "Ganeti wants a fully qualified name",
            )


def components(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return what each component wants of the node."""
    chrony = wants.chrony(cluster)
    parts = [_REQUIRED]
    parts += [_CHRONY] if chrony else []
    wanted: dict[str, dict[str, Any]] = {
        "hostname": {"name": node.fqdn},
        "hosts": wants.hosts(cluster, node),
        **chrony,
    }
    if cluster.options.drbd:
        parts.append(_DRBD)
        wanted["drbd"] = {
            "options": {
                "minor_count": str(cluster.options.minor_count),
                "usermode_helper": cluster.options.usermode_helper,
            }
        }
    return {**wanted, "packages": wants.packages(*parts)}


def declared(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return what is declared of the node besides its components."""
    return {"bridge": DEFAULT_BRIDGE, "drbd": cluster.options.drbd, **wants.declared(cluster, node)}
