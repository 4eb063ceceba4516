"""What VMmanager's IP fabric asks of a node's routing."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import frr, links
from saltext.muster.catalogue.vmmanager.sources import NETWORKS
from saltext.muster.requirement import Requirement

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="NET-029",
        source=NETWORKS,
        place="IP fabric",
        kinds=("check", "enforce"),
        text="FRR announces the guests' routes to the route reflectors, with the community",
        minimum="bgpd on, sessions established, community set",
        probes=("frr",),
        component="frr",
        network_types=("ip-fabric",),
        applies=links.joined,
        test=frr.announces,
        remedy="set bgpd=yes in /etc/frr/daemons, see the neighbours in /etc/frr/frr.conf,"
        " systemctl restart frr",
        by_hand="vtysh -c 'show bgp summary'; grep community /etc/frr/frr.conf",
    ),
)
