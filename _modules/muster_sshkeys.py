"""Keys of SSH that this node offers to others: they travel by Salt's mine.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import origins
from saltext.muster.components import border
from saltext.muster.components.firewall.system import Done
from saltext.muster.components.ssh import wanted
from saltext.muster.components.ssh.home import Home
from saltext.muster.components.ssh.mine import HOST_KEYS, ROOT_KEYS, Mine
from saltext.muster.components.ssh.programs import runner
from saltext.muster.errors import Refused

__salt__: dict[str, Any]
__opts__: dict[str, Any]
__context__: dict[str, Any]

__virtualname__ = "muster_sshkeys"

_border = border.translated(SaltInvocationError, CommandExecutionError)

_TOLD = "muster_sshkeys.told"


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_sshkeys: OpenSSH of Linux hosts alone is managed"
    return __virtualname__


@_border
def host_keys(root: str | None = None) -> list[str]:
    """
    Return this node's public host keys, one of a type, as they go to Salt's mine.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_sshkeys.host_keys
    """
    return [key.text for key in _home(root).host_keys()]


@_border
def root_keys(kinds: Iterable[str] = (), root: str | None = None) -> list[str]:
    """
    Return the public keys of root that a program can use unasked, as they go to Salt's mine.

    kinds
        Types of keys, such as ``ssh-ed25519``; none for all that muster knows.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt master.example.com muster_sshkeys.root_keys
    """
    return [key.text for key in _home(root).public(wanted.kinds(list(kinds)))]


@_border
def diff_offered(
    host: bool, kinds: Iterable[str] = (), early: bool = False, root: str | None = None
) -> dict[str, dict[str, Any]]:
    """
    Return what is missing until this node's keys are in Salt's mine.

    host
        ``True`` for the host keys of a node, ``False`` for root's key pair on the master.

    kinds
        Types of keys that root must have one of; none for any.

    early
        Leave what needs a package that may not be there yet.

    root
        A folder below which files are read in place of ``/``; nothing is sent then.

    CLI Example:

    .. code-block:: bash

        salt master.example.com muster_sshkeys.diff_offered False
    """
    home, kinds = _home(root), wanted.kinds(list(kinds))
    found: dict[str, dict[str, Any]] = {}
    if not host:
        loose = home.loose([home.folder, *home.private(kinds)])
        if loose:
            found["private"] = {"old": f"{', '.join(loose)} open to others", "new": "root's alone"}
        if not home.public(kinds) and not (early and not _has_keygen()):
            found["pair"] = {"old": "no key pair of root", "new": "an ed25519 key pair"}
    if border.is_live(root):
        # Asking the mine takes its time: what is told early in a run need not be asked again.
        if early or not __context__.pop(_TOLD, False):
            found.update(_untold(host, kinds, early, "pair" in found))
        if early:
            __context__[_TOLD] = not found and bool(_own_keys(host, kinds))
    return found


@_border
def apply_offered(
    host: bool,
    kinds: Iterable[str] = (),
    early: bool = False,
    root: str | None = None,
    skip: Iterable[str] = (),
) -> list[str]:
    """
    Make root's key pair where there is none, and send this node's keys to Salt's mine.

    host
        ``True`` for the host keys of a node, ``False`` for root's key pair on the master.

    kinds
        Types of keys that root must have one of; none for any.

    early
        Leave what needs a package that may not be there yet.

    root
        A folder below which files are written in place of ``/``; nothing is sent then.

    skip
        Keys of the diff to leave as they are.

    Returns notes. Raises CommandExecutionError when there is a pair that cannot be used, or no
    host key, or when the mine does not take them.

    CLI Example:

    .. code-block:: bash

        salt master.example.com muster_sshkeys.apply_offered False
    """
    home, kinds = _home(root), wanted.kinds(list(kinds))
    todo = set(diff_offered(host, kinds, early, root)) - set(skip)
    notes: list[str] = []
    with origins.kept("ssh", root), border.noting(notes):
        if "private" in todo:
            home.tighten(home.loose([home.folder, *home.private(kinds)]))
        if "pair" in todo:
            notes.append(f"made {home.make_pair()}")
        if "mine" in todo:
            _tell(host, kinds, early)
    return notes


def _home(root: str | None) -> Home:
    border.demand("muster_ssh", [border.root_problem(root)])
    return Home(root, _run)


def _mine() -> Mine:
    return Mine(__salt__, __opts__["id"])


def _run(argv: Iterable[str], text: str = "") -> Done:
    return runner(__salt__["cmd.run_all"])(argv, text)


def _has_keygen() -> bool:
    return bool(__salt__["cmd.has_exec"]("ssh-keygen"))


def _own_keys(host: bool, kinds: Iterable[str]) -> list[str]:
    return list(host_keys() if host else root_keys(kinds))


def _untold(
    host: bool, kinds: Iterable[str], early: bool, to_come: bool
) -> dict[str, dict[str, Any]]:
    """Return the difference of this node's keys and what the mine has of them."""
    have, function = _own_keys(host, kinds), HOST_KEYS if host else ROOT_KEYS
    told = _mine().own_keys(function)
    if have and told == have:
        return {}
    # A reinstalled node takes its old keys back before it has new ones.
    if early and not have and not to_come and not told:
        return {}
    old = "nothing" if not told else "other keys"
    new = f"{len(have) or (1 if to_come else 0)} public key(s) of this node"
    return {"mine": {"old": old, "new": new}}


def _tell(host: bool, kinds: Iterable[str], early: bool) -> None:
    have, function = _own_keys(host, kinds), HOST_KEYS if host else ROOT_KEYS
    if not have and not early:
        raise Refused(
            "this node has no host key of SSH: install openssh-server, or run ssh-keygen -A,"
            " then run again"
        )
    given = {} if host else {"kinds": list(kinds)}
    origins.note(f"mine {function}", "absent")
    _mine().tell(function, have, **given)
