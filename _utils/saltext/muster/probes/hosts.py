"""What /etc/hosts says."""

import socket
from typing import Any, Dict, List, Tuple

from ._text import lines, words
from .source import Source, attempt


def read(source: Source) -> Dict[str, Any]:
    """Return the lines of /etc/hosts by meaning; no file is an empty one."""
    found = attempt(lambda: parse(source.text_or("/etc/hosts")))
    entries, odd = (found, found) if isinstance(found, dict) else found
    return {"entries": entries, "odd": odd}


def parse(text: str) -> Tuple[List[Dict[str, Any]], List[int]]:
    """Return the entries of a hosts file and the numbers of lines that are none.

    An entry is {"line": number from 1, "address": normalised text, "names": as written}. The C
    library skips the odd lines (no valid address, or no name) without a word.
    """
    entries, odd = [], []
    for number, line in lines(text):
        fields = words(line.split("#", 1)[0])
        if not fields:
            continue
        address = normal(fields[0])
        if address and len(fields) > 1:
            entries.append({"line": number, "address": address, "names": fields[1:]})
        else:
            odd.append(number)
    return entries, odd


def normal(address: str) -> str:
    """Return an IP address in its one normal form, or "" for what is none."""
    for kind in (socket.AF_INET, socket.AF_INET6):
        try:
            return socket.inet_ntop(kind, socket.inet_pton(kind, address))
        except (OSError, ValueError):
            continue
    return ""
