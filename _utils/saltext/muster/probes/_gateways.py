"""Default routes of the main table, as the kernel's files show them: without a process."""

import socket
from typing import Any, Dict, List

from ._text import lines, words
from .source import Absent, Source, Unreadable

_ROUTES_4 = "/proc/net/route"
_ROUTES_6 = "/proc/net/ipv6_route"
_ADDRESSES_6 = "/proc/net/if_inet6"

#: RTF_UP, RTF_GATEWAY and RTF_REJECT.
_UP, _GATEWAY, _REJECT = 0x1, 0x2, 0x200
_ALL = "0" * 32
_LIMIT = 16 * 1024 * 1024
_MOST = 50


def parse_4(text: str) -> List[Dict[str, Any]]:
    """Return the default routes in the text of /proc/net/route, lowest metric first.

    A route: {"family", "address" ("" = on the link itself), "interface", "metric"}.
    """
    found = []
    for _, line in lines(text)[1:]:
        fields = words(line)
        try:
            if len(fields) < 8 or int(fields[1], 16) or int(fields[7], 16):
                continue
            flags, metric, raw = int(fields[3], 16), int(fields[6]), bytes.fromhex(fields[2])
            # The kernel prints the number as the machine holds it; all these are little-endian.
            address = socket.inet_ntoa(raw[::-1]) if flags & _GATEWAY else ""
        except (ValueError, OSError):
            continue
        if flags & _UP and not flags & _REJECT:
            found.append(_route(4, address, fields[0], metric))
    return _sorted(found)


def parse_6(text: str) -> List[Dict[str, Any]]:
    """Return the default routes in the text of /proc/net/ipv6_route, lowest metric first."""
    found = []
    for _, line in lines(text):
        fields = words(line)
        if len(fields) < 10 or fields[0] != _ALL or fields[1] != "00":
            continue
        try:
            flags, metric = int(fields[8], 16), int(fields[5], 16)
            address = socket.inet_ntop(socket.AF_INET6, bytes.fromhex(fields[4]))
        except (ValueError, OSError):
            continue
        if flags & _UP and not flags & _REJECT and fields[9] != "lo":
            found.append(_route(6, address if flags & _GATEWAY else "", fields[9], metric))
    return _sorted(found)


def has_global_6(text: str) -> bool:
    """Say whether the text of /proc/net/if_inet6 has an address of the Internet (2000::/3)."""
    return any(
        len(fields) > 5 and fields[0][:1] in ("2", "3") and fields[3] == "00" and fields[5] != "lo"
        for fields in (words(line) for _, line in lines(text))
    )


def routes(source: Source) -> List[Dict[str, Any]]:
    """Return the default routes of both families."""
    try:
        found = parse_4(source.text(_ROUTES_4, _LIMIT))
    except Absent:
        raise Unreadable(f"{_ROUTES_4} is not there") from None
    # Without IPv6 in the kernel its file is not there.
    return found + parse_6(source.head(_ROUTES_6, _LIMIT) if source.exists(_ROUTES_6) else "")


def uses_6(source: Source) -> bool:
    """Say whether the node has an IPv6 address of the Internet."""
    if not source.exists("/proc/net"):
        raise Unreadable("/proc/net is not there")
    return has_global_6(source.text_or(_ADDRESSES_6))


def _route(family: int, address: str, interface: str, metric: int) -> Dict[str, Any]:
    return {"family": family, "address": address, "interface": interface, "metric": metric}


def _sorted(found: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    return sorted(found, key=lambda route: int(route["metric"]))[:_MOST]
