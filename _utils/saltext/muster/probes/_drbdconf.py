"""DRBD's resources in its configuration files."""

import re
from typing import Any, Dict, List, Tuple

from .source import Absent, Source, Unreadable, shown

_MAIN = "/etc/drbd.conf"
_FILES = 200

_TOKEN = re.compile(r'#[^\n]*|"((?:[^"\\\n]|\\.)*)"|([{};])|([^\s{};"#]+)|\n')


def resources(source: Source) -> List[Dict[str, Any]]:
    """Return [{"name", "file", "line", "skip"}] of all resources, in the files' order.

    Read are /etc/drbd.conf, what it includes, and /etc/drbd.d/*.res.
    """
    found, queue, seen = [], [_MAIN], set()
    while queue:
        path = queue.pop(0)
        if path in seen:
            continue
        seen.add(path)
        if len(seen) > _FILES:
            raise Unreadable(f"DRBD's configuration has more than {_FILES} files")
        try:
            sections, patterns = parse(source.text(path))
        except Absent:
            sections, patterns = [], []
        found += [dict(section, file=shown(path)) for section in sections]
        for pattern in patterns:
            queue += source.glob(_absolute(pattern, path))
        if path == _MAIN:
            queue += source.glob("/etc/drbd.d/*.res")
    return found


def parse(text: str) -> Tuple[List[Dict[str, Any]], List[str]]:
    """Return (resources, include patterns) of one file.

    A resource is {"name", "line", "skip"}: skipped ones are those behind the word ``skip``.
    """
    found, patterns, depth = [], [], 0
    statement = []  # type: List[Tuple[int, str, str]]
    for line, kind, piece in tokens(text):
        if kind == "mark" and piece == "{":
            if depth == 0:
                found += _section(statement)
            depth, statement = depth + 1, []
        elif kind == "mark":
            if depth == 0 and piece == ";":
                patterns += _include(statement)
            depth = max(0, depth - 1) if piece == "}" else depth
            statement = []
        elif depth == 0:
            statement.append((line, kind, piece))
    return found, patterns


def tokens(text: str) -> List[Tuple[int, str, str]]:
    """Return [(line, "word" | "text" | "mark", piece)]; comments are left out."""
    found, line = [], 1
    for match in _TOKEN.finditer(text):
        if match.group(0) == "\n":
            line += 1
        elif match.group(1) is not None:
            found.append((line, "text", re.sub(r"\\(.)", r"\1", match.group(1))))
        elif match.group(2):
            found.append((line, "mark", match.group(2)))
        elif match.group(3):
            found.append((line, "word", match.group(3)))
    return found


def _section(statement: List[Tuple[int, str, str]]) -> List[Dict[str, Any]]:
    words = [piece for _, kind, piece in statement if kind == "word"]
    skip = words[:1] == ["skip"]
    rest = statement[1:] if skip else statement
    if len(rest) < 2 or rest[0][1:] != ("word", "resource"):
        return []
    return [{"name": rest[1][2], "line": statement[0][0], "skip": skip}]


def _include(statement: List[Tuple[int, str, str]]) -> List[str]:
    if len(statement) == 2 and statement[0][1:] == ("word", "include"):
        return [statement[1][2]]
    return []


def _absolute(pattern: str, path: str) -> str:
    return pattern if pattern.startswith("/") else f"{path.rsplit('/', 1)[0]}/{pattern}"
