"""The program name kvm-spice, where the distribution does not bring it.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, kvm_spice

__virtualname__ = "muster_kvm_spice"

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_kvm_spice: KVM is Linux's alone"
    return __virtualname__


@_border
def diff(root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return ``link`` when kvm-spice is needed here and is no program; empty otherwise.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_kvm_spice.diff
    """
    border.demand("muster_kvm_spice", [border.root_problem(root)])
    return kvm_spice.diff(facts.Facts(facts.collect(("os", "kvm_spice"), root or "/")))


@_border
@origins.keeping("kvm_spice")
def apply(root: str | None = None, skip: Iterable[str] = ()) -> list[str]:
    """
    Link kvm-spice to kvm where that is needed; never overwrite a file.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when a real file is in the way, or kvm itself is missing.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_kvm_spice.apply
    """
    if "link" not in diff(root) or "link" in skip:
        return []
    folder, name = os.path.split(kvm_spice.PATH)
    path = os.path.join(files.below(root, folder), name)
    kvm_spice.make(path, kvm_spice.TARGET, files.below(root, kvm_spice.TARGET))
    return []


def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Do nothing: the link is gone already, as files are.

    noted
        What ``apply`` noted: nothing.

    root
        A folder in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_kvm_spice.undo '{}'
    """
    return []
