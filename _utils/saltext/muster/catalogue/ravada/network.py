"""What Ravada asks of a node's network."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import reach
from saltext.muster.catalogue.ravada.sources import DOCUMENT
from saltext.muster.requirement import Requirement

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="RAV-031",
        source=DOCUMENT,
        place="Networking and Firewall, wake on LAN",
        text="the master can start the node by wake on LAN",
        minimum="the card that carries the node's address has Wake-on: g (muster's reading)",
        probes=("addresses", "links", "wol"),
        kinds=("check", "enforce"),
        component="wake_on_lan",
        keys=("boot", "running"),
        roles=("node",),
        applies=reach.wake_asked,
        test=reach.wakes,
        remedy="ethtool -s NIC wol g, and keep it so in the interface's file",
        by_hand="ethtool NIC | grep Wake-on",
    ),
)
