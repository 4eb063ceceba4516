"""PVC's rows about hardware: the table by tier, and the system's disks."""

from __future__ import annotations

from tests.support import hardware as hw
from tests.support.dmi import modules
from tests.support.hosts import Case

PVC, NEW = "pvc", "pvc-new"
TEST, HEAVY = {"profile/tier": "test"}, {"profile/tier": "heavy"}
HYPERVISOR = {"declared/role": "hypervisor"}
NO_ROLE = {"declared/role": None}
DEGRADED = {f"{hw.PLACES['md1']}/md/degraded": "1\n"}
STRIPED = {f"{hw.PLACES['md1']}/md/level": "raid0\n"}
ONE_DATA = hw.without("nvme1n1")
NO_MEMORY = {"/sys/firmware/": None, "/proc/meminfo": None}
USB = "/sys/devices/pci0000:00/0000:00:14.0/usb2/2-1/host9/target9:0:0/block/sdz"
USB_ROOT = {
    f"{USB}/size": "62500000\n",
    f"{USB}/dev": "65:144\n",
    f"{USB}/queue/rotational": "0\n",
    "/proc/self/mountinfo": "22 1 65:144 / / rw - ext4 /dev/sdz rw\n",
}
USB_LINK = {f"{hw.CLASS}/sdz": "../../" + USB[5:]}


def intel(number: int, flags: str = "fpu vmx lm") -> hw.Files:
    """Return a server with an Intel processor of family 6."""
    return hw.processor(model=number, flags=flags)


def amd(family: int, number: int, flags: str = "fpu svm lm") -> hw.Files:
    """Return a server with an AMD processor."""
    return hw.processor(vendor_id="AuthenticAMD", cpu_family=family, model=number, flags=flags)


def cores(count: int, kilohertz: int) -> hw.Files:
    """Return a server with that many cores (at most 12) of that clock."""
    return {**hw.online(f"0-{count - 1}"), **hw.clock(kilohertz)}


def system(count: int) -> hw.Files:
    """Return a server with system disks of that many sectors."""
    return {**hw.sectors("sda", count), **hw.sectors("sdb", count)}


GENERATION = (
    Case("PVC-002", PVC, "pass", "Cascade Lake (2019)"),
    Case("PVC-002", PVC, "fail", "Penryn (2007)", files=intel(0x17), plan=TEST),
    Case("PVC-002", PVC, "pass", "Nehalem (2008)", files=intel(0x1A), plan=TEST),
    Case("PVC-002", PVC, "fail", "K10 (2007)", files=amd(0x10, 9), plan=TEST),
    Case("PVC-002", PVC, "pass", "Bulldozer (2011)", files=amd(0x15, 1), plan=TEST),
    Case("PVC-002", PVC, "fail", "K8 (2003)", files=hw.cpuinfo("x86_64-4cpu"), plan=TEST),
    Case("PVC-002", PVC, "fail", "Westmere (2010)", files=intel(0x2C)),
    Case("PVC-002", PVC, "pass", "Sandy Bridge (2011)", files=intel(0x2D)),
    Case("PVC-002", PVC, "pass", "Ivy Bridge (2012)", files=hw.cpuinfo("x86_64-2cpu")),
    Case("PVC-002", PVC, "fail", "Excavator (2015)", files=amd(0x15, 0x60)),
    Case("PVC-002", PVC, "pass", "Naples", files=amd(0x17, 1)),
    Case("PVC-002", PVC, "fail", "Ivy Bridge (2012)", files=intel(0x3E), plan=HEAVY),
    Case("PVC-002", PVC, "pass", "Haswell (2013)", files=hw.cpuinfo("x86_64-8cpu"), plan=HEAVY),
    Case("PVC-002", PVC, "fail", "Zen+ (2018)", files=amd(0x17, 8), plan=HEAVY),
    Case("PVC-002", PVC, "pass", "Rome", files=amd(0x17, 0x31), plan=HEAVY),
    # One that is not in the table is judged by what it can do.
    Case("PVC-002", PVC, "pass", "Haswell or newer", files=intel(0xFE, "avx avx2 bmi2"),
         plan=HEAVY),
    Case("PVC-002", PVC, "unknown", "or newer", files=amd(0x1F, 1, "avx")),
    Case("PVC-002", PVC, "unknown", "no known generation", files=intel(0xFE)),
    Case("PVC-002", PVC, "fail", "neither Intel nor AMD", files=hw.cpuinfo("arm64-4cpu")),
    Case("PVC-002", NEW, "skip", "0.9.21"),
)  # fmt: skip

SIZES = (
    Case("PVC-003", PVC, "pass", "24 cores at 3.30 GHz"),
    Case("PVC-003", PVC, "fail", "3 cores", files=cores(3, 3_000_000), plan=TEST),
    Case("PVC-003", PVC, "pass", "4 cores", files=cores(4, 1_782_000), plan=TEST),
    Case("PVC-003", PVC, "fail", "4 cores", files=cores(4, 1_781_999), plan=TEST),
    Case("PVC-003", PVC, "fail", "7 cores", files=cores(7, 3_000_000)),
    Case("PVC-003", PVC, "pass", "8 cores", files=cores(8, 1_980_000)),
    Case("PVC-003", PVC, "fail", "8 cores", files=cores(8, 1_979_999)),
    Case("PVC-003", PVC, "fail", "11 cores", files=cores(11, 3_000_000), plan=HEAVY),
    Case("PVC-003", PVC, "pass", "12 cores", files=cores(12, 2_178_000), plan=HEAVY),
    Case("PVC-003", PVC, "fail", "12 cores", files=cores(12, 2_177_999), plan=HEAVY),
    Case("PVC-003", PVC, "unknown", "turbo",
         files={hw.BASE: None, **hw.processor(model_name="Some Processor")}),
    Case("PVC-003", PVC, "fail", "7 cores",
         files={hw.BASE: None, **hw.processor(model_name="Some"), **hw.online("0-6")}),
    Case("PVC-003", NEW, "skip"),
    Case("PVC-004", PVC, "pass", "64 GiB installed"),
    Case("PVC-004", PVC, "fail", files=modules(16383), plan=TEST),
    Case("PVC-004", PVC, "pass", "16 GiB", files=modules(16384), plan=TEST),
    Case("PVC-004", PVC, "fail", files=modules(32767, 16384)),
    Case("PVC-004", PVC, "pass", "48 GiB", files=modules(32768, 16384)),
    Case("PVC-004", PVC, "fail", files=modules(32768, 32767), plan=HEAVY),
    Case("PVC-004", PVC, "pass", "64 GiB", files=modules(32768, 32768), plan=HEAVY),
    Case("PVC-004", PVC, "fail", "43.2 GiB", files=hw.total(45298483)),
    Case("PVC-004", PVC, "pass", "43.2 GiB", files=hw.total(45298484)),
    Case("PVC-004", PVC, "unknown", "meminfo", files=NO_MEMORY),
    Case("PVC-004", NEW, "skip"),
)  # fmt: skip

DISKS = (
    Case("PVC-005", PVC, "pass", "sda 960.2 GB, sdb 960.2 GB, raid1"),
    Case("PVC-005", PVC, "fail", "9.5 GB", files={**hw.PLAIN_ROOT, **system(18554687)}, plan=TEST),
    Case("PVC-005", PVC, "pass", "9.5 GB", files={**hw.PLAIN_ROOT, **system(18554688)}, plan=TEST),
    Case("PVC-005", PVC, "fail", "no RAID", files=hw.PLAIN_ROOT),
    Case("PVC-005", PVC, "fail", "raid0", files=STRIPED),
    Case("PVC-005", PVC, "fail", "1 member missing", files=DEGRADED),
    Case("PVC-005", PVC, "fail", "raid1 on one disk",
         files={f"{hw.PLACES['md1']}/slaves/sdb3/": None}),
    Case("PVC-005", PVC, "fail", "9.5 GB", files=system(18554687)),
    Case("PVC-005", PVC, "pass", "9.5 GB", files=system(18554688)),
    Case("PVC-005", PVC, "fail", "30.4 GB", files=system(59374999), plan=HEAVY),
    Case("PVC-005", PVC, "pass", "30.4 GB", files=system(59375000), plan=HEAVY),
    Case("PVC-005", PVC, "pass", "RAID 1(+0) of the controller",
         files={**hw.PLAIN_ROOT, **hw.controller("sda", "hpsa", raid_level="RAID 1(+0)")}),
    Case("PVC-005", PVC, "fail", "RAID 5",
         files={**hw.PLAIN_ROOT, **hw.controller("sda", "hpsa", raid_level="RAID 5")}),
    Case("PVC-005", PVC, "unknown", "megaraid_sas",
         files={**hw.PLAIN_ROOT, **hw.controller("sda", "megaraid_sas", vendor="DELL")}),
    Case("PVC-005", NEW, "skip"),
    Case("PVC-006", PVC, "pass", "nvme0n1 1000 GB SSD, nvme1n1 1000 GB SSD"),
    Case("PVC-006", PVC, "fail", "no disk of 400 GB", links=ONE_DATA,
         files=hw.sectors("nvme0n1", 742187499)),
    Case("PVC-006", PVC, "pass", "380 GB SSD", links=ONE_DATA,
         files=hw.sectors("nvme0n1", 742187500)),
    Case("PVC-006", PVC, "fail", "no disk of 200 GB", links=ONE_DATA, plan=TEST,
         files=hw.sectors("nvme0n1", 371093749)),
    Case("PVC-006", PVC, "pass", "190 GB SSD", links=ONE_DATA, plan=TEST,
         files=hw.sectors("nvme0n1", 371093750)),
    Case("PVC-006", PVC, "fail", "nvme0n1 1000 GB SSD", links=ONE_DATA, plan=HEAVY),
    Case("PVC-006", PVC, "pass", plan=HEAVY),
    Case("PVC-006", PVC, "fail", "HDD", files=hw.rotating("nvme0n1", "nvme1n1")),
    Case("PVC-006", PVC, "unknown", "of a kind not seen", links=ONE_DATA,
         files={f"{hw.PLACES['nvme0n1']}/queue/rotational": None}),
    Case("PVC-006", NEW, "skip"),
)  # fmt: skip

TIERS = (
    Case("PVC-011", PVC, "pass", "above the bare minimum"),
    Case("PVC-011", PVC, "fail", "memory: 16 GiB", files=modules(16384)),
    Case("PVC-011", PVC, "fail", "cores: 4 cores", files=cores(4, 3_000_000), plan=HEAVY),
    Case("PVC-011", PVC, "fail", "system disk", files={**hw.PLAIN_ROOT, **NO_MEMORY}),
    Case("PVC-011", PVC, "unknown", "meminfo", files=NO_MEMORY),
    Case("PVC-011", PVC, "skip", "production", files=modules(16384), plan=TEST),
    Case("PVC-096", NEW, "pass", "24 cores at 3.30 GHz"),
    Case("PVC-096", NEW, "fail", "cores: 7 cores", files=cores(7, 3_000_000)),
    Case("PVC-096", NEW, "pass", "8 cores", files=cores(8, 1_980_000)),
    Case("PVC-096", NEW, "fail", "cores: 8 cores", files=cores(8, 1_979_999)),
    Case("PVC-096", NEW, "warn", "cores: 7 cores", files=cores(7, 3_000_000), plan=TEST),
    Case("PVC-096", NEW, "fail", "memory", files=modules(16384, 16383)),
    Case("PVC-096", NEW, "pass", "32 GiB", files=modules(16384, 16384)),
    Case("PVC-096", NEW, "fail", "generation: Westmere", files=intel(0x2C)),
    Case("PVC-096", NEW, "fail", "30.4 GB", files=system(59374999)),
    Case("PVC-096", NEW, "fail", "30.4 GB", files=system(59374999), plan=TEST),
    Case("PVC-096", NEW, "warn", "30.4 GB", files=system(59375000)),
    Case("PVC-096", NEW, "warn", "95 GB", files=system(185546874)),
    Case("PVC-096", NEW, "pass", "95 GB", files=system(185546875)),
    Case("PVC-096", NEW, "fail", "1 member missing", files=DEGRADED),
    Case("PVC-096", NEW, "fail", "data disk", links=ONE_DATA,
         files=hw.sectors("nvme0n1", 742187499)),
    Case("PVC-096", NEW, "pass", "380 GB SSD", links=ONE_DATA,
         files=hw.sectors("nvme0n1", 742187500)),
    Case("PVC-096", NEW, "unknown", "meminfo", files=NO_MEMORY),
    Case("PVC-096", PVC, "skip", "0.9.39"),
)  # fmt: skip

HDD = hw.rotating("sda", "sdb")
MEDIA = (
    Case("PVC-012", PVC, "pass", "sda (SSD), sdb (SSD), raid1"),
    Case("PVC-012", PVC, "pass", "sda (SSD), no RAID", files=hw.PLAIN_ROOT),
    Case("PVC-012", PVC, "warn", "sda (HDD)", files=HDD),
    Case("PVC-012", PVC, "warn", "sdz (USB)", files=USB_ROOT, links=USB_LINK),
    Case("PVC-012", PVC, "unknown", "controller",
         files={**hw.PLAIN_ROOT, **HDD, **hw.controller("sda", "hpsa", raid_level="RAID 1(+0)")}),
    Case("PVC-013", PVC, "pass", "SSD"),
    Case("PVC-013", PVC, "warn", "HDD", files=HDD),
    Case("PVC-013", PVC, "warn", "sdz (USB) on a coordinator", files=USB_ROOT, links=USB_LINK),
    Case("PVC-013", PVC, "pass", "sdz (USB) on a hypervisor", files=USB_ROOT, links=USB_LINK,
         plan=HYPERVISOR),
    Case("PVC-013", PVC, "unknown", "declares no role", files=HDD, plan=NO_ROLE),
    Case("PVC-013", PVC, "unknown", "/sys/class/block", files={"/sys/class/block/": None}),
    Case("PVC-014", PVC, "skip", "SSDs alone"),
    Case("PVC-014", PVC, "pass", "raid1", files=HDD),
    Case("PVC-014", PVC, "warn", "no RAID", files={**HDD, **hw.PLAIN_ROOT}),
    Case("PVC-014", PVC, "warn", "1 member missing", files={**HDD, **DEGRADED}),
    Case("PVC-014", PVC, "unknown", "/sys/class/block", files={"/sys/class/block/": None}),
    Case("PVC-027", PVC, "pass", "amd64"),
    Case("PVC-027", PVC, "fail", "i386", commands={"dpkg --print-architecture": "i386\n"}),
    Case("PVC-027", PVC, "fail", "arm64", commands={"dpkg --print-architecture": "arm64\n"}),
    Case("PVC-027", PVC, "unknown", "dpkg", commands={"dpkg --print-architecture": None}),
)  # fmt: skip

CASES = (*GENERATION, *SIZES, *DISKS, *TIERS, *MEDIA)
