"""The node's network is as its plan wants it, and was never lost on the way.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_network"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_network.diff" not in __salt__:
        return False, "muster_network: the execution module of that name is not loaded"
    return __virtualname__


def configured(name: str, wanted: dict[str, Any], root: str | None = None) -> dict[str, Any]:
    """
    Make sure that devices, addresses, routes and sysctls are as wanted, now and at boot.

    What differs is changed at once and on trial: it is put back unless the minion reaches its
    master anew and the gateways answer. On a live node without consent it is pending.

    name
        The state's name; it says nothing to the state.

    wanted
        The component ``network`` of the node's plan: ``devices``, ``tables``, ``sysctls``,
        ``split``, ``confirm`` (seconds).

    root
        A folder below which files are changed in place of ``/``; the running network stays.
    """
    return converge.converge(
        name,
        "the network",
        __opts__["test"],
        lambda: __salt__["muster_network.diff"](wanted, root=root),
        lambda: __salt__["muster_network.apply"](wanted, root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("network")
    return waived
