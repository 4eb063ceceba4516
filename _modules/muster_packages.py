"""The packages that a platform asks for, under this release's names.

Salt's own state ``pkg.installed`` is not used: on Salt 3006 it looks for a function that is not
there on most systems, for which Salt loads all its modules on every run. Installing is Salt's.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, origins
from saltext.muster.components import border, packages
from saltext.muster.errors import Refused

__salt__: dict[str, Any]

__virtualname__ = "muster_packages"

#: How what was installed is noted.
_PACKAGE = "package "

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_packages: packages of Linux distributions alone are managed"
    return __virtualname__


@_border
def diff(releases: dict[str, list[str]], root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return which packages are missing; empty when none.

    releases
        Package names by release, such as ``{debian-12: [lvm2, socat]}``.

    root
        A folder below which the package database is read in place of ``/``.

    Raises SaltInvocationError for a bad argument or a release without names,
    CommandExecutionError when the package database cannot be read.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_packages.diff '{debian-12: [lvm2, socat]}'
    """
    packages.check(releases)
    border.demand("muster_packages", [border.root_problem(root)])
    return packages.diff(facts.Facts(facts.collect(("os", "packages"), root or "/")), releases)


@_border
@origins.keeping("packages")
def apply(
    releases: dict[str, list[str]], root: str | None = None, skip: Iterable[str] = ()
) -> list[str]:
    """
    Install the packages that are missing, after a look for new ones; return notes.

    releases
        Package names by release, such as ``{debian-12: [lvm2, socat]}``.

    root
        A folder below which the package database is read in place of ``/``; nothing can be
        installed there.

    skip
        Packages to leave out.

    Raises SaltInvocationError for a bad argument, CommandExecutionError when the package
    manager says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_packages.apply '{debian-12: [lvm2, socat]}'
    """
    missing = [name for name in diff(releases, root) if name not in skip]
    if missing and not border.is_live(root):
        raise Refused(
            f"{', '.join(missing)}: packages are not installed below {root}; install them there"
            " with the distribution's own tools, such as chroot and apt-get"
        )
    for name in missing:
        origins.note(f"{_PACKAGE}{name}", "not installed before; it stays")
    if missing:
        __salt__["pkg.install"](pkgs=missing, refresh=True)
    return []


def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Tell which packages stay: by now others may need them, or what they made.

    noted
        What ``apply`` noted: the packages' names.

    root
        A folder in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_packages.undo '{package socat: it stays}'
    """
    names = " ".join(sorted(name.removeprefix(_PACKAGE) for name in noted))
    return [f"packages that muster installed stay, remove them by hand: {names}"] if names else []
