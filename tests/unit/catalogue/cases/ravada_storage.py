"""Ravada's pools: the declared ones, and how full they are."""

from __future__ import annotations

from tests.support.hosts import Case

IMAGES = "/var/lib/libvirt/images"
DEFAULT = "/etc/libvirt/storage/default.xml"
STARTED = "/run/libvirt/storage/default.xml"
DF = f"df -P -B1 {IMAGES}"
HEAD = "Filesystem 1-blocks Used Available Capacity Mounted on\n"

LOGICAL = "<pool type='logical'><name>vg</name><source><name>vg0</name></source></pool>"
TANK = "<pool type='zfs'><name>tank</name><source><name>tank/vms</name></source></pool>"
NETFS = (
    "<pool type='netfs'><name>default</name><source><host name='192.0.2.8'/><dir path='/b'/>"
    "</source><target><path>/srv</path></target></pool>"
)
NFS = {"name": "default", "type": "nfs", "path": "/srv", "source": "192.0.2.9:/b"}
RBD = "<pool type='rbd'><name>far</name><source><name>vms</name></source></pool>"
VGS = (
    "vgs --noheadings --nosuffix --units b --separator |"
    " -o vg_name,vg_size,vg_free,pv_count,lv_count"
)
ZPOOL = "zpool list -H -p -o name,size,free,health"


def pool(name: str = "default", kind: str = "dir", path: str = IMAGES) -> str:
    """Return a pool's definition."""
    return f"<pool type='{kind}'><name>{name}</name><target><path>{path}</path></target></pool>"


def both(text: str) -> dict[str, str]:
    """Return the files of a default pool that is defined and started."""
    return {DEFAULT: text, STARTED: text}


def free(status: str, seen: str, used: int, available: int) -> Case:
    """Return a case of RAV-040 whose pool has so much space."""
    line = f"/dev/sda1 {used + available} {used} {available} 1% /\n"
    return Case("RAV-040", "ravada", status, seen, commands={DF: HEAD + line})


def other(status: str, seen: str, text: str, **commands: object) -> Case:
    """Return a case of RAV-040 with one more pool."""
    files = {"/etc/libvirt/storage/other.xml": text}
    return Case("RAV-040", "ravada", status, seen, files=files, commands=dict(commands.items()))


CASES = (
    Case("MST-005", "ravada", "pass", f"default (dir {IMAGES})"),
    Case("MST-005", "ravada", "pass", files=both(pool(path=IMAGES + "/"))),
    Case(
        "MST-005",
        "ravada",
        "fail",
        "default has another path: /srv instead of /var/lib/libvirt/images",
        files=both(pool(path="/srv")),
    ),
    Case("MST-005", "ravada", "fail", "another type: fs", files=both(pool(kind="fs"))),
    Case("MST-005", "ravada", "fail", "default is missing", files=dict.fromkeys(both(""), None)),
    Case("MST-005", "ravada", "fail", "is missing", files={"/etc/libvirt/": None, STARTED: None}),
    Case("MST-005", "ravada", "fail", "default is not started", files={STARTED: None}),
    Case(
        "MST-005",
        "ravada",
        "fail",
        "default is not started at boot",
        links={"/etc/libvirt/storage/autostart/default.xml": None},
    ),
    Case(
        "MST-005",
        "ravada",
        "fail",
        "default has another source: 192.0.2.8:/b instead of 192.0.2.9:/b",
        files=both(NETFS),
        plan={"declared/pools": [NFS]},
    ),
    Case(
        "MST-005",
        "ravada",
        "warn",
        "also extra (dir /srv)",
        files={"/etc/libvirt/storage/extra.xml": pool("extra", path="/srv")},
    ),
    Case("MST-005", "ravada", "unknown", "no definition of a pool", files={DEFAULT: "\0\1"}),
    Case("MST-005", "ravada", "unknown", "no cluster file", plan={"declared": {}}),
    Case("MST-005", "ravada", "skip", "names no pools", plan={"declared/pools": []}),
    free("fail", "default: 5.0 % free", 950_001, 49_999),
    free("warn", "default: 5.0 % free", 950_000, 50_000),
    free("warn", "default: 5.0 % free", 949_999, 50_001),
    free("warn", "default: 20.0 % free", 800_001, 199_999),
    free("pass", "default: 20.0 % free", 800_000, 200_000),
    free("pass", "default: 20.0 % free", 799_999, 200_001),
    free("fail", "default: 0.0 % free", 0, 0),
    Case("RAV-040", "ravada", "unknown", "told no space", commands={DF: HEAD}),
    Case("RAV-040", "ravada", "unknown", "No such", commands={DF: {"error": "No such file"}}),
    Case("RAV-040", "ravada", "skip", "no storage pool", files=dict.fromkeys(both(""), None)),
    other("fail", "vg: 4.0 % free", LOGICAL, **{VGS: "  vg0|100|4|1|3\n"}),
    other("unknown", "vg0 is not among", LOGICAL, **{VGS: ""}),
    other("warn", "tank: 10.0 % free", TANK, **{ZPOOL: "tank\t100\t10\tONLINE\n"}),
    other("pass", "default: 70.0 % free", RBD),
)
# Without the module no pool of ZFS is imported; the node has it where one is in use.
CASES = tuple(
    Case(**{**vars(case), "files": {**case.files, "/sys/module/zfs/version": "2.1.11-1\n"}})
    if ZPOOL in case.commands
    else case
    for case in CASES
)
