"""Xen: its tools, the boot loader, and the kernel of instances.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, xen
from saltext.muster.components.xen import boot, settings, sxp
from saltext.muster.components.xen import wanted as wants
from saltext.muster.errors import Refused
from saltext.muster.probes import _grub
from saltext.muster.probes.source import Source

__salt__: dict[str, Any]

__virtualname__ = "muster_xen"

_border = border.translated(SaltInvocationError, CommandExecutionError)

#: How long a boot menu may take that looks for other systems on many disks, and a daemon's
#: restart (seconds).
_MENU, _DAEMON = 300, 60


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_xen: Xen's first domain is managed on Linux"
    return __virtualname__


@_border
def diff(wanted: dict[str, Any], root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return what differs of Xen's settings; what waits for a reboot or for consent is pending.

    wanted
        The plan's component ``xen``: memory, cpus, migration, consoles, routed, kernel and initrd.

    root
        A folder below which files are read in place of ``/``; what runs is left alone.

    CLI Example:

    .. code-block:: bash

        salt-call muster_xen.diff "$(salt-call --out=json pillar.get muster:components:xen)"
    """
    found = _facts(wanted, root)
    live = border.is_live(root)
    differs = xen.diff(found, wanted, live)
    if "restart" in differs:
        return xen.diff(found, wanted, live, __salt__["muster.live"]()["why"])
    return differs


@_border
def apply(wanted: dict[str, Any], root: str | None = None, skip: Iterable[str] = ()) -> list[str]:
    """
    Bring Xen's settings to what is wanted, as far as that goes without a reboot; return notes.

    wanted
        The plan's component ``xen``: memory, cpus, migration, consoles, routed, kernel and initrd.

    root
        A folder below which files are written in place of ``/``; what runs is left alone.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError where Xen's tools or a boot loader are missing, and when the
    system says no; the boot loader's files are then as they were.

    CLI Example:

    .. code-block:: bash

        salt-call muster_xen.apply "$(salt-call --out=json pillar.get muster:components:xen)"
    """
    todo = {k for k, e in diff(wanted, root).items() if k not in skip and "pending" not in e}
    if "package" in todo:
        raise Refused(
            f"Xen's tools are not there: looked for /usr/sbin/xend, {xen.XEND}, /usr/sbin/xl and"
            f" {xen.XL}; install them (Debian: xen-system-amd64), then run again"
        )
    notes: list[str] = []
    with origins.kept("xen", root), border.noting(notes):
        found = _facts(wanted, root)
        _settings(found, wanted, todo, root, notes)
        for kind in ("kernel", "initrd"):
            if kind in todo:
                notes += _link(kind, wanted, root)
        if {"memory", "cpus", "menu"} & todo:
            _boot(found, wanted, todo, root, notes)
        if "restart" in todo:
            _restart()
        if "booted" in todo:
            raise Refused(
                "no Xen runs and none is in /boot: install the hypervisor (Debian:"
                " xen-system-amd64), then run again; this node must be no guest of Xen"
            )
    return notes


@_border
def warnings(wanted: dict[str, Any], root: str | None = None) -> list[str]:
    """
    Return what the plan wants of Xen here and should not be forgotten: open consoles.

    wanted
        The plan's component ``xen``: memory, cpus, migration, consoles, routed, kernel and initrd.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt-call muster_xen.warnings "$(salt-call --out=json pillar.get muster:components:xen)"
    """
    found = _facts(wanted, root)
    return [xen.OPEN] if wanted["consoles"] and xen.toolstack(found) == "xend" else []


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Bring back what ran before muster, after the files of this component are back.

    noted
        What was noted before the changes: ``menu`` where the boot menu was made anew, ``xend``
        where xend was restarted.

    root
        A folder below which files were changed in place of ``/``; nothing ran there.

    Raises CommandExecutionError when the boot menu cannot be made or xend does not restart.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_xen.undo '{menu: "without Xen"}'
    """
    border.demand("muster_xen", [border.root_problem(root)])
    if not border.is_live(root):
        return []
    notes = []
    if "menu" in noted:
        _update_grub()
        notes.append("the boot menu was made anew: the next boot is as before")
    if noted.get("xend") and os.path.exists(xen.RESTART):
        _restart()
        notes.append("xend was restarted")
    return notes


def _facts(wanted: dict[str, Any], root: str | None) -> facts.Facts:
    wants.check(wanted)
    border.demand("muster_xen", [border.root_problem(root)])
    return facts.Facts(facts.collect(("xen",), root or "/"))


def _settings(
    found: facts.Facts, wanted: dict[str, Any], todo: set[str], root: str | None, notes: list[str]
) -> None:
    if "save" in todo:
        path = files.below(root, found.get("xen", "xendomains", "file"))
        notes += files.edit(path, settings.without_saving)
    if xen.toolstack(found) == "xl":
        if xen.BALLOON in todo:
            notes += files.edit(files.below(root, xen.XL), settings.without_ballooning)
        return
    values = {k: value for k, value in xen.values(wanted).items() if k in todo}
    if values:
        notes += files.edit(files.below(root, xen.XEND), lambda text: _sxp(text, values))


def _sxp(text: str, values: dict[str, str]) -> str:
    try:
        for key, value in values.items():
            text = sxp.edit(text, xen.SETTINGS[key], value)
    except Refused as err:
        raise Refused(f"{xen.XEND}: {err}") from err
    return text


# -- the boot loader ----------------------------------------------------------------------------


def _boot(
    found: facts.Facts, wanted: dict[str, Any], todo: set[str], root: str | None, notes: list[str]
) -> None:
    loader = found.get("xen", "boot", "loader")
    memory = wanted["memory"] if "memory" in todo else ""
    cpus = wanted["cpus"] if "cpus" in todo else 0
    if loader == "grub2":
        changes = _grub_2(memory, cpus, root)
    elif loader == "grub":
        changes = {_grub.MENU: lambda text: boot.menu(text, memory, cpus)}
    else:
        looked = ", ".join((_grub.DEFAULT, *_grub.GENERATED, _grub.MENU))
        raise Refused(
            f"the boot loader is not known: looked for {looked}; pass dom0_mem={wanted['memory']}"
            " and dom0_max_vcpus to Xen by hand and waive GNT-020, GNT-021, GNT-027 and GNT-028"
        )
    before = {path: files.read(files.below(root, path)) for path in changes}
    for path, change in changes.items():
        notes += files.edit(files.below(root, path), change)
    if border.is_live(root):
        _made_anew(before, notes)


def _grub_2(memory: str, cpus: int, root: str | None) -> dict[str, Callable[[str], str]]:
    """Return what each of GRUB 2's files becomes."""
    texts = {}
    for path in _grub.default_files(Source(root or "/")):
        text = files.read(files.below(root, path))
        if text is not None:
            texts[path] = text
    new = boot.defaults(texts, memory, cpus)
    return {path: partial(_as, new=text) for path, text in new.items()}


def _as(_: str, new: str) -> str:
    return new


def _made_anew(before: dict[str, str | None], notes: list[str]) -> None:
    """Make the boot menu anew; where that fails, put the files back."""
    origins.note("menu", "as it was before muster")
    mine = {path: files.read(path) for path in before}
    try:
        _update_grub()
    except Refused:
        for path, text in before.items():
            if text is None:
                files.remove(path)
            elif files.read(path) != text:
                files.write(path, text, backup=False)
        notes.append(f"put back: {', '.join(before) or 'nothing'}")
        raise
    for path, text in mine.items():
        new = files.read(path)
        if text is not None and new is not None and new != text:
            # update-grub keeps its entries in menu.lst: told as muster's own, or it could not be
            # taken back.
            files.write(path, text, backup=False)
            files.write(path, new, backup=False)


def _update_grub() -> None:
    done = _run(["update-grub"], _MENU)
    if done:
        raise Refused(
            f"update-grub {done}; the node's boot menu is as it was; run update-grub by hand to"
            " see why, then run again"
        )


def _run(command: list[str], seconds: int) -> str:
    """Run a command; return "" or how it failed."""
    try:
        done = __salt__["cmd.run_all"](command, python_shell=False, timeout=seconds)
    except CommandExecutionError as err:
        return f"could not be run: {err}"
    said = (done["stderr"] or done["stdout"]).strip()[-300:]
    return f"failed with {done['retcode']}: {said}" if done["retcode"] else ""


# -- links and the daemon -----------------------------------------------------------------------


def _link(kind: str, wanted: dict[str, Any], root: str | None) -> list[str]:
    name = wanted[kind]
    # Asked anew: the initrd is that of the kernel which was linked just now.
    target = xen.target(kind, _facts(wanted, root), wanted)
    if not target:
        other = " or write options: {xen_initrd: false}" if kind == "initrd" else ""
        raise Refused(
            f"/boot has no {kind} that instances can run, for the link /boot/{name}: install the"
            f" kernel's package (Debian: linux-image-amd64){other}, then run again"
        )
    files.link(os.path.join(files.below(root, "/boot"), name), target)
    return [f"/boot/{name} leads to {target}"]


def _restart() -> None:
    if not os.path.exists(xen.RESTART):
        raise Refused(f"xend cannot be restarted: {xen.RESTART} is not there; restart it by hand")
    origins.note("xend", "ran with its file as it was before muster")
    # The kernel tells the time of the boot in whole seconds: a start within the same second as
    # the change could not be told from one before it.
    time.sleep(1.1)
    done = _run([xen.RESTART, "restart"], _DAEMON)
    if done:
        raise Refused(f"{xen.RESTART} restart {done}; see /var/log/xen/xend.log, then run again")
