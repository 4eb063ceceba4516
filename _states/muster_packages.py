"""The packages that a platform asks for are installed.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_packages"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_packages.diff" not in __salt__:
        return False, "muster_packages: the execution module of that name is not loaded"
    return __virtualname__


def installed(name: str, releases: dict[str, list[str]], root: str | None = None) -> dict[str, Any]:
    """
    Make sure that the packages for this node's release are installed.

    name
        The state's name; it says nothing to the state.

    releases
        Package names by release, such as ``{debian-12: [lvm2, socat]}``; a release without
        names fails: names are never guessed.

    root
        A folder below which the package database is read in place of ``/``.
    """

    def diff() -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = __salt__["muster_packages.diff"](releases, root=root)
        return found

    def waived() -> dict[str, str]:
        found: dict[str, str] = __salt__["muster.waived"]("packages")
        # A row that asks for all packages of the plan has the one key "*".
        return dict.fromkeys(diff(), found["*"]) if "*" in found else found

    return converge.converge(
        name,
        "the set of packages",
        __opts__["test"],
        diff,
        lambda: __salt__["muster_packages.apply"](releases, root=root, skip=list(waived())),
        waived,
        (CommandExecutionError, SaltInvocationError),
    )
