"""Pieces of configuration syntax that several probes read."""

import re
from typing import Dict, List, Tuple

#: What C's isspace() takes for white space on a line; Python's own set is larger.
BLANK = " \t\r\v\f"

_BLANKS = re.compile("[ \t\r\v\f]+")
_ASSIGNMENT = re.compile(r"^[ \t]*([A-Za-z_][A-Za-z0-9_]*)=(.*)$")


def lines(text: str) -> List[Tuple[int, str]]:
    """Return [(number from 1, line)] without line ends; only LF and CRLF end a line."""
    return [(number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), 1)]


def words(line: str) -> List[str]:
    """Return the words of a line, parted by ASCII white space alone."""
    return [word for word in _BLANKS.split(line) if word]


def first_line(text: str) -> str:
    """Return the first line of a one-line file, without surrounding white space."""
    return text.split("\n", 1)[0].strip()


def assignments(text: str) -> Dict[str, str]:
    """Return {key: value} of shell-like KEY=value lines; the last of a key wins."""
    found = {}
    for _, line in lines(text):
        match = _ASSIGNMENT.match(line)
        if match:
            found[match.group(1)] = unquote(match.group(2).strip(BLANK))
    return found


def unquote(value: str) -> str:
    """Return a shell word's value without its quotes; an unbalanced one stays as it is."""
    if len(value) < 2 or value[0] not in "\"'" or value[-1] != value[0]:
        return value
    if value[0] == "'":
        return value[1:-1]
    return re.sub(r'\\([\\"$`])', r"\1", value[1:-1])
