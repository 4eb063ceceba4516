"""The program name kvm-spice is there.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_kvm_spice"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_kvm_spice.diff" not in __salt__:
        return False, "muster_kvm_spice: the execution module of that name is not loaded"
    return __virtualname__


def linked(name: str, root: str | None = None) -> dict[str, Any]:
    """
    Make sure that kvm-spice is a program on systems like Debian; do nothing elsewhere.

    name
        The state's name; it says nothing to the state.

    root
        A folder below which files are changed in place of ``/``.
    """
    return converge.converge(
        name,
        "kvm-spice",
        __opts__["test"],
        lambda: __salt__["muster_kvm_spice.diff"](root=root),
        lambda: __salt__["muster_kvm_spice.apply"](root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("kvm_spice")
    return waived
