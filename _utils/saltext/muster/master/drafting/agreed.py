"""What several servers tell alike, and which of them tell it differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

_T = TypeVar("_T", bound=Hashable)

#: Names told in one comment at most.
NAMED = 6


def usual(values: Mapping[str, _T]) -> tuple[_T | None, list[str]]:
    """Return what most servers tell (of several, the first), and who tells otherwise.

    values are by the server's name; without any the first part is None.
    """
    if not values:
        return None, []
    found = Counter(values.values()).most_common(1)[0][0]
    return found, [name for name, value in values.items() if value != found]


def listed(names: Iterable[str]) -> str:
    """Return names in a few words."""
    every: Sequence[str] = list(names)
    more = len(every) - NAMED
    return ", ".join(every[:NAMED]) + (f" and {more} more" if more > 0 else "")
