"""Xen is set up as the plan wants it.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_xen"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_xen.diff" not in __salt__:
        return False, "muster_xen: the execution module of that name is not loaded"
    return __virtualname__


def managed(name: str, wanted: dict[str, Any], root: str | None = None) -> dict[str, Any]:
    """
    Make sure that Xen's tools and the boot loader are set up; the node is never rebooted.

    What works after a reboot alone is told as pending until then. Consoles that are open without
    a password are told as a warning at every run.

    name
        The state's name; it says nothing to the state.

    wanted
        The plan's component ``xen``: memory, cpus, migration, consoles, kernel and initrd.

    root
        A folder below which files are changed in place of ``/``; what runs stays.
    """
    ret = converge.converge(
        name,
        "Xen",
        __opts__["test"],
        lambda: __salt__["muster_xen.diff"](wanted, root=root),
        lambda: __salt__["muster_xen.apply"](wanted, root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )
    if ret["result"] is not False and (open_ := __salt__["muster_xen.warnings"](wanted, root=root)):
        ret["warnings"] = [*ret.get("warnings", []), *open_]
    return ret


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("xen")
    return waived
