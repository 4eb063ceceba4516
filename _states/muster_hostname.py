"""The node has its name.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_hostname"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_hostname.diff" not in __salt__:
        return False, "muster_hostname: the execution module of that name is not loaded"
    return __virtualname__


def managed(name: str, root: str | None = None) -> dict[str, Any]:
    """
    Make sure that the node has its name, configured and running.

    name
        The wanted host name: lower case, labels as in RFC 1123, at most 64 characters.

    root
        A folder below which files are changed in place of ``/``; the running name stays.
    """
    return converge.converge(
        name,
        "the host name",
        __opts__["test"],
        lambda: __salt__["muster_hostname.diff"](name, root=root),
        lambda: __salt__["muster_hostname.apply"](name, root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("hostname")
    return waived
