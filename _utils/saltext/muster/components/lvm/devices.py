"""Block devices as the cluster file names them, and what they have to do with others."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from saltext.muster.catalogue.predicates.storage import gib
from saltext.muster.errors import Refused
from saltext.muster.probes import _blocks
from saltext.muster.probes.source import Source, Unreadable, shown

Blocks = Mapping[str, Mapping[str, Any]]

#: A command's exit status, its output and what it complained of.
Answer = tuple[int, str, str]


@dataclass(frozen=True)
class Device:
    """A block device: as it was named, by its kernel name and number, and what it is (bytes)."""

    path: str
    name: str
    number: str
    size: int
    model: str = ""
    serial: str = ""

    @property
    def node(self) -> str:
        """The kernel's own path of it, which LVM is given."""
        return "/dev/" + self.name.replace("!", "/")

    def text(self) -> str:
        """Return what a person knows it by."""
        model, serial = self.model or "no model told", self.serial or "not told"
        return f"{self.path} ({self.node}, {gib(self.size)}, {model}, serial {serial})"


def number(path: str) -> str:
    """Return major:minor of the block device at ``path`` of this node, "" when there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ""
    if not stat.S_ISBLK(found.st_mode):
        return ""
    return f"{os.major(found.st_rdev)}:{os.minor(found.st_rdev)}"


@dataclass(frozen=True)
class Host:
    """What is asked about devices: files, numbers by path, and commands that change nothing."""

    source: Source
    run: Callable[[list[str]], Answer]
    number: Callable[[str], str] = number


def blocks(source: Source) -> Blocks:
    """Return all block devices by name; raise Refused when they cannot be seen."""
    try:
        return _blocks.devices(source)
    except Unreadable as err:
        raise Refused(f"the block devices could not be read: {err}; look at /sys") from err


def name_of(host: Host, found: Blocks, path: str) -> str:
    """Return the kernel's name of the device at ``path``, "" when it is none."""
    wanted = host.number(path) if path.startswith("/") else ""
    return next((name for name, each in found.items() if wanted and each["number"] == wanted), "")


def find(host: Host, found: Blocks, paths: Iterable[str]) -> tuple[list[Device], list[str]]:
    """Return the devices at these paths, and what is wrong with paths that lead to none."""
    devices: list[Device] = []
    problems = []
    for path in paths:
        name = name_of(host, found, path)
        twin = next((each.path for each in devices if each.name == name), "")
        if not name:
            problems.append(f"{path}: there is no such block device; ls -l {path}")
        elif twin:
            problems.append(f"{path}: it is the same device as {twin}; name it once")
        else:
            devices.append(_device(host.source, path, name, found[name]))
    return devices, problems


def family(found: Blocks, name: str) -> set[str]:
    """Return the device, all that it is made of, and all that these carry.

    That of a partition holds the whole disk and its other partitions too.
    """
    members = set(_blocks.below({key: dict(each) for key, each in found.items()}, {name}))
    while True:
        more = {
            other
            for other, each in found.items()
            if other not in members and (each["parent"] in members or members & {*each["slaves"]})
        }
        if not more:
            return members
        members |= more


def _device(source: Source, path: str, name: str, seen: Mapping[str, Any]) -> Device:
    known = _udev(source, str(seen["number"]))
    model = known.get("ID_MODEL") or _attribute(source, name, "device/model")
    serial = (
        known.get("ID_SERIAL_SHORT")
        or known.get("ID_SERIAL")
        or _attribute(source, name, "serial")
        or _attribute(source, name, "device/serial")
    )
    return Device(path, name, str(seen["number"]), int(seen["size"]), model, serial)


def _udev(source: Source, wanted: str) -> dict[str, str]:
    """Return what udev keeps of a device; nothing where it keeps none."""
    try:
        text = source.text_or(f"/run/udev/data/b{wanted}")
    except Unreadable:
        return {}
    pairs = (line[2:].partition("=") for line in text.splitlines() if line.startswith("E:"))
    return {key: _plain(value) for key, _, value in pairs}


def _attribute(source: Source, name: str, path: str) -> str:
    try:
        return _plain(_blocks.attribute_or(source, name, path))
    except Unreadable:
        return ""


def _plain(text: str) -> str:
    """What a disk tells of itself is shown as one short line."""
    return "".join(char if char.isprintable() else "?" for char in shown(text))[:80].strip()
