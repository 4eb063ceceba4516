"""What a cluster file alone decides of Ganeti's rows on storage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from saltext.muster.cluster import Cluster
from saltext.muster.components import lvm
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong

#: Names that the kernel gives in the order in which it finds disks.
_FOUND = re.compile(r"/dev/(?:sd[a-z]+|nvme[0-9]+n[0-9]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+)(?:p?[0-9]+)?")


def group_name(cluster: Cluster) -> Iterator[Finding]:
    """GNT-007: the volume group's name is one that LVM takes."""
    if cluster.options.storage != "lvm":
        raise NotAsked("the cluster file says that disks are not on LVM (options: storage)")
    name = cluster.options.volume_group
    if not lvm.GROUP.fullmatch(name):
        yield wrong(
            ("options", "volume_group"),
            f"wanted a name of a volume group, seen {name[:80]!a}",
            "write xenvg, or letters, digits and _ + . - with no hyphen in front",
            "wanted a name of a volume group",
        )


def devices_named(cluster: Cluster) -> Iterator[Finding]:
    """GNT-006: the disks for the group are named where there is one, by names that stay."""
    if cluster.options.storage != "lvm" and not any(
        node.lvm_devices for node in cluster.nodes.values()
    ):
        raise NotAsked("the cluster file says that disks are not on LVM (options: storage)")
    for node in cluster.nodes.values():
        where = ("nodes", node.id, "lvm_devices")
        if node.lvm_devices and cluster.options.storage != "lvm":
            yield wrong(
                where,
                f"disks are named for a volume group, and storage is {cluster.options.storage}",
                "leave lvm_devices out, or write storage: lvm under options",
                "disks are named for a volume group, and there is none",
            )
            continue
        changing = [each for each in node.lvm_devices if _FOUND.fullmatch(each)]
        if changing:
            yield doubtful(
                where,
                f"{', '.join(changing[:5])}: such a name may be another disk's after a boot",
                "write its name below /dev/disk/by-id (ls -l /dev/disk/by-id)",
                "a name that the kernel gives may be another disk's after a boot",
            )
