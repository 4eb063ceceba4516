"""Network cards have their virtual functions.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_sriov"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_sriov.diff" not in __salt__:
        return False, "muster_sriov: the execution module of that name is not loaded"
    return __virtualname__


def made(name: str, functions: dict[str, int], root: str | None = None) -> dict[str, Any]:
    """
    Make sure that cards have their virtual functions, now and after each boot.

    On a live node without consent, and while functions are in use, their number stays: that is
    pending.

    name
        The state's name; it says nothing to the state.

    functions
        How many virtual functions each card has, such as ``{ens1f0: 7}``.

    root
        A folder below which files are changed in place of ``/``.
    """
    return converge.converge(
        name,
        "virtual functions",
        __opts__["test"],
        lambda: _diff(functions, root),
        lambda: __salt__["muster_sriov.apply"](functions, root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _diff(functions: dict[str, int], root: str | None) -> dict[str, dict[str, Any]]:
    """Return the diff; what cannot be brought about is no error where it is waived."""
    found: dict[str, dict[str, Any]]
    try:
        found = __salt__["muster_sriov.diff"](functions, root=root)
    except CommandExecutionError:
        skip = list(_waived())
        if not skip:
            raise
        found = __salt__["muster_sriov.diff"](functions, root=root, skip=skip)
    return found


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("sriov")
    return waived
