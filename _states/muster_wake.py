"""The master knows the cards that a node is woken by.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_wake"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_wake.diff" not in __salt__:
        return False, "muster_wake: the execution module of that name is not loaded"
    return __virtualname__


def registered(name: str, interfaces: list[str]) -> dict[str, Any]:
    """
    Make sure that the master knows by which addresses the node is woken while it is off.

    name
        The state's name; it says nothing to the state.

    interfaces
        Names of cards, such as ``[eno1]``, or those of a bond.
    """
    return converge.converge(
        name,
        "the master's list of cards to wake",
        __opts__["test"],
        lambda: __salt__["muster_wake.diff"](interfaces),
        lambda: __salt__["muster_wake.apply"](interfaces),
        dict,
        (CommandExecutionError, SaltInvocationError),
    )
