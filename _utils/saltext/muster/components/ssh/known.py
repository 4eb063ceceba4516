"""Root's known_hosts on the master: every node pinned by its names and its address.

A pin is a name with a key. Lines that pin nothing wrong, and foreign ones, keep their bytes; of a
line that pins a node's name to another key, that name goes. Hashed names are recognised.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from saltext.muster.components.border import SHOWN
from saltext.muster.components.ssh.keys import Key, parse

_WORD = re.compile("[^ \t]+")


class Host(NamedTuple):
    """A node: its minion id, address and names, and the keys that it sent (none = not yet)."""

    id: str
    address: str
    names: tuple[str, ...]
    keys: tuple[Key, ...] = ()


class Line(NamedTuple):
    """A line that pins a key: its names as they stand, and the key (None = of another type)."""

    names: list[str]
    key: Key | None
    start: int
    end: int


class Names:
    """Which node a name of known_hosts belongs to."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self.by_name = {name: host for host in hosts for name in host.names}

    def host(self, name: str) -> Host | None:
        """Return the node of a name as it stands in the file, plain or hashed, or None."""
        if name.startswith("|1|"):
            return self._hashed(name)
        plain = name.lower()
        if plain.startswith("[") and plain.endswith("]:22"):
            plain = plain[1:-4]
        return self.by_name.get(plain)

    def plain(self, name: str, host: Host) -> str:
        """Return which of the node's names this one is."""
        if name.startswith("|1|"):
            return next((each for each in host.names if _is_hash_of(name, each)), "")
        return name.lower().removeprefix("[").removesuffix("]:22")

    def _hashed(self, name: str) -> Host | None:
        found = (host for each, host in self.by_name.items() if _is_hash_of(name, each))
        return next(found, None)


def hosts(rows: Iterable[Mapping[str, Any]], keys: Mapping[str, Sequence[Key]]) -> list[Host]:
    """Return the nodes to pin; rows are the shared list's that are nodes, keys by minion id.

    A name that two rows have belongs to neither.
    """
    found = [(row, [str(n).lower() for n in (*row["names"], row["address"])]) for row in rows]
    count: dict[str, int] = {}
    for _, names in found:
        for name in set(names):
            count[name] = count.get(name, 0) + 1
    return [
        Host(
            row["id"],
            row["address"],
            tuple(dict.fromkeys(name for name in names if count[name] == 1)),
            tuple(keys.get(row["id"], ())),
        )
        for row, names in found
        if row.get("id")
    ]


def wrong(text: str, wanted: Sequence[Host]) -> list[str]:
    """Return the ids of nodes with keys that are not pinned by all names, or pinned otherwise."""
    pinned, bad = _judged(text, wanted)
    return [
        host.id
        for host in wanted
        if host.keys and (host.id in bad or _missing(host, pinned.get(host.id, set())))
    ]


def edit(text: str, wanted: Sequence[Host]) -> str:
    """Return the file's text with every node that has keys pinned to them, and to no others."""
    names = Names(host for host in wanted if host.keys)
    kept = [_right(line, names) for line in text.split("\n")]
    lines = [line for line in kept if line is not None]
    pinned, _ = _judged("\n".join(lines), wanted)
    added = []
    for host in wanted:
        for key in host.keys:
            there = {name for name, each in pinned.get(host.id, ()) if each == key}
            missing = [name for name in host.names if name not in there]
            added += [f"{','.join(missing)} {key.text}"] if missing else []
    if not added:
        return "\n".join(lines)
    if not lines or lines[-1]:
        lines.append("")
    return "\n".join([*lines[:-1], *added, ""])


def told(ids: Sequence[str]) -> str:
    """Return ids for a person: the first ones, and how many more there are."""
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return ", ".join(ids[:SHOWN]) + more


def parse_line(line: str) -> Line | None:
    """Return the pin on a line, or None: comments, markers (@...) and rubbish pin nothing."""
    words = list(_WORD.finditer(line.rstrip("\r")))
    if len(words) < 3 or words[0].group()[0] in "#@":
        return None
    first = words[0]
    key = parse(f"{words[1].group()} {words[2].group()}")
    return Line(first.group().split(","), key, first.start(), first.end())


def _judged(text: str, wanted: Sequence[Host]) -> tuple[dict[str, set[tuple[str, Key]]], set[str]]:
    """Return the right pins by node, and the nodes with a wrong one."""
    names = Names(host for host in wanted if host.keys)
    pinned: dict[str, set[tuple[str, Key]]] = {}
    bad = set()
    for raw in text.split("\n"):
        line = parse_line(raw)
        for name in line.names if line else ():
            host = names.host(name)
            if host and line and line.key in host.keys:
                pinned.setdefault(host.id, set()).add((names.plain(name, host), line.key))
            elif host:
                bad.add(host.id)
    return pinned, bad


def _missing(host: Host, pinned: set[tuple[str, Key]]) -> bool:
    return any((name, key) not in pinned for name in host.names for key in host.keys)


def _right(raw: str, names: Names) -> str | None:
    """Return a line without the names that it pins wrongly; None when no other is left."""
    line = parse_line(raw)
    if line is None:
        return raw
    left = []
    for name in line.names:
        host = names.host(name)
        if not host or line.key in host.keys:
            left.append(name)
    if len(left) == len(line.names):
        return raw
    return raw[: line.start] + ",".join(left) + raw[line.end :] if any(left) else None


def _is_hash_of(hashed: str, name: str) -> bool:
    parts = hashed.split("|")
    if len(parts) != 4:
        return False
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in parts[2:])
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(hmac.digest(salt, name.encode(), "sha1"), digest)
