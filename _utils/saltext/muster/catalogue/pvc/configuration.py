"""What PVC asks of how a node's interfaces are configured, and of what it reaches."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import configuration, reach
from saltext.muster.catalogue.pvc.sources import ARCHITECTURE, REWRITTEN
from saltext.muster.requirement import Requirement

PHYSICAL = "Physical network considerations"
GEOGRAPHY = "Georedundancy"

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="PVC-047",
        source=ARCHITECTURE,
        place=PHYSICAL,
        kinds=("check", "enforce"),
        text="interfaces come up at boot without addresses, which PVC sets itself",
        recommended="iface NAME inet manual",
        probes=("interface_files",),
        component="network",
        keys=("files",),
        test=configuration.manual_on_boot,
        remedy="write iface NAME inet manual, and leave the addresses to PVC",
        by_hand="grep -rE '^(iface|[[:space:]]+address)' /etc/network/interfaces.d",
    ),
    Requirement(
        id="PVC-048",
        source=ARCHITECTURE,
        place=PHYSICAL,
        kinds=("check", "enforce"),
        text="each interface has its own file in /etc/network/interfaces.d",
        minimum="/etc/network/interfaces.d/NAME, sourced from /etc/network/interfaces",
        probes=("interface_files",),
        component="network",
        keys=("files",),
        test=configuration.split_files,
        remedy="move each interface's stanza to /etc/network/interfaces.d/NAME",
        by_hand="grep -rE '^(source|iface)' /etc/network/interfaces /etc/network/interfaces.d",
    ),
    Requirement(
        id="PVC-087",
        source=ARCHITECTURE,
        place=GEOGRAPHY,
        kinds=("check", "plan"),
        text="the node is close to the coordinators: a write waits for the slowest way",
        recommended="a round trip of at most 5 ms (muster's own bound; the source gives none)",
        probes=("reach",),
        applies=reach.has_peers,
        test=reach.round_trip(5.0),
        remedy="bring the nodes closer together, or accept slower writes",
        by_hand="ping -c 10 PEER",
    ),
    Requirement(
        id="PVC-092",
        source=ARCHITECTURE,
        place=GEOGRAPHY,
        kinds=("check", "topology"),
        text="the node reaches the majority of the coordinators",
        minimum="more than half of them answer",
        recommended="all of them answer",
        probes=("reach",),
        applies=reach.has_peers,
        test=reach.majority,
        remedy="let the nodes reach each other, and answer echo requests",
        by_hand="ping -c 1 PEER",
    ),
    Requirement(
        id="PVC-099",
        source=REWRITTEN,
        place="Physical infrastructure, IPMI",
        text="the management controller has an address, so that the node can be fenced",
        minimum="IPMI over the network is set up; try it from another node before production",
        probes=("motherboard", "ipmi"),
        editions=("0.9.39",),
        tiers=("production", "heavy"),
        test=reach.management,
        remedy="give the controller an address and a user who may switch the power,"
        " then try it from another node",
        by_hand="ipmitool -I lanplus -H ADDRESS -U USER -E chassis power status",
    ),
)
