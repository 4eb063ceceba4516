"""A beacon tells the master when a storage pool fills.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_pool_watch"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_pool_watch.diff" not in __salt__:
        return False, "muster_pool_watch: the execution module of that name is not loaded"
    return __virtualname__


def watched(name: str, seconds: int, root: str | None = None) -> dict[str, Any]:
    """
    Make sure that the minion looks at the pools and tells the master when one fills.

    name
        The state's name; it says nothing to the state.

    seconds
        The time between two looks.

    root
        A folder below which files are changed in place of ``/``; the minion is left alone.
    """
    return converge.converge(
        name,
        "the watch over the pools",
        __opts__["test"],
        lambda: __salt__["muster_pool_watch.diff"](seconds, root=root),
        lambda: __salt__["muster_pool_watch.apply"](seconds, root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("pool_watch")
    return waived
