"""Flows of a VMmanager cluster: what its document wants open (VMM-052 to VMM-059)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from saltext.muster.cluster import Cluster
from saltext.muster.planning.connecting.flows import (
    ANY,
    MIGRATION,
    NODES,
    REFLECTORS,
    Flow,
    administration,
    flow,
)
from saltext.muster.planning.guests import most_guests

#: VMM-054: libvirt's first port of a screen, and the last that the document opens.
SCREENS = (5900, 6900)
_LAST_PORT = 65535


def flows(cluster: Cluster) -> Iterator[Flow]:
    """Give VMmanager's flows, those of the cluster's hypervisor."""
    lxd = cluster.hypervisor == "lxd"
    ssh, vxlan = ("VMM-058", "VMM-058") if lxd else ("VMM-052", "VMM-053")
    yield from administration(cluster, ssh, restricted=False)
    platform = cluster.options.platform_address
    if platform:
        yield flow("tcp", 22, (platform, NODES), "SSH: the platform", ssh)
    yield flow("tcp", 179, (NODES, NODES), "BGP of VXLAN networks", vxlan)
    yield flow("udp", 4789, (NODES, NODES), "VXLAN networks", vxlan)
    if cluster.bgp.reflectors:
        why = "iBGP with the route reflectors"
        yield flow("tcp", 179, (NODES, REFLECTORS), why, f"NET-025 {vxlan}")
        yield flow("tcp", 179, (REFLECTORS, NODES), why, f"NET-025 {vxlan}")
    yield from _lxd(platform) if lxd else _kvm(cluster, platform)
    yield from _routed(cluster)


def _routed(cluster: Cluster) -> Iterator[Flow]:
    """Guests of routed IPv6 subnets and the node find each other on its bridge (NET-011)."""
    if any(":" in text for node in cluster.nodes.values() for text in (node.subnet, node.subnet6)):
        bridge = (cluster.main.bridge if cluster.main else "") or "vmbr0"
        for ends in ((ANY, NODES), (NODES, ANY)):
            one = flow("icmp", 0, ends, "IPv6 neighbours: guests", "NET-011", "guests' subnets")
            yield replace(one, interface=bridge)


def _lxd(platform: str) -> Iterator[Flow]:
    for source in filter(None, (NODES, platform)):
        yield flow("tcp", 8443, (source, NODES), "LXD's management", "VMM-059")


def _kvm(cluster: Cluster, platform: str) -> Iterator[Flow]:
    through = cluster.options.console_via == "platform"
    for source in filter(None, (NODES, platform) if through else (ANY,)):
        yield flow("tcp", screens(cluster), (source, NODES), "guests' screens", "VMM-054 VMM-055")
    for source in filter(None, (NODES, platform)):
        yield flow("tcp", 16514, (source, NODES), "libvirt's management", "VMM-056")
    yield flow("tcp", MIGRATION, (NODES, NODES), "migration of guests", "VMM-057")


def screens(cluster: Cluster) -> tuple[int, int]:
    """Return the first and the last port of guests' screens on a node (VMM-054, VMM-055).

    The document's range has 1001 ports; it is widened where more guests are planned on a node.
    """
    planned, _node = most_guests(cluster)
    first, last = SCREENS
    return first, min(max(last, first + planned - 1), _LAST_PORT)
