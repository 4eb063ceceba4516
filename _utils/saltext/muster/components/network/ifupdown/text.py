"""The text of a file of ifupdown: parts that can be taken out, all other bytes kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from saltext.muster.probes._text import words

IFACE, AUTO, SOURCE, MAPPING, OTHER = "iface", "auto", "source", "mapping", "other"
#: An option behind no stanza's first line.
STRAY = "stray"

_BLANKS = " \t"


@dataclass(frozen=True)
class Line:
    """A line as ifupdown takes it: raw may be several, each but the last ended by a backslash.

    words are empty for a comment and an empty line.
    """

    raw: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """Lines that belong together: a stanza with its options, or a line of its own."""

    kind: str
    lines: tuple[Line, ...]

    @property
    def raw(self) -> str:
        """Return the bytes of the part."""
        return "".join(line.raw for line in self.lines)

    @property
    def head(self) -> tuple[str, ...]:
        """Return the words of its first line."""
        return self.lines[0].words

    @property
    def options(self) -> list[tuple[str, str]]:
        """Return the options of a stanza in their order; names have dashes, as either will do."""
        told = [line.words for line in self.lines[1:] if line.words]
        return [(words[0].replace("_", "-"), " ".join(words[1:])) for words in told]


def parts(text: str) -> list[Part]:
    """Return the parts of a file; their bytes together are its text."""
    found: list[Part] = []
    held: list[Line] = []
    for line in _lines(text):
        kind = _kind(line)
        if kind is None and held:
            held.append(line)
            continue
        found += _ended(held)
        held = [line] if kind in (IFACE, MAPPING) else []
        if not held:
            found.append(Part(kind or (STRAY if line.words else OTHER), (line,)))
    return found + _ended(held)


def device(name: str) -> str:
    """Return the device of a stanza's name: eth0 for eth0:1."""
    return name.partition(":")[0]


def without(part: Part, names: Iterable[str]) -> str:
    """Return the bytes of an ``auto`` line without some of its names."""
    raw = part.raw
    gone = set(names)
    for word in part.head[1:]:
        if word in gone:
            raw = re.sub(rf"[ \t]+{re.escape(word)}(?=[\s\\]|\Z)", "", raw)
    return raw if set(part.head[1:]) - gone else ""


def _lines(text: str) -> list[Line]:
    found, held = [], ""
    # Not splitlines: to ifupdown a form feed or a carriage return ends no line.
    for raw in re.findall(r"[^\n]*\n|[^\n]+", text):
        comment = not held and raw.lstrip(_BLANKS).startswith("#")
        held += raw
        if not comment and raw.rstrip("\n").endswith("\\"):
            continue
        found.append(Line(held, () if comment else _words(held)))
        held = ""
    return found + ([Line(held, _words(held))] if held else [])


def _words(raw: str) -> tuple[str, ...]:
    return tuple(words(raw.replace("\\\n", " ").replace("\n", " ").rstrip("\\")))


def _kind(line: Line) -> str | None:
    """Return what kind of part a line begins, None for one that goes on."""
    word = line.words[0] if line.words else ""
    if word == "iface":
        return IFACE
    if word in ("mapping", "template"):
        return MAPPING
    if word in ("source", "source-directory"):
        return SOURCE
    if word == "auto" or word.startswith("allow-"):
        return AUTO
    if word in ("no-auto-down", "no-scripts", "rename"):
        return OTHER
    return None


def _ended(held: list[Line]) -> list[Part]:
    """Return a stanza's part, and each comment and empty line behind it as one of its own."""
    lines = list(held)
    behind: list[Part] = []
    while lines and not lines[-1].words:
        behind.insert(0, Part(OTHER, (lines.pop(),)))
    return ([Part(str(_kind(lines[0])), tuple(lines))] if lines else []) + behind
