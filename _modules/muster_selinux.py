"""SELinux's mode, configured and running.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, selinux
from saltext.muster.errors import Refused

__virtualname__ = "muster_selinux"

_RUNNING, _SWITCHED = "running", ("enforcing", "permissive")

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_selinux: SELinux is Linux's alone"
    return __virtualname__


@_border
def diff(mode: str, root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return how SELinux's modes differ from the wanted one; what needs a reboot is pending.

    mode
        ``enforcing``, ``permissive`` or ``disabled``.

    root
        A folder below which files are read in place of ``/``; the running mode is left alone.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_selinux.diff disabled
    """
    selinux.check(mode)
    border.demand("muster_selinux", [border.root_problem(root)])
    found = facts.Facts(facts.collect(("selinux",), root or "/"))
    return selinux.diff(found, mode, border.is_live(root))


@_border
@origins.keeping("selinux")
def apply(mode: str, root: str | None = None, skip: Iterable[str] = ()) -> list[str]:
    """
    Set SELinux's mode as far as that goes without a reboot; return notes.

    mode
        ``enforcing``, ``permissive`` or ``disabled``.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when SELinux is not installed or the kernel says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_selinux.apply permissive
    """
    todo = {k: e for k, e in diff(mode, root).items() if k not in skip and "pending" not in e}
    notes = []
    if "configured" in todo:
        path = files.below(root, selinux.PATH)
        if todo["configured"]["old"] == "absent":
            raise Refused(
                f"{path} is absent, wanted mode {mode}: SELinux is not installed; install its"
                " policy (Debian: selinux-basics, selinux-policy-default) or take selinux out of"
                " the cluster file"
            )
        notes += files.edit(path, lambda text: selinux.edit(text, mode))
    if "running" in todo:
        with border.noting(notes):
            origins.note(_RUNNING, todo["running"]["old"])
            _switch(mode)
    return notes


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Give SELinux the mode that it ran with before muster; return notes.

    noted
        What ``apply`` noted: ``running``, ``enforcing`` or ``permissive``.

    root
        A folder in place of ``/``: the running mode is left alone then.

    Raises CommandExecutionError when the kernel says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_selinux.undo '{running: enforcing}'
    """
    mode = noted.get(_RUNNING, "")
    if mode not in _SWITCHED or not border.is_live(root) or not os.path.exists(selinux.ENFORCE):
        return []
    _switch(mode)
    return [f"SELinux is {mode} again"]


def _switch(mode: str) -> None:
    try:
        with open(selinux.ENFORCE, "w", encoding="ascii") as file:
            file.write("1" if mode == "enforcing" else "0")
    except OSError as err:
        raise Refused(
            f"the kernel refused SELinux mode {mode}: {err.strerror}; run as root in a domain"
            " that may (setenforce)"
        ) from err
