"""The node's name: /etc/hostname and the running one.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, hostname
from saltext.muster.errors import Refused

__virtualname__ = "muster_hostname"

_RUNNING = "running"

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_hostname: names of Linux hosts alone are managed"
    return __virtualname__


@_border
def diff(name: str, root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return how the node's name differs from the wanted one; empty when it does not.

    name
        The wanted host name: lower case, labels as in RFC 1123, at most 64 characters.

    root
        A folder below which files are read in place of ``/``; the running name is left alone.

    Raises SaltInvocationError for a bad name, CommandExecutionError for what cannot be read.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_hostname.diff node1.example.com
    """
    return hostname.diff(_facts(name, root), name, border.is_live(root))


@_border
@origins.keeping("hostname")
def apply(name: str, root: str | None = None, skip: Iterable[str] = ()) -> list[str]:
    """
    Give the node its name where it has another one; return notes.

    name
        The wanted host name.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are.

    Raises SaltInvocationError for a bad name, CommandExecutionError when the system says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_hostname.apply node1.example.com
    """
    found = _facts(name, root)
    todo = set(hostname.diff(found, name, border.is_live(root))) - set(skip)
    notes = []
    if "configured" in todo:
        path = files.below(root, hostname.PATH)
        notes += files.edit(path, lambda text: hostname.edit(text, name))
    if "running" in todo:
        with border.noting(notes):
            origins.note(_RUNNING, socket.gethostname())
            _rename(name)
    return notes + (hostname.cloud_note(found) if todo else [])


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Give the node the name that it ran with before muster; return notes.

    noted
        What ``apply`` noted: ``running``, the name.

    root
        A folder in place of ``/``: the running name is left alone then.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_hostname.undo '{running: node1}'
    """
    name = noted.get(_RUNNING, "")
    if not name or not border.is_live(root) or socket.gethostname() == name:
        return []
    _rename(name)
    return [f"the running name is {name} again"]


def _rename(name: str) -> None:
    try:
        socket.sethostname(name)
    except OSError as err:
        raise Refused(
            f"the kernel refused the name {name}: {err.strerror}; run as root, in a container with"
            " CAP_SYS_ADMIN"
        ) from err


def _facts(name: str, root: str | None) -> facts.Facts:
    hostname.check(name)
    border.demand("muster_hostname", [border.root_problem(root)])
    return facts.Facts(facts.collect(("hostname",), root or "/"))
