"""From where people are logged in, as logind tells.

A connection to SSH's port alone says little: a server in the Internet always has some of strangers
who try passwords.
"""

from __future__ import annotations

import ipaddress

LIST = ("loginctl", "list-sessions", "--no-legend", "--no-pager")
SHOW = ("loginctl", "show-session", "--property=Remote", "--property=RemoteHost", "--")


def ids(listing: str) -> list[str]:
    """Return the sessions that ``LIST`` prints."""
    return [line.split()[0] for line in listing.splitlines() if line.strip()]


def peers(shown: str) -> list[str] | None:
    """Return the addresses that ``SHOW`` prints; None when one session's cannot be told."""
    found = set()
    for block in shown.split("\n\n"):
        told = dict(line.partition("=")[::2] for line in block.splitlines())
        if told.get("Remote") != "yes":
            continue
        try:
            address = ipaddress.ip_address(told.get("RemoteHost", "").partition("%")[0])
        except ValueError:
            return None
        found.add(str(getattr(address, "ipv4_mapped", None) or address))
    return sorted(found)
