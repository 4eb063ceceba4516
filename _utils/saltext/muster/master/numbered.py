"""Keys that stand for several: ``node[1-90].example.com`` is node1 to node90."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from saltext.muster.master.names import Complaint

#: Nodes, or guests, of a cluster file at most: what it takes time and memory for.
MOST = 100_000

_RANGE = re.compile(r"([^\[\]]*)\[([0-9]{1,9})-([0-9]{1,9})\]([^\[\]]*)")
_LAST_DIGITS = re.compile(r"([0-9]{1,9})$")


@dataclass(frozen=True)
class Span:
    """The names that a key stands for: before, a number from first to last, after.

    width is the digits of a number that is padded by zeros; a key of one name has no number.
    """

    before: str
    first: int = 0
    last: int = 0
    after: str = ""
    width: int = 0
    ranged: bool = False

    def name(self, number: int) -> str:
        """Return the name of that number."""
        return f"{self.before}{number:0{self.width}}{self.after}" if self.ranged else self.before

    def names(self) -> Iterator[tuple[str, int]]:
        """Give all names with their numbers; 0 = it has none."""
        if not self.ranged:
            yield self.before, number(self.before)
        else:
            for each in range(self.first, self.last + 1):
                yield self.name(each), each

    def __len__(self) -> int:
        return self.last - self.first + 1


def span(key: str) -> Span | Complaint:
    """Return what a key stands for, or what is wrong with its range."""
    if "[" not in key and "]" not in key:
        return Span(key)
    found = _RANGE.fullmatch(key)
    if not found:
        remedy = "write one range of numbers in a key, like node[1-90].example.com or web[01-20]"
        return Complaint("is no range", remedy)
    before, first, last, after = found.groups()
    if int(first) > int(last) or len(first) > len(last):
        return Complaint("is a range that ends before it begins", "write the lower number first")
    if int(last) - int(first) >= MOST:
        return Complaint(f"is a range of more than {MOST}", "write a smaller one")
    width = len(first) if first.startswith("0") and len(first) > 1 else 0
    if width and len(last) != width:
        return Complaint("is a range of padded numbers of several lengths", "pad both alike")
    return Span(before, int(first), int(last), after, width, True)


def expanded(key: str) -> list[str]:
    """Return the names that a valid key stands for."""
    found = span(key)
    return [name for name, _number in found.names()] if isinstance(found, Span) else [key]


def number(name: str) -> int:
    """Return the number that a name's first label ends in; 0 = none."""
    found = _LAST_DIGITS.search(name.partition(".")[0])
    return int(found[1]) if found else 0
