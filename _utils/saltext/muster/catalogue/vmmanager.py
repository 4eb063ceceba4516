"""What VMmanager asks of a node: its server requirements, S0."""

from __future__ import annotations

from saltext.muster.catalogue import predicates
from saltext.muster.requirement import Requirement

DOCUMENT = "VMmanager: server requirements for the cluster"
SELINUX = "Disabling SELinux service"

ROWS = (
    Requirement(
        id="VMM-031",
        source=DOCUMENT,
        place="Software",
        text="dmidecode and python3 are installed",
        minimum="dmidecode, python3",
        probes=("packages",),
        component="packages",
        keys=("dmidecode", "python3"),
        test=predicates.packages_installed("dmidecode", "python3|python36|python39|python3.11"),
        remedy="install dmidecode and python3",
        by_hand="dmidecode --version; python3 -V",
    ),
    Requirement(
        id="VMM-032",
        source=DOCUMENT,
        place=SELINUX,
        text="SELinux does not run",
        recommended="disabled",
        probes=("selinux",),
        component="selinux",
        keys=("running",),
        test=predicates.selinux_running_disabled,
        remedy="disable SELinux in /etc/selinux/config, then reboot",
        by_hand="sestatus",
    ),
    Requirement(
        id="VMM-033",
        source=DOCUMENT,
        place=SELINUX,
        text="SELinux is configured off",
        recommended="SELINUX=disabled",
        probes=("selinux",),
        component="selinux",
        keys=("configured",),
        test=predicates.selinux_configured_disabled,
        remedy="set SELINUX=disabled in /etc/selinux/config and leave SELINUXTYPE alone",
        by_hand="grep ^SELINUX= /etc/selinux/config",
    ),
    Requirement(
        id="VMM-034",
        source=DOCUMENT,
        place=SELINUX,
        text="the server was rebooted after SELinux was disabled",
        minimum="running as configured",
        probes=("selinux",),
        component="selinux",
        keys=("running",),
        test=predicates.selinux_reboot,
        remedy="reboot the server at a time that suits its guests",
        by_hand="getenforce",
    ),
    Requirement(
        id="VMM-036",
        source=DOCUMENT,
        place="System time",
        text="chrony synchronises the system time",
        minimum="synchronised by chrony, the only time service",
        probes=("chrony",),
        component="chrony",
        keys=("active", "enabled", "other_services", "sources", "synchronised"),
        test=predicates.chrony_synchronised,
        remedy="install chrony, give it reachable sources, disable other time services",
        by_hand="chronyc tracking",
    ),
)
