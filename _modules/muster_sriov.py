"""Network cards have their virtual functions.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, sriov
from saltext.muster.errors import Refused
from saltext.muster.probes.source import Source, Unreadable

__salt__: dict[str, Any]

__virtualname__ = "muster_sriov"

_border = border.translated(SaltInvocationError, CommandExecutionError)

#: How the former number of a card's functions is noted.
_COUNT = "functions of "

_VFIO = "vfio-pci"
_UP = 0x1


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_sriov: virtual functions are made by Linux"
    return __virtualname__


@_border
def diff(
    functions: dict[str, int], root: str | None = None, skip: Iterable[str] = ()
) -> dict[str, dict[str, Any]]:
    """
    Return ``boot`` and ``functions`` as far as they differ.

    functions
        How many virtual functions each card has, such as ``{ens1f0: 7}``.

    root
        A folder below which files are read in place of ``/``.

    skip
        Keys of the diff that are waived: a card that cannot have so many is no error then.

    Raises CommandExecutionError when a card is not there, or cannot have so many.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_sriov.diff '{ens1f0: 7}'
    """
    sriov.check(functions)
    border.demand("muster_sriov", [border.root_problem(root)])
    known = facts.Facts(facts.collect(("links",), root or "/"))
    if sriov.FUNCTIONS not in skip:
        sriov.possible(known, functions)
    boot, used = _seen(functions, Source(root or "/"), root)
    why = __salt__["muster.live"]()["why"] if border.is_live(root) else ""
    return sriov.diff(known, functions, boot, used, why)


@_border
@origins.keeping("sriov")
def apply(
    functions: dict[str, int], root: str | None = None, skip: Iterable[str] = ()
) -> list[str]:
    """
    Give cards their virtual functions, now and after each boot; return notes.

    functions
        How many virtual functions each card has, such as ``{ens1f0: 7}``.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when a card takes no such number.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_sriov.apply '{ens1f0: 7}'
    """
    differs = diff(functions, root, skip)
    todo = {key: e for key, e in differs.items() if key not in skip and "pending" not in e}
    notes: list[str] = []
    with border.noting(notes):
        if sriov.BOOT in todo:
            notes += _enable(sriov.unit_text(functions), root)
        if sriov.FUNCTIONS in todo:
            old = todo[sriov.FUNCTIONS]["old"]
            for name, count in todo[sriov.FUNCTIONS]["new"].items():
                origins.note(f"{_COUNT}{name}", str(old[name]))
                for number in sriov.writes(old[name], count):
                    _write(name, number, root)
    return notes


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Give cards the numbers of virtual functions that they had before muster; return notes.

    noted
        What ``apply`` noted, such as ``{functions of ens1f0: 0}``.

    root
        A folder in place of ``/``.

    Raises CommandExecutionError for functions that are in use, and where a card says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_sriov.undo '{functions of ens1f0: 0}'
    """
    _reload(root)
    old = {
        name.removeprefix(_COUNT): int(count)
        for name, count in noted.items()
        if name.startswith(_COUNT)
    }
    if not old:
        return []
    sriov.check(old)
    known = facts.Facts(facts.collect(("links",), root or "/"))
    todo = {name: count for name, count in old.items() if sriov.current(known, name) != count}
    used = [each for name in todo for each in _used(Source(root or "/"), name)]
    if used:
        raise Refused(f"in use: {', '.join(used[:4])}; drain the node first, then run again")
    for name, count in todo.items():
        for number in sriov.writes(sriov.current(known, name), count):
            _write(name, number, root)
    return [f"{name} has {count} virtual functions again" for name, count in todo.items()]


def _seen(
    functions: dict[str, int], source: Source, root: str | None
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the unit as it is, and which functions are in use."""
    text = files.read(files.below(root, sriov.UNIT))
    try:
        enabled = source.link(sriov.ENABLED) == sriov.UNIT
        used = {name: _used(source, name) for name in functions}
    except Unreadable as err:
        raise Refused(f"{err}; make it readable, then run again") from err
    return {"text": text, "enabled": enabled}, used


def _used(source: Source, name: str) -> list[str]:
    """Return the functions of a card that a guest or the node itself uses."""
    found = source.glob(f"/sys/class/net/{name}/device/virtfn*")
    return [f"{name}'s {path.rpartition('/')[2]}" for path in found if _in_use(source, path)]


def _in_use(source: Source, function: str) -> bool:
    driver = (source.link(f"{function}/driver") or "").rpartition("/")[2]
    if not driver:
        return False
    links = source.names(f"{function}/net")
    # One with a network driver and no link has its link in a guest of another kind.
    if driver == _VFIO or not links:
        return True
    return any(_busy(source, f"{function}/net/{link}") for link in links)


def _busy(source: Source, link: str) -> bool:
    flags = source.text_or(f"{link}/flags", "0").strip()
    above = [each for each in source.names(link) if each.startswith("upper_") or each == "master"]
    return bool(above) or bool(int(flags, 16) & _UP)


def _enable(text: str, root: str | None) -> list[str]:
    notes = files.edit(files.below(root, sriov.UNIT), lambda _: text)
    folder, name = os.path.split(sriov.ENABLED)
    files.link(os.path.join(files.below(root, folder), name), sriov.UNIT)
    _reload(root)
    return notes


def _reload(root: str | None) -> None:
    if border.is_live(root):
        done = __salt__["cmd.run_all"](["systemctl", "daemon-reload"], python_shell=False)
        if done["retcode"]:
            raise Refused(f"systemctl daemon-reload failed: {done['stderr'][:300]}; run it by hand")


def _write(name: str, number: int, root: str | None) -> None:
    path = files.below(root, sriov.counter(name))
    try:
        _put(path, number)
    except OSError:
        # Some drivers make functions only while the link is up.
        if border.is_live(root):
            command = ["ip", "link", "set", "dev", name, "up"]
            __salt__["cmd.run_all"](command, python_shell=False, timeout=30)
        try:
            _put(path, number)
        except OSError as err:
            raise Refused(
                f"{name} took no {number} virtual functions: {err.strerror}; see dmesg, then run"
                " again"
            ) from err


def _put(path: str, number: int) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{number}\n")
