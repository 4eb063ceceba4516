"""Small changes of the captured server's hardware."""

from __future__ import annotations

from typing import Any

from tests.support.hosts import DATA, layer

CPU = "/sys/devices/system/cpu"
CLASS = "/sys/class/block"
BASE = f"{CPU}/cpufreq/policy0/base_frequency"
SECTOR = 512

Files = dict[str, Any]

_SATA = "/sys/devices/pci0000:00/0000:00:17.0/ata{0}/host{1}/target{1}:0:0/{1}:0:0:0/block/"
_NVME = "/sys/devices/pci0000:3a/0000:3a:0{0}.0/0000:3{1}:00.0/nvme/nvme{0}/nvme{0}n1"
PLACES = {
    "sda": _SATA.format(1, 0) + "sda",
    "sdb": _SATA.format(2, 1) + "sdb",
    "nvme0n1": _NVME.format(0, "b"),
    "nvme1n1": _NVME.format(1, "c"),
    "md0": "/sys/devices/virtual/block/md0",
    "md1": "/sys/devices/virtual/block/md1",
}

#: "/" on a partition of sda, of no array.
PLAIN_ROOT = {"/proc/self/mountinfo": "22 1 8:3 / / rw - ext4 /dev/sda3 rw\n"}

_SERVER = layer("server")["files"]


def cpuinfo(part: str) -> Files:
    """Return a /proc/cpuinfo captured by others."""
    (path,) = (DATA / "cpuinfo").glob(f"*{part}*")
    return {"/proc/cpuinfo": path.read_text()}


def processor(**values: object) -> Files:
    """Return the server's /proc/cpuinfo with other values; a key's blanks are underscores."""
    keys = {key.replace("_", " "): value for key, value in values.items()}
    lines = []
    for line in _SERVER["/proc/cpuinfo"].splitlines():
        key = line.split(":")[0].strip()
        key = "vendor id" if key == "vendor_id" else key
        lines.append(f"{line.split(':')[0]}: {keys[key]}" if key in keys else line)
    return {"/proc/cpuinfo": "\n".join(lines) + "\n"}


def clock(kilohertz: int) -> Files:
    """Return the server with another nominal clock."""
    return {BASE: f"{kilohertz}\n"}


def online(text: str) -> Files:
    """Return the server with only these processors."""
    return {f"{CPU}/online": f"{text}\n"}


def sectors(name: str, count: int) -> Files:
    """Return the server with a disk of another size, in sectors of 512 bytes."""
    return {f"{PLACES[name]}/size": f"{count}\n"}


def rotating(*names: str) -> Files:
    """Return the server with HDDs in place of SSDs."""
    return {f"{PLACES[name]}/queue/rotational": "1\n" for name in names}


def without(*names: str) -> dict[str, None]:
    """Return the links that are gone with these block devices (and a disk's partitions)."""
    parts = [f"{name}{n}" for name in names if name.startswith("sd") for n in (1, 2, 3)]
    return {f"{CLASS}/{name}": None for name in (*names, *parts)}


def total(kibibytes: int) -> Files:
    """Return the server with memory that only the kernel tells of."""
    return {"/sys/firmware/": None, "/proc/meminfo": f"MemTotal:  {kibibytes} kB\n"}


def controller(name: str, driver: str, **attributes: str) -> Files:
    """Return the server with a disk behind another controller."""
    host = {"sda": "host0", "sdb": "host1"}[name]
    device = {f"{PLACES[name]}/device/{key}": f"{text}\n" for key, text in attributes.items()}
    return {f"/sys/class/scsi_host/{host}/proc_name": f"{driver}\n", **device}
