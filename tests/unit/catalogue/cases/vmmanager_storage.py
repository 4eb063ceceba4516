"""VMmanager's storages: set up before a node joins, and ZFS for LXD."""

from __future__ import annotations

from tests.support.hosts import Case

VMS = "/etc/libvirt/storage/vms.xml"
STARTED = "/run/libvirt/storage/vms.xml"
ELSEWHERE = "<pool type='dir'><name>vms</name><target><path>/home/vms</path></target></pool>"
VGS = (
    "vgs --noheadings --nosuffix --units b --separator |"
    " -o vg_name,vg_size,vg_free,pv_count,lv_count"
)
ZPOOL = "zpool list -H -p -o name,size,free,health"
LVM = {"name": "vg0", "type": "lvm", "path": ""}
NO_ZFS = {"/sys/module/zfs/": None, "/sys/module/loop/": ""}

CASES = (
    Case("VMM-016", "vmmanager-kvm", "pass", "vms (dir /var/lib/libvirt/vms)"),
    Case(
        "VMM-016",
        "vmmanager-kvm",
        "fail",
        "vms has another path: /home/vms instead of /var/lib/libvirt/vms",
        files={VMS: ELSEWHERE, STARTED: ELSEWHERE},
    ),
    Case("VMM-016", "vmmanager-kvm", "fail", "is missing", files={VMS: None, STARTED: None}),
    Case("VMM-016", "vmmanager-kvm", "pending", "not started", files={STARTED: None}),
    Case(
        "VMM-016",
        "vmmanager-kvm",
        "pass",
        "vg0 (lvm)",
        plan={"declared/pools": [LVM]},
        commands={VGS: "  vg0|100|4|1|3\n"},
    ),
    Case(
        "VMM-016",
        "vmmanager-kvm",
        "fail",
        "vg0 is missing",
        plan={"declared/pools": [LVM]},
        commands={VGS: ""},
    ),
    Case(
        "VMM-016",
        "vmmanager-kvm",
        "unknown",
        "locked",
        plan={"declared/pools": [LVM]},
        commands={VGS: {"error": "locked"}},
    ),
    Case("VMM-016", "vmmanager-kvm", "unknown", "no cluster file", plan={"declared": {}}),
    Case("VMM-016", "vmmanager-kvm", "skip", "names no pools", plan={"declared/pools": []}),
    Case("VMM-016", "vmmanager-lxd", "pass", "lxd (zfs)"),
    Case("VMM-016", "vmmanager-lxd", "fail", "lxd is missing", commands={ZPOOL: ""}),
    Case(
        "VMM-016",
        "vmmanager-lxd",
        "unknown",
        "LXD's own pools of type dir",
        plan={"declared/pools": [{"name": "local", "type": "dir", "path": "/srv"}]},
    ),
    Case("VMM-017", "vmmanager-lxd", "pass", "lxd ONLINE"),
    Case("VMM-017", "vmmanager-lxd", "fail", "zfs is not loaded", files=NO_ZFS),
    Case("VMM-017", "vmmanager-lxd", "fail", "no pool is imported", commands={ZPOOL: ""}),
    Case(
        "VMM-017",
        "vmmanager-lxd",
        "fail",
        "missing: lxd; there are tank",
        commands={ZPOOL: "tank\t100\t50\tONLINE\n"},
    ),
    Case(
        "VMM-017",
        "vmmanager-lxd",
        "pass",
        "tank ONLINE",
        plan={"declared/pools": []},
        commands={ZPOOL: "tank\t100\t50\tONLINE\n"},
    ),
    Case(
        "VMM-017",
        "vmmanager-lxd",
        "warn",
        "lxd DEGRADED",
        commands={ZPOOL: "lxd\t100\t50\tDEGRADED\n"},
    ),
    Case(
        "VMM-017", "vmmanager-lxd", "fail", "lxd FAULTED", commands={ZPOOL: "lxd\t-\t-\tFAULTED\n"}
    ),
    Case("VMM-017", "vmmanager-lxd", "unknown", "not understood", commands={ZPOOL: "lxd\n"}),
    Case("VMM-017", "vmmanager-kvm", "skip", "for hypervisor lxd"),
)
