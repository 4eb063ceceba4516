"""Ganeti's volume group, LVM's filters, and the DRBD module of the right kernel."""

from __future__ import annotations

from tests.support.hosts import Case

VGS = (
    "vgs --noheadings --nosuffix --units b --separator |"
    " -o vg_name,vg_size,vg_free,pv_count,lv_count"
)
CONF, LOCAL = "/etc/lvm/lvm.conf", "/etc/lvm/lvmlocal.conf"
LIST = "/etc/lvm/devices/system.devices"
MODULES = "/etc/modules"
LEAST = 21474836480


def size(status: str, bytes_: int) -> Case:
    """Return a case of GNT-006 with a volume group of this size."""
    return Case("GNT-006", "ganeti", status, str(bytes_), commands={VGS: f"xenvg|{bytes_}|0|1|0"})


def filtered(status: str, seen: str, text: str, **files: str) -> Case:
    """Return a case of GNT-054 with these lines in the section devices of lvm.conf."""
    more = {{"local": LOCAL, "listed": LIST}[key]: value for key, value in files.items()}
    conf = {CONF: "devices {\n" + text + "\n}\n"}
    return Case("GNT-054", "ganeti", status, seen, files={**conf, **more})


SAMPLE = 'filter = ["r|/dev/cdrom|", "r|/dev/drbd[0-9]+|" ]'
TODAY = r'global_filter = ["a|^/dev/(sd|nvme).+$|", "r/.*/"]'
NEITHER = "/dev/drbd0 is scanned (no filter)"
OLD = {"declared/drbd": False}
PLAIN = {"declared/storage": "file"}
NAMED = {"components/lvm/devices": ["/dev/disk/by-id/wwn-1"]}

CASES = (
    size("fail", LEAST - 1),
    size("pass", LEAST),
    size("pass", LEAST + 1),
    Case("GNT-006", "ganeti", "fail", "system", commands={VGS: "system|99999999999|0|1|0\n"}),
    Case("GNT-006", "ganeti", "fail", "LVM is not installed", commands={VGS: None}),
    Case("GNT-006", "ganeti", "unknown", "timed out", commands={VGS: {"error": "timed out"}}),
    Case("GNT-006", "ganeti", "unknown", "not understood", commands={VGS: "xenvg|big|0|1|0"}),
    Case("GNT-006", "ganeti", "skip", "storage: file", plan=PLAIN),
    Case("GNT-006", "ganeti", "pending", "no volume group", plan=NAMED, commands={VGS: ""}),
    Case("GNT-007", "ganeti", "pending", "no volume group", plan=NAMED, commands={VGS: ""}),
    Case("GNT-007", "ganeti", "unknown", "locked", plan=NAMED, commands={VGS: {"error": "locked"}}),
    Case("GNT-007", "ganeti", "pass", "xenvg: 931.0 GiB"),
    Case("GNT-007", "ganeti", "fail", "no volume group", commands={VGS: ""}),
    Case("GNT-007", "ganeti", "fail", "xenvg", plan={"declared/volume_group": "instances"}),
    Case(
        "GNT-007",
        "ganeti",
        "pass",
        "instances",
        plan={"declared/volume_group": "instances"},
        commands={VGS: "  instances|1|0|1|0\n  xenvg-old|1|0|1|0\n"},
    ),
    Case("GNT-007", "ganeti", "unknown", "locked", commands={VGS: {"error": "locked"}}),
    Case("GNT-007", "ganeti", "skip", "storage: file", plan=PLAIN),
    filtered("pass", "cdrom", SAMPLE),
    filtered("pass", "nvme", TODAY),
    filtered("pass", "", "filter = [ 'a|^/dev/drbd_not|', 'r{^/dev/drbd}' ]"),
    filtered("pass", "", 'filter=["a|/dev/sda|","r|drbd|"]\nfilter="r|drbd|"'),
    filtered("warn", NEITHER, "# " + SAMPLE),
    filtered("warn", NEITHER, 'filter = [ "a|.*|" ]\nfilter = []'),
    filtered("warn", "/dev/drbd0 is scanned", 'filter = [ "a|.*|", "r|/dev/drbd[0-9]+|" ]'),
    filtered("warn", "/dev/drbd10 is scanned", 'filter = [ "r|^/dev/drbd[0-9]$|" ]'),
    filtered("pass", "", 'filter = [ "a|.*|" ]\n' + TODAY),
    filtered("warn", "/dev/drbd0", SAMPLE, local='devices { filter = [ "a|.*|" ] }'),
    filtered("pass", "", "", local='devices/global_filter = [ "r|/dev/drbd.*|" ]\n'),
    filtered("unknown", "not understood", r'filter = [ "r|drbd\b|" ]'),
    filtered("unknown", "not understood", 'filter = [ "drbd" ]'),
    filtered("unknown", "not understood", 'filter = [ "r|' + "(" * 300 + 'a|" ]'),
    filtered("unknown", "5000 characters", 'filter = [ "r|' + "a" * 5000 + '|" ]'),
    filtered("pass", "1 names", "use_devicesfile = 1", listed="DEVNAME=/dev/sda2 PVID=a\n"),
    filtered("warn", "/dev/drbd3", "use_devicesfile=1", listed="IDTYPE=x DEVNAME=/dev/drbd3 P=1\n"),
    filtered("warn", NEITHER, "use_devicesfile = 0", listed="DEVNAME=/dev/sda2\n"),
    filtered("unknown", "use_devicesfile", "", listed="DEVNAME=/dev/sda2 PVID=a\n"),
    filtered("pass", "1 names", SAMPLE, listed="DEVNAME=/dev/sda2 PVID=a\n"),
    Case("GNT-054", "ganeti", "warn", NEITHER, files={CONF: None}),
    Case("GNT-054", "ganeti", "unknown", "not a regular file", files={CONF + "/": ""}),
    Case("GNT-054", "ganeti", "skip", "DRBD is not used", plan=OLD),
    Case("GNT-054", "ganeti", "skip", "storage: file", plan=PLAIN),
    Case("GNT-040", "ganeti", "pass", "drbd-utils"),
    Case("GNT-040", "ganeti", "fail", "missing: drbd-utils", facts={"packages/installed": {}}),
    Case("GNT-040", "ganeti", "skip", "DRBD is not used", plan=OLD),
    Case("GNT-040", "ganeti", "unknown", "neither", files={"/var/lib/dpkg/": None}),
    Case("GNT-041", "ganeti", "pass", "/etc/modules-load.d/drbd.conf:1: drbd"),
    Case("GNT-041", "ganeti", "pass", "/etc/modules:2: drbd", files={MODULES: "# x\ndrbd\n"}),
    Case(
        "GNT-041",
        "ganeti",
        "warn",
        "/etc/modules:1: drbd minor_count=128 usermode_helper=/bin/true",
        files={MODULES: "drbd minor_count=128 usermode_helper=/bin/true\n"},
    ),
    Case("GNT-041", "ganeti", "warn", "/etc/modules:2", files={MODULES: "drbd\ndrbd\n"}),
    Case("GNT-041", "ganeti", "fail", "no line", files={"/etc/modules-load.d/drbd.conf": "loop\n"}),
    Case("GNT-041", "ganeti", "unknown", "not a regular file", files={MODULES + "/": ""}),
    Case("GNT-041", "ganeti", "skip", "DRBD is not used", plan=OLD),
    Case("GNT-062", "ganeti", "pass", "module drbd for 6.1.0-37-amd64"),
    Case("GNT-062", "ganeti-xen", "pass", "module drbd for 4.19.0-26-amd64"),
    Case(
        "GNT-062",
        "ganeti",
        "fail",
        "6.12.0-1-amd64 has no module drbd",
        files={
            "/proc/sys/kernel/osrelease": "6.12.0-1-amd64\n",
            "/sys/module/drbd/": None,
            "/proc/drbd": None,
        },
    ),
    Case(
        "GNT-062",
        "ganeti-xen",
        "pending",
        "does not run under Xen",
        files={"/proc/xen/": None, "/sys/hypervisor/": None},
    ),
    Case("GNT-062", "ganeti-xen", "unknown", "not mounted", files={"/proc/xen/": None}),
    Case("GNT-062", "ganeti", "skip", "DRBD is not used", plan=OLD),
)
