"""The kernel's block devices and what lies on what: disks, partitions, arrays, mapped devices."""

import re
from typing import Any, Dict, List, Set

from .source import Absent, Source, Unreadable

CLASS = "/sys/class/block"

#: More than any server has; each costs some reads.
_MOST = 4000
_SECTOR = 512

#: Where the kernel puts devices that are made of nothing but others, or of memory.
_VIRTUAL = "/devices/virtual/block/"

#: Optical and floppy drives, remote and flash-internal devices, paths of a multipath NVMe.
_NO_DISK = re.compile(
    r"^(?:sr[0-9]|fd[0-9]|rbd[0-9]|nbd[0-9]|drbd[0-9]|zd[0-9]|mtdblock[0-9]|ram[0-9]|loop[0-9]"
    r"|nvme[0-9]+c[0-9]+n[0-9]+$|mmcblk[0-9]+(?:boot|rpmb|gp))"
)

#: (what the device's place in /sys holds, transport), the first that fits.
_TRANSPORTS = (
    (re.compile(r"/usb[0-9]+/"), "usb"),
    (re.compile(r"/nvme-fabrics/"), "nvme-of"),
    (re.compile(r"/nvme"), "nvme"),
    (re.compile(r"/mmc[0-9_h]"), "mmc"),
    (re.compile(r"/virtio[0-9]+/"), "virtio"),
    (re.compile(r"/vbd-[0-9]+/"), "xen"),
    (re.compile(r"/session[0-9]+/"), "iscsi"),
    (re.compile(r"/rport-"), "fc"),
    (re.compile(r"/ata[0-9]+/"), "sata"),
    (re.compile(r"/end_device-|/sas_"), "sas"),
    (re.compile(r"/host[0-9]+/"), "scsi"),
)

_NAME = re.compile(r"^[A-Za-z0-9!._:+-]{1,64}$")

#: An attribute in /sys is a page at most.
_PAGE = 4096

Device = Dict[str, Any]


def devices(source: Source) -> Dict[str, Device]:
    """Return {name: {"place", "number", "size", "parent", "slaves"}} of all block devices.

    place is the path in /sys, number major:minor, size in bytes, parent the disk of a partition
    (else ""), slaves what the device is made of. Raises Unreadable when none can be seen.
    """
    names = _names(source, CLASS)
    if not names:
        raise Unreadable(f"{CLASS} is empty or not there")
    if len(names) > _MOST:
        raise Unreadable(f"more than {_MOST} block devices")
    return {name: _device(source, name) for name in names}


def is_disk(name: str, device: Device) -> bool:
    """Say whether a device is a disk: no part, no optical drive, nothing made of others."""
    virtual = _VIRTUAL in device["place"] or bool(device["slaves"])
    return not device["parent"] and not virtual and not _NO_DISK.match(name)


def transport(place: str) -> str:
    """Return how the disk at this place in /sys is connected, or "" when that is not seen."""
    return next((name for pattern, name in _TRANSPORTS if pattern.search(place)), "")


def below(found: Dict[str, Device], start: Set[str]) -> List[str]:
    """Return ``start`` and all that it is made of, down to the disks, sorted."""
    seen, queue = set(), sorted(start & set(found))  # type: Set[str], List[str]
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        parents = found[name]["slaves"] or [found[name]["parent"]]
        queue += [parent for parent in parents if parent in found]
    return sorted(seen)


def attribute(source: Source, name: str, path: str) -> str:
    """Return one of the device's attributes in /sys, without white space around it."""
    return source.text(f"{CLASS}/{name}/{path}", _PAGE).strip()


def attribute_or(source: Source, name: str, path: str) -> str:
    """Return an attribute, or "" for a device that has none of this name."""
    try:
        return attribute(source, name, path)
    except Absent:
        return ""


def number(text: str, what: str) -> int:
    """Return a device's attribute as a number; raise Unreadable when it is none."""
    if not re.match(r"^[0-9]{1,18}$", text):
        raise Unreadable(f"{what} holds no number")
    return int(text)


def _device(source: Source, name: str) -> Device:
    place = source.link(f"{CLASS}/{name}") or ""
    parent = place.rstrip("/").split("/")[-2:-1]
    sectors = attribute_or(source, name, "size") or "0"
    return {
        "place": place,
        "number": attribute_or(source, name, "dev"),
        "size": number(sectors, f"{CLASS}/{name}/size") * _SECTOR,
        "parent": parent[0] if _is_part(source, name) and parent else "",
        "slaves": _names(source, f"{CLASS}/{name}/slaves"),
    }


def _names(source: Source, folder: str) -> List[str]:
    return [name for name in source.names(folder) if _NAME.match(name)]


def _is_part(source: Source, name: str) -> bool:
    return source.exists(f"{CLASS}/{name}/partition")
