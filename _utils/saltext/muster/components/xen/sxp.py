"""xend's configuration as a text: single values are changed, all else stays byte for byte."""

from __future__ import annotations

import re
from dataclasses import dataclass

from saltext.muster.errors import Refused
from saltext.muster.probes import _sxp

_BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*", re.ASCII)


@dataclass
class _Setting:
    """A list at the top: its key, and where what follows the key begins and ends."""

    key: str | None = None
    begin: int = 0
    end: int = 0


def line(key: str, value: str) -> str:
    """Return a setting as xend's file has it: a text in quotes, with each backslash twice."""
    return f"({key} {_written(value)})"


def edit(text: str, key: str, value: str) -> str:
    """Return the file's text with the setting ``key`` at ``value``; comments are no settings.

    The first list of that key is the one that xend takes; without one it is added at the end.
    Raises Refused where parentheses do not match, as nobody could tell what is a setting.
    """
    if _sxp.parse(text).get(key, None) == value:
        return text
    for setting in _settings(text):
        if setting.key == key:
            return _replaced(text, setting, value)
    kept = text if not text or text.endswith("\n") else text + "\n"
    return f"{kept}{line(key, value)}\n"


def _written(value: str) -> str:
    if _BARE.fullmatch(value) and not value.replace(".", "").isdigit():
        return value
    if value.isascii() and value.isdigit():
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _replaced(text: str, setting: _Setting, value: str) -> str:
    """Put the value in place of one that stands alone; else of all that is behind the key."""
    inner = text[setting.begin : setting.end]
    tokens = [match for match in _sxp.TOKEN.finditer(inner) if not match[0].startswith("#")]
    if len(tokens) == 1:
        first, last = tokens[0].span()
        inner = inner[:first] + _written(value) + inner[last:]
    else:
        inner = f" {_written(value)}"
    return text[: setting.begin] + inner + text[setting.end :]


def _settings(text: str) -> list[_Setting]:
    found: list[_Setting] = []
    depth = 0
    for match in _sxp.TOKEN.finditer(text):
        mark, word = match.group(1), match.group(4)
        if depth == 1 and not found[-1].begin and not match[0].startswith("#"):
            found[-1].key, found[-1].begin = word, match.end()
        if mark == "(":
            depth += 1
            if depth == 1:
                found.append(_Setting())
        elif mark == ")":
            depth -= 1
            if depth < 0:
                break
            if depth == 0:
                found[-1].end = match.start()
    if depth:
        raise Refused("its parentheses do not match: mend them by hand, then run again")
    return found
