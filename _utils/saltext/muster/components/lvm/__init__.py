"""The lvm component: the volume group on disks that are proved empty, LVM's filter for DRBD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from saltext.muster.components.border import demand

#: GNT-006: what Ganeti's own check of a node asks for (bytes).
LEAST = 20 * (1 << 30)

#: What LVM takes as a name; a hyphen in front would be an option.
GROUP = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9_+.][A-Za-z0-9_+.-]{0,126}", re.ASCII)
_DEVICE = re.compile(r"/dev(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.#+:=@,-]{1,200}){1,6}", re.ASCII)

#: No node has more disks than this for one volume group.
MOST = 100


def device_problem(value: Any) -> str:
    """Return "" for the path of a device below /dev, else what is wrong with it."""
    if isinstance(value, str) and _DEVICE.fullmatch(value) and "/-" not in value:
        return ""
    return "is no device's path below /dev"


def check(group: Any, devices: Any, least: Any = LEAST) -> None:
    """Raise InvalidArgument unless a group's name, its devices and its size (bytes) are sound."""
    demand("muster_lvm", _problems(group, devices, least))


def _problems(group: Any, devices: Any, least: Any) -> Iterator[str]:
    if not isinstance(group, str) or not GROUP.fullmatch(group):
        yield f"group: {group!r:.90} is no name of a volume group (letters, digits and _ + . -)"
    if isinstance(least, bool) or not isinstance(least, int) or least < 0:
        yield f"least: {least!r:.90} is no number of bytes"
    if not isinstance(devices, (list, tuple)) or len(devices) > MOST:
        yield f"devices: {devices!r:.90} is no list of at most {MOST} paths"
        return
    for device in devices:
        if device_problem(device):
            yield f"devices: {device!r:.90} {device_problem(device)}"
    if len(set(map(str, devices))) < len(devices):
        yield "devices: one is there twice"
