"""The machine's own id, as a digest: systemd asks to keep the id itself to the machine."""

import hashlib
import re
from typing import Dict, Union

from ._text import first_line
from .source import Absent, Source, Unknown, Unreadable, attempt

_FILES = ("/etc/machine-id", "/var/lib/dbus/machine-id")
_ID = re.compile(r"^[0-9a-f]{32}$")


def read(source: Source) -> Dict[str, Union[str, Unknown]]:
    """Return digest: of an id that no other machine has, unless its disk was copied."""
    return {"digest": attempt(_digest, source)}


def digest(text: str) -> str:
    """Return 32 hexadecimal digits made from a machine-id file; raise Unreadable for another."""
    found = first_line(text)
    if not _ID.match(found) or not found.strip("0"):
        raise Unreadable("machine-id holds no id: run systemd-machine-id-setup")
    return hashlib.sha256(b"muster " + found.encode("ascii")).hexdigest()[:32]


def _digest(source: Source) -> str:
    for path in _FILES:
        try:
            return digest(source.text(path, 4096))
        except Absent:
            continue
    raise Absent(f"neither {' nor '.join(_FILES)} is there")
