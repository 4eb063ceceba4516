"""What muster did is taken back.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_origins"

_ERRORS = (CommandExecutionError, SaltInvocationError)


def __virtual__() -> str | tuple[bool, str]:
    if "muster_origins.diff" not in __salt__:
        return False, "muster_origins: the execution module of that name is not loaded"
    return __virtualname__


def undone(name: str, of: str, root: str | None = None) -> dict[str, Any]:
    """
    Make sure that what a component did is taken back, or one change that was kept after a trial.

    What another hand has changed since is left alone and told with both paths. On a live node
    without consent all of it is pending.

    name
        The state's name; it says nothing to the state.

    of
        A component, such as ``hosts``, or a change, as ``muster_origins.kept`` tells it.

    root
        A folder below which files are changed in place of ``/``.
    """
    return converge.converge(
        name,
        f"what {of} did",
        __opts__["test"],
        lambda: __salt__["muster_origins.diff"](of, root=root),
        lambda: __salt__["muster_origins.apply"](of, root=root),
        dict,
        _ERRORS,
        done="taken back",
    )


def cleaned(name: str, root: str | None = None) -> dict[str, Any]:
    """
    Make sure that nothing of muster is left where all that it did has been taken back.

    name
        The state's name; it says nothing to the state.

    root
        A folder below which files are removed in place of ``/``.
    """
    return converge.converge(
        name,
        "what muster keeps for itself",
        __opts__["test"],
        lambda: __salt__["muster_origins.diff_rest"](root=root),
        lambda: __salt__["muster_origins.apply_rest"](root=root),
        dict,
        _ERRORS,
    )
