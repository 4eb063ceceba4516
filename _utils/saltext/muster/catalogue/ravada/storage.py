"""What Ravada asks of a node's storage."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import storage
from saltext.muster.catalogue.ravada.sources import DOCUMENT
from saltext.muster.requirement import Requirement

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="MST-005",
        source="muster",
        place="what RAV-008 means for each node by itself",
        kinds=("check", "enforce", "topology"),
        text="the node's storage pools are the declared ones",
        minimum="each pool with the declared type and path, started now and at boot",
        probes=("pools", "lvm", "zfs"),
        component="pools",
        keys=("defined", "started", "autostart"),
        applies=storage.pools_declared,
        after="packages",
        test=storage.same_pools,
        remedy="define the pools as on the master: virsh pool-define-as NAME TYPE --target PATH;"
        " virsh pool-autostart NAME; virsh pool-start NAME",
        by_hand="virsh pool-list --all --details",
    ),
    Requirement(
        id="RAV-040",
        source=DOCUMENT,
        place="TODO",
        text="no storage pool of the node fills up",
        minimum="5 % free (muster's own bound)",
        recommended="20 % free (muster's own bound)",
        probes=("pools", "lvm", "zfs"),
        applies=storage.has_pools,
        after="packages",
        test=storage.pools_free,
        remedy="remove bases and volumes that are not needed here, or enlarge the pool",
        by_hand="df -P -B1 $(virsh pool-dumpxml NAME | grep -oP '(?<=<path>)[^<]+')",
    ),
)
