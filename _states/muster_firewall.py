"""The node's firewall lets in what the plan asks for, and nothing else.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_firewall"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_firewall.diff" not in __salt__:
        return False, "muster_firewall: the execution module of that name is not loaded"
    return __virtualname__


def filtered(
    name: str,
    rules: list[dict[str, Any]],
    admin: list[str],
    masters: list[str],
    confirm: int = 60,
    root: str | None = None,
) -> dict[str, Any]:
    """
    Make sure that the firewall lets in what the rules name and nothing else, also after a boot.

    The change is on trial: it is put back unless the minion signs in to its master anew. On a
    live node without consent it is pending.

    name
        The state's name; it says nothing to the state.

    rules
        What is let in: mappings with ``protocol``, ``first``, ``last``, ``peers``,
        ``interface``, ``rows`` and ``why``.

    admin
        Networks that the node is administered from: they must reach its SSH.

    masters
        Addresses of Salt masters.

    confirm
        Seconds that the change waits to be confirmed, 15 to 600.

    root
        A folder below which files are changed in place of ``/``; the running firewall stays.
    """
    wanted = {"rules": rules, "admin": admin, "masters": masters, "confirm": confirm, "root": root}
    return converge.converge(
        name,
        "the firewall",
        __opts__["test"],
        lambda: __salt__["muster_firewall.diff"](**wanted),
        lambda: __salt__["muster_firewall.apply"](**wanted, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("firewall")
    return waived
