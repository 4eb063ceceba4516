"""What runs in an older state than is installed: the kernel, and libvirt's daemons."""

import re
from typing import Any, Dict, List

from ._processes import processes
from ._text import first_line, lines, words
from .source import Absent, Source, Unreadable, attempt, shown

_DAEMONS = ("libvirtd", "virtqemud", "virtlxd")
_MARKS = ("/run/reboot-required", "/var/run/reboot-required")

#: The kernel tells other programs the time in these ticks on every architecture.
_TICKS = 100

_MAPS_LIMIT = 8 * 1024 * 1024
_MOST = 50

#: A library or program that was replaced; a deleted file in /tmp or /dev says nothing.
_REPLACED = re.compile(r"^(/(?:usr/|lib|opt/|bin/|sbin/)[^\n]*) \(deleted\)$")


def read(source: Source) -> Dict[str, Any]:
    """Return daemons, boot, kernels and reboot_required.

    daemons: {name: {"pid", "started" (UNIX time), "deleted" (files it maps that are replaced)}}
    of those that run; boot: UNIX time; kernels: releases that /boot has; reboot_required:
    {"marked": whether the system asks for a reboot, "packages": which ask for it}.
    """
    boot = attempt(_boot, source)
    return {
        "boot": boot,
        "daemons": attempt(_daemons, source, boot),
        "kernels": attempt(_kernels, source),
        "reboot_required": attempt(_required, source),
    }


def parse_maps(text: str) -> List[str]:
    """Return the replaced files in a /proc/PID/maps."""
    found = set()
    for _, line in lines(text):
        fields = line.split(None, 5)
        match = _REPLACED.match(fields[5]) if len(fields) == 6 else None
        if match:
            found.add(match.group(1))
    return sorted(found)[:_MOST]


def parse_boot(text: str) -> int:
    """Return the time of boot in /proc/stat; raise Unreadable when it has none."""
    for _, line in lines(text):
        fields = words(line)
        if fields[:1] == ["btime"] and len(fields) == 2 and re.match(r"^[0-9]{1,12}$", fields[1]):
            return int(fields[1])
    raise Unreadable("/proc/stat has no time of boot")


def _boot(source: Source) -> int:
    return parse_boot(source.text("/proc/stat"))


def _daemons(source: Source, boot: Any) -> Dict[str, Any]:
    found = {}  # type: Dict[str, Any]
    for process in processes(source):
        if process["name"] in _DAEMONS:
            started = boot if isinstance(boot, dict) else boot + process["start"] // _TICKS
            deleted = attempt(_deleted, source, process["pid"])
            # Forked helpers carry the same name: the oldest process is the daemon.
            found.setdefault(
                process["name"], {"pid": process["pid"], "started": started, "deleted": deleted}
            )
    return found


def _deleted(source: Source, pid: int) -> List[str]:
    return parse_maps(source.text(f"/proc/{pid}/maps", _MAPS_LIMIT))


def _kernels(source: Source) -> List[str]:
    prefix = "vmlinuz-"
    names = [name for name in source.names("/boot") if name.startswith(prefix)]
    found = [shown(name[len(prefix) :]) for name in names if source.exists(f"/boot/{name}")]
    found = [name for name in found if name[:1].isdigit() and "rescue" not in name]
    if not found:
        raise Unreadable("/boot has no kernel")
    return found[:_MOST]


def _required(source: Source) -> Dict[str, Any]:
    packages = []  # type: List[str]
    for path in _MARKS:
        try:
            packages += [first_line(line) for _, line in lines(source.text(f"{path}.pkgs"))]
        except Absent:
            continue
    marked = any(source.exists(path) for path in _MARKS)
    return {"marked": marked, "packages": sorted(set(filter(None, packages)))[:_MOST]}
