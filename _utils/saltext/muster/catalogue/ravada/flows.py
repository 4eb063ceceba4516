"""Flows of a Ravada cluster.

RAV-028 to RAV-030 are its document's. Migration, the web pages and the screens are Ravada's own
(UPC/ravada: docs/docs/production.rst); what guests ask of a node is of libvirt's own network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from saltext.muster.cluster import Cluster
from saltext.muster.planning.connecting.flows import (
    ANY,
    MIGRATION,
    NODES,
    Flow,
    administration,
    flow,
)

MASTER = "master"
#: What Ravada's wake-on-LAN packet is sent to.
BROADCAST = "255.255.255.255"
_WAKE = (("udp", 9), ("tcp", 7), ("udp", 7))
#: Each started guest has a port from 5900 on. Ravada opens it to its user in a chain of its own,
#: which does not undo what another table refuses.
SCREENS = (5900, 7000)
#: libvirt's own network, behind address translation: its bridge, and what the node serves there.
GUESTS, BRIDGE = "libvirt's default", "virbr0"
_TO_GUESTS = (("udp", 67, "DHCP"), ("udp", 53, "names"), ("tcp", 53, "names"))


def flows(cluster: Cluster) -> Iterator[Flow]:
    """Give Ravada's flows; SSH is for the master and who administers the nodes alone."""
    yield from administration(cluster, "RAV-028", restricted=True)
    yield flow("tcp", 22, (MASTER, NODES), "SSH: libvirt and rsync", "RAV-019 RAV-028")
    # Ravada migrates by libvirt over SSH; the guests' memory goes this way.
    yield flow("tcp", MIGRATION, (NODES, NODES), "migration of guests")
    for port in (80, 443):
        yield flow("tcp", port, (ANY, MASTER), "Ravada's web pages")
    yield flow("tcp", SCREENS, (ANY, NODES), "guests' screens")
    for protocol, port, why in _TO_GUESTS:
        one = flow(protocol, port, (ANY, NODES), f"to guests: {why}", network=GUESTS)
        yield replace(one, interface=BRIDGE)
    if cluster.options.wake_on_lan:
        for protocol, port in _WAKE:
            yield flow(protocol, port, (MASTER, NODES), "wake-on-LAN", "RAV-029 RAV-030")
        yield flow("udp", 9, (MASTER, BROADCAST), "wake-on-LAN", "RAV-029")
