"""Which of the volume groups that muster made may go again, and what stays."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from saltext.muster.components.lvm import deciding, devices, groups
from saltext.muster.components.lvm.devices import Device, Host

#: Where LVM keeps what it knows of a group: its own copies.
_COPIES = "/etc/lvm"

_CONSENT = "it goes only with consent: run again with pillar='{muster_consent: true}'"


@dataclass(frozen=True)
class Made:
    """A group that muster made, on the devices that it was made of."""

    name: str
    uuid: str
    devices: list[Device]


@dataclass
class Todo:
    """Groups that may go, what is told besides, and why others stay."""

    groups: list[Made] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def todo(host: Host, noted: Mapping[str, str], consent: bool) -> Todo:
    """Return what becomes of the groups that ``noted`` tells of.

    noted has ``group NAME: absent`` before a group is made, ``made UUID`` with its name and the
    uuids of its devices after it, and ``extended UUID DEVICE`` with its name for each that was
    added.
    """
    known, volumes = deciding.asked(host)
    found = Todo()
    for group in known:
        mine = [each for each in volumes if each.group_uuid == group.uuid]
        made = noted.get(f"made {group.uuid}")
        extended = [each for each in mine if f"extended {group.uuid} {each.uuid}" in noted]
        if made is None and noted.get(f"group {group.name}") == "absent":
            found.left.append(
                f"the volume group {group.name} was not there before muster, and whether muster"
                f" made it cannot be told; if nobody needs it: vgremove {group.name}"
            )
        elif made is not None:
            _judge(host, found, group, mine, {*made.split()[1:], *(each.uuid for each in extended)})
        elif extended:
            ours = [each.path for each in extended]
            found.left.append(
                f"{', '.join(ours)} was added to {group.name} by muster and stays: vgreduce"
                f" {group.name} {ours[0]}"
            )
    if found.groups and not consent:
        found.left += [f"the volume group {each.name} stays: {_CONSENT}" for each in found.groups]
        found.groups = []
    return found


def _judge(
    host: Host, found: Todo, group: groups.Group, mine: list[groups.Physical], ours: set[str]
) -> None:
    """Sort a group that muster made into those that may go and those that stay."""
    named = f"the volume group {group.name}"
    foreign = [each.path for each in mine if each.uuid not in ours]
    if group.volumes:
        found.left.append(f"{named} has {group.volumes} volume(s) and stays: lvs {group.name}")
    elif foreign or group.wrong:
        why = group.wrong or f"has devices that others added ({', '.join(foreign)})"
        found.left.append(f"{named} {why} and stays")
    else:
        known = devices.blocks(host.source)
        on, wrong = devices.find(host, known, [each.path for each in mine])
        if wrong:
            found.left.append(f"{named} stays: {'; '.join(wrong)}")
        else:
            found.groups.append(Made(group.name, group.uuid, on))


def unmade(folder: str = _COPIES) -> list[str]:
    """Return the folders for LVM's copies that LVM makes with the first group."""
    paths = [os.path.join(folder, name) for name in ("archive", "backup")]
    return [path for path in paths if not os.path.isdir(path)]


def forget(made: Made, noted: Mapping[str, str], folder: str = _COPIES) -> None:
    """Remove LVM's own copies of a group that is gone, so that nothing of it is left.

    noted has ``folder PATH: absent`` for those of ``unmade``, which go when they are empty.
    """
    paths = glob.glob(f"{glob.escape(folder)}/archive/{glob.escape(made.name)}_*.vg")
    for path in [*paths, os.path.join(folder, "backup", made.name)]:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                ours = f'id = "{made.uuid}"' in file.read(1 << 20)
        except OSError:
            continue
        if ours:
            os.unlink(path)
    for name in ("archive", "backup"):
        path = os.path.join(folder, name)
        if noted.get(f"folder {path}") == "absent":
            with suppress(OSError):  # copies of other groups are in it
                os.rmdir(path)
