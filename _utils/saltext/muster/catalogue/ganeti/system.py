"""What Ganeti asks of a node's system."""

from __future__ import annotations

from saltext.muster.catalogue.ganeti.sources import TODAY, TUTORIAL
from saltext.muster.catalogue.predicates import clock, identity, packages, services
from saltext.muster.catalogue.predicates.repositories import third_party
from saltext.muster.requirement import Requirement
from saltext.muster.verdict import WARN

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="GNT-005",
        source=TUTORIAL,
        place="Installing the base system",
        kinds=("check", "advice"),
        text="the system is a clean, minimal installation",
        recommended="the distribution's repositories, minimal packages and services",
        probes=("os", "packages", "repositories", "services", "sockets"),
        test=services.all_of(third_party(WARN), services.clean),
        remedy="remove what is not needed, or install the system anew",
        by_hand="apt-mark showmanual; systemctl list-unit-files --state=enabled",
    ),
    Requirement(
        id="GNT-009",
        source=TUTORIAL,
        place="Installing the base system",
        kinds=("check", "advice"),
        text="the system is a new one, without guests or data that the installation could hurt",
        recommended="nothing to lose",
        probes=("filesystems", "identity", "live", "lvm"),
        test=identity.nothing_to_lose,
        remedy="move the guests and data away first, or waive this row to agree",
        by_hand="virsh list --all; ls /etc/pvc /opt/ispsystem",
    ),
    Requirement(
        id="GNT-015",
        source=TUTORIAL,
        place="Why a fully qualified host name",
        kinds=("check", "advice"),
        text="the node runs minimal services; others run in instances",
        recommended="the minimal system's services and Ganeti's",
        probes=("os", "services", "sockets"),
        test=services.none_additional(WARN),
        remedy="move the service into an instance",
        by_hand="systemctl list-unit-files --state=enabled; ss -tulnp",
    ),
    Requirement(
        id="GNT-044",
        source=TODAY,
        place="Installing the packages",
        kinds=("check", "enforce"),
        text="the packages that Ganeti needs are installed",
        minimum="the plan's list for this release",
        probes=("os", "packages"),
        component="packages",
        keys=("*",),
        test=packages.planned,
        remedy="apt-get install the missing packages",
        by_hand="dpkg -l PACKAGE",
    ),
    Requirement(
        id="GNT-057",
        source=TODAY,
        place="Joining the nodes to the cluster",
        text="the node belongs to no other Ganeti cluster",
        minimum="no cluster, or the declared one",
        recommended="the declared one, with joined: true",
        probes=("identity",),
        test=identity.no_other_cluster,
        remedy="remove the node from its other cluster first (gnt-node remove NODE); let a node"
        " that is in none join: gnt-node add NODE",
        by_hand="cat /var/lib/ganeti/ssconf_cluster_name",
    ),
    Requirement(
        id="GNT-058",
        source="Ganeti, nodeMaxClockSkew",
        place="constants",
        kinds=("check", "enforce"),
        text="the node's clock agrees with the master's",
        minimum="at most 150 s apart",
        probes=("skew",),
        component="chrony",
        keys=("synchronised",),
        test=clock.clock_skew(150),
        remedy="let chrony synchronise the clock: chronyc makestep",
        by_hand="date -u on the node and on the master",
    ),
)
