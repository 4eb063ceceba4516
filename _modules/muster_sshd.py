"""The SSH server as root's way in by a key: its settings, judged by itself, and its service.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import glob
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border
from saltext.muster.components.firewall.system import Done
from saltext.muster.components.ssh import server, wanted
from saltext.muster.components.ssh.programs import runner
from saltext.muster.errors import Refused

__salt__: dict[str, Any]

__virtualname__ = "muster_sshd"

_border = border.translated(SaltInvocationError, CommandExecutionError)

_SSHD = "/usr/sbin/sshd"
_UNITS = ("ssh.service", "sshd.service")

#: What is noted when the server has read settings of muster's.
_READ = "the SSH server reads"

#: A server that writes its PID reads its own files within this time (seconds).
_SLACK = 2


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_sshd: OpenSSH of Linux hosts alone is managed"
    return __virtualname__


@_border
def diff_configured(
    root_login: Iterable[str], client: str = "", root: str | None = None
) -> dict[str, dict[str, Any]]:
    """
    Return what differs in the SSH server's settings for root, and whether it runs with them.

    root_login
        The values of PermitRootLogin that are right; the first one is written.

    client
        The address that root logs in from; "" for none.

    root
        A folder below which files are read in place of ``/``; no server is asked then.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_sshd.diff_configured '[prohibit-password]' 192.0.2.10
    """
    right, client = _checked(root_login, client, root)
    if not border.is_live(root):
        parsed = server.settings(_reader(root), _globber(root))
        return _differs(right, {key: server.value(parsed, key) for key in right})
    seen = facts.collect(("sshd",), targets=[client] if client else ())["sshd"]
    # A probe that failed as a whole leaves its reason in place of all facts.
    found = _running(seen.get("service", seen))
    effective = seen.get("effective", seen)
    if "unknown" in effective:
        old = "there is no SSH server" if not os.path.exists(_SSHD) else effective["unknown"]
        return {**found, "settings": {"old": old, "new": "settings that can be read"}}
    differs = _differs(right, {key: server.plain(effective.get(key, "")) for key in right})
    return {**_pending(differs), **found}


@_border
def apply_configured(
    root_login: Iterable[str],
    client: str = "",
    root: str | None = None,
    skip: Iterable[str] = (),
) -> list[str]:
    """
    Write the settings where they win, when sshd itself agrees, and let the server read them.

    root_login
        The values of PermitRootLogin that are right; the first one is written.

    client
        The address that root logs in from; "" for none.

    root
        A folder below which files are written in place of ``/``; no server is touched then.

    skip
        Keys of the diff to leave as they are.

    Returns notes. Raises CommandExecutionError when sshd's configuration is broken, or when
    something wins over the settings that muster does not change.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_sshd.apply_configured '[prohibit-password]' 192.0.2.10
    """
    right, client = _checked(root_login, client, root)
    todo, live = _todo(list(root_login), client, root, skip), border.is_live(root)
    if live and todo:
        _demand_sound()
    if live and "settings" in todo:
        # sshd told nothing before; it does so now.
        todo = _todo(list(root_login), client, root, skip)
    new = {key: values[0] for key, values in right.items() if key in todo}
    with origins.kept("ssh", root):
        notes = _write(new, right, client, root) if new else []
        with border.noting(notes):
            if live and todo:
                notes += _serve()
    return notes


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Bring the SSH server back to what was noted of it, after its files have been brought back.

    noted
        What ``origins`` noted before the changes.

    root
        A folder in place of ``/``: no server runs there, and nothing is done.

    Returns notes. Raises CommandExecutionError when the server cannot read its configuration.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com state.apply muster.absent
    """
    border.demand("muster_sshd", [border.root_problem(root)])
    if not border.is_live(root):
        return []
    for name, old in noted.items():
        what, _, unit = name.partition(" ")
        if what == "unit" and unit in _UNITS:
            enabled, _, active = old.partition(" ")
            if enabled != "enabled":
                _run(["systemctl", "disable", unit])
            if active != "active":
                _run(["systemctl", "stop", unit])
                return [f"stopped {unit}, which did not run before muster"]
    return _serve() if any(name == _READ for name in noted) else []


def _todo(root_login: list[str], client: str, root: str | None, skip: Iterable[str]) -> set[str]:
    differs = diff_configured(root_login, client, root)
    return {key for key, e in differs.items() if key not in skip and "pending" not in e}


def _checked(
    root_login: Iterable[str], client: str, root: str | None
) -> tuple[dict[str, tuple[str, ...]], str]:
    border.demand("muster_sshd", [border.root_problem(root)])
    given = root_login if isinstance(root_login, str) else list(root_login)
    return wanted.settings(given), wanted.check_client(client)


def _differs(
    right: Mapping[str, tuple[str, ...]], seen: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    return {
        key: {"old": seen[key] or "not told", "new": " or ".join(values)}
        for key, values in right.items()
        if seen[key] not in values
    }


def _pending(differs: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Let the end of root's login by a password wait for consent where somebody may need it."""
    entry = differs.get(server.ROOT_LOGIN)
    if entry and entry["old"] == "yes":
        why = __salt__["muster.live"]()["why"]
        if why:
            entry["pending"] = (
                f"{why}, and somebody may log in as root by a password: see that everybody has"
                " a key, then run again with pillar='{muster_consent: true}'"
            )
    return differs


def _running(service: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what keeps the server from running with the configuration that is there."""
    new = "runs with the configuration as it is"
    if "unknown" in service or not os.path.exists(_SSHD):
        return {}
    if not service["active"]:
        if service["per_connection"]:
            return {}
        return {"running": {"old": "no SSH server runs", "new": new}}
    times = [service["configured_at"], service["read_at"]]
    if not all(isinstance(each, int) for each in times) or times[0] - times[1] <= _SLACK:
        return {}
    return {"running": {"old": f"changed {times[0] - times[1]} s after it was read", "new": new}}


def _demand_sound() -> None:
    """Raise Refused when sshd is not there, or would not start by what is there now."""
    if not os.path.exists(_SSHD):
        raise Refused("there is no SSH server: install openssh-server, then run again")
    done = _tested(server.MAIN)
    if done.status:
        raise Refused(
            f"sshd -t refuses the configuration as it is: {done.said}; nothing was changed;"
            " mend that line, then run again"
        )


def _write(
    new: Mapping[str, str],
    right: Mapping[str, tuple[str, ...]],
    client: str,
    root: str | None,
) -> list[str]:
    """Write the settings, after sshd has judged a copy with them."""
    read, found = _reader(root), _globber(root)
    # What an earlier run wrote is written again, or it would be lost.
    parsed = server.settings(read, found)
    own = {s.key: server.plain(s.value) for s in parsed if s.path == server.OWN}
    new = {**{key: value for key, value in own.items() if value in right[key]}, **new}
    main = read(server.MAIN) or ""
    beside = server.own_file_wins(read, found, new)
    if border.is_live(root):
        _judge(main, new, client, beside, found)
    else:
        _blame(new, {}, parsed)
    origins.note(_READ, "its configuration as before muster")
    if beside:
        text = server.own_text(new)
        return files.edit(files.below(root, server.OWN), lambda _: text)
    path = files.below(root, server.MAIN)
    return files.edit(path, lambda text: server.with_block(text, new))


def _judge(
    main: str, new: Mapping[str, str], client: str, beside: bool, found: server.Glob
) -> None:
    """Raise Refused unless sshd takes a copy of its configuration with the settings, and obeys."""
    with tempfile.TemporaryDirectory(prefix="muster-sshd-") as folder:
        own, copy = os.path.join(folder, "own.conf"), os.path.join(folder, "sshd_config")
        text = server.candidate(main, found, own) if beside else server.with_block(main, new)
        for path, content in ((own, server.own_text(new)), (copy, text)):
            with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(content)
        done = _tested(copy)
        if done.status:
            raise Refused(f"sshd -t refuses muster's settings: {done.said}; nothing was changed")
        at = client or "127.0.0.1"
        asked = [_SSHD, "-T", "-f", copy, "-C", f"user=root,host={at},addr={at}"]
        lines = [line.split(None, 1) for line in _run(asked).output.split("\n")]
    effective = {words[0]: server.plain(words[1]) for words in lines if len(words) == 2}
    _blame(new, effective, server.settings(_reader(None), found))


def _blame(
    new: Mapping[str, str],
    effective: Mapping[str, str],
    parsed: list[server.Setting],
) -> None:
    """Raise Refused naming what wins over the settings, if anything does."""
    lost = {k: v for k, v in new.items() if effective.get(k, v) != v}
    if not effective:
        lost = {s.key: new[s.key] for s in parsed if s.match and s.key in new}
    if not lost:
        return
    places = "; ".join(server.winners(parsed, lost)[:5]) or "a file that muster could not find"
    names = ", ".join(f"{server.NAMES[key]} {value}" for key, value in sorted(lost.items()))
    raise Refused(
        f"{names} cannot win, as something else wins over it: {places}; nothing was changed;"
        " take it out there, then run again"
    )


def _serve() -> list[str]:
    """Let a server that runs read its configuration; start one that should run and does not."""
    done = _tested(server.MAIN)
    if done.status:
        raise Refused(f"sshd -t refuses its configuration: {done.said}; it was not reloaded")
    service = facts.collect(("sshd",))["sshd"].get("service", {})
    if not service.get("active"):
        return [] if service.get("per_connection") else _started()
    unit = next(unit for unit in _UNITS if not _run(["systemctl", "is-active", unit]).status)
    done = _run(["systemctl", "reload", unit])
    if done.status:
        raise Refused(f"systemctl reload {unit} failed: {done.said}; see systemctl status {unit}")
    return [f"reloaded {unit}; connections stay"]


def _started() -> list[str]:
    known = (unit for unit in _UNITS if not _run(["systemctl", "cat", unit]).status)
    unit = next(known, "")
    if not unit:
        raise Refused("systemd has no unit of the SSH server: install openssh-server")
    was = [_run(["systemctl", word, unit]).output.strip() for word in ("is-enabled", "is-active")]
    origins.note(f"unit {unit}", " ".join(was))
    done = _run(["systemctl", "enable", "--now", unit])
    if done.status:
        raise Refused(f"{unit} could not be started: {done.said}; see systemctl status {unit}")
    return [f"started {unit}"]


def _tested(path: str) -> Done:
    done = _run([_SSHD, "-t", "-f", path])
    if done.status and "privilege separation directory" in done.said:
        # A server that never ran on this boot lacks its empty folder; its unit makes it too.
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        done = _run([_SSHD, "-t", "-f", path])
    return done


def _reader(root: str | None) -> server.Read:
    return lambda path: files.read(files.below(root, path))


def _globber(root: str | None) -> server.Glob:
    """Return what gives the node's paths for one of its patterns."""

    def found(pattern: str) -> list[str]:
        top = "" if border.is_live(root) else str(root).rstrip("/")
        return [path[len(top) :] for path in glob.glob(glob.escape(top) + pattern)]

    return found


def _run(argv: Iterable[str], text: str = "") -> Done:
    return runner(__salt__["cmd.run_all"])(argv, text)
