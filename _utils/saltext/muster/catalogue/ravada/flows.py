"""Flows of a Ravada cluster.

RAV-028 to RAV-030 are its document's; migration and the web pages are Ravada's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from saltext.muster.cluster import Cluster
from saltext.muster.planning.flows import ANY, NODES, Flow, administration, flow

MASTER = "master"
#: libvirt's own default: Ravada migrates by libvirt over SSH, the guests' memory goes this way.
MIGRATION = (49152, 49215)
#: What Ravada's wake-on-LAN packet is sent to.
BROADCAST = "255.255.255.255"
_WAKE = (("udp", 9), ("tcp", 7), ("udp", 7))


def flows(cluster: Cluster) -> Iterator[Flow]:
    """Give Ravada's flows; SSH is for the master and who administers the nodes alone."""
    yield from administration(cluster, "RAV-028", restricted=True)
    yield flow("tcp", 22, (MASTER, NODES), "SSH: libvirt and rsync", "RAV-019 RAV-028")
    yield flow("tcp", MIGRATION, (NODES, NODES), "migration of guests")
    for port in (80, 443):
        yield flow("tcp", port, (ANY, MASTER), "Ravada's web pages")
    if cluster.options.wake_on_lan:
        for protocol, port in _WAKE:
            yield flow(protocol, port, (MASTER, NODES), "wake-on-LAN", "RAV-029 RAV-030")
        yield flow("udp", 9, (MASTER, BROADCAST), "wake-on-LAN", "RAV-029")
