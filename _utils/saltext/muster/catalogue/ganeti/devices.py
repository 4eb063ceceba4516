"""What Ganeti wants of a node's network."""

from __future__ import annotations

from typing import Any

from saltext.muster.catalogue.ganeti.network import DEFAULT_BRIDGE
from saltext.muster.cluster import MAIN, Cluster, Network, Node
from saltext.muster.components.network.wanted import Route, Rule
from saltext.muster.planning.devices import Devices

#: Where the rules of routed instances begin; the kernel's own come later.
PRIORITY = 1000


def network(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return the component ``network``, or nothing where no device is declared.

    Bridged instances have a bridge over the main network's device, which takes over the node's
    address and default route (GNT-046, GNT-051, GNT-053); routed ones a table (GNT-050).
    """
    devices = Devices(cluster, node)
    routed = cluster.options.network_mode == "routed"
    for name, network in devices.networks():
        end = devices.end(network)
        bridge = network.bridge or (DEFAULT_BRIDGE if name == MAIN else "")
        if bridge and not (routed and name == MAIN):
            end = devices.bridge(bridge, end)
        devices.carry(name, end)
        if routed and name == MAIN:
            _route(cluster, devices, end, network)
    return devices.component()


def _route(cluster: Cluster, devices: Devices, device: str, main: Network) -> None:
    devices.sysctls["net.ipv4.ip_forward"] = "1"
    table = _table(cluster)
    # Under Xen the main table is used; without a gateway there is no default route to give.
    if not table or cluster.hypervisor == "xen" or not main.gateway:
        return
    routes = [Route(main.cidr, "", table), Route("default", main.gateway, table)]
    blocks = [block for pool in cluster.address_pools.values() for block in pool.blocks]
    sources = [block for block in blocks if ":" not in block] or [main.cidr]
    rules = [Rule(table, PRIORITY + number, each) for number, each in enumerate(sources)]
    devices.add_routes(device, routes, rules)


def _table(cluster: Cluster) -> int:
    """Return the number of the routed instances' table, 0 = a name that the file does not tell."""
    table = cluster.options.link_table
    return int(table) if table.isdecimal() else cluster.tables.get(table, 0)
