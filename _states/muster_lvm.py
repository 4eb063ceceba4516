"""LVM leaves DRBD's devices out, and the volume group is there.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_lvm"

_ERRORS = (CommandExecutionError, SaltInvocationError)


def __virtual__() -> str | tuple[bool, str]:
    if "muster_lvm.diff_group" not in __salt__:
        return False, "muster_lvm: the execution module of that name is not loaded"
    return __virtualname__


def filtered(name: str, root: str | None = None) -> dict[str, Any]:
    """
    Make sure that LVM does not scan DRBD's devices.

    name
        The state's name; it says nothing to the state.

    root
        A folder below which files are changed in place of ``/``.
    """
    return _converged(
        name,
        "LVM's filter",
        lambda: __salt__["muster_lvm.diff_filter"](root=root),
        lambda: __salt__["muster_lvm.apply_filter"](root=root, skip=list(_waived())),
    )


def grouped(
    name: str, group: str, devices: Sequence[str] = (), root: str | None = None
) -> dict[str, Any]:
    """
    Make sure that the volume group is there, on named disks that are proved empty.

    Disks are written only with consent (``pillar='{muster_consent: true}'``): else it is pending.

    name
        The state's name; it says nothing to the state.

    group
        The volume group's name, such as ``xenvg``.

    devices
        Paths of the disks that it may be made of; none: the group must be there already.

    root
        A folder below which files are read in place of ``/``; its disks are nobody's.
    """
    kwargs: dict[str, Any] = {"group": group, "devices": devices, "root": root}
    # GNT-006 waived: a new group may be smaller.
    if "size" in _waived():
        kwargs["least"] = 0
    return _converged(
        name,
        f"the volume group {group}",
        lambda: _diff(kwargs),
        lambda: __salt__["muster_lvm.apply_group"](**kwargs, skip=list(_waived())),
    )


def _diff(kwargs: dict[str, Any]) -> converge.Diff:
    if {"group", "devices"} <= set(_waived()):
        # Disks that nobody is to write need no proof.
        return {"group": {"old": "not looked at", "new": kwargs["group"]}}
    found: converge.Diff = __salt__["muster_lvm.diff_group"](**kwargs)
    return found


def _converged(
    name: str,
    what: str,
    diff: Callable[[], converge.Diff],
    apply: Callable[[], list[str]],
) -> dict[str, Any]:
    return converge.converge(name, what, __opts__["test"], diff, apply, _waived, _ERRORS)


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("lvm")
    return waived
