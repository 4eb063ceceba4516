"""What Ganeti asks of a node's hardware."""

from __future__ import annotations

from saltext.muster.catalogue.ganeti.sources import TUTORIAL
from saltext.muster.catalogue.predicates import disks, hardware
from saltext.muster.requirement import Requirement

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="GNT-002",
        source=TUTORIAL,
        place="Hardware requirements",
        text="the system is a 64-bit one, which can use more memory",
        recommended="64 bits",
        probes=("kernel",),
        test=hardware.wide,
        remedy="install a 64-bit system",
        by_hand="uname -m",
    ),
    Requirement(
        id="GNT-003",
        source=TUTORIAL,
        place="Hardware requirements",
        kinds=("check", "advice"),
        text="the node has more than one disk drive",
        recommended="2 disks or more",
        probes=("disks",),
        test=disks.several,
        remedy="add a disk and put the volume group on it: more drives are faster",
        by_hand="lsblk -d -o NAME,TYPE,SIZE,TRAN",
    ),
    Requirement(
        id="GNT-060",
        source=TUTORIAL,
        place="Installing The Hypervisor",
        text="the kernel has KVM, and KVM's tools are installed",
        minimum="KVM and an emulator that runs",
        hypervisors=("kvm",),
        probes=("virtualization", "qemu"),
        test=hardware.kvm_tools,
        remedy="apt-get install qemu-system-x86; modprobe kvm_intel (or kvm_amd)",
        by_hand="ls -l /dev/kvm; qemu-system-x86_64 --version",
    ),
)
