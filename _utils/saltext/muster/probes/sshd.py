"""SSH: what the server allows root, and root's own keys and known hosts."""

import os
import stat
from typing import Any, Dict, List

from . import _sshfiles, _units
from ._text import first_line, lines, words
from .source import Absent, Source, Unreadable, attempt, unknown

#: An absolute path: older servers refuse to start by another one.
_SERVER = "/usr/sbin/sshd"
_CONFIG = "/etc/ssh/sshd_config"
_PARTS = "/etc/ssh/sshd_config.d"
_PID = "/run/sshd.pid"
UNITS = ("ssh.service", "sshd.service")
_SOCKETS = ("ssh.socket", "sshd.socket")

#: Settings with one value, and those that may stand on several lines.
_SINGLE = (
    "permitrootlogin", "pubkeyauthentication", "passwordauthentication", "strictmodes",
    "authenticationmethods",
)  # fmt: skip
_SEVERAL = ("port", "authorizedkeysfile", "allowusers", "denyusers", "allowgroups", "denygroups")

_KNOWN = ("{home}/.ssh/known_hosts", "{home}/.ssh/known_hosts2", "/etc/ssh/ssh_known_hosts")
_MOST_PAIRS = 50


def read(source: Source) -> Dict[str, Any]:
    """Return the server's effective settings for root, its service, and root's side.

    effective: single settings as text, the others as lists; client is the address they hold for.
    service: {"active", "per_connection", "configured_at", "read_at"}, times in UNIX seconds.
    root: {"password" (a word), "folder" (mode), "authorized" [{"path", "mode", "keys"}],
    "pairs" [{"name", "mode" (of the private key, "" = there is none)}], "known_hosts" [names]}.
    """
    client = source.targets[0] if source.targets else "127.0.0.1"
    effective = attempt(_effective, source, client)
    return {
        "client": client,
        "effective": effective,
        "service": attempt(_service, source),
        "root": attempt(_root, source, effective),
    }


def parse(text: str) -> Dict[str, Any]:
    """Return the settings that ``sshd -T`` prints, as far as they matter here."""
    found = {key: [] for key in _SEVERAL}  # type: Dict[str, Any]
    for _, line in lines(text):
        fields = words(line)
        key = fields[0].lower() if len(fields) > 1 else ""
        if key in _SINGLE:
            found.setdefault(key, " ".join(fields[1:])[:200])
        elif key in _SEVERAL and len(found[key]) < 100:
            found[key] += [value[:200] for value in fields[1:]]
    return found


def _effective(source: Source, client: str) -> Dict[str, Any]:
    if any(char in client for char in ", =\n"):
        raise Unreadable(f"{client!r} is no address")
    found = parse(source.run([_SERVER, "-T", "-C", f"user=root,host={client},addr={client}"]))
    if "permitrootlogin" not in found:
        raise Unreadable("sshd -T did not print its settings")
    return found


def _service(source: Source) -> Dict[str, Any]:
    states = _units.states(source, UNITS)
    active = [state["active"] for state in states.values()]
    strange = next((state for state in active if unknown(state)), None)
    running = True if True in active else strange if strange is not None else False
    return {
        "active": running,
        "per_connection": running is False and _by_socket(source),
        "configured_at": attempt(_configured_at, source),
        "read_at": attempt(_changed, source, _PID),
    }


def _by_socket(source: Source) -> bool:
    enabled = _units.enabled(source)
    return any(name in enabled for name in _SOCKETS)


def _configured_at(source: Source) -> int:
    parts = [f"{_PARTS}/{name}" for name in source.names(_PARTS) if name.endswith(".conf")]
    folder = [_PARTS] if source.exists(_PARTS) else []  # a part that was removed counts too
    return max(_changed(source, path) for path in [_CONFIG] + folder + parts)


def _changed(source: Source, path: str) -> int:
    """Return when a file was changed (UNIX seconds)."""
    try:
        return int(os.stat(source.path(path)).st_mtime)
    except FileNotFoundError:
        raise Absent(f"{path} is not there") from None
    except OSError as err:
        raise Unreadable(f"{path}: {err.strerror}") from None


def _root(source: Source, effective: Dict[str, Any]) -> Dict[str, Any]:
    home = _sshfiles.home_of(source.text_or("/etc/passwd"), "root") or "/root"
    return {
        "password": attempt(_password, source),
        "folder": attempt(_mode, source, f"{home}/.ssh"),
        "authorized": attempt(_authorized, source, home, effective),
        "pairs": attempt(_pairs, source, home),
        "known_hosts": attempt(_known_hosts, source, home),
    }


def _password(source: Source) -> str:
    found = _sshfiles.password_of(source.text("/etc/shadow"), "root")
    source.leave_out("/etc/shadow", "it holds the hashes of passwords")
    if not found:
        raise Unreadable("/etc/shadow has no root")
    return found


def _mode(source: Source, path: str) -> str:
    """Return the permissions of a file in octal digits, "" when it is not there."""
    mode = source.mode(path)
    return "" if mode is None else f"{stat.S_IMODE(mode):04o}"


def _authorized(source: Source, home: str, effective: Dict[str, Any]) -> List[Dict[str, Any]]:
    names = [".ssh/authorized_keys"]
    if not unknown(effective):
        names = [name for name in effective["authorizedkeysfile"] if name != "none"]
    found = []
    for name in names:
        path = name.replace("%h", home).replace("%u", "root").replace("%%", "%")
        path = path if path.startswith("/") else f"{home}/{path}"
        if source.exists(path):
            keys = attempt(lambda path: _sshfiles.authorized_keys(source.text(path)), path)
            found.append({"path": path, "mode": _mode(source, path), "keys": keys})
    return found


def _pairs(source: Source, home: str) -> List[Dict[str, str]]:
    found = []
    for path in source.glob(f"{home}/.ssh/id*.pub")[:_MOST_PAIRS]:
        private = path[: -len(".pub")]
        mode = _mode(source, private)
        if mode:
            source.leave_out(private, "it is a private key")
        if first_line(source.head(path, 100)):
            found.append({"name": path.rsplit("/", 1)[-1], "mode": mode})
    return found


def _known_hosts(source: Source, home: str) -> List[str]:
    texts = [source.text_or(path.format(home=home)) for path in _KNOWN]
    return [name for text in texts for name in _sshfiles.known_hosts(text)]
