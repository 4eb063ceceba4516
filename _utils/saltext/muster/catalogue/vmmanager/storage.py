"""What VMmanager asks of a node's storage."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import storage
from saltext.muster.catalogue.vmmanager.sources import DOCUMENT
from saltext.muster.requirement import Requirement

PLACE = "Disk and storages"

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="VMM-016",
        source=DOCUMENT,
        place=PLACE,
        kinds=("check", "topology"),
        text="all storages of the cluster are set up on the node before it joins",
        minimum="each declared pool, by name, type and path",
        probes=("pools", "lvm", "zfs"),
        applies=storage.pools_declared,
        test=storage.pools_configured,
        remedy="set the missing storages up as on the cluster's other nodes",
        by_hand="virsh pool-list --all --details; vgs; zpool list",
    ),
    Requirement(
        id="VMM-017",
        source=DOCUMENT,
        place=PLACE,
        kinds=("check", "enforce"),
        text="a node for LXD has a ZFS storage",
        minimum="module zfs loaded, the declared pool imported",
        probes=("zfs",),
        component="storage",
        hypervisors=("lxd",),
        test=storage.zfs_pool,
        remedy="zpool create NAME /dev/DISK",
        by_hand="zpool list",
    ),
)
