"""Which files ifupdown reads, in which order, and what they hold of a device."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from saltext.muster.components.network.ifupdown import text
from saltext.muster.errors import Refused

MAIN = "/etc/network/interfaces"
FOLDER = "/etc/network/interfaces.d"

#: What ifupdown takes from a folder given to it: no backups, no name with a dot.
_PLAIN = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_SHELL = re.compile(r"[$`(){}\\~\[\]]")
_DEPTH = 10


@dataclass(frozen=True)
class Stanza:
    """An ``iface`` stanza: where it is, family and method, and its options in their order."""

    path: str
    name: str
    family: str
    method: str
    options: tuple[tuple[str, str], ...]

    def values(self, *names: str) -> list[str]:
        """Return the values of the options of these names."""
        return [value for name, value in self.options if name in names]


@dataclass(frozen=True)
class Layout:
    """The files that are read, in their order, with their parts."""

    files: Mapping[str, tuple[text.Part, ...]]

    def stanzas(self, device: str = "") -> list[Stanza]:
        """Return the stanzas of a device, or all."""
        found = [
            _stanza(path, part)
            for path, parts in self.files.items()
            for part in parts
            if part.kind == text.IFACE and len(part.head) > 1
        ]
        return [each for each in found if device in ("", text.device(each.name))]

    def auto(self) -> set[str]:
        """Return the names that are brought up at boot or when their device appears."""
        return {
            name
            for parts in self.files.values()
            for part in parts
            if part.kind == text.AUTO
            for name in part.head[1:]
        }

    def mapped(self, device: str) -> str:
        """Return the file that maps a device to another name, "" = none."""
        for path, parts in self.files.items():
            for part in parts:
                if part.head[:1] == ("mapping",) and device in part.head[1:]:
                    return path
        return ""


def read(files: Mapping[str, str]) -> Layout:
    """Return what ifupdown reads of the files given.

    Raises Refused where it reads others, or what only a shell understands.
    """
    found: dict[str, tuple[text.Part, ...]] = {}
    _visit(MAIN, files, found, 0)
    return Layout(found)


def _visit(
    path: str, files: Mapping[str, str], found: dict[str, tuple[text.Part, ...]], depth: int
) -> None:
    if path in found or path not in files:
        return
    if depth > _DEPTH:
        raise Refused(f"{path}: files name each other more than {_DEPTH} deep; name them once")
    found[path] = tuple(text.parts(files[path]))
    for part in found[path]:
        if part.kind == text.STRAY:
            line = part.raw.strip()
            raise Refused(f"{path}: {line!r:.80} belongs to no stanza; ifupdown fails; correct it")
        if part.kind == text.SOURCE:
            for each in named(path, part.head, files):
                _visit(each, files, found, depth + 1)


def named(path: str, head: tuple[str, ...], files: Mapping[str, str]) -> Iterator[str]:
    """Yield those of ``files`` that a ``source`` or ``source-directory`` line names."""
    for pattern in head[1:]:
        whole = pattern if pattern.startswith("/") else f"{path.rpartition('/')[0]}/{pattern}"
        whole = whole.rstrip("/")
        known = whole == FOLDER or whole.startswith(f"{FOLDER}/")
        deep = whole.count("/") > FOLDER.count("/") + 2
        if not known or deep or _SHELL.search(whole) or "/." in whole:
            raise Refused(
                f"{path}: {' '.join(head)}: muster reads {MAIN} and {FOLDER}/* alone;"
                " move the stanzas there"
            )
        yield from (each for each in sorted(files) if _is_named(each, whole, head[0]))


def _is_named(path: str, pattern: str, directive: str) -> bool:
    folder, _, name = path.rpartition("/")
    if _matches(folder, pattern):
        return bool(_PLAIN.fullmatch(name))
    return directive == "source" and _matches(path, pattern)


def _matches(path: str, pattern: str) -> bool:
    """Say whether a shell's pattern names a path: nothing but a dot matches a leading dot."""
    wild = "".join({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)) for char in pattern)
    hidden = re.search(r"/\.", path) and not re.search(r"/\.", pattern)
    return not hidden and re.fullmatch(wild, path) is not None


def _stanza(path: str, part: text.Part) -> Stanza:
    family, method = (*part.head[2:4], "", "")[:2]
    return Stanza(path, part.head[1], family, method, tuple(part.options))
