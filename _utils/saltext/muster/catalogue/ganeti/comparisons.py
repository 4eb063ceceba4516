"""What Ganeti asks of a cluster's nodes among each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from saltext.muster.catalogue import comparisons
from saltext.muster.catalogue.ganeti.sources import TODAY, TUTORIAL
from saltext.muster.catalogue.predicates import distance, told
from saltext.muster.requirement import Comparison
from saltext.muster.verdict import FAIL

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster


def _matters(aspect: str) -> bool:
    """Say whether instances meet the difference when they move."""
    versions = ("version drbd", "version qemu", "version xen")
    return aspect.startswith("processor model") or aspect in versions


def _drbd(cluster: Cluster) -> str:
    return "" if cluster.options.drbd else "instances are not replicated by DRBD here"


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        id="GNT-010",
        source=TUTORIAL,
        place="Installing the base system",
        text="the nodes have the same hardware and software as far as possible",
        kinds=("topology", "advice"),
        recommended="the same",
        probes=("cpu", "disks", "kernel", "memory", "os", "packages"),
        values=told.all_of(
            told.fact(
                processor_model="cpu.model",
                processor_cores="cpu.cores",
                kernel="kernel.release",
            ),
            told.memory,
            told.disks,
            told.release,
            told.versions(
                drbd="drbd-utils|drbd8-utils",
                ganeti="ganeti",
                lvm2="lvm2",
                qemu="qemu-system-x86|qemu-kvm|kvm",
                xen="xen-hypervisor-4.17-amd64|xen-hypervisor-common|xen-utils-common",
            ),
        ),
        compare=distance.same(matters=_matters),
        remedy="update all nodes to the same release; keep nodes of unlike hardware in node groups"
        " of their own",
        by_hand="salt '*' cmd.run 'uname -r; lscpu; dpkg -l ganeti drbd-utils qemu-system-x86'",
    ),
    Comparison(
        id="GNT-059",
        source=TODAY,
        place="Installing DRBD",
        text="all nodes have the same version of DRBD",
        minimum="equal versions",
        probes=("drbd",),
        values=told.fact(version="drbd.version"),
        compare=distance.same(FAIL, "one version of DRBD's module on all nodes"),
        applies=_drbd,
        remedy="install the same kernel or drbd-dkms on all nodes, then reload the module where no"
        " instance uses it",
        by_hand="salt '*' cmd.run 'modinfo -F version drbd; head -1 /proc/drbd'",
    ),
    *comparisons.COMPARISONS,
)
