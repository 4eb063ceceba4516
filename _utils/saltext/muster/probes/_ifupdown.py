"""ifupdown's files: /etc/network/interfaces and what it names."""

import re
from typing import Any, Dict, List, Set, Tuple

from . import _interfaces
from ._text import lines, words
from .source import Absent, Source, Unreadable

MAIN = "/etc/network/interfaces"
FOLDER = "/etc/network/interfaces.d"

#: What ifupdown takes from a folder: no backups, no file with a dot in its name.
_FILE = re.compile(r"^[A-Za-z0-9_-]+$")

_DEPTH = 10
_METHODS = {"static": "static", "dhcp": "dhcp", "manual": "manual", "loopback": "loopback"}

#: Options that are facts; others may be commands or passwords.
_OPTIONS = re.compile(
    r"^(address|netmask|network|broadcast|gateway|mtu|metric|pointopoint|scope"
    r"|(bridge|bond|vlan)[_-][a-z0-9_-]+|slaves|hwaddress)$"
)

#: (directive, [arguments])
_Inclusion = Tuple[str, List[str]]


def read(source: Source) -> Dict[str, Any]:
    """Return entries, files (that are read), unread (in interfaces.d, but named by no line).

    An entry has besides the common keys options: those that describe the interface, by name.
    """
    stanzas, auto, seen = _all(source)
    for stanza in stanzas:
        stanza["auto"] = stanza["interface"] in auto
    files = [f"{FOLDER}/{name}" for name in source.names(FOLDER)]
    return {
        "entries": stanzas,
        "files": sorted(seen),
        "unread": [path for path in files if path not in seen and not _is_folder(source, path)],
    }


def parse(text: str, path: str) -> Tuple[List[Dict[str, Any]], Set[str], List[_Inclusion]]:
    """Return (entries, names brought up at boot, inclusions) of one file."""
    entries, auto, inclusions = [], set(), []  # type: Tuple[List[Any], Set[str], List[_Inclusion]]
    options = None  # type: Any
    for line in _whole_lines(text):
        fields = words(line)
        if fields[0] == "iface" and len(fields) > 1:
            options = {}
            entries.append((fields, options))
        elif fields[0] == "auto" or fields[0].startswith("allow-"):
            auto.update(fields[1:])
            options = None
        elif fields[0] in ("source", "source-directory"):
            inclusions.append((fields[0], fields[1:]))
            options = None
        elif fields[0] in ("mapping", "no-auto-down", "no-scripts", "rename", "template"):
            options = None
        elif options is not None and len(options) < 100:
            options.setdefault(fields[0], []).append(" ".join(fields[1:]))
    return [_entry(fields, each, path) for fields, each in entries], auto, inclusions


def _whole_lines(text: str) -> List[str]:
    """Return the lines that say something, those that a backslash continues joined."""
    found, held = [], ""
    for _, line in lines(text):
        if not held and line.lstrip(" \t").startswith("#"):
            continue
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        found.append(held + line)
        held = ""
    return [line for line in found + [held] if words(line)]


def _entry(fields: List[str], options: Dict[str, List[str]], path: str) -> Dict[str, Any]:
    known = fields[2] if len(fields) > 2 and fields[2] in ("inet", "inet6") else ""
    raw = fields[3] if known and len(fields) > 3 else ""
    # ifupdown brings up auto inet6 by router advertisements; that is no static address.
    method = _METHODS.get(raw, raw or "inherited")
    netmask = (options.get("netmask") or [""])[0]
    given = [words(value)[0] for value in options.get("address", []) if words(value)]
    found = _interfaces.entry(
        "ifupdown",
        path,
        fields[1],
        "" if known == "inet6" else method,
        method if known == "inet6" else "",
        [_interfaces.with_prefix(address, netmask) for address in given],
    )
    found["options"] = {
        key: " ".join(values)[:200] for key, values in options.items() if _OPTIONS.match(key)
    }
    return found


def _all(source: Source) -> Tuple[List[Dict[str, Any]], Set[str], Set[str]]:
    entries, auto, seen = [], set(), set()  # type: Tuple[List[Dict[str, Any]], Set[str], Set[str]]
    queue = [(MAIN, 0)]
    while queue:
        path, depth = queue.pop(0)
        if path in seen:
            continue
        if depth > _DEPTH or len(seen) > _interfaces.MOST:
            raise Unreadable(f"ifupdown's files are nested too deep or too many at {path}")
        try:
            text = _interfaces.text_of(source, path)
        except Absent:
            continue
        seen.add(path)
        found, names, inclusions = parse(text, path)
        entries += found
        auto |= names
        if len(entries) > _interfaces.MOST:
            raise Unreadable(f"{path}: more than {_interfaces.MOST} interfaces")
        queue += [(file, depth + 1) for given in inclusions for file in _named(source, path, given)]
    return entries, auto, seen


def _named(source: Source, path: str, inclusion: _Inclusion) -> List[str]:
    """Return the files that a source or source-directory line of the file ``path`` names."""
    directive, patterns = inclusion
    base = path.rsplit("/", 1)[0]
    found = []  # type: List[str]
    for pattern in patterns:
        if re.search(r"[$`(){}\\~]", pattern):
            raise Unreadable(f"{path}: {directive} {pattern} needs a shell to be understood")
        whole = pattern if pattern.startswith("/") else f"{base}/{pattern}"
        for each in source.glob(whole.rstrip("/")):
            if directive == "source" and not _is_folder(source, each):
                found.append(each)
            elif _is_folder(source, each):
                # A folder given to source is read like one given to source-directory.
                names = [name for name in source.names(each) if _FILE.match(name)]
                found += [f"{each}/{name}" for name in names]
    return [each for each in found if not _is_folder(source, each)]


def _is_folder(source: Source, path: str) -> bool:
    return (source.mode(path) or 0) & 0o170000 == 0o040000
