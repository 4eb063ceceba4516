"""What Ganeti asks of a node's storage."""

from __future__ import annotations

from saltext.muster.catalogue.ganeti.sources import TUTORIAL
from saltext.muster.catalogue.predicates import storage
from saltext.muster.requirement import Requirement

_PROOFS = "saltext.muster.catalogue.ganeti.storage_proofs"

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="GNT-006",
        source=TUTORIAL,
        place="Installing the base system",
        text="the volume group for instances has at least 20 GiB",
        minimum="20 GiB (21474836480 bytes: the constant of Ganeti's own check)",
        probes=("lvm",),
        component="lvm",
        keys=("size",),
        proof=f"{_PROOFS}:devices_named",
        applies=storage.lvm_wanted,
        after="packages",
        test=storage.group_large,
        remedy="give the volume group more: pvcreate /dev/DISK; vgextend GROUP /dev/DISK",
        by_hand="vgs --units b",
    ),
    Requirement(
        id="GNT-007",
        source=TUTORIAL,
        place="Installing the base system",
        kinds=("check", "enforce"),
        text="the volume group that the cluster uses exists",
        minimum="xenvg, or the declared name",
        probes=("lvm",),
        component="lvm",
        keys=("group", "devices"),
        proof=f"{_PROOFS}:group_name",
        applies=storage.lvm_wanted,
        after="packages",
        test=storage.group_there,
        remedy="name empty disks in the cluster file (lvm_devices of the node), make the group by"
        " hand (vgcreate GROUP /dev/DISK), or declare the name of an existing one (options:"
        " volume_group)",
        by_hand="vgs",
    ),
    Requirement(
        id="GNT-054",
        source=TUTORIAL,
        place="Configuring LVM",
        kinds=("check", "enforce"),
        text="LVM does not scan DRBD's devices",
        recommended="a filter that leaves out /dev/drbd[0-9]+",
        probes=("lvm",),
        component="lvm",
        keys=("filter",),
        applies=storage.drbd_on_lvm,
        after="packages",
        test=storage.drbd_not_scanned,
        remedy='set global_filter = [ "r|/dev/drbd[0-9]+|" ] in the section devices of'
        " /etc/lvm/lvm.conf, beside the patterns that are there",
        by_hand="lvmconfig devices/filter devices/global_filter devices/use_devicesfile",
    ),
)
