"""Which kernel the node runs."""

import os
from typing import Dict, Union

from ._text import first_line
from .source import Absent, Source, Unknown, Unreadable, attempt


def read(source: Source) -> Dict[str, Union[str, Unknown]]:
    """Return the running kernel's release and the machine's architecture."""
    return {"release": attempt(release, source), "machine": attempt(_machine, source)}


def release(source: Source) -> str:
    """Return the running kernel's release; raise Unreadable where none is seen."""
    found = first_line(source.text("/proc/sys/kernel/osrelease"))
    if not found or "/" in found:
        raise Unreadable("/proc/sys/kernel/osrelease names no release")
    return found


def _machine(source: Source) -> str:
    if source.live:
        return os.uname().machine
    try:
        found = first_line(source.text("/proc/sys/kernel/arch"))  # Linux 6.1 and newer
    except Absent:
        found = first_line(source.run(["uname", "-m"]))
    if not found:
        raise Unreadable("neither /proc/sys/kernel/arch nor uname -m tells the architecture")
    return found
