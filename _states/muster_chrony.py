"""chrony alone keeps the node's time.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_chrony"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_chrony.diff" not in __salt__:
        return False, "muster_chrony: the execution module of that name is not loaded"
    return __virtualname__


def managed(
    name: str, sources: list[str], wait: int = 60, root: str | None = None
) -> dict[str, Any]:
    """
    Make sure that chrony alone keeps the time, from these sources, synchronised.

    name
        The state's name; it says nothing to the state.

    sources
        Host names or addresses of time servers.

    wait
        Seconds (0 to 600) to wait for synchronisation after a change.

    root
        A folder below which files are changed in place of ``/``; what runs stays.
    """
    wanted = {"sources": sources, "wait": wait, "root": root}
    return converge.converge(
        name,
        "chrony",
        __opts__["test"],
        lambda: __salt__["muster_chrony.diff"](**wanted),
        lambda: __salt__["muster_chrony.apply"](**wanted, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("chrony")
    return waived
