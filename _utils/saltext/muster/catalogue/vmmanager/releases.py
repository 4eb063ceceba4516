"""Which systems VMmanager takes for a node."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import releases
from saltext.muster.catalogue.vmmanager.sources import DOCUMENT, NETWORKS
from saltext.muster.requirement import Requirement

SYSTEM = "Operating system"
BY_HAND = "cat /etc/os-release"

_ALMALINUX = "AlmaLinux 8.6, 8.7, 8.8 or 8.9"
_UBUNTU = "Ubuntu 20.04"
_INSTALL = "install a supported release: a node is not upgraded in place to another system"

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="VMM-018",
        source=DOCUMENT,
        place=SYSTEM,
        text="the system is one that switching under KVM runs on",
        minimum=_ALMALINUX,
        probes=("os",),
        hypervisors=("kvm",),
        network_types=("switching",),
        applies=releases.not_old_centos,
        test=releases.one_of(almalinux=releases.ALMALINUX),
        remedy=_INSTALL,
        by_hand=BY_HAND,
    ),
    Requirement(
        id="VMM-019",
        source=DOCUMENT,
        place=SYSTEM,
        text="the system is one that switching under LXD runs on",
        minimum=_UBUNTU,
        probes=("os",),
        hypervisors=("lxd",),
        network_types=("switching",),
        test=releases.one_of(ubuntu=releases.UBUNTU),
        remedy=_INSTALL,
        by_hand=BY_HAND,
    ),
    Requirement(
        id="VMM-020",
        source=DOCUMENT,
        place=SYSTEM,
        kinds=("check", "topology"),
        text="the system is one that routing runs on, which is offered under KVM alone",
        minimum=f"KVM on {_ALMALINUX}",
        probes=("os",),
        network_types=("routing",),
        applies=releases.not_old_centos,
        test=releases.for_hypervisor({"kvm": releases.one_of(almalinux=releases.ALMALINUX)}),
        remedy=_INSTALL,
        by_hand=BY_HAND,
    ),
    Requirement(
        id="VMM-021",
        source=DOCUMENT,
        place=SYSTEM,
        text="the system is one that an IP fabric runs on",
        minimum=f"KVM on {_ALMALINUX}, LXD on {_UBUNTU}",
        probes=("os",),
        network_types=("ip-fabric",),
        applies=releases.not_old_centos,
        test=releases.for_hypervisor(
            {
                "kvm": releases.one_of(almalinux=releases.ALMALINUX),
                "lxd": releases.one_of(ubuntu=releases.UBUNTU),
            }
        ),
        remedy=_INSTALL,
        by_hand=BY_HAND,
    ),
    Requirement(
        id="VMM-026",
        source=DOCUMENT,
        place="AlmaLinux",
        kinds=("check", "enforce"),
        text="rpm trusts the key that AlmaLinux 8 signs its packages with since 2024",
        minimum="almalinux-release 8.8-3.el8, or key ced7258b imported",
        probes=("os", "packages"),
        hypervisors=("kvm",),
        applies=releases.is_almalinux_8,
        test=releases.new_key,
        remedy="rpm --import https://repo.almalinux.org/almalinux/RPM-GPG-KEY-AlmaLinux",
        by_hand="rpm -q almalinux-release gpg-pubkey-ced7258b-6525146f",
    ),
    Requirement(
        id="VMM-028",
        source=DOCUMENT,
        place="CentOS",
        text="the system is no CentOS 8",
        minimum="another system",
        probes=("os",),
        test=releases.not_centos_8,
        remedy="migrate the server to AlmaLinux 8 with almalinux-deploy",
        by_hand=BY_HAND,
    ),
    Requirement(
        id="VMM-029",
        source=DOCUMENT,
        place="CentOS",
        text="a new node has no CentOS 7; one that had it before has had to change by mid-2024",
        minimum="no CentOS 7 after 2024-06-30, nor on a new node",
        probes=("os",),
        test=releases.not_centos_7,
        remedy="take the node out of the cluster and install AlmaLinux 8 on it",
        by_hand=BY_HAND,
    ),
    Requirement(
        id="NET-022",
        source=NETWORKS,
        place="IP-fabric",
        text="the IP fabric's node runs AlmaLinux 8 with KVM or Ubuntu 20.04 with LXD",
        minimum="AlmaLinux 8 or Ubuntu 20.04 (VMM-021 narrows AlmaLinux to 8.6-8.9)",
        probes=("os",),
        network_types=("ip-fabric",),
        test=releases.fabric,
        remedy=_INSTALL,
        by_hand=BY_HAND,
    ),
)
