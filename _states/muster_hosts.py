"""/etc/hosts names the node and its cluster.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_hosts"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_hosts.diff" not in __salt__:
        return False, "muster_hosts: the execution module of that name is not loaded"
    return __virtualname__


def managed(
    name: str,
    address: str,
    hostnames: list[str],
    shared: dict[str, str] | None = None,
    root: str | None = None,
) -> dict[str, Any]:
    """
    Make sure that /etc/hosts names the node and its cluster, and no loopback line does.

    Lines that are right in meaning and foreign lines keep their bytes.

    name
        The state's name; it says nothing to the state.

    address
        The node's own address, which other hosts can reach.

    hostnames
        The node's FQDN, then its short name. (``names`` is a word of Salt's own in an SLS.)

    shared
        ``digest`` and ``source`` of the list of the whole cluster's hosts.

    root
        A folder below which files are changed in place of ``/``.
    """
    wanted = {"address": address, "names": hostnames, "shared": shared, "root": root}
    return converge.converge(
        name,
        "/etc/hosts",
        __opts__["test"],
        lambda: __salt__["muster_hosts.diff"](**wanted),
        lambda: __salt__["muster_hosts.apply"](**wanted, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("hosts")
    return waived
