"""The DRBD module is configured, and runs as configured.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_drbd"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_drbd.diff_loaded" not in __salt__:
        return False, "muster_drbd: the execution module of that name is not loaded"
    return __virtualname__


def configured(name: str, options: dict[str, str], root: str | None = None) -> dict[str, Any]:
    """
    Make sure that modprobe gives DRBD its options and that the module is loaded at boot.

    name
        The state's name; it says nothing to the state.

    options
        Names and texts, such as ``{minor_count: "128", usermode_helper: /bin/true}``.

    root
        A folder below which files are changed in place of ``/``.
    """
    return _converged(name, "the DRBD module's configuration", "configured", options, root)


def loaded(name: str, options: dict[str, str], root: str | None = None) -> dict[str, Any]:
    """
    Make sure that the running module has its options and that default resources are skipped.

    A module in use, or on a live node without consent, is not reloaded: that is pending.

    name
        The state's name; it says nothing to the state.

    options
        Names and texts, such as ``{minor_count: "128", usermode_helper: /bin/true}``.

    root
        A folder below which files are changed in place of ``/``; the module stays.
    """
    return _converged(name, "the DRBD module", "loaded", options, root)


def _converged(
    name: str, what: str, part: str, options: dict[str, str], root: str | None
) -> dict[str, Any]:
    diff, apply = f"muster_drbd.diff_{part}", f"muster_drbd.apply_{part}"
    return converge.converge(
        name,
        what,
        __opts__["test"],
        lambda: __salt__[diff](options, root=root),
        lambda: __salt__[apply](options, root=root, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("drbd")
    return waived
