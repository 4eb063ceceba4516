"""What several servers tell alike, and which of them tell it differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

_T = TypeVar("_T", bound=Hashable)


def usual(values: Mapping[str, _T]) -> tuple[_T | None, list[str]]:
    """Return what most servers tell (of several, the first), and who tells otherwise.

    values are by the server's name; without any the first part is None.
    """
    if not values:
        return None, []
    found = Counter(values.values()).most_common(1)[0][0]
    return found, [name for name, value in values.items() if value != found]
