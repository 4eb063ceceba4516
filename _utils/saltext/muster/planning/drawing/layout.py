"""From what a picture shows to a page: networks above, sites below, the margin on the left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from saltext.muster.planning.drawing import columns
from saltext.muster.planning.drawing.page import (
    Dot,
    Label,
    Line,
    Page,
    Rect,
    fitted,
    width,
    wrapped,
)
from saltext.muster.planning.drawing.picture import Box, Picture, Tap

PAPER, INK, FAINT, FRAME = "#ffffff", "#1a1a1a", "#4d4d4d", "#8c8c8c"

#: Colours of networks dark enough for text; names stand beside them everywhere.
BUSES = ("#0072b2", "#b84a00", "#00755a", "#a83a80", "#6b5d00", "#5b3fa0", "#4d4d4d")

#: Colours of roles: of the box, and of its edge.
ROLES = (
    ("#e3edf9", "#2c5282"), ("#fdeed6", "#8a5a00"), ("#e0f2e7", "#22633f"), ("#f4e6f2", "#6f356a"),
)  # fmt: skip
NO_ROLE = ("#f2f2f2", "#4d4d4d")

MARGIN, LINE, STEP = 24, 14, 10
_MARGIN_MOST, _NAME_MOST, _WHAT_MOST, _END_MOST = 270, 330, 110, 120
_TITLE_MOST, _TOP = 800, 74


def page(picture: Picture) -> Page:
    """Return the page of a picture."""
    return _Layout(picture).page()


class _Layout:
    """The places of one picture's parts."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.shapes: list[Label | Rect | Line | Dot] = []
        boxes = [box for site in picture.sites for box in site.boxes]
        self.cells = _cells(boxes)
        self.box = max(160, sum(self.cells) + 40, *(_head(box) for box in boxes))
        self.gutter = STEP * len(picture.buses) + STEP
        self.column = columns.PAD * 2 + self.gutter + self.box + columns.GAP
        self.margin = _margin(picture)
        self.left = MARGIN + self.margin + 30
        self.right = self.left
        self.buses: list[int] = []

    def page(self) -> Page:
        """Return the page."""
        above = _TOP + self._outside_height()
        top = above + sum(self._bus_height(index) for index in range(len(self.picture.buses)))
        low, right = self._notes(top + 8), self._outside_right()
        room = columns.Room(self.column, self.left, top, right, low)
        frames = columns.arranged(self.picture.sites, room)
        last = max(frame.left + len(frame.columns) for frame in frames)
        self.right = max(self.left + last * self.column - columns.GAP, right)
        self._buses(above)
        self._outside(above, frames)
        low = max(low, *(self._frame(frame, top + 8) for frame in frames))
        head = self._head()
        wide = max(self.right, MARGIN + max(label.area[2] for label in head)) + MARGIN
        self.shapes = [Rect(0, 0, wide, low + MARGIN, fill=PAPER), *head, *self.shapes]
        told = self.picture
        return Page(told.title, told.description, wide, low + MARGIN, self.shapes)

    def _head(self) -> list[Label]:
        title = fitted(self.picture.title, _TITLE_MOST, 20, True)
        subtitle = fitted(self.picture.subtitle, _TITLE_MOST, 13)
        return [
            Label(MARGIN, 36, title, 20, True, INK),
            Label(MARGIN, 57, subtitle, 13, False, FAINT),
        ]

    # networks, and what hangs on them from above

    def _bus_lines(self, index: int) -> list[str]:
        lines = self.picture.buses[index].lines
        return [part for line in lines for part in wrapped(line, self.margin, 11)]

    def _bus_height(self, index: int) -> int:
        return 16 + LINE * len(self._bus_lines(index)) + 10

    def _buses(self, top: int) -> None:
        for index, bus in enumerate(self.picture.buses):
            colour = _colour(index)
            name = fitted(bus.name, self.margin, 13, True)
            self.shapes.append(Label(MARGIN, top + 12, name, 13, True, colour))
            for number, line in enumerate(self._bus_lines(index)):
                self.shapes.append(Label(MARGIN, top + 27 + LINE * number, line, 11))
            self.shapes.append(Line(self.left - 20, top + 8, self.right, top + 8, colour, 4))
            self.buses.append(top + 8)
            top += self._bus_height(index)

    def _outside_height(self) -> int:
        return max((_device(box)[1] for box in self.picture.outside), default=-14) + 26

    def _outside_right(self) -> int:
        boxes = self.picture.outside
        return self.left + sum(_device(box)[0] for box in boxes) + 14 * max(0, len(boxes) - 1)

    def _outside(self, bottom: int, frames: Sequence[columns.Frame]) -> None:
        risers = {x for frame in frames for x in self._risers(frame)}
        x = self.left
        for box in self.picture.outside:
            wide, high = _device(box)
            top = bottom - 22 - high
            free = [at for at in range(x + 8, x + wide - 7) if all(abs(at - r) > 3 for r in risers)]
            free = free or list(range(x + 8, x + wide - 7))
            buses = dict.fromkeys((tap.bus, tap.routed) for tap in box.taps if tap.bus is not None)
            for number, (bus, routed) in enumerate(buses):
                at = free[len(free) * (number + 1) // (len(buses) + 1)]
                self._drop(at, top + high, bus or 0, routed)
            self.shapes.append(Rect(x, top, wide, high, NO_ROLE[0], FRAME, 4, tip=box.full))
            for number, line in enumerate(_device_lines(box)):
                y = top + 15 + LINE * number
                self.shapes.append(Label(x + 8, y, line, 11, number == 0))
            x += wide + 14

    def _drop(self, x: int, top: int, bus: int, routed: bool) -> None:
        colour, y = _colour(bus), self.buses[bus]
        self.shapes.append(Line(x, top, x, y, colour, 2, routed))
        self.shapes.append(Dot(x, y, colour))

    # sites, and how their nodes hang on the networks

    def _x(self, frame: columns.Frame, column: int) -> int:
        return self.left + (frame.left + column) * self.column

    def _risers(self, frame: columns.Frame) -> Iterator[int]:
        for number, column in enumerate(frame.columns):
            for bus in _used(column):
                yield self._riser(self._x(frame, number), bus)

    def _riser(self, x: int, bus: int) -> int:
        return x + columns.PAD + STEP * bus + 4

    def _frame(self, frame: columns.Frame, top: int) -> int:
        """Draw a site and return where it ends."""
        x, y = self._x(frame, 0), top + frame.top
        wide = len(frame.columns) * self.column - columns.GAP
        self.shapes.append(Rect(x, y, wide, frame.height, "none", FRAME, 8, True, frame.site.title))
        lines: list[Line | Dot] = []
        boxes: list[Label | Rect] = []
        for number, column in enumerate(frame.columns):
            self._column(column, self._x(frame, number), y + columns.TITLE, lines, boxes)
        # The lines to a second column pass the title on its right.
        room = min(wide - self.gutter - 30, self.column - self.gutter - 4)
        title = fitted(frame.site.title, room, 13, True)
        name = Label(x + columns.PAD + self.gutter, y + 17, title, 13, True, INK)
        self.shapes += [*lines, *boxes, name]
        return y + frame.height

    def _column(
        self,
        boxes: Sequence[Box],
        x: int,
        y: int,
        lines: list[Line | Dot],
        drawn: list[Label | Rect],
    ) -> None:
        left = x + columns.PAD + self.gutter
        ends: dict[int, list[int]] = {}
        for box in boxes:
            drawn += self._node(box, left, y)
            for number, tap in enumerate(box.taps):
                if tap.bus is not None:
                    ends.setdefault(tap.bus, []).append(y + _row(number) - 4)
            y += columns.tall(box)
        for bus in sorted(ends):
            at, colour = self._riser(x, bus), _colour(bus)
            lines.append(Line(at, self.buses[bus], at, ends[bus][-1], colour))
            lines.append(Dot(at, self.buses[bus], colour))
            for end in ends[bus]:
                lines += [Line(at, end, left, end, colour), Dot(at, end, colour)]

    def _node(self, box: Box, x: int, y: int) -> Iterator[Label | Rect]:
        fill, edge = self._role(box.role)
        high, inner = columns.height(box), x + 14
        yield Rect(x, y, self.box, high, fill, edge, 3, tip=box.full)
        yield Rect(x, y, 6, high, edge)
        yield Label(inner, y + 16, fitted(box.name, self.box - 22, 13, True), 13, True)
        yield Label(inner, y + 30, fitted(box.about, self.box - 22, 11), 11, False, FAINT)
        for number, tap in enumerate(box.taps):
            yield from self._tap(tap, inner, y + _row(number))

    def _tap(self, tap: Tap, x: int, y: int) -> Iterator[Label]:
        what, address, end = self.cells
        colour = FAINT if tap.bus is None else _colour(tap.bus)
        yield Label(x, y, fitted(tap.what, what, 11), 11, False, colour)
        yield Label(x + what + 8, y, fitted(tap.address, address, 11))
        if tap.end:
            right = x + self.box - 22
            yield Label(right, y, fitted(tap.end, end, 11), 11, False, FAINT, "end")

    def _role(self, role: str) -> tuple[str, str]:
        if role not in self.picture.roles:
            return NO_ROLE
        return ROLES[self.picture.roles.index(role) % len(ROLES)]

    # the margin

    def _notes(self, y: int) -> int:
        """Draw the legend and the lists, and return where they end."""
        for role in self.picture.roles:
            fill, edge = self._role(role)
            self.shapes.append(Rect(MARGIN, y, 18, 12, fill, edge, 2))
            self.shapes.append(Label(MARGIN + 26, y + 10, fitted(role, self.margin - 26, 11)))
            y += 18
        key = [("Lines", tuple(_key(self.picture)))]
        for title, lines in [*key, *((note.title, note.lines) for note in self.picture.notes)]:
            y += 18
            self.shapes.append(Label(MARGIN, y, title, 12, True))
            for part in (part for line in lines for part in wrapped(line, self.margin, 11)):
                y += LINE
                self.shapes.append(Label(MARGIN, y, part))
            y += 4
        return y


def _key(picture: Picture) -> Iterator[str]:
    yield "joined only where there is a dot"
    if any(tap.routed for box in picture.outside for tap in box.taps):
        yield "dashed: reached by routing"


def _margin(picture: Picture) -> int:
    """Return how wide the margin is: its texts, up to a bound."""
    texts = [line for bus in picture.buses for line in bus.lines]
    texts += [line for note in picture.notes for line in note.lines]
    texts += list(_key(picture))
    names = [width(bus.name, 13, True) for bus in picture.buses]
    return min(_MARGIN_MOST, max([*(width(text, 11) for text in texts), *names]))


def _cells(boxes: Iterable[Box]) -> tuple[int, int, int]:
    """Return the widths of a box's three columns: what, address, the node's end."""
    taps = [tap for box in boxes for tap in box.taps]
    most = (_WHAT_MOST, _NAME_MOST, _END_MOST)
    found = ([tap.what for tap in taps], [tap.address for tap in taps], [tap.end for tap in taps])
    what, address, end = (
        min(limit, max((width(text, 11) for text in texts), default=0))
        for limit, texts in zip(most, found, strict=True)
    )
    return what, address, end


def _head(box: Box) -> int:
    return min(_NAME_MOST, max(width(box.name, 13, True), width(box.about, 11))) + 24


def _row(number: int) -> int:
    """Return where the text of a box's row stands, below the box's top."""
    return columns.HEADER + columns.ROW * number + 10


def _used(boxes: Iterable[Box]) -> list[int]:
    return sorted({tap.bus for box in boxes for tap in box.taps if tap.bus is not None})


def _device_lines(box: Box) -> list[str]:
    lines = [box.name, *([box.about] if box.about else []), *(tap.address for tap in box.taps)]
    return [fitted(line, 220, 11, number == 0) for number, line in enumerate(lines)]


def _device(box: Box) -> tuple[int, int]:
    """Return how wide and how high the box of a router or such is."""
    lines = _device_lines(box)
    wide = max(width(line, 11, number == 0) for number, line in enumerate(lines))
    return wide + 16, LINE * len(lines) + 8


def _colour(bus: int) -> str:
    return BUSES[bus % len(BUSES)]
