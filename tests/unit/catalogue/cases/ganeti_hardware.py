"""Ganeti's rows about hardware."""

from __future__ import annotations

from tests.support import hardware as hw
from tests.support.hosts import Case

GANETI = "ganeti"
ONE = hw.without("sdb", "nvme0n1", "nvme1n1", "md0", "md1")
ARCH = "/proc/sys/kernel/arch"
VERSION = "/usr/bin/qemu-system-x86_64 --version"

CASES = (
    Case("GNT-002", GANETI, "pass", "x86_64"),
    Case("GNT-002", GANETI, "pass", "aarch64", files={ARCH: "aarch64\n"}),
    Case("GNT-002", GANETI, "warn", "i686", files={ARCH: "i686\n"}),
    Case("GNT-002", GANETI, "unknown", "uname", files={ARCH: None}, commands={"uname -m": None}),
    Case("GNT-003", GANETI, "pass", "4 disks"),
    Case("GNT-003", GANETI, "pass", "2 disks", links=hw.without("nvme0n1", "nvme1n1")),
    Case("GNT-003", GANETI, "warn", "1 disk: sda", links=ONE),
    Case("GNT-003", GANETI, "unknown", "RAID controller", links=ONE,
         files=hw.controller("sda", "megaraid_sas", vendor="LSI")),
    Case("GNT-060", GANETI, "pass", "kvm_intel"),
    Case("GNT-060", GANETI, "fail", "no kvm_intel", files={"/sys/module/kvm_intel/": None}),
    Case("GNT-060", GANETI, "fail", "no emulator",
         files={"/usr/bin/qemu-system-x86_64": None, "/usr/bin/kvm": None},
         links={"/usr/bin/kvm": None}),
    Case("GNT-060", GANETI, "unknown", "exit status",
         commands={VERSION: {"error": "exit status 1"}}),
    Case("GNT-060", "ganeti-xen", "skip", "kvm"),
)  # fmt: skip
