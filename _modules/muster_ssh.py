"""Whom root trusts by SSH: the master's key on the nodes, the nodes' keys on the master.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import files, origins
from saltext.muster import shared as shared_list
from saltext.muster.components import border
from saltext.muster.components.firewall.system import Done
from saltext.muster.components.ssh import authorized, keys, known, wanted
from saltext.muster.components.ssh import pins as pinning
from saltext.muster.components.ssh.home import Home
from saltext.muster.components.ssh.mine import ROOT_KEYS, Mine, waited
from saltext.muster.components.ssh.programs import runner
from saltext.muster.errors import MusterError, Refused

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_ssh"

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_ssh: OpenSSH of Linux hosts alone is managed"
    return __virtualname__


@_border
def diff_authorized(
    master: dict[str, Any], allowed: Iterable[str] = (), root: str | None = None
) -> dict[str, dict[str, Any]]:
    """
    Return what keeps the master's key from being among root's keys, from its addresses alone.

    master
        ``id`` (its minion id) and ``addresses`` of the master node.

    allowed
        What it may do besides commands: ``port-forwarding``, ``pty``.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_ssh.diff_authorized '{id: m.example.com, addresses: [192.0.2.10]}'
    """
    home, lines = _home(root), _wanted_lines(master, allowed)
    path = home.authorized_file()
    found: dict[str, dict[str, Any]] = {}
    old, missing = authorized.difference(home.read(path), lines)
    if not lines:
        found["key"] = {"old": "no key of it in Salt's mine", "new": f"the key of {master['id']}"}
    elif old or missing:
        seen = "an older key or other limits" if old else "absent"
        found["key"] = {"old": seen, "new": f"{len(lines)} key(s) of {master['id']}"}
    loose = home.loose(_private_paths(home, path))
    if loose:
        found["modes"] = {"old": f"{', '.join(loose)} open to others", "new": "root's alone"}
    return found


@_border
def apply_authorized(
    master: dict[str, Any],
    allowed: Iterable[str] = (),
    wait: int = 30,
    root: str | None = None,
    skip: Iterable[str] = (),
) -> list[str]:
    """
    Let the master's key in, from its addresses alone; foreign keys keep their bytes.

    master
        ``id`` (its minion id) and ``addresses`` of the master node.

    allowed
        What it may do besides commands: ``port-forwarding``, ``pty``.

    wait
        Seconds to wait for the master's key in Salt's mine.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are.

    Returns notes. Raises CommandExecutionError when the key does not come.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_ssh.apply_authorized '{id: m.example.com, addresses: [192.0.2.10]}'
    """
    home, wait = _home(root), wanted.check_wait(wait)
    todo = set(diff_authorized(master, allowed, root)) - set(skip)
    path = home.authorized_file()
    if "modes" in todo:
        with origins.kept("ssh", root):
            home.tighten(home.loose(_private_paths(home, path)))
    if "key" not in todo:
        return []
    if not waited(lambda: bool(_wanted_lines(master, allowed)), wait):
        raise Refused(
            f"the master node {master['id']} sent no key of root to Salt's mine within {wait} s:"
            f" run state.apply on {master['id']}, which makes and sends it, then again here"
        )
    lines = _wanted_lines(master, allowed)
    with origins.kept("ssh", root):
        origins.note(f"authorized {path}", "without the master's key")
        if os.path.dirname(path) == home.folder:
            home.make_folder()
        return files.edit(home.real(path), lambda text: authorized.edit(text, lines), 0o600)


@_border
def diff_pinned(shared: dict[str, str], root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return which nodes root's known_hosts does not pin to the keys that they sent.

    shared
        ``digest`` and ``source`` of the list of the whole cluster's hosts.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt master.example.com state.show_sls muster.ssh
    """
    home = _home(root)
    hosts = pinning.hosts(_rows(shared), _mine())
    found: dict[str, dict[str, Any]] = {}
    wrong = known.wrong(home.read(f"{home.folder}/known_hosts"), hosts)
    if wrong:
        old = f"{len(wrong)} missing or wrong: {known.told(wrong)}"
        found["known_hosts"] = {"old": old, "new": f"the host keys of {len(hosts)} node(s)"}
    untold = pinning.missing(hosts) + pinning.stale(hosts, _shown(hosts, root))
    if untold:
        old = f"not those that are shown, or none: {known.told(untold)}"
        found["keys"] = {"old": old, "new": "every node's host keys in Salt's mine"}
    return found


@_border
def apply_pinned(
    shared: dict[str, str], wait: int = 30, root: str | None = None, skip: Iterable[str] = ()
) -> list[str]:
    """
    Pin every node in root's known_hosts to the keys that it sent to Salt's mine.

    shared
        ``digest`` and ``source`` of the list of the whole cluster's hosts.

    wait
        Seconds to wait for nodes' keys, and for those of nodes that show other ones by now.

    root
        A folder below which files are written in place of ``/``.

    skip
        Keys of the diff to leave as they are.

    Returns notes. Raises CommandExecutionError naming the nodes whose keys do not come; those
    of all others are pinned.

    CLI Example:

    .. code-block:: bash

        salt master.example.com state.sls_id "The cluster's nodes are pinned" muster.ssh
    """
    home, rows, wait = _home(root), _rows(shared), wanted.check_wait(wait)
    mine, path = _mine(), f"{home.folder}/known_hosts"
    seen = _shown(pinning.hosts(rows, mine), root)
    if "keys" not in skip:
        waited(lambda: not _open(pinning.hosts(rows, mine), seen), wait)
    hosts = pinning.hosts(rows, mine)
    notes: list[str] = []
    if "known_hosts" not in skip and known.wrong(home.read(path), hosts):
        with origins.kept("ssh", root):
            home.make_folder()
            notes = files.edit(home.real(path), lambda text: known.edit(text, hosts), 0o600)
    problems = pinning.problems(pinning.missing(hosts), pinning.stale(hosts, seen), wait)
    if problems and "keys" not in skip:
        raise Refused("; ".join([*problems, *notes, "then run again here"]))
    return notes


def pins(shared: dict[str, str]) -> dict[str, Any]:
    """
    Return how root's known_hosts pins the cluster's nodes, as a fact.

    shared
        ``digest`` and ``source`` of the list of the whole cluster's hosts.

    Returns ``nodes`` (how many there are), ``unsent`` (ids of those that sent no key) and
    ``wrong`` (those that are not pinned to what they sent); ``unknown`` with the reason when that
    cannot be read.

    CLI Example:

    .. code-block:: bash

        salt master.example.com muster.facts sshd
    """
    try:
        hosts, home = pinning.hosts(_rows(shared), _mine()), _home(None)
        wrong = known.wrong(home.read(f"{home.folder}/known_hosts"), hosts)
    except (MusterError, OSError) as err:
        return {"unknown": str(err)}
    return {"nodes": len(hosts), "unsent": pinning.missing(hosts), "wrong": wrong}


def master_keys(master: dict[str, Any]) -> list[str] | dict[str, str]:
    """
    Return the keys that the master node sent to Salt's mine, in base64, as a fact.

    master
        ``id`` (its minion id) and ``addresses`` of the master node.

    Returns ``{"unknown": reason}`` when that cannot be read.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster.facts sshd
    """
    try:
        return [key.blob for key in _sent_by(wanted.master(master))]
    except MusterError as err:
        return {"unknown": str(err)}


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Take back what is no file: what was told to Salt's mine, modes, a key pair, the server's state.

    The master's line goes out of authorized_keys also where others have changed that file since.
    A key pair that muster made is removed, unless another one is in its place by now.

    noted
        What ``origins`` noted before the changes.

    root
        A folder below which files are changed in place of ``/``; no server is touched then.

    Returns notes. Raises CommandExecutionError with what could not be done.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com state.apply muster.absent
    """
    home, live = _home(root), border.is_live(root)
    notes: list[str] = []
    for name in noted:
        what, _, rest = name.partition(" ")
        if what == "authorized":
            notes += _without_own(home, rest)
        elif what == "mine" and live:
            _mine().forget(rest)
    told, faults = home.undo(noted)
    with border.noting(notes + told):
        notes += __salt__["muster_sshd.undo"](noted, root=root)
        if faults:
            raise Refused("; ".join([*faults, "see to it by hand"]))
    return notes + told


def _open(hosts: list[known.Host], seen: Mapping[str, keys.Key]) -> list[str]:
    return pinning.missing(hosts) + pinning.stale(hosts, seen)


def _without_own(home: Home, path: str) -> list[str]:
    """Take muster's own lines out of authorized_keys, where they are still in it."""
    text = home.read(path)
    left = authorized.edit(text, [])
    if left == text:
        return []
    files.write(home.real(path), left, 0o600, backup=False)
    return [f"{path}: the master's key is out; what others wrote stays"]


def _home(root: str | None) -> Home:
    border.demand("muster_ssh", [border.root_problem(root)])
    return Home(root, _run)


def _run(argv: Iterable[str], text: str = "") -> Done:
    return runner(__salt__["cmd.run_all"])(argv, text)


def _wanted_lines(given: Any, allowed: Iterable[str]) -> list[str]:
    """Return the lines that let the master in; none while the mine has no key of it."""
    master = wanted.master(given)
    words = wanted.check_words("allowed", list(allowed), wanted.ALLOWED)
    return authorized.lines(_sent_by(master), master.id, master.addresses, words)


def _sent_by(master: wanted.Master) -> list[keys.Key]:
    return keys.received(_mine().of([master.id], ROOT_KEYS).get(master.id))


def _private_paths(home: Home, path: str) -> list[str]:
    """Return what must be root's alone; a folder elsewhere may hold the keys of others."""
    inside = os.path.dirname(path) == home.folder
    return [home.folder, path] if inside else [path]


def _rows(given: Mapping[str, str]) -> list[dict[str, Any]]:
    listed = shared_list.fetch("muster_ssh", given, __opts__, __salt__["cp.cache_file"])
    return wanted.rows(listed, __opts__["id"])


def _mine() -> Mine:
    return Mine(__salt__, __opts__["id"])


def _shown(hosts: list[known.Host], root: str | None) -> dict[str, keys.Key]:
    return pinning.shown(hosts, _run) if border.is_live(root) else {}
