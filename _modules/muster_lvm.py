"""LVM: the volume group on disks that are proved empty, and the filter for DRBD's devices.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, lvm
from saltext.muster.components.lvm import deciding, devices, empty, filters, opened, undoing
from saltext.muster.errors import Refused
from saltext.muster.probes import _lvmconf
from saltext.muster.probes.source import Source, Unreadable, attempt

__salt__: dict[str, Any]
__pillar__: dict[str, Any]

__virtualname__ = "muster_lvm"

#: Should LVM ask anything at all, the answer is no.
_NO = "n\n" * 20

_PROGRAMS = "/usr/sbin:/usr/bin:/sbin:/bin"

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_lvm: LVM is Linux's alone"
    return __virtualname__


@_border
def diff_filter(root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return what lets LVM scan DRBD's devices.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_lvm.diff_filter
    """
    border.demand("muster_lvm", [border.root_problem(root)])
    source = Source(root or "/")
    found = {
        "filters": attempt(_lvmconf.filters, source),
        "devices_file": attempt(_lvmconf.devices_file, source),
    }
    return filters.diff(facts.Facts({"lvm": found}))


@_border
def apply_filter(root: str | None = None, skip: Iterable[str] = ()) -> list[str]:
    """
    Reject DRBD's devices in front of LVM's global_filter; return notes.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when LVM would not read the new file.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_lvm.apply_filter
    """
    if not _due(diff_filter(root), skip):
        return []
    local = files.below(root, filters.LOCAL)
    # What lvmlocal.conf sets wins over lvm.conf.
    wins = filters.KEY in _lvmconf.parse(files.read(local) or "")
    name = filters.LOCAL if wins else filters.CONF
    with origins.kept("lvm", root):
        return files.edit(files.below(root, name), partial(_rejecting, name, root))


@_border
def diff_group(
    group: str,
    devices: Sequence[str] = (),
    least: int = lvm.LEAST,
    root: str | None = None,
) -> dict[str, dict[str, Any]]:
    """
    Return whether the volume group is missing, or lacks named devices that are proved empty.

    group
        The volume group's name, such as ``xenvg``.

    devices
        Paths of the disks that it may be made of.

    least
        The size that a new group needs, in bytes.

    root
        A folder below which files are read in place of ``/``; its disks are nobody's.

    Raises CommandExecutionError with all that speaks against the devices.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_lvm.diff_group xenvg '[/dev/disk/by-id/virtio-data]'
    """
    _demand(group, devices, least, root)
    if not border.is_live(root):
        return _image(group, devices, str(root))
    with ExitStack() as held:
        found = deciding.todo(_host(), group, devices, least, held)
    return found.diff(_consent()) if found else {}


@_border
def apply_group(
    group: str,
    devices: Sequence[str] = (),
    least: int = lvm.LEAST,
    root: str | None = None,
    skip: Iterable[str] = (),
) -> list[str]:
    """
    Make the volume group, or add named devices to it, with consent alone; return notes.

    group
        The volume group's name, such as ``xenvg``.

    devices
        Paths of the disks that it may be made of.

    least
        The size that a new group needs, in bytes.

    root
        A folder below which files are read in place of ``/``; nothing is done then.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when a device is not proved empty, or when LVM says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com state.apply pillar='{muster_consent: true}'
    """
    _demand(group, devices, least, root)
    if not border.is_live(root):
        _image(group, devices, str(root))
        return []
    with ExitStack() as pins, ExitStack() as held:
        found = deciding.todo(_host(), group, devices, least, held)
        if found is None or not _due(found.diff(_consent()), skip) or not found.devices:
            return []
        for device in found.devices:
            pins.enter_context(opened.pinned(device.node, device.number))
        # LVM opens them for itself alone as well, so they must be let go of right before.
        held.close()
        with origins.kept("lvm"):
            return _grown(group, found)


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Remove the volume groups that muster made and nobody uses, with consent alone; return notes.

    noted
        What ``apply_group`` noted before it changed anything.

    root
        A folder below which files were written; no group was made there.

    Raises CommandExecutionError with what stays: a group that has volumes is never removed.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com state.apply muster.absent pillar='{muster_consent: true}'
    """
    if not border.is_live(root):
        return []
    host = _host()
    todo = undoing.todo(host, noted, _consent())
    notes = list(todo.notes)
    with border.noting(notes):
        for group in todo.groups:
            _change(["vgremove", group.name])
            for device in group.devices:
                _change(["pvremove", device.node])
                with opened.alone(device.node, device.number, write=True) as handle:
                    opened.clear(handle)
            undoing.forget(group, noted)
            notes.append(f"the volume group {group.name} is removed, its disks are empty as before")
        if todo.left:
            raise Refused("; ".join(todo.left))
    return notes


def _demand(group: Any, paths: Any, least: Any, root: str | None) -> None:
    lvm.check(group, paths, least)
    border.demand("muster_lvm", [border.root_problem(root)])


def _due(differs: dict[str, dict[str, Any]], skip: Iterable[str]) -> bool:
    return any(key not in skip and "pending" not in each for key, each in differs.items())


def _consent() -> bool:
    """Disks are written with consent alone, on a node that is not live too."""
    return __pillar__.get("muster_consent") is True


def _host() -> devices.Host:
    return devices.Host(Source(), _run)


def _run(command: list[str], stdin: str | None = None) -> devices.Answer:
    program = shutil.which(command[0], path=_PROGRAMS)
    if not program:
        return deciding.NO_PROGRAM, "", f"{command[0]} is not installed"
    done = __salt__["cmd.run_all"](
        [program, *command[1:]], python_shell=False, timeout=120, ignore_retcode=True, stdin=stdin
    )
    return done["retcode"], done["stdout"], done["stderr"]


def _change(command: list[str]) -> None:
    status, out, complaint = _run(command, _NO)
    if status:
        said = " ".join((complaint or out).split())[:300]
        raise Refused(f"{' '.join(command)} failed: {said}; look at lsblk and pvs, then run again")


def _image(group: str, paths: Sequence[str], root: str) -> dict[str, dict[str, Any]]:
    """Tell of a group of an image, whose disks are not there."""
    try:
        tables = [path for table in empty.TABLES for path in empty.named_in(Source(root), table)]
    except Unreadable as err:
        raise Refused(str(err)) from err
    named = sorted({*paths} & {*tables})
    if named:
        raise Refused(f"{', '.join(named)}: fstab or crypttab names it; name another disk")
    why = "the disks of a running node are looked at, not those of an image"
    return {"group": {"old": "not looked at", "new": group, "pending": why}}


def _grown(name: str, found: deciding.Todo) -> list[str]:
    """Write the devices: the one place where anything is."""
    nodes = [device.node for device in found.devices]
    made = found.key == "group"
    if made:
        origins.note(f"group {name}", "absent")
        for folder in undoing.unmade():
            origins.note(f"folder {folder}", "absent")
    _change(["vgcreate" if made else "vgextend", name, *nodes])
    known, volumes = deciding.asked(_host())
    numbers = {device.number for device in found.devices}
    for group in (each for each in known if each.name == name):
        mine = [each for each in volumes if each.group_uuid == group.uuid]
        new = [each.uuid for each in mine if devices.number(each.path) in numbers]
        if made:
            origins.note(f"made {group.uuid}", " ".join([name, *new]))
        for uuid in () if made else new:
            origins.note(f"extended {group.uuid} {uuid}", name)
    return [f"{name}: {', '.join(device.text() for device in found.devices)}"]


def _rejecting(name: str, root: str | None, text: str) -> str:
    """Return the file's new text, which LVM itself has read where it runs here."""
    new = filters.rejecting(text)
    if border.is_live(root) and shutil.which("lvmconfig", path=_PROGRAMS):
        with tempfile.TemporaryDirectory(prefix="muster-lvm-") as folder:
            for each in (filters.CONF, filters.LOCAL):
                content = new if each == name else files.read(each)
                if content is not None:
                    # No file of the node's: nothing of it is kept for going back.
                    path = os.path.join(folder, os.path.basename(each))
                    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
                        file.write(content)
            _demand_read(name, folder)
    return new


def _demand_read(name: str, folder: str) -> None:
    done = __salt__["cmd.run_all"](
        ["lvmconfig", filters.KEY],
        python_shell=False,
        timeout=30,
        ignore_retcode=True,
        env={"LVM_SYSTEM_DIR": folder},
    )
    if done["retcode"] or filters.REJECT not in done["stdout"]:
        said = " ".join((done["stderr"] or done["stdout"]).split())[:300]
        raise Refused(
            f"LVM would not read {name} with the filter ({said}); it is as it was; by hand:"
            f" {filters.WANTED}"
        )
