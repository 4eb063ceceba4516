"""Network cards wake by the magic packet.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_wake_on_lan"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_wake_on_lan.diff" not in __salt__:
        return False, "muster_wake_on_lan: the execution module of that name is not loaded"
    return __virtualname__


def enabled(name: str, interfaces: list[str], root: str | None = None) -> dict[str, Any]:
    """
    Make sure that cards wake by the magic packet, now and after each boot.

    name
        The state's name; it says nothing to the state.

    interfaces
        Names of cards, such as ``[eno1]``; of several, those of a bond, one that can is enough.

    root
        A folder below which files are changed in place of ``/``; the cards are left alone.
    """
    return converge.converge(
        name,
        "wake on LAN",
        __opts__["test"],
        lambda: _diff(interfaces, root),
        lambda: __salt__["muster_wake_on_lan.apply"](interfaces, root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _diff(interfaces: list[str], root: str | None) -> dict[str, dict[str, Any]]:
    """Return the diff; what cannot be brought about is no error where it is waived."""
    found: dict[str, dict[str, Any]]
    try:
        found = __salt__["muster_wake_on_lan.diff"](interfaces, root=root)
    except CommandExecutionError:
        skip = list(_waived())
        if not skip:
            raise
        found = __salt__["muster_wake_on_lan.diff"](interfaces, root=root, skip=skip)
    return found


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("wake_on_lan")
    return waived
