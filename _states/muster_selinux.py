"""SELinux has its mode.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_selinux"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_selinux.diff" not in __salt__:
        return False, "muster_selinux: the execution module of that name is not loaded"
    return __virtualname__


def managed(name: str, mode: str, root: str | None = None) -> dict[str, Any]:
    """
    Make sure that SELinux has its mode, configured and running; a reboot is pending.

    name
        The state's name; it says nothing to the state.

    mode
        ``enforcing``, ``permissive`` or ``disabled``.

    root
        A folder below which files are changed in place of ``/``; the running mode stays.
    """
    return converge.converge(
        name,
        "SELinux",
        __opts__["test"],
        lambda: __salt__["muster_selinux.diff"](mode, root=root),
        lambda: __salt__["muster_selinux.apply"](mode, root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("selinux")
    return waived
