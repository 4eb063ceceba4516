"""What is mounted where, by /proc/self/mountinfo."""

import re
from typing import Dict, List, Optional

from .source import Source, Unreadable

_TABLE = "/proc/self/mountinfo"
_LIMIT = 4 * 1024 * 1024
_ESCAPE = re.compile(r"\\([0-7]{3})")

Mount = Dict[str, str]


def mounts(source: Source) -> List[Mount]:
    """Return the mounts, in the order in which they were made."""
    found = parse(source.text(_TABLE, _LIMIT))
    if not found:
        raise Unreadable(f"{_TABLE} names no mount")
    return found


def parse(text: str) -> List[Mount]:
    """Return {"path", "device" (major:minor), "root", "type", "source", "options"} of each mount.

    root is what of the filesystem is mounted: "/" unless it is a bind mount or a subvolume.
    """
    found = []
    for line in text.split("\n"):
        head, dash, tail = line.partition(" - ")
        fields, rest = head.split(" "), tail.split(" ")
        if dash and len(fields) >= 6 and len(rest) >= 2:
            found.append(
                {
                    "path": _plain(fields[4]),
                    "device": fields[2],
                    "root": _plain(fields[3]),
                    "type": rest[0],
                    "source": _plain(rest[1]),
                    "options": fields[5],
                }
            )
    return found


def at(found: List[Mount], path: str) -> Optional[Mount]:
    """Return what is seen at ``path``: the last of several mounts covers the others."""
    there = [mount for mount in found if mount["path"] == path]
    return there[-1] if there else None


def _plain(field: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 8)), field)
