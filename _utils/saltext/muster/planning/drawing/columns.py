"""Where the boxes of a picture's sites stand: in columns that make a well-shaped page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saltext.muster.planning.drawing.picture import Box, Site

#: Width by height of the sheet that a page goes on: paper or a screen.
SHAPE = 1.45

#: Room in pixels: in a frame, between frames, between boxes, and for a frame's title.
PAD, GAP, SPACE, TITLE = 10, 18, 10, 26
HEADER, ROW = 36, 15


@dataclass(frozen=True)
class Frame:
    """A site on the page: its boxes column by column; left is its first column, top in pixels."""

    site: Site
    columns: tuple[tuple[Box, ...], ...]
    left: int
    top: int

    @property
    def height(self) -> int:
        """How high it is in pixels."""
        return TITLE + max(sum(map(tall, column)) + PAD for column in self.columns)


def tall(box: Box) -> int:
    """Return how much height a box takes, with the space below it."""
    return height(box) + SPACE


def height(box: Box) -> int:
    """Return how high a box is."""
    return HEADER + ROW * len(box.taps) + 4


@dataclass(frozen=True)
class Room:
    """What a page has besides its frames, in pixels.

    wide is the width of a column; left and top are where the frames begin; right and bottom are
    what the page is at least.
    """

    wide: int
    left: int
    top: int
    right: int
    bottom: int


def arranged(sites: Sequence[Site], room: Room) -> list[Frame]:
    """Return the sites' frames: for as small a sheet as can be, and then with few empty places."""

    def badness(frames: Sequence[Frame]) -> tuple[float, int]:
        columns = max(frame.left + len(frame.columns) for frame in frames)
        bottom = max(frame.top + frame.height for frame in frames)
        right = max(room.right, room.left + columns * room.wide)
        empty = sum(len(f.columns) * len(f.columns[0]) - len(f.site.boxes) for f in frames)
        return max(right / SHAPE, room.bottom, room.top + bottom), empty

    most = sum(len(site.boxes) for site in sites)
    return min((_packed(sites, count) for count in range(1, most + 1)), key=badness)


def _packed(sites: Sequence[Site], most: int) -> list[Frame]:
    """Return the frames with at most so many boxes in a column."""
    frames: list[Frame] = []
    left, top, room = 0, 0, 0
    for site in sites:
        count = len(site.boxes)
        columns = -(-count // most)
        if columns == 1 and count <= room:
            frames.append(Frame(site, (site.boxes,), left - 1, top))
        else:
            frames.append(Frame(site, _split(site.boxes, columns), left, 0))
            left, room = left + columns, most if columns == 1 else 0
        room -= count
        top = frames[-1].top + frames[-1].height + GAP
    return frames


def _split(boxes: tuple[Box, ...], columns: int) -> tuple[tuple[Box, ...], ...]:
    """Return boxes in columns whose lengths differ by one at most, the longer ones first."""
    short, longer = divmod(len(boxes), columns)
    ends = [0]
    for index in range(columns):
        ends.append(ends[-1] + short + (index < longer))
    return tuple(boxes[ends[index] : ends[index + 1]] for index in range(columns))
