"""What VMmanager wants of a node's network."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_network
from typing import Any

from saltext.muster.catalogue.predicates.ipv6 import BRIDGE
from saltext.muster.cluster import MAIN, Cluster, Node
from saltext.muster.planning.devices import Devices


def network(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return the component ``network``, or nothing where no device is declared.

    Before the join the address is static on the physical interface, bond or VLAN (VMM-041): the
    platform itself makes the bridge. After it the bridge is kept as the network type wants it
    (NET-004, NET-011), with what guests' IPv6 needs (NET-014, NET-017).
    """
    devices = Devices(cluster, node)
    kind = cluster.network_type if cluster.options.joined else ""
    for name, network in devices.networks():
        end = devices.end(network)
        if name == MAIN and kind == "switching":
            end = devices.bridge(network.bridge or BRIDGE, end)
        devices.carry(name, end)
        if name == MAIN and kind == "routing" and cluster.hypervisor == "kvm":
            _route(cluster, node, devices, end, network.bridge or BRIDGE)
    return devices.component()


def _route(cluster: Cluster, node: Node, devices: Devices, uplink: str, bridge: str) -> None:
    devices.bridge(bridge)
    devices.sysctls["net.ipv4.ip_forward"] = "1"
    pools = [*cluster.options.ipv6_pools, *filter(None, [node.subnet6])]
    networks = [each for each in map(ip_network, pools) if isinstance(each, IPv6Network)]
    for pool in networks:
        devices.add_address(uplink, f"{pool[2]}/64")
    if networks and cluster.options.onlink_ipv6:
        part = bridge.replace(".", "/")
        devices.sysctls[f"net.ipv6.conf.{part}.proxy_ndp"] = "1"
        devices.sysctls["net.ipv6.conf.all.forwarding"] = "1"
        devices.proxies[bridge] = tuple(str(pool[2]) for pool in networks)
        # A node that forwards takes no routes of advertisements unless told so.
        devices.accept_ra(uplink, 2)
