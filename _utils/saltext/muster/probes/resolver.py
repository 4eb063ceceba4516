"""Who resolves names: resolv.conf, systemd-resolved, and what NetworkManager does about them."""

from typing import Any, Dict, List, Tuple

from . import _units
from ._ini import Setting, dropins, settings
from ._text import lines, words
from .hosts import normal
from .source import Absent, Source, Unreadable, attempt, shown

_RESOLV = "/etc/resolv.conf"
_NM = "NetworkManager.service"
_NM_MAIN = "/etc/NetworkManager/NetworkManager.conf"
_NM_BEFORE = ("/usr/lib/NetworkManager/conf.d", "/run/NetworkManager/conf.d")
_NM_AFTER = "/etc/NetworkManager/conf.d"

#: Highest precedence first.
_SYSTEMD = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd")
_MOST = 100


def read(source: Source) -> Dict[str, Any]:
    """Return nameservers, link, odd, resolved and networkmanager.

    nameservers are resolv.conf's valid addresses in their order, odd its nameserver lines without
    one, link is where /etc/resolv.conf points ("" = it is a file). resolved: {"dns": [addresses],
    "files": [those that set it]}; networkmanager: {"installed", "enabled", "active", "dns",
    "rc_manager"}, the last two being the [main] settings in effect ("" = not set).
    """
    found = attempt(_resolv, source)
    nameservers, odd = (found, found) if isinstance(found, dict) else found
    return {
        "nameservers": nameservers,
        "odd": odd,
        "link": attempt(lambda: shown(source.link(_RESOLV) or "")[:500]),
        "resolved": attempt(_resolved, source),
        "networkmanager": _networkmanager(source),
    }


def parse(text: str) -> Tuple[List[str], List[str]]:
    """Return (addresses, values that are none) of the nameserver lines of a resolv.conf.

    As in the C library, the keyword stands at the margin and only the first value counts.
    """
    found, odd = [], []  # type: Tuple[List[str], List[str]]
    for _, line in lines(text):
        if line[:10] == "nameserver" and line[10:11] in (" ", "\t"):
            value = (words(line[10:]) or [""])[0]
            address = normal(value.split("%", 1)[0])
            (found if address else odd).append(address or value[:100])
    return found[:_MOST], odd[:_MOST]


def dns_servers(given: List[Setting], before: List[str]) -> List[str]:
    """Return resolved's servers after the settings of one more file; an empty DNS= forgets."""
    found = list(before)
    for section, key, value in given:
        if (section, key) == ("Resolve", "DNS"):
            found = found + words(value) if value else []
    return found[:_MOST]


def main_setting(files: List[List[Setting]], name: str) -> str:
    """Return the value of NetworkManager's [main] setting in effect: the last file's."""
    found = ""
    for given in files:
        for section, key, value in given:
            if (section, key) == ("main", name):
                found = value
    return found[:100]


def _resolv(source: Source) -> Tuple[List[str], List[str]]:
    try:
        return parse(source.text(_RESOLV))
    except Absent:
        target = source.link(_RESOLV)
        if target is not None and not source.live:
            raise Unreadable(f"{_RESOLV} points to {target}, which was not captured") from None
        if not source.exists("/etc"):
            raise
        return [], []


def _resolved(source: Source) -> Dict[str, List[str]]:
    mains = [path for path in (f"{one}/resolved.conf" for one in _SYSTEMD) if source.exists(path)]
    found, files = [], []  # type: Tuple[List[str], List[str]]
    for path in mains[:1] + dropins(source, [f"{one}/resolved.conf.d" for one in _SYSTEMD]):
        given = settings(source.text(path), continued=True)
        found = dns_servers(given, found)
        if any((section, key) == ("Resolve", "DNS") for section, key, _ in given):
            files.append(shown(path))
    return {"dns": found, "files": files[:_MOST]}


def _networkmanager(source: Source) -> Dict[str, Any]:
    state = attempt(lambda: _units.states(source, [_NM])[_NM])
    files = attempt(_nm_files, source)
    found = {}  # type: Dict[str, Any]
    for key in ("installed", "enabled", "active"):
        found[key] = state if set(state) == {"unknown"} else state[key]
    for key, name in (("dns", "dns"), ("rc_manager", "rc-manager")):
        found[key] = files if isinstance(files, dict) else main_setting(files, name)
    return found


def _nm_files(source: Source) -> List[List[Setting]]:
    """Return the settings of NetworkManager's files in the order in which they count."""
    if not source.exists("/etc"):
        raise Unreadable("/etc is not there")
    usr, run = _NM_BEFORE
    shadows = [_NM_AFTER, run, usr]
    paths = dropins(source, shadows)
    ordered = [path for folder in (usr, run) for path in paths if path.startswith(f"{folder}/")]
    ordered += [_NM_MAIN] + [path for path in paths if path.startswith(f"{_NM_AFTER}/")]
    found = []
    for path in ordered:
        given = settings(source.text_or(path))
        if _in_effect(given, path):
            found.append(given)
    return found


def _in_effect(given: List[Setting], path: str) -> bool:
    """Say whether a snippet counts: it may ask for a version or an environment of its own."""
    asked = [value for section, key, value in given if (section, key) == (".config", "enable")]
    if not asked or asked[-1].lower() in ("true", "yes", "1", "on"):
        return True
    if asked[-1].lower() in ("false", "no", "0", "off"):
        return False
    if any(section == "main" for section, _, _ in given):
        raise Unreadable(f"{path}: whether it counts depends on {asked[-1]!r}")
    return False
