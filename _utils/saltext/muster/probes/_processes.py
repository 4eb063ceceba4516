"""The processes that /proc shows."""

from typing import Any, Dict, List, Optional

from .source import Absent, Source, Unreadable

#: The kernel's own threads are children of this process.
_KTHREADD = 2


def processes(source: Source) -> List[Dict[str, Any]]:
    """Return {"pid", "name", "start" (clock ticks since boot)} of each process of user space.

    name is what the kernel keeps, at most 15 characters.
    """
    found = []
    numbers = [int(name) for name in source.names("/proc") if name.isdigit()]
    for pid in sorted(numbers):
        try:
            entry = parse_stat(source.head(f"/proc/{pid}/stat", 4096))
        except Absent:
            continue  # it has ended meanwhile
        if entry and _KTHREADD not in (pid, entry.pop("parent")):
            found.append(dict(entry, pid=pid))
    if not found:
        raise Unreadable("/proc shows no processes")
    return found


def parse_stat(text: str) -> Optional[Dict[str, Any]]:
    """Return name, parent and start of a /proc/PID/stat, or None for something else."""
    opened, closed = text.find("("), text.rfind(")")
    fields = text[closed + 1 :].split()
    # A name may hold blanks and parentheses: the fields are counted behind the last one.
    if not 0 < opened < closed or len(fields) < 20:
        return None
    if not (_number(fields[1]) and _number(fields[19])):
        return None
    return {
        "name": text[opened + 1 : closed][:64],
        "parent": int(fields[1]),
        "start": int(fields[19]),
    }


def _number(text: str) -> bool:
    return 0 < len(text) < 20 and all(char in "0123456789" for char in text)
