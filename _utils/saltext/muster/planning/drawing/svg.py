"""A page as SVG, by drawsvg: it escapes every text. No attribute has a text of the file."""

from __future__ import annotations

from typing import Any

import drawsvg

from saltext.muster.planning.drawing import layout
from saltext.muster.planning.drawing.page import Dot, Label, Line, Rect
from saltext.muster.planning.drawing.picture import Picture

_FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"


def text(picture: Picture) -> str:
    """Return a picture as the text of an SVG file, in ASCII: it can be written anywhere."""
    page = layout.page(picture)
    drawing = drawsvg.Drawing(
        page.width,
        page.height,
        role="img",
        aria_labelledby="title description",
        font_family=_FONT,
    )
    drawing.append(drawsvg.Title(_printable(page.title), id="title"))
    description = drawsvg.Title(_printable(page.description), id="description")
    description.TAG_NAME = "desc"  # drawsvg has no class for it
    drawing.append(description)
    for shape in page.shapes:
        drawing.append(_DRAWN[type(shape)](shape))
    drawn = str(drawing.as_svg())
    return drawn.encode("ascii", "xmlcharrefreplace").decode() + "\n"


def _label(label: Label) -> Any:
    return drawsvg.Text(
        _printable(label.text),
        label.size,
        label.x,
        label.y,
        fill=label.colour,
        text_anchor=None if label.anchor == "start" else label.anchor,
        font_weight="bold" if label.bold else None,
    )


def _rect(rect: Rect) -> Any:
    drawn = drawsvg.Rectangle(
        rect.x,
        rect.y,
        rect.width,
        rect.height,
        rx=rect.round or None,
        fill=rect.fill,
        stroke=rect.stroke,
        stroke_dasharray="6 4" if rect.dashed else None,
    )
    if rect.tip:
        drawn.append_title(_printable(rect.tip))
    return drawn


def _line(line: Line) -> Any:
    return drawsvg.Line(
        line.x1,
        line.y1,
        line.x2,
        line.y2,
        stroke=line.colour,
        stroke_width=line.width,
        stroke_dasharray="5 4" if line.dashed else None,
    )


def _dot(dot: Dot) -> Any:
    return drawsvg.Circle(dot.x, dot.y, 4, fill=dot.colour)


_DRAWN: dict[type, Any] = {Label: _label, Rect: _rect, Line: _line, Dot: _dot}


def _printable(text: str) -> str:
    """Return a text without what XML or a reader's terminal trips over."""
    return "".join(char if char.isprintable() else "?" for char in text)
