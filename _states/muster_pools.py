"""libvirt has its storage pools, started now and at boot.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_pools"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_pools.diff" not in __salt__:
        return False, "muster_pools: the execution module of that name is not loaded"
    return __virtualname__


def managed(name: str, wanted: list[dict[str, Any]], root: str | None = None) -> dict[str, Any]:
    """
    Make sure that libvirt has these storage pools, that they run, and do so after a boot.

    A pool of the name with another type or path is not changed: the state fails and names both.
    Pools that are not named stay as they are.

    name
        The state's name; it says nothing to the state.

    wanted
        The pools: name, type, path and source of each, as the cluster file's ``pools`` has them.

    root
        A folder below which libvirt's files are read; no pool is made there.
    """
    return converge.converge(
        name,
        "libvirt's storage pools",
        __opts__["test"],
        lambda: __salt__["muster_pools.diff"](wanted, root=root),
        lambda: __salt__["muster_pools.apply"](wanted, root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("pools")
    return waived
