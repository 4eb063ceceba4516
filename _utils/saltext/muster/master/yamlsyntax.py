"""What a YAML parser complains of, in words that name the usual mistake, and where that is."""

from __future__ import annotations

from typing import NamedTuple

import yaml

Mark = tuple[int, int]
Told = tuple[str, str, Mark]


class _Known(NamedTuple):
    """A complaint of the parser: how it begins, what it means, and what to do.

    began: the mistake is where the parser began to read, not where it gave up; {line} in a text
    is that line.
    """

    problem: str
    message: str
    remedy: str
    began: bool = False


_KNOWN = (
    _Known("mapping values are not allowed",
           "a `key: value` cannot stand here",
           "indent keys of one mapping alike, also in the line before; quote a text with `: `"),
    _Known("could not find expected ':'",
           "a line that is no `key: value`",
           "write a colon and a space after the key", began=True),
    _Known("did not find expected key",
           "a line that fits none of the keys above, such as those from line {line} on",
           "indent keys of one mapping alike, and quote a text that begins with a quote"),
    _Known("did not find expected '-' indicator",
           "wanted a further `- ` item of the list that begins in line {line}",
           "write a list or keys there, not both, and indent items alike"),
    _Known("did not find expected ',' or '}'",
           "the {{ of line {line} is not closed before this",
           "write , between its parts and }} behind the last"),
    _Known("did not find expected ',' or ']'",
           "the [ of line {line} is not closed before this",
           "write , between its items and ] behind the last"),
    _Known("found unexpected end of stream",
           "a quote begins here that does not end",
           "close it, or double a quote that is meant as one", began=True),
)  # fmt: skip


def told(err: yaml.MarkedYAMLError, text: str) -> Told:
    """Return what is wrong with a text that is no YAML, what to do, and its line and column.

    Line and column start at 1; 0 = unknown. What is not known keeps the parser's own words.
    """
    found, began = _place(err.problem_mark), _place(err.context_mark)
    place = found if found[0] else began
    problem = err.problem or err.context or "it cannot be read"
    if _at(text, place) == "\t":
        return "a tab, where YAML wants spaces", "indent by spaces", place
    for known in _KNOWN:
        if problem.startswith(known.problem):
            where = began if known.began and began[0] else place
            line = began[0] or place[0]
            return known.message.format(line=line), known.remedy.format(), where
    return problem, "right the YAML at that place, or just before it", place


def _place(mark: yaml.Mark | None) -> Mark:
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _at(text: str, place: Mark) -> str:
    """Return the character of a text at a place, "" when there is none."""
    lines = text.split("\n", place[0])
    line = lines[place[0] - 1] if 0 < place[0] <= len(lines) else ""
    return line[place[1] - 1 : place[1]]
