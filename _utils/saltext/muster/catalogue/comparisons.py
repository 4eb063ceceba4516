"""Comparisons over the nodes of a cluster that muster adds for every platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from saltext.muster.catalogue.predicates import together, told
from saltext.muster.requirement import Comparison

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster

_PLACE = "comparisons over nodes"


def _networks(cluster: Cluster) -> str:
    return "" if cluster.networks else "the cluster file declares no networks"


def _migration(cluster: Cluster) -> str:
    if (cluster.platform, cluster.network_type) == ("vmmanager", "routing"):
        return "guests do not migrate under routing"
    return ""


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        id="MST-001",
        source="muster",
        place=_PLACE,
        text="each node has a machine id and a name of its own",
        minimum="unique machine ids and names",
        probes=("hostname", "machine"),
        values=told.fact(machine="machine.digest", name="hostname.running"),
        compare=together.unique("machine", "name"),
        remedy="a copied disk brings its id along: rm /etc/machine-id; systemd-machine-id-setup;"
        " reboot; and give each node its own name",
        by_hand="salt '*' cmd.run 'sha256sum /etc/machine-id; uname -n'",
    ),
    Comparison(
        id="MST-002",
        source="muster",
        place=_PLACE,
        text="the nodes' clocks agree",
        minimum="at most 30 s apart, 150 s in Ganeti: muster's own limit",
        recommended="at most 1 s apart",
        probes=("skew",),
        values=told.skew,
        compare=together.clocks,
        remedy="give all nodes the same time sources under `time` and apply the state chrony",
        by_hand="salt '*' cmd.run 'chronyc -n tracking'",
    ),
    Comparison(
        id="MST-003",
        source="muster",
        place=_PLACE,
        text="each declared network has one MTU",
        minimum="the declared one",
        recommended="the same on all nodes",
        probes=("addresses", "links"),
        values=told.network_mtu,
        compare=together.mtu,
        applies=_networks,
        least=1,
        remedy="set the MTU on the card, the bond, the VLAN and the bridge of the network, and on"
        " the switch",
        by_hand="salt '*' cmd.run 'ip -o link show'",
    ),
    Comparison(
        id="MST-004",
        source="muster",
        place=_PLACE,
        text="guests find the same processor on every node",
        minimum="one vendor where guests migrate live",
        recommended="the same flags",
        probes=("cpu",),
        values=told.processor,
        compare=together.processors,
        applies=_migration,
        remedy="choose a CPU model for guests that every node has, or keep unlike nodes in clusters"
        " of their own; update microcode and firmware where nodes should be alike",
        by_hand="salt '*' cmd.run 'grep -m1 ^flags /proc/cpuinfo'",
    ),
)
