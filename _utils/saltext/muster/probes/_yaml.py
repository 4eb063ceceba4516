"""A careful reader of the part of YAML that netplan's files are written in.

Mappings and lists in block style, and flat ones in braces and brackets. All scalars are texts.
What it does not understand it refuses with the line's number; it never guesses.
"""

import re
from typing import Any, Dict, List, Tuple

from ._text import lines
from .source import Unreadable

#: (indentation, text without comment, line number)
_Line = Tuple[int, str, int]

_DEEPEST = 30
_ODD = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_INDICATORS = tuple(",[]{}#&*!|>'\"%@`")
_QUOTED = re.compile(r"""(?:"([^"\\]*)"|'((?:[^']|'')*)')[ ]*""")
_KEY = re.compile(r"""((?:"[^"\\]*"|'(?:[^']|'')*')[ ]*|[^\s"'][^#]*?):(?:[ ]+|$)""")


def parse(text: str) -> Any:
    """Return what the text says: mappings, lists and texts; "" for nothing.

    Raises Unreadable with line and reason for whatever it does not understand.
    """
    if _ODD.search(text) or _BREAKS.search(text):
        raise Unreadable("a character that YAML does not allow or that ends a line oddly")
    rows = _rows(text)
    if not rows:
        return ""
    value, rest = _block(rows, 0, 0)
    if rest < len(rows):
        raise _problem(rows[rest][2], "its indentation fits nothing above")
    return value


def _problem(number: int, why: str) -> Unreadable:
    return Unreadable(f"line {number}: {why}")


def _rows(text: str) -> List[_Line]:
    found, marked = [], False  # type: Tuple[List[_Line], bool]
    for number, line in lines(text):
        if line == "---" and not found and not marked:
            marked = True
            continue
        if line.startswith(("---", "...", "%")):
            raise _problem(number, "more than one plain document")
        content = _uncommented(line, number).rstrip(" ")
        if not content:
            continue
        indent = len(content) - len(content.lstrip(" "))
        if "\t" in content:
            raise _problem(number, "a tab")
        found.append((indent, content[indent:], number))
    return found


def _uncommented(line: str, number: int) -> str:
    """Return the line up to a # that starts a comment: one after white space, outside quotes."""
    quote, before = "", " "
    for place, char in enumerate(line):
        if quote:
            if char == "#" and before in " \t":
                raise _problem(number, "a # in a quoted text")
            quote = "" if char == quote else quote
        elif char in "\"'" and before in " \t,[{":
            quote = char
        elif char == "#" and before in " \t":
            return line[:place]
        before = char
    if quote:
        raise _problem(number, "a quoted text that does not end on its line")
    return line


def _block(rows: List[_Line], start: int, depth: int) -> Tuple[Any, int]:
    """Return the value that begins at row ``start``, and the row behind it."""
    if depth > _DEEPEST:
        raise _problem(rows[start][2], "nested too deep")
    if _is_item(rows[start][1]):
        return _list(rows, start, depth)
    if _KEY.match(rows[start][1]):
        return _mapping(rows, start, depth)
    return _scalar(rows[start][1], rows[start][2]), start + 1


def _is_item(text: str) -> bool:
    return text == "-" or text.startswith("- ")


def _list(rows: List[_Line], start: int, depth: int) -> Tuple[List[Any], int]:
    indent, found, place = rows[start][0], [], start  # type: Tuple[int, List[Any], int]
    while place < len(rows) and rows[place][0] == indent and _is_item(rows[place][1]):
        _, text, number = rows[place]
        inner = text[1:].lstrip(" ")
        if _is_item(inner):
            raise _problem(number, "a list directly in a list")
        if inner and _KEY.match(inner):
            # The mapping starts on the item's line, at the column of its first key.
            rows[place] = (indent + len(text) - len(inner), inner, number)
            value, place = _mapping(rows, place, depth + 1)
        elif inner:
            value, place = _scalar(inner, number), place + 1
        else:
            value, place = _below(rows, place + 1, indent + 1, depth)
        found.append(value)
    return found, place


def _mapping(rows: List[_Line], start: int, depth: int) -> Tuple[Dict[str, Any], int]:
    indent, place = rows[start][0], start
    found = {}  # type: Dict[str, Any]
    while place < len(rows) and rows[place][0] == indent and not _is_item(rows[place][1]):
        _, text, number = rows[place]
        match = _KEY.match(text)
        if not match:
            raise _problem(number, "no key with a colon")
        key, rest = _scalar(match.group(1).rstrip(" "), number), text[match.end() :]
        if not isinstance(key, str) or key in found or key in ("<<", "?"):
            raise _problem(number, "a key that is there twice or is none")
        if rest:
            found[key], place = _scalar(rest, number), place + 1
        else:
            # A list may stand at the column of its key.
            beside = place + 1 < len(rows) and _is_item(rows[place + 1][1])
            found[key], place = _below(rows, place + 1, indent + (not beside), depth)
    return found, place


def _below(rows: List[_Line], place: int, least: int, depth: int) -> Tuple[Any, int]:
    """Return the value in the rows from ``place`` if they are indented enough, else ""."""
    if place < len(rows) and rows[place][0] >= least:
        return _block(rows, place, depth + 1)
    return "", place


def _scalar(text: str, number: int) -> Any:
    """Return a text, or a flat list or mapping in brackets or braces."""
    if text[0] in "[{":
        return _flow(text, number)
    if text[0] in "\"'":
        match = _QUOTED.match(text)
        if not match or match.end() != len(text):
            raise _problem(number, "a quoted text with an escape or with something behind it")
        return match.group(1) if match.group(1) is not None else match.group(2).replace("''", "'")
    if text.startswith(_INDICATORS) or text[:2] in ("? ", "- ", ": ") or text in "?-:":
        raise _problem(number, f"{text[0]!r} begins something that is not read here")
    if ": " in text or text.endswith(":"):
        raise _problem(number, "a colon within a text without quotes")
    return text


def _flow(text: str, number: int) -> Any:
    closing = {"[": "]", "{": "}"}[text[0]]
    inner = text[1:-1].strip(" ")
    if len(text) < 2 or text[-1] != closing or re.search(r"[\[\]{}\"'\\].*,|[\[\]{}\\]", inner):
        return _quoted_flow(text, inner, closing, number)
    parts = [part.strip(" ") for part in inner.split(",")]
    if parts[-1] == "":
        parts.pop()
    if closing == "]":
        return [_flow_scalar(part, number) for part in parts]
    found = {}  # type: Dict[str, Any]
    for part in parts:
        key, colon, value = part.partition(": ")
        if not colon or _flow_scalar(key, number) in found:
            raise _problem(number, "no key with a value in braces")
        found[_flow_scalar(key, number)] = _flow_scalar(value.strip(" "), number)
    return found


def _quoted_flow(text: str, inner: str, closing: str, number: int) -> List[str]:
    """Return a list in brackets whose texts are all quoted."""
    if closing != "]" or text[-1:] != "]":
        raise _problem(number, "nested brackets or braces, or such that do not end on their line")
    found, place = [], 0
    while place < len(inner):
        match = _QUOTED.match(inner, place)
        if not match:
            raise _problem(number, "brackets within brackets, or quoted and other texts together")
        found.append(_scalar(match.group().rstrip(" "), number))
        place = match.end()
        if inner[place : place + 1] not in (",", ""):
            raise _problem(number, "something behind a quoted text")
        place += 1
        place += len(inner[place:]) - len(inner[place:].lstrip(" "))
    return found


def _flow_scalar(text: str, number: int) -> str:
    if not text or text[:1] in ("?", ":") or text[-1:] == ":" or text == "-":
        raise _problem(number, "an empty or odd text in brackets or braces")
    value = _scalar(text, number)
    if not isinstance(value, str):
        raise _problem(number, "brackets or braces in others")
    return value
