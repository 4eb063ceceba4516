"""What Ganeti asks of a node's network."""

from __future__ import annotations

from saltext.muster.catalogue.ganeti.sources import TUTORIAL
from saltext.muster.catalogue.predicates import bridges, routes
from saltext.muster.requirement import Requirement

#: GNT-047: what Ganeti takes when no bridge is named.
DEFAULT_BRIDGE = "xen-br0"

_PLACE = "Configuring the network"
_DEBIAN = "Bridging under Debian"

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="GNT-046",
        source=TUTORIAL,
        place=_PLACE,
        kinds=("check", "enforce"),
        text="the bridge for instances exists",
        minimum="the declared bridge",
        probes=("bridges",),
        component="network",
        keys=("devices", "files"),
        applies=bridges.bridged,
        test=bridges.bridge_exists,
        remedy="set the bridge up in /etc/network/interfaces and bring it up on the console",
        by_hand="ip -d link show type bridge",
    ),
    Requirement(
        id="GNT-047",
        source=TUTORIAL,
        place=_PLACE,
        kinds=("check", "topology"),
        text="the bridge has the name that the cluster uses",
        minimum="the declared name (Ganeti's default is xen-br0, Xen's own is xenbr0)",
        proof="saltext.muster.catalogue.ganeti.proofs:bridge_name",
        probes=("bridges",),
        component="network",
        keys=("devices", "files"),
        applies=bridges.bridged,
        test=bridges.bridge_named,
        remedy="rename the bridge, or declare its name in the cluster file",
        by_hand="ip -d link show type bridge",
    ),
    Requirement(
        id="GNT-049",
        source=TUTORIAL,
        place=_PLACE,
        kinds=("check", "topology"),
        text="the routing table of routed instances is one that the node knows",
        minimum="a number, or a name in rt_tables",
        probes=("addresses",),
        component="network",
        keys=("files",),
        hypervisors=("kvm",),
        applies=routes.own_table,
        test=routes.table_known,
        remedy="write NUMBER NAME to /etc/iproute2/rt_tables, or tell the number in the cluster"
        " file: tables: {NAME: NUMBER}",
        by_hand="cat /etc/iproute2/rt_tables",
    ),
    Requirement(
        id="GNT-050",
        source=TUTORIAL,
        place=_PLACE,
        kinds=("check", "enforce"),
        text="routed instances' table has its base routes, and a rule leads to it",
        minimum="a default route in the table, and a rule",
        probes=("addresses",),
        component="network",
        keys=("routes", "sysctls"),
        applies=routes.routed,
        test=routes.routes_ready,
        remedy="ip route add default via GATEWAY table TABLE; ip rule add from CIDR lookup TABLE",
        by_hand="ip rule show; ip route show table TABLE",
    ),
    Requirement(
        id="GNT-051",
        source=TUTORIAL,
        place=_DEBIAN,
        kinds=("check", "enforce", "advice"),
        text="the bridge has taken over the node's address and default route from its port",
        recommended="the address on the bridge alone",
        probes=("addresses",),
        component="network",
        keys=("addresses", "routes", "files"),
        applies=bridges.bridged,
        test=bridges.has_address,
        remedy="move address, netmask and gateway from the port's stanza to the bridge's in"
        " /etc/network/interfaces, then on the console: ifdown PORT; ifup BRIDGE",
        by_hand="ip addr show; ip route show default",
    ),
    Requirement(
        id="GNT-053",
        source=TUTORIAL,
        place=_DEBIAN,
        text="the bridge has the declared port, no spanning tree and no forward delay",
        minimum="the declared port",
        recommended="STP off, forward delay 0",
        probes=("bridges", "links"),
        component="network",
        keys=("devices", "files"),
        applies=bridges.bridged,
        test=bridges.set_up,
        remedy="bridge_ports PORT, bridge_stp off, bridge_fd 0 in the bridge's stanza",
        by_hand="brctl show; cat /sys/class/net/BRIDGE/bridge/forward_delay",
    ),
)
