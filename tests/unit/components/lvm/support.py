"""A made-up node with disks: its /sys and /proc, and what the real tools say of such disks."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager

from saltext.muster.components.lvm.devices import Host
from saltext.muster.errors import Refused
from saltext.muster.probes.source import Source

GIB = 1 << 30
ROOT_MOUNT = "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
SWAPS = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

#: As util-linux 2.38.1 and LVM 2.03.16 of Debian 12 say it, in the lab's virtual machine.
WIPEFS_EXT4 = (
    "DEVICE OFFSET TYPE UUID                                 LABEL\n"
    "vdb    0x438  ext4 0491a35c-1710-4a0a-bad6-4096f68b625d \n"
)
BLKID_EXT4 = (
    "DEVNAME=/dev/vdb\nUUID=0491a35c-1710-4a0a-bad6-4096f68b625d\nVERSION=1.0\n"
    "BLOCK_SIZE=4096\nTYPE=ext4\nUSAGE=filesystem\n"
)
NO_GROUPS = '  {\n "report": [\n  {\n "vg": [\n ]\n }\n ]\n }\n'
NO_VOLUMES = NO_GROUPS.replace('"vg"', '"pv"')
VDB, SDB = "/dev/disk/by-path/virtio-pci-0000:00:05.0", "/dev/disk/by-id/wwn-1"


def vgs(*rows):
    """Return what vgs prints of groups, given as in ``group``."""
    return json.dumps({"report": [{"vg": list(rows)}]})


def group(name="xenvg", uuid="dUmRfo", size=25765609472, volumes=0, **more):
    """Return a row of vgs."""
    return {
        "vg_name": name,
        "vg_uuid": uuid,
        "vg_size": str(size),
        "lv_count": str(volumes),
        "vg_missing_pv_count": "0",
        "vg_exported": "",
        "vg_partial": "",
        **more,
    }


def pvs(*rows):
    """Return what pvs prints of (path, uuid, group, group's uuid)."""
    keys = ("pv_name", "pv_uuid", "vg_name", "vg_uuid")
    each = [{**dict(zip(keys, row, strict=True)), "pv_missing": ""} for row in rows]
    return json.dumps({"report": [{"pv": each}]})


class Machine:
    """A node whose system is on vda1; what it has besides is put there by a test."""

    def __init__(self, folder):
        self.folder = folder
        self.numbers = {}
        self.says = {
            "wipefs": (0, "", ""),
            "blkid": (2, "", ""),
            "vgs": (0, NO_GROUPS, ""),
            "pvs": (0, NO_VOLUMES, ""),
        }
        self.content = {}
        self.busy = set()
        self.opened = []
        self.write("/proc/self/mountinfo", ROOT_MOUNT)
        self.write("/proc/swaps", SWAPS)
        self.disk("vda", "254:0", 32 * GIB)
        self.part("vda", "vda1", "254:1")
        self.disk("vdb", "254:16", 24 * GIB, VDB)
        self.write("/run/udev/data/b254:16", "E:ID_MODEL=QEMU_DISK\nE:ID_SERIAL_SHORT=muster-1\n")

    def write(self, path, text=""):
        file = self.folder / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def disk(self, name, number, size=GIB, *paths, place="/devices/pci0000:00/block"):
        """Add a device."""
        self._device(name, number, size, f"{place}/{name}")
        for path in paths:
            self.numbers[path] = number

    def part(self, disk, name, number, size=GIB):
        """Add a partition of a disk."""
        place = os.readlink(self.folder / f"sys/class/block/{disk}").removeprefix("../..")
        self._device(name, number, size, f"{place}/{name}")
        self.write(f"/sys{place}/{name}/partition", "1\n")

    def on(self, name, number, *below, kind="dm", uuid="mpath-1"):
        """Add a device that is made of others."""
        self._device(name, number, GIB, f"/devices/virtual/block/{name}")
        if kind == "dm":
            self.write(f"/sys/devices/virtual/block/{name}/dm/uuid", f"{uuid}\n")
            self.write(f"/sys/devices/virtual/block/{name}/dm/name", f"{name}-name\n")
        for each in below:
            self.write(f"/sys/devices/virtual/block/{name}/slaves/{each}")
            self.write(f"/sys/class/block/{each}/holders/{name}")

    def _device(self, name, number, size, place):
        self.write(f"/sys{place}/dev", f"{number}\n")
        self.write(f"/sys{place}/size", f"{size // 512}\n")
        self.write(f"/sys{place}/ro", "0\n")
        link = self.folder / f"sys/class/block/{name}"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(f"../..{place}")
        self.numbers[f"/dev/{name}"] = number

    def run(self, command):
        return self.says[command[0]]

    def host(self):
        return Host(Source(str(self.folder)), self.run, lambda path: self.numbers.get(path, ""))

    @contextmanager
    def hold(self, path, number):
        """Open a file in place of the device: no machine of the tests has a spare one."""
        assert self.numbers[path] == number
        if path in self.busy:
            raise Refused(f"it is in use; lsblk {path}")
        file = self.folder / "content"
        file.write_bytes(self.content.get(path, bytes(3 << 20)))
        with file.open("rb") as handle:
            self.opened.append(path)
            try:
                yield handle.fileno()
            finally:
                self.opened.remove(path)
