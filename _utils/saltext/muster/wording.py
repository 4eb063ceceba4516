"""Lists and counts in muster's own sentences."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

#: Names that a sentence lists before it says how many more there are.
NAMED = 4


def listed(
    names: Iterable[str], most: int = NAMED, *, count: int | None = None, comma: str = ", "
) -> str:
    """Return names in one text: the first of them, and how many more there are.

    most is how many are listed; count is that of all, where names are only some of them.
    """
    every = list(names)
    more = (len(every) if count is None else count) - min(len(every), most)
    return comma.join(every[:most]) + (f" and {more} more" if more > 0 else "")


def counted(number: int, word: str) -> str:
    """Return ``1 node``, ``2 nodes``."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def nearest(text: str, offered: Iterable[str]) -> str:
    """Return which of some names is most like a text, "" when none is; case is no difference."""
    names = {name.lower(): name for name in offered}
    near = difflib.get_close_matches(text.lower(), list(names), n=1, cutoff=0.7)
    return names[near[0]] if near else ""
