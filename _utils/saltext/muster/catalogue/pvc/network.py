"""What PVC asks of a node's network."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import bonds, sriov
from saltext.muster.catalogue.pvc.sources import ARCHITECTURE
from saltext.muster.requirement import Requirement

_SIZING = "Node specifications"
_PHYSICAL = "Physical network"
_SRIOV = "SR-IOV client networks"

#: The rewritten edition asks for these in production, the older one calls them optimal.
_FAST = "2 x 10 Gbit/s"

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="PVC-007",
        source=ARCHITECTURE,
        place=_SIZING,
        text="the node has network cards enough, and fast enough for its tier",
        minimum="test: 1 x 1 Gbit/s; production: 2 x 1 Gbit/s, bonded",
        recommended=f"{_FAST}, bonded",
        probes=("links",),
        test=bonds.cards,
        remedy="connect and bond two cards, or use faster ones",
        by_hand="grep . /sys/class/net/*/speed; cat /proc/net/bonding/*",
    ),
    Requirement(
        id="PVC-041",
        source=ARCHITECTURE,
        place=_PHYSICAL,
        text="two links in an LACP or active-backup bond",
        minimum="2 x 1 Gbit/s",
        recommended=_FAST,
        probes=("links",),
        tiers=("production", "heavy"),
        test=bonds.bonded,
        remedy="bond two cards with mode 802.3ad (and LACP on the switch) or active-backup",
        by_hand="cat /proc/net/bonding/*",
    ),
    Requirement(
        id="PVC-042",
        source=ARCHITECTURE,
        place=_PHYSICAL,
        kinds=("check", "enforce"),
        text="the cluster's networks are VLANs on the bond",
        minimum="each declared VLAN, on its bond",
        probes=("links",),
        component="network",
        keys=("devices", "files"),
        applies=bonds.needs_vlans,
        test=bonds.tagged,
        remedy="make the VLAN in /etc/network/interfaces.d/BOND.ID, on the bond",
        by_hand="ip -d link show type vlan",
    ),
    Requirement(
        id="PVC-046",
        source=ARCHITECTURE,
        place=_PHYSICAL,
        text="the cluster's networks run on Ethernet",
        minimum="Ethernet; InfiniBand only as Ethernet over it",
        probes=("links",),
        test=bonds.ethernet,
        remedy="use Ethernet cards, or set up Ethernet over InfiniBand",
        by_hand="grep . /sys/class/net/*/type",
    ),
    Requirement(
        id="PVC-069",
        source=ARCHITECTURE,
        place=_SRIOV,
        kinds=("check", "enforce"),
        text="the node's cards have the virtual functions that PVC is told to make",
        minimum="the declared number, in PVC's configuration and on the card",
        probes=("links", "pvcnoded"),
        component="sriov",
        keys=("boot", "functions"),
        applies=sriov.used,
        test=sriov.made,
        remedy="set sriov_enable and sriov_device in PVC's configuration, then restart the node",
        by_hand="grep . /sys/class/net/*/device/sriov_numvfs",
    ),
    Requirement(
        id="PVC-070",
        source=ARCHITECTURE,
        place=_SRIOV,
        text="no card is asked for more virtual functions than it can have",
        minimum="at most what the card can have",
        proof="saltext.muster.planning.sriov:impossible",
        probes=("links",),
        applies=sriov.used,
        test=sriov.within_limit,
        remedy="declare fewer functions, switch SR-IOV on in the firmware, or use another card",
        by_hand="grep . /sys/class/net/*/device/sriov_totalvfs",
    ),
)
