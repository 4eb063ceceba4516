"""The one time service, its sources, and whether it is synchronised.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, chrony, enablement
from saltext.muster.errors import Refused
from saltext.muster.probes.source import Source, Unreadable

__salt__: dict[str, Any]

__virtualname__ = "muster_chrony"

_border = border.translated(SaltInvocationError, CommandExecutionError)

#: Between two looks at chronyd (seconds).
_PAUSE = 0.5


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_chrony: chrony as Linux's distributions set it up is managed"
    return __virtualname__


@_border
def diff(sources: list[str], wait: int = 60, root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return what differs: chrony alone keeps the time, from these sources, synchronised.

    sources
        Host names or addresses of time servers.

    wait
        Seconds (0 to 600) that ``apply`` waits for synchronisation.

    root
        A folder below which files are read in place of ``/``; what runs is left alone.

    Raises SaltInvocationError for a bad argument, CommandExecutionError for what cannot be read.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_chrony.diff '[192.0.2.1]'
    """
    chrony.check(sources, wait)
    border.demand("muster_chrony", [border.root_problem(root)])
    return _diff(_facts(root), sources, root)


@_border
@origins.keeping("chrony")
def apply(
    sources: list[str], wait: int = 60, root: str | None = None, skip: Iterable[str] = ()
) -> list[str]:
    """
    Make chrony the only time service, with these sources, and wait until it is synchronised.

    sources
        Host names or addresses of time servers.

    wait
        Seconds (0 to 600) to wait for synchronisation.

    root
        A folder below which files are written in place of ``/``; what runs is left alone.

    skip
        Keys of the diff to leave as they are.

    Raises SaltInvocationError for a bad argument, CommandExecutionError when the system says
    no, and when chronyd is not synchronised in time, naming the sources.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_chrony.apply '[192.0.2.1]' wait=30
    """
    todo = diff(sources, wait, root)
    todo = {key: e for key, e in todo.items() if key not in skip and "pending" not in e}
    found = _facts(root)
    if "package" in todo:
        raise Refused(
            "chrony is not installed: wanted as the only time service; install the package"
            " chrony (component packages), then run again"
        )
    if {"other_services", "enabled", "active"} & set(todo):
        for unit in (chrony.unit(found), *chrony.others(found, border.is_live(root))):
            enablement.note(__salt__["cmd.run_all"], unit, root)
    if "other_services" in todo:
        for unit in chrony.others(found, border.is_live(root)):
            _systemctl("disable", unit, root)
            _systemctl("stop", unit, root)
    unit = chrony.unit(found)
    if "enabled" in todo:
        if todo["enabled"]["old"] == "masked":
            _systemctl("unmask", unit, root)
        _systemctl("enable", unit, root)
    notes = _configure(found, sources, root) if "sources" in todo else []
    if border.is_live(root):
        with border.noting(notes):
            if {"sources", "active"} & set(todo):
                _systemctl("restart", unit, root)
                _unflag()
            if "synchronised" in todo or ("sources" in todo and "synchronised" not in skip):
                _wait(sources, wait)
    return notes


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Bring the time services back to what they were, and have chronyd read its own file anew.

    noted
        What ``apply`` noted of units, such as ``{unit chrony.service: enabled active}``.

    root
        A folder in place of ``/``: what runs is left alone then.

    Raises CommandExecutionError with what systemd did not do.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_chrony.undo '{unit chrony.service: disabled inactive}'
    """
    notes = enablement.back(__salt__["cmd.run_all"], noted, root)
    unit = chrony.unit(_facts(root))
    if unit and border.is_live(root):
        _unflag()
        if enablement.look(__salt__["cmd.run_all"], unit).endswith(" active"):
            with border.noting(notes):
                _systemctl("restart", unit, root)
    return notes


def _facts(root: str | None) -> facts.Facts:
    return facts.Facts(facts.collect(("chrony",), root or "/"))


def _diff(found: facts.Facts, sources: list[str], root: str | None) -> dict[str, dict[str, Any]]:
    live = border.is_live(root)
    flagged = live and os.path.exists(chrony.FLAG)
    differs = chrony.diff(found, sources, live, flagged)
    if live and "sources" in differs and "active" not in differs:
        return chrony.diff(found, sources, live, flagged, __salt__["muster.live"]()["why"])
    return differs


def _configure(found: facts.Facts, sources: list[str], root: str | None) -> list[str]:
    config = found.get("chrony", "config")
    if not config:
        raise Refused(
            "chrony is installed, but neither /etc/chrony/chrony.conf nor /etc/chrony.conf is"
            " there; bring back the package's file (dpkg --force-confmiss), then run again"
        )
    if border.is_live(root):
        with open(chrony.FLAG, "w", encoding="ascii"):
            pass
    path = files.below(root, config)
    notes = files.edit(path, lambda text: chrony.edit(text, sources))
    return notes + chrony.foreign_note(found)


def _unflag() -> None:
    if os.path.exists(chrony.FLAG):
        os.unlink(chrony.FLAG)


def _systemctl(verb: str, unit: str, root: str | None) -> None:
    """Let Salt's service module act on the running node, systemctl on the files of another."""
    if border.is_live(root):
        try:
            done = __salt__[f"service.{verb}"](unit)
        except KeyError as err:
            raise Refused(
                f"{unit}: Salt has no service.{verb} here: this node does not run systemd; muster"
                " manages nodes that do"
            ) from err
        if not done:
            raise Refused(f"{unit}: systemctl {verb} failed; see systemctl status {unit}")
    elif verb != "stop":
        command = ["systemctl", f"--root={root}", verb, unit]
        done = __salt__["cmd.run_all"](command, python_shell=False, timeout=60)
        if done["retcode"]:
            said = (done["stderr"] or done["stdout"])[:300]
            raise Refused(f"{' '.join(command)} failed: {said}; do that by hand, then run again")


def _wait(sources: list[str], wait: int) -> None:
    """Wait until chronyd is synchronised; right after its start chronyc fails for a moment."""
    end = time.monotonic() + wait
    while True:
        seen = chrony.unsynchronised(_facts(None))
        if not seen:
            return
        if time.monotonic() >= end:
            break
        time.sleep(_PAUSE)
    raise Refused(
        f"chronyd is not synchronised after {wait} s ({seen}); waited for {', '.join(sources)};"
        f" chronyc sources: {_said()}; see that UDP port 123 of a source can be reached from here"
        " and that the source is synchronised itself"
    )


def _said() -> str:
    try:
        text = Source("/").run(["chronyc", "-c", "-n", "sources"])
    except Unreadable as err:
        return str(err)
    known = chrony.parse_sources(text)
    return ", ".join(f"{name} is {state}" for name, state in known.items()) or "none known"
