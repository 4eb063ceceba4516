"""The names of the node and of its cluster in /etc/hosts.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster import shared as shared_list
from saltext.muster.components import border, hosts
from saltext.muster.probes import hosts as probe

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_hosts"

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_hosts: /etc/hosts of Linux hosts alone is managed"
    return __virtualname__


@_border
def diff(
    address: str,
    names: list[str],
    shared: dict[str, str] | None = None,
    root: str | None = None,
) -> dict[str, dict[str, Any]]:
    """
    Return what /etc/hosts says otherwise than is wanted; empty when nothing.

    address
        The node's own address, which other hosts can reach.

    names
        The node's FQDN, then its short name.

    shared
        ``digest`` (SHA-256) and ``source`` (``salt://muster-shared/hosts-<digest>.json``) of the
        list of the whole cluster's hosts.

    root
        A folder below which files are read in place of ``/``.

    Raises SaltInvocationError for a bad argument, CommandExecutionError for a list or a file
    that cannot be read.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_hosts.diff 192.0.2.11 '[node1.example.com, node1]'
    """
    wanted = _wanted(address, names, shared, root)
    entries, _ = probe.parse(files.read(files.below(root, hosts.PATH)) or "")
    return hosts.diff(entries, wanted)


@_border
@origins.keeping("hosts")
def apply(
    address: str,
    names: list[str],
    shared: dict[str, str] | None = None,
    root: str | None = None,
    skip: Iterable[str] = (),
) -> list[str]:
    """
    Correct /etc/hosts in one write where its meaning is wrong; return notes.

    address
        The node's own address, which other hosts can reach.

    names
        The node's FQDN, then its short name.

    shared
        ``digest`` and ``source`` of the list of the whole cluster's hosts.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are. As the file is written as a whole, nothing is
        written when all that differs is to be left.

    Raises SaltInvocationError for a bad argument, CommandExecutionError when the system says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_hosts.apply 192.0.2.11 '[node1.example.com, node1]'
    """
    wanted = _wanted(address, names, shared, root)
    path = files.below(root, hosts.PATH)
    entries, _ = probe.parse(files.read(path) or "")
    if not set(hosts.diff(entries, wanted)) - set(skip):
        return []
    notes = files.edit(path, lambda text: hosts.edit(text, wanted))
    return notes + hosts.cloud_note(facts.Facts(facts.collect(("hostname",), root or "/")))


def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Do nothing: the file that is back is all that there is.

    noted
        What ``apply`` noted: nothing.

    root
        A folder in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_hosts.undo '{}'
    """
    return []


def _wanted(
    address: str, names: list[str], shared: Mapping[str, str] | None, root: str | None
) -> hosts.Wanted:
    border.demand("muster_hosts", [border.root_problem(root)])
    own = hosts.wanted(address, names)
    return hosts.wanted(address, names, _shared(shared)) if shared else own


def _shared(given: Mapping[str, str]) -> Any:
    return shared_list.fetch("muster_hosts", given, __opts__, __salt__["cp.cache_file"])
