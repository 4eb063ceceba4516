"""A page: lines, boxes and labels with their places, and how much room a text needs.

Lengths are in the pixels of SVG, as whole numbers; y grows downwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

#: Widths in hundredths of the font's size, of DejaVu Sans: few fonts are wider.
_WIDTHS = {
    **dict.fromkeys("ijl'|", 28),
    **dict.fromkeys(" .,:;/-()[]!·", 40),
    **dict.fromkeys('frtI"', 42),
    **dict.fromkeys("csxyzkvJ", 59),
    **dict.fromkeys("mwMW%@&", 99),
}
_UPPER, _USUAL, _OTHER = 78, 64, 100


@dataclass(frozen=True)
class Label:
    """A line of text; y is its baseline. anchor is ``start``, ``middle`` or ``end``."""

    x: int
    y: int
    text: str
    size: int = 11
    bold: bool = False
    colour: str = "#1a1a1a"
    anchor: str = "start"

    @property
    def area(self) -> tuple[int, int, int, int]:
        """The rectangle that the text takes: left, top, right, bottom."""
        wide = width(self.text, self.size, self.bold)
        left = self.x - {"start": 0, "middle": wide // 2, "end": wide}[self.anchor]
        return left, self.y - self.size + 1, left + wide, self.y + self.size // 4


@dataclass(frozen=True)
class Rect:
    """A rectangle; tip is told when it is pointed at, and read to who cannot see it."""

    x: int
    y: int
    width: int
    height: int
    fill: str = "none"
    stroke: str = "none"
    round: int = 0
    dashed: bool = False
    tip: str = ""

    @property
    def area(self) -> tuple[int, int, int, int]:
        """The rectangle: left, top, right, bottom."""
        return self.x, self.y, self.x + self.width, self.y + self.height


@dataclass(frozen=True)
class Line:
    """A straight line."""

    x1: int
    y1: int
    x2: int
    y2: int
    colour: str
    width: int = 2
    dashed: bool = False


@dataclass(frozen=True)
class Dot:
    """Where two lines meet; lines that only cross have none."""

    x: int
    y: int
    colour: str


@dataclass
class Page:
    """Everything that is drawn, in its order."""

    title: str
    description: str
    width: int = 0
    height: int = 0
    shapes: list[Label | Rect | Line | Dot] = field(default_factory=list)


def width(text: str, size: int, bold: bool = False) -> int:
    """Return how wide a text gets at most in a usual font, rounded up."""
    units = sum(_unit(char) for char in text) * (112 if bold else 100)
    return -(-units * size // 10_000)


def _unit(char: str) -> int:
    if char in _WIDTHS:
        return _WIDTHS[char]
    if not char.isascii():
        return _OTHER
    return _UPPER if char.isupper() else _USUAL


def fitted(text: str, most: int, size: int, bold: bool = False) -> str:
    """Return a text that is no wider than ``most``: its middle gives way to an ellipsis."""
    if width(text, size, bold) <= most:
        return text
    low, high = 0, len(text)  # letters kept: low of them fit, high of them do not
    while high - low > 1:
        keep = (low + high) // 2
        if width(_cut(text, keep), size, bold) <= most:
            low = keep
        else:
            high = keep
    return _cut(text, low)


def _cut(text: str, keep: int) -> str:
    return text[: keep - keep // 2] + "…" + text[len(text) - keep // 2 :]


def wrapped(text: str, most: int, size: int) -> Iterator[str]:
    """Give the lines of a text, broken between words; a word that is too wide is cut."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and width(longer, size) > most:
            yield line
            longer = fitted(word, most, size)
        line = fitted(longer, most, size) if not line else longer
    if line:
        yield line
