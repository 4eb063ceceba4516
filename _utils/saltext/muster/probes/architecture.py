"""Which architecture the installed programs are made for."""

from typing import Dict, Union

from ._text import first_line
from .source import Source, Unknown, Unreadable, attempt


def read(source: Source) -> Dict[str, Union[str, Unknown]]:
    """Return dpkg's architecture: a 64-bit kernel may carry a 32-bit system."""
    return {"dpkg": attempt(_dpkg, source)}


def _dpkg(source: Source) -> str:
    found = first_line(source.run(["dpkg", "--print-architecture"]))
    if not found:
        raise Unreadable("dpkg --print-architecture printed nothing")
    return found
