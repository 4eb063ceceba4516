"""Updates that the system knows to be due."""

import re
from typing import Any, Dict

from .source import Absent, Source, Unreadable, attempt

_NOTES = "/var/lib/update-notifier/updates-available"
_DUE = re.compile(r"^([0-9]{1,6}) (?:packages|updates|of these)\b[^\n]*", re.M)


def read(source: Source) -> Dict[str, Any]:
    """Return pending: how many updates are due, where the system itself keeps count.

    Asking apt or dnf would take longer than all other facts together.
    """
    return {"pending": attempt(_pending, source)}


def parse_notes(text: str) -> int:
    """Return the number of updates in Ubuntu's updates-available; raise Unreadable if none."""
    match = _DUE.search(text)
    if not match:
        raise Unreadable(f"{_NOTES} names no number of updates")
    return int(match.group(1))


def _pending(source: Source) -> int:
    try:
        return parse_notes(source.text(_NOTES))
    except Absent:
        raise Unreadable("this system keeps no count of its pending updates") from None
