"""The proof that a device is empty: whatever speaks against it is told, all of it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from saltext.muster.components.lvm.devices import Blocks, Device, Host, family, name_of
from saltext.muster.probes import _blocks, _mounts
from saltext.muster.probes.source import Absent, Source, Unreadable

#: Devices that are memory, files, networks or other volumes: no place for a group's only copy.
_NO_PLACE = re.compile(r"(?:ram|zram|loop|sr|fd|nbd|rbd|drbd|zd|mtdblock)[0-9]")

#: Where udev links what a table of file systems calls by something else than a path.
_TAGS = {
    "UUID": "by-uuid",
    "LABEL": "by-label",
    "PARTUUID": "by-partuuid",
    "PARTLABEL": "by-partlabel",
    "ID": "by-id",
}
#: Which field of a table names the device.
TABLES = {"/etc/fstab": 0, "/etc/crypttab": 1}
_TABLE_LIMIT = 1024 * 1024
_NOTHING_FOUND = 2


def problems(host: Host, found: Blocks, device: Device) -> list[str]:
    """Return why a device does not count as empty, by all but its first and last bytes.

    What cannot be read speaks against it. Source: GNT-006, GNT-007.
    """
    kin = family(found, device.name)
    checks = (
        _kind(host.source, device),
        _writable(host.source, device),
        _parts(found, device),
        _holders(host.source, found, device),
        _mounted(host, found, kin),
        _swap(host, found, kin),
        _tables(host, found, kin),
        _signature(host, device),
        _probed(host, device),
    )
    return [f"{device.path}: {told}" for check in checks for told in _all(check)]


def _all(check: Iterator[str]) -> Iterator[str]:
    try:
        yield from check
    except Unreadable as err:
        yield f"could not be read: {err}"


def _kind(source: Source, device: Device) -> Iterator[str]:
    if _NO_PLACE.match(device.name):
        yield f"{device.node} is no disk: memory, a file, a network's or another volume's device"
    if _blocks.attribute_or(source, device.name, "dm/uuid").startswith("LVM-"):
        yield "it is a volume of LVM itself"
    if not device.size:
        yield "it has no size"


def _writable(source: Source, device: Device) -> Iterator[str]:
    if _blocks.attribute(source, device.name, "ro") != "0":
        yield "it is read-only"


def _parts(found: Blocks, device: Device) -> Iterator[str]:
    parts = sorted(name for name, each in found.items() if each["parent"] == device.name)
    if parts:
        yield f"it has partitions ({', '.join(parts[:5])})"


def _holders(source: Source, found: Blocks, device: Device) -> Iterator[str]:
    above = {name for name, each in found.items() if device.name in each["slaves"]}
    above |= set(source.names(f"{_blocks.CLASS}/{device.name}/holders"))
    if above:
        yield f"other devices are made of it ({', '.join(sorted(above)[:5])})"


def _mounted(host: Host, found: Blocks, kin: set[str]) -> Iterator[str]:
    numbers = {found[name]["number"]: name for name in kin}
    for mount in _mounts.mounts(host.source):
        # A file system of several devices has a number of its own: then its source tells.
        name = numbers.get(mount["device"]) or name_of(host, found, mount["source"])
        if name in kin:
            yield f"{name} is mounted at {mount['path']}"


def _swap(host: Host, found: Blocks, kin: set[str]) -> Iterator[str]:
    for line in host.source.text_or("/proc/swaps").splitlines()[1:]:
        path = _unescaped(line.split()[0]) if line.split() else ""
        name = name_of(host, found, path) or path.rpartition("/")[2]
        if name in kin:
            yield f"{name} is swap space"


def _tables(host: Host, found: Blocks, kin: set[str]) -> Iterator[str]:
    for path in TABLES:
        for named in named_in(host.source, path):
            name = name_of(host, found, named)
            if name in kin:
                yield f"{path} names {name}"


def named_in(source: Source, path: str) -> list[str]:
    """Return the paths of the devices that fstab or crypttab names; raise Unreadable."""
    try:
        text = source.text(path, _TABLE_LIMIT)
    except Absent:
        return []
    found = []
    for line in text.splitlines():
        fields = line.split()
        if len(fields) > TABLES[path] and not fields[0].startswith("#"):
            found.append(_path(_unescaped(fields[TABLES[path]]).replace('"', "")))
    return found


def _path(named: str) -> str:
    tag, equals, value = named.partition("=")
    if equals and tag in _TAGS:
        return f"/dev/disk/{_TAGS[tag]}/{value}"
    return named


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)


def _signature(host: Host, device: Device) -> Iterator[str]:
    status, said, complaint = host.run(["wipefs", "--no-act", device.node])
    if status:
        yield f"wipefs could not look at it: {_short(complaint or said)}"
    elif said.strip():
        yield f"it has a signature ({_short(said)})"


def _probed(host: Host, device: Device) -> Iterator[str]:
    status, said, complaint = host.run(["blkid", "-p", "-o", "export", device.node])
    if said.strip():
        yield f"it has content that blkid knows ({_short(said)})"
    elif status != _NOTHING_FOUND or complaint.strip():
        yield f"blkid could not look at it: exit status {status}: {_short(complaint)}"


def _short(text: str) -> str:
    return " ".join(text.split())[:120]
