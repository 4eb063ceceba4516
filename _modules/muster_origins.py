"""What was there before muster, and the way back to it.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster.components import border
from saltext.muster.converge import Diff
from saltext.muster.errors import MusterError, Refused
from saltext.muster.origins import journal, undoing
from saltext.muster.trial import keeping, spec

__salt__: dict[str, Any]

__virtualname__ = "muster_origins"

_border = border.translated(SaltInvocationError, CommandExecutionError)

_WORDS = (
    "muster's work would be taken back, but {why}: see that nobody suffers, then give consent for"
    " one run with pillar='{{muster_consent: true}}'"
)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_origins: only Linux hosts are changed"
    return __virtualname__


@_border
def kept(root: str | None = None) -> list[str]:
    """
    Return what can be taken back, in the order in which that is done: the last change first.

    Each is the name of a component, such as ``hosts``, or of a change that was kept after its
    trial, such as ``000003-network``.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_origins.kept
    """
    border.demand("muster_origins", [border.root_problem(root)])
    orders = [(_order(name, root), name) for name in journal.names(root)]
    orders += [(int(name[:6]), name) for name in keeping.names()] if border.is_live(root) else []
    return [name for _order, name in sorted(orders, reverse=True)]


@_border
def diff(name: str, root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return what would change if this were taken back; what another hand changed since is pending.

    name
        A component, or a change that was kept, as ``kept`` tells it.

    root
        A folder below which files are read in place of ``/``.

    Raises CommandExecutionError where what is kept cannot be trusted. On a live node all of it is
    pending until there is consent.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_origins.diff hosts
    """
    found = _diff(name, root)
    why = __salt__["muster.live"]()["why"] if found and border.is_live(root) else ""
    for entry in found.values() if why else ():
        entry.setdefault("pending", _WORDS.format(why=why))
    return found


@_border
def apply(name: str, root: str | None = None) -> list[str]:
    """
    Take back what a component did, or a change that was kept; return notes.

    name
        A component, or a change that was kept, as ``kept`` tells it.

    root
        A folder below which files are written in place of ``/``; what runs is left alone.

    Files come first, then what the component's own ``undo`` brings back. A kept change goes by
    another trial: where the node would not be reachable afterwards all stays as it is. What
    another hand changed since stays. Raises CommandExecutionError with what could not be done.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_origins.apply hosts
    """
    found = diff(name, root)
    if all("pending" in entry for entry in found.values()):
        return []
    return _replay(name) if spec.is_kept(name) else _undo(name, root)


@_border
def leave(name: str, root: str | None = None) -> list[str]:
    """
    Forget what a file was before muster, or a change that was kept: it stays as it is now.

    name
        The path of a file, or a change that was kept, as ``kept`` tells it.

    root
        A folder below which the file is, in place of ``/``.

    Raises SaltInvocationError where nothing of that name is kept.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_origins.leave /etc/hosts
    """
    border.demand("muster_origins", [border.root_problem(root)])
    if border.is_live(root) and name in keeping.names():
        keeping.forget(name)
        return [f"{name} stays"]
    notes = []
    for component in journal.names(root):
        with journal.opened(journal.place(component, root)) as found:
            if undoing.leave(found, name):
                notes.append(f"{name} stays as component {component} left it")
    if not notes:
        raise SaltInvocationError(f"{name!r:.90}: nothing is kept of it; see muster_origins.kept")
    return notes


@_border
def diff_rest(root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return what muster left besides what it changed: the note of the last trial, empty folders.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_origins.diff_rest
    """
    top = os.path.dirname(journal.top(root))
    there = set(os.listdir(top)) if os.path.isdir(top) else {""}
    if kept(root) or (there and not there & set(keeping.OWN)):
        return {}
    return {top: {"old": "muster's own", "new": "absent"}}


@_border
def apply_rest(root: str | None = None) -> list[str]:
    """
    Remove what muster left besides what it changed, where nothing is left to take back.

    root
        A folder below which files are removed in place of ``/``.

    Raises CommandExecutionError while a change is on trial.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_origins.apply_rest
    """
    for folder in diff_rest(root):
        keeping.clean(folder)
        if border.is_live(root):
            # systemd remembers a unit after its file has gone.
            __salt__["cmd.run_all"](["systemctl", "daemon-reload"], python_shell=False)
    return []


def _order(name: str, root: str | None) -> int:
    try:
        return journal.read(journal.place(name, root)).order
    except MusterError:
        # One that cannot be trusted is told first.
        return sys.maxsize


def _diff(name: str, root: str | None) -> Diff:
    border.demand("muster_origins", [border.root_problem(root)])
    if not spec.is_kept(name):
        return undoing.diff(journal.read(journal.place(name, root)))
    return keeping.diff(name) if border.is_live(root) and name in keeping.names() else {}


def _undo(name: str, root: str | None) -> list[str]:
    place = journal.place(name, root)
    with journal.opened(place) as found:
        notes, problems = undoing.bring_back(found)
    try:
        if f"muster_{name}.undo" in __salt__:
            notes += __salt__[f"muster_{name}.undo"](found.noted, root=root)
    except CommandExecutionError as err:
        problems.append(str(err))
    if problems:
        raise Refused("; ".join([*problems, *notes]))
    with journal.opened(place) as found:
        undoing.forget(found)
    return notes


def _replay(name: str) -> list[str]:
    before = _addresses()
    notes: list[str] = __salt__["muster_trial.run"](spec.to_data(keeping.trial(name)))
    keeping.settle(name)
    lost = sorted(before - _addresses())
    return notes + (__salt__["muster_network.reconnect"](lost) if lost else [])


def _addresses() -> set[str]:
    done = __salt__["cmd.run_all"](["ip", "-json", "address", "show"], python_shell=False)
    links = json.loads(done["stdout"] or "[]") if not done["retcode"] else []
    return {info["local"] for link in links for info in link.get("addr_info", ()) if _is_own(info)}


def _is_own(info: dict[str, Any]) -> bool:
    return info.get("scope") == "global" and "local" in info
