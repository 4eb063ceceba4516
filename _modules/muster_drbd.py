"""The DRBD module: its options, loading at boot, and the module as it runs.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import partial
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, drbd
from saltext.muster.errors import Refused

__salt__: dict[str, Any]

__virtualname__ = "muster_drbd"

#: How what ran before is noted.
_MODULE, _PARAMETER = "module", "parameter "

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_drbd: DRBD is Linux's alone"
    return __virtualname__


@_border
def diff_configured(options: dict[str, str], root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return what differs in the configured options of the module and in its loading at boot.

    options
        Names and texts, such as ``{minor_count: "128", usermode_helper: /bin/true}``.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_drbd.diff_configured '{minor_count: "128"}'
    """
    return drbd.diff_configured(_facts(options, root), options)


@_border
@origins.keeping("drbd")
def apply_configured(
    options: dict[str, str], root: str | None = None, skip: Iterable[str] = ()
) -> list[str]:
    """
    Write the module's options and its loading at boot; return notes.

    options
        Names and texts, such as ``{minor_count: "128", usermode_helper: /bin/true}``.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when a file outside /etc would still win.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_drbd.apply_configured '{minor_count: "128"}'
    """
    todo = _todo(diff_configured(options, root), skip)
    notes = []
    if "options" in todo:
        path = files.below(root, drbd.OPTIONS)
        notes += files.edit(path, lambda _: drbd.options_text(options))
        with border.noting(notes):
            notes += _yield(options, root)
    if "boot" in todo:
        path = files.below(root, drbd.BOOT)
        with border.noting(notes):
            notes += files.edit(path, lambda _: f"{drbd.HEADER}drbd\n")
    return notes


@_border
def diff_loaded(options: dict[str, str], root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return what differs in DRBD's resources and in the loaded module.

    options
        Names and texts that the running module must have.

    root
        A folder below which files are read in place of ``/``; the module is left alone.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_drbd.diff_loaded '{minor_count: "128"}'
    """
    found = _facts(options, root)
    live = border.is_live(root)
    differs = drbd.diff_loaded(found, options, live)
    if not live or not differs or list(differs) == ["loaded"]:
        return differs
    why = __salt__["muster.live"]()["why"]
    return drbd.diff_loaded(found, options, live, _writable(options), why)


@_border
@origins.keeping("drbd")
def apply_loaded(
    options: dict[str, str], root: str | None = None, skip: Iterable[str] = ()
) -> list[str]:
    """
    Skip DRBD's resources and bring the module into the kernel with its options; return notes.

    options
        Names and texts that the running module must have; they are also in modprobe.d.

    root
        A folder below which files are written in place of ``/``; the module is left alone.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when the kernel has no such module, or does not let it go.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_drbd.apply_loaded '{minor_count: "128"}'
    """
    todo = _todo(diff_loaded(options, root), skip)
    notes = _skip(root) if "resources" in todo else []
    with border.noting(notes):
        if "loaded" in todo:
            origins.note(_MODULE, "not loaded")
            _load(_facts(options, root))
        else:
            _adjust({k.removeprefix("running.") for k in todo if k.startswith("running.")}, options)
    return notes


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Bring the module back as it ran before muster, by a reload only where need be; return notes.

    noted
        What ``apply_loaded`` noted: ``{module: not loaded}``, or parameters such as
        ``{parameter minor_count: "32"}``.

    root
        A folder in place of ``/``: the module is left alone then.

    Raises CommandExecutionError when the kernel does not let it go: a reboot does it then.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_drbd.undo '{parameter minor_count: "32"}'
    """
    if not border.is_live(root) or not os.path.isdir(drbd.LOADED):
        return []
    if _MODULE in noted:
        _unload()
        return ["the module drbd is not loaded any more"]
    old = {name.removeprefix(_PARAMETER): value for name, value in noted.items()}
    now = _parameters(old)
    todo = {name: old[name] for name in now if now[name] != old[name]}
    if not set(todo) <= _writable(todo):
        # Its files are back, so it comes with what they say.
        _unload()
        _modprobe("drbd")
    _set({name: todo[name] for name in _writable(todo)})
    return [f"drbd's {name} is {value} again" for name, value in todo.items()]


def _facts(options: dict[str, str], root: str | None) -> facts.Facts:
    drbd.check(options)
    border.demand("muster_drbd", [border.root_problem(root)])
    return facts.Facts(facts.collect(("drbd",), root or "/"))


def _todo(differs: dict[str, dict[str, Any]], skip: Iterable[str]) -> set[str]:
    return {key for key, e in differs.items() if key not in skip and "pending" not in e}


def _yield(options: dict[str, str], root: str | None) -> list[str]:
    """Comment out the options in foreign files that still win over muster's own file."""
    found = _facts(options, root)
    have = found.get("drbd", "configured")
    wrong = {name for name, value in options.items() if have.get(name) != value}
    lines: dict[str, list[int]] = {}
    for rival in drbd.rivals(found, options):
        if rival["option"] in wrong:
            lines.setdefault(rival["file"], []).append(rival["line"])
    foreign = [path for path in lines if not path.startswith("/etc/modprobe.d/")]
    if foreign:
        raise Refused(
            f"{', '.join(foreign)} sets {', '.join(sorted(wrong))} otherwise and wins over"
            f" {drbd.OPTIONS}: lay a file of the same name into /etc/modprobe.d, or take the"
            " option off the kernel's command line, then run again"
        )
    notes = []
    for path, numbers in lines.items():
        change = partial(drbd.without_options, lines=numbers, names=wrong)
        notes += files.edit(files.below(root, path), change)
    return notes


def _skip(root: str | None) -> list[str]:
    found = facts.Facts(facts.collect(("drbd",), root or "/"))
    by_file: dict[str, list[dict[str, Any]]] = {}
    for each in drbd.unskipped(found):
        by_file.setdefault(each["file"], []).append(each)
    notes = []
    for path, resources in by_file.items():
        notes += files.edit(files.below(root, path), partial(drbd.skip, found=resources))
    return notes


def _load(found: facts.Facts) -> None:
    if not found.get("drbd", "available"):
        release = os.uname().release
        raise Refused(
            f"there is no module drbd for the running kernel {release}: install the package that"
            " brings it (Debian: linux-image-amd64; others: a kmod-drbd package) and boot that"
            " kernel, or waive the requirement in the cluster file"
        )
    _modprobe("drbd")


def _adjust(names: set[str], options: dict[str, str]) -> None:
    """Bring the loaded module's parameters to their values, by a reload only where need be."""
    # Without ``loaded`` in the diff the module is there, unless that key is waived.
    if not names or not os.path.isdir(drbd.PARAMETERS):
        return
    for name, old in _parameters(names).items():
        origins.note(f"{_PARAMETER}{name}", old)
    if not names <= _writable(options):
        have = _facts(options, None).get("drbd", "configured")
        wrong = sorted(name for name in names if have.get(name) != options[name])
        if wrong:
            raise Refused(
                f"modprobe.d gives drbd another {', '.join(wrong)} than is wanted, so a reload"
                " would change nothing: run muster_drbd.configured first"
            )
        _unload()
        _modprobe("drbd")
    _set({name: options[name] for name in names & _writable(options)})


def _unload() -> None:
    """Take the module out of the kernel, under no device of anybody's."""
    if why := drbd.use(facts.Facts(facts.collect(("drbd",)))):
        raise Refused(
            f"the module drbd stays: {why}; stop what uses DRBD, then run again, or reboot"
        )
    _modprobe("-r", "drbd")


def _modprobe(*arguments: str) -> None:
    command = ["modprobe", *arguments]
    done = __salt__["cmd.run_all"](command, python_shell=False, timeout=60)
    if done["retcode"]:
        said = (done["stderr"] or done["stdout"])[:300]
        raise Refused(f"{' '.join(command)} failed: {said}; see dmesg and lsmod, then run again")


def _parameters(names: Iterable[str]) -> dict[str, str]:
    """Return the loaded module's values of those parameters that it has."""
    there = set(os.listdir(drbd.PARAMETERS)) if os.path.isdir(drbd.PARAMETERS) else set()
    return {
        name: (files.read(f"{drbd.PARAMETERS}/{name}") or "").rstrip("\n")
        for name in names
        if name in there
    }


def _writable(options: Iterable[str]) -> set[str]:
    """Return the options that the loaded module lets change while it runs."""
    # Not os.access: it tells root that all is writable.
    return {name for name in options if _mode(f"{drbd.PARAMETERS}/{name}") & 0o200}


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return 0


def _set(values: dict[str, str]) -> None:
    for name, value in values.items():
        with open(f"{drbd.PARAMETERS}/{name}", "w", encoding="ascii") as file:
            file.write(value)
