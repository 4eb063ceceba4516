"""Root's keys from the cluster's master node to its nodes, carried by Salt's mine.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import files
from saltext.muster import shared as shared_list
from saltext.muster.components import border
from saltext.muster.components.firewall.system import Done
from saltext.muster.components.ssh import authorized, keys, known, wanted
from saltext.muster.components.ssh.home import Home
from saltext.muster.errors import Refused

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_ssh"

_border = border.translated(SaltInvocationError, CommandExecutionError)

#: What nodes and master tell Salt's mine: the functions of this module that give it.
_OF_HOST, _OF_ROOT = "muster_ssh.host_keys", "muster_ssh.root_keys"

#: A host key that sshd has when nothing else is configured.
_HOST_KEYS = tuple(f"/etc/ssh/ssh_host_{kind}_key" for kind in ("ed25519", "ecdsa", "rsa"))

#: Seconds that Salt's mine has to tell what was just sent, and that a node has to show its key.
_SENT, _SHOWN = 10, 5


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_ssh: OpenSSH of Linux hosts alone is managed"
    return __virtualname__


@_border
def host_keys(root: str | None = None) -> list[str]:
    """
    Return this node's public host keys, one of a type, as they go to Salt's mine.

    root
        A folder below which files are read in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_ssh.host_keys
    """
    home = _home(root)
    paths = [path for path in _host_key_files(root) if home.mode(path) is not None]
    texts = [" ".join(home.read(f"{path}.pub").split()[:2]) for path in paths]
    return [key.text for key in keys.received(texts)]


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

        salt master.example.com muster_ssh.root_keys
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

        salt master.example.com muster_ssh.diff_offered False
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
        found.update(_untold(host, kinds, early, "pair" in found))
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

        salt master.example.com muster_ssh.apply_offered False
    """
    home, kinds = _home(root), wanted.kinds(list(kinds))
    todo = set(diff_offered(host, kinds, early, root)) - set(skip)
    notes = []
    if "private" in todo:
        home.tighten(home.loose([home.folder, *home.private(kinds)]))
    if "pair" in todo:
        notes.append(f"made {home.make_pair('root@' + __opts__['id'])}")
    with border.noting(notes):
        if "mine" in todo:
            _tell(host, kinds, early)
    return notes


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
    path = _authorized_file(home)
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
    path = _authorized_file(home)
    if "modes" in todo:
        home.tighten(home.loose(_private_paths(home, path)))
    if "key" not in todo:
        return []
    if not _waited(lambda: bool(_wanted_lines(master, allowed)), wait):
        raise Refused(
            f"the master node {master['id']} sent no key of root to Salt's mine within {wait} s:"
            f" run state.apply on {master['id']}, which makes and sends it, then again here"
        )
    lines = _wanted_lines(master, allowed)
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
    hosts = _hosts(_rows(shared))
    found: dict[str, dict[str, Any]] = {}
    wrong = known.wrong(home.read(f"{home.folder}/known_hosts"), hosts)
    if wrong:
        old = f"{len(wrong)} missing or wrong: {known.told(wrong)}"
        found["known_hosts"] = {"old": old, "new": f"the host keys of {len(hosts)} node(s)"}
    untold = _missing(hosts) + _stale(hosts, _shown(hosts, root))
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
    seen = _shown(_hosts(rows), root)
    if "keys" not in skip:
        _waited(lambda: not _untold_by(_hosts(rows), seen), wait)
    hosts = _hosts(rows)
    notes: list[str] = []
    path = f"{home.folder}/known_hosts"
    if "known_hosts" not in skip and known.wrong(home.read(path), hosts):
        home.make_folder()
        notes = files.edit(home.real(path), lambda text: known.edit(text, hosts), 0o600)
    with border.noting(notes):
        if "keys" not in skip:
            _demand(_missing(hosts), _stale(hosts, seen), wait)
    return notes


def _demand(missing: list[str], stale: list[str], wait: int) -> None:
    problems = []
    if missing:
        problems.append(
            f"{known.told(missing)} sent no host key to Salt's mine within {wait} s:"
            " run state.apply there"
        )
    if stale:
        problems.append(
            f"{known.told(stale)} shows another host key than it sent to Salt's mine, also"
            f" {wait} s later: if it was reinstalled, run state.apply there; if not, somebody"
            " else answers at its address"
        )
    if problems:
        raise Refused("; ".join([*problems, "then run again here"]))


def _home(root: str | None) -> Home:
    border.demand("muster_ssh", [border.root_problem(root)])
    return Home(root, _run)


def _run(argv: Iterable[str], text: str = "") -> Done:
    """Run a program with ``text`` as its input; a missing one is a result too."""
    done: Mapping[str, Any] = __salt__["cmd.run_all"](
        list(argv),
        python_shell=False,
        stdin=text,
        timeout=60,
        ignore_retcode=True,
        env={"LC_ALL": "C.UTF-8"},
        output_loglevel="quiet",
    )
    return Done(int(done["retcode"]), str(done["stdout"]), str(done["stderr"]))


def _has_keygen() -> bool:
    return bool(__salt__["cmd.has_exec"]("ssh-keygen"))


def _host_key_files(root: str | None) -> list[str]:
    """Return the paths of the host keys that sshd uses; of an image, those of old."""
    if not border.is_live(root):
        return list(_HOST_KEYS)
    told = [words[1] for words in _settings() if len(words) == 2 and words[0] == "hostkey"]
    return [path for path in told if path.startswith("/")] or list(_HOST_KEYS)


def _settings() -> list[list[str]]:
    """Return the words of sshd's effective settings for root; none while it cannot tell."""
    argv = ["/usr/sbin/sshd", "-T", "-C", "user=root,host=localhost,addr=127.0.0.1"]
    return [line.split() for line in _run(argv).output.split("\n")]


def _own_keys(host: bool, kinds: Iterable[str]) -> list[str]:
    return list(host_keys() if host else root_keys(kinds))


def _mine(ids: Iterable[str], function: str) -> dict[str, Any]:
    """Return what minions told the mine, by exactly their ids."""
    asked = list(ids)
    told = __salt__["mine.get"](asked, function, tgt_type="list") if asked else {}
    return {id_: told[id_] for id_ in asked if id_ in told} if isinstance(told, Mapping) else {}


def _untold(
    host: bool, kinds: Iterable[str], early: bool, to_come: bool
) -> dict[str, dict[str, Any]]:
    """Return the difference of this node's keys and what the mine has of them."""
    have, function = _own_keys(host, kinds), _OF_HOST if host else _OF_ROOT
    told = _mine([__opts__["id"]], function).get(__opts__["id"])
    if have and told == have:
        return {}
    # A reinstalled node takes its old keys back before it has new ones.
    if early and not have and not to_come and not told:
        return {}
    old = "nothing" if not told else "other keys"
    new = f"{len(have) or (1 if to_come else 0)} public key(s) of this node"
    return {"mine": {"old": old, "new": new}}


def _tell(host: bool, kinds: Iterable[str], early: bool) -> None:
    have, function = _own_keys(host, kinds), _OF_HOST if host else _OF_ROOT
    if not have and not early:
        raise Refused(
            "this node has no host key of SSH: install openssh-server, or run ssh-keygen -A,"
            " then run again"
        )
    given = {} if host else {"kinds": list(kinds)}
    __salt__["mine.send"](function, **given)
    id_ = __opts__["id"]
    if not _waited(lambda: _mine([id_], function).get(id_) == have, _SENT):
        raise Refused(
            "Salt's mine does not keep what was sent: see on the Salt master that"
            " minion_data_cache is not switched off and that mine_get allows muster_ssh.*"
        )


def _waited(there: Callable[[], bool], seconds: int) -> bool:
    """Say whether it came true within that time; it is asked for once a second."""
    end = time.monotonic() + seconds
    while not there():
        if time.monotonic() >= end:
            return False
        time.sleep(1)
    return True


def _wanted_lines(given: Any, allowed: Iterable[str]) -> list[str]:
    """Return the lines that let the master in; none while the mine has no key of it."""
    master = wanted.master(given)
    words = wanted.check_words("allowed", list(allowed), wanted.ALLOWED)
    found = keys.received(_mine([master.id], _OF_ROOT).get(master.id))
    return authorized.lines(found, master.id, master.addresses, words)


def _authorized_file(home: Home) -> str:
    """Return where sshd looks for root's keys: the first place that it is told."""
    lines = _settings() if border.is_live(home.root) else []
    told = next((words[1] for words in lines if words[:1] == ["authorizedkeysfile"]), "")
    name = told or ".ssh/authorized_keys"
    if name == "none":
        raise Refused("sshd's AuthorizedKeysFile is none: no key can log in; take that line out")
    path = name.replace("%h", home.path).replace("%u", "root").replace("%%", "%")
    return path if path.startswith("/") else f"{home.path}/{path}"


def _private_paths(home: Home, path: str) -> list[str]:
    """Return what must be root's alone; a folder elsewhere may hold the keys of others."""
    inside = os.path.dirname(path) == home.folder
    return [home.folder, path] if inside else [path]


def _rows(given: Mapping[str, str]) -> list[dict[str, Any]]:
    listed = shared_list.fetch("muster_ssh", given, __opts__, __salt__["cp.cache_file"])
    return wanted.rows(listed, __opts__["id"])


def _hosts(rows: list[dict[str, Any]]) -> list[known.Host]:
    """Return the nodes with the keys that they sent."""
    told = _mine([row["id"] for row in rows if row.get("id")], _OF_HOST)
    return known.hosts(rows, {id_: keys.received(data) for id_, data in told.items()})


def _missing(hosts: list[known.Host]) -> list[str]:
    return [host.id for host in hosts if not host.keys]


def _stale(hosts: list[known.Host], seen: Mapping[str, keys.Key]) -> list[str]:
    """Return the nodes that show another key than they sent, of the type that was asked for."""
    found = []
    for host in hosts:
        shown = seen.get(host.address)
        if host.keys and shown and shown not in host.keys:
            found.append(host.id)
    return found


def _untold_by(hosts: list[known.Host], seen: Mapping[str, keys.Key]) -> list[str]:
    return _missing(hosts) + _stale(hosts, seen)


def _shown(hosts: list[known.Host], root: str | None) -> dict[str, keys.Key]:
    """Return the key that each node shows, by address: a hint to wait, nothing is pinned by it."""
    asked: dict[str, list[str]] = {}
    for host in hosts if border.is_live(root) else ():
        if host.keys:
            kind = host.keys[0].kind.split("-")[0 if host.keys[0].kind.startswith("ecdsa") else 1]
            asked.setdefault(kind, []).append(host.address)
    found: dict[str, keys.Key] = {}
    for kind, addresses in asked.items():
        argv = ["ssh-keyscan", "-T", str(_SHOWN), "-t", kind, "-f", "-"]
        for line in _run(argv, "".join(f"{each}\n" for each in addresses)).output.split("\n"):
            address, _, rest = line.partition(" ")
            key = keys.parse(rest)
            if key and address in addresses:
                found[address] = key
    return found
