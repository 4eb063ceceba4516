"""Root's SSH from the cluster's master node to its nodes.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import converge

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_ssh"


def __virtual__() -> str | tuple[bool, str]:
    if "muster_ssh.diff_pinned" not in __salt__:
        return False, "muster_ssh: the execution module of that name is not loaded"
    return __virtualname__


def offered(
    name: str,
    host: bool,
    kinds: list[str] | None = None,
    early: bool = False,
    root: str | None = None,
) -> dict[str, Any]:
    """
    Make sure that this node's public keys are in Salt's mine; on the master, that root has some.

    An existing key pair is never overwritten.

    name
        The state's name; it says nothing to the state.

    host
        ``True`` for the host keys of a node, ``False`` for root's key pair on the master.

    kinds
        Types of keys that root must have one of; none for any.

    early
        Leave what needs a package that may not be there yet.

    root
        A folder below which files are changed in place of ``/``; nothing is sent then.
    """
    given = {"host": host, "kinds": kinds or [], "early": early, "root": root}
    what = "the host keys in Salt's mine" if host else "root's key pair"
    return _converged(name, what, "offered", given, {}, "muster_sshkeys")


def authorized(
    name: str,
    master: dict[str, Any],
    allowed: list[str] | None = None,
    wait: int = 30,
    root: str | None = None,
) -> dict[str, Any]:
    """
    Make sure that the master logs in as root by its key, from its addresses alone.

    name
        The state's name; it says nothing to the state.

    master
        ``id`` (its minion id) and ``addresses`` of the master node.

    allowed
        What it may do besides commands: ``port-forwarding``, ``pty``.

    wait
        Seconds to wait for the master's key in Salt's mine.

    root
        A folder below which files are changed in place of ``/``.
    """
    given = {"master": master, "allowed": allowed or [], "root": root}
    return _converged(name, "root's authorized_keys", "authorized", given, {"wait": wait})


def pinned(
    name: str, shared: dict[str, str], wait: int = 30, root: str | None = None
) -> dict[str, Any]:
    """
    Make sure that root's known_hosts pins every node of the cluster, and to no older key.

    name
        The state's name; it says nothing to the state.

    shared
        ``digest`` and ``source`` of the list of the whole cluster's hosts.

    wait
        Seconds to wait for nodes' keys in Salt's mine.

    root
        A folder below which files are changed in place of ``/``.
    """
    given = {"shared": shared, "root": root}
    return _converged(name, "root's known_hosts", "pinned", given, {"wait": wait})


def configured(
    name: str, root_login: list[str], client: str = "", root: str | None = None
) -> dict[str, Any]:
    """
    Make sure that the SSH server runs, and that root logs in by a key and no worse way.

    name
        The state's name; it says nothing to the state.

    root_login
        The values of PermitRootLogin that are right; the first one is written.

    client
        The address that root logs in from; "" for none.

    root
        A folder below which files are changed in place of ``/``; no server is touched then.
    """
    given = {"root_login": root_login, "client": client, "root": root}
    return _converged(name, "the SSH server", "configured", given, {}, "muster_sshd")


def _converged(
    name: str,
    what: str,
    part: str,
    given: dict[str, Any],
    more: dict[str, Any],
    module: str = "muster_ssh",
) -> dict[str, Any]:
    diff, apply = f"{module}.diff_{part}", f"{module}.apply_{part}"
    return converge.converge(
        name,
        what,
        __opts__["test"],
        lambda: __salt__[diff](**given),
        lambda: __salt__[apply](**given, **more, skip=list(_waived())),
        _waived,
        (CommandExecutionError, SaltInvocationError),
    )


def _waived() -> dict[str, str]:
    waived: dict[str, str] = __salt__["muster.waived"]("ssh")
    return waived
