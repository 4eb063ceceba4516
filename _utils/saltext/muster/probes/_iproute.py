"""What ip(8) prints, as text: CentOS 7's has no JSON."""

import re
import socket
from typing import Any, Dict, List, Optional, Tuple

from ._text import lines, words

_LINK = re.compile(r"^\d+: (\S+?)(?:@\S+)?: <")
_RULE = re.compile(r"^(\d+):\s+(.+)$")

_FLAGS = (
    "dadfailed",
    "deprecated",
    "dynamic",
    "mngtmpaddr",
    "noprefixroute",
    "secondary",
    "temporary",
    "tentative",
)
_TYPES = (
    "anycast",
    "blackhole",
    "broadcast",
    "local",
    "multicast",
    "prohibit",
    "throw",
    "unicast",
    "unreachable",
)


def addresses(text: str) -> List[Dict[str, Any]]:
    """Return the addresses of ``ip addr show``: link, address, prefix, family (4 or 6), scope,
    dynamic, peer ("" = none) and flags."""
    found = []  # type: List[Dict[str, Any]]
    link = ""
    for _, line in lines(text):
        match = _LINK.match(line)
        parts = words(line)
        if match:
            link = match.group(1)
        elif link and len(parts) > 1 and parts[0] in ("inet", "inet6"):
            entry = _address(link, parts)
            found.extend([entry] if entry else [])
        elif found and len(parts) > 1 and parts[0] == "valid_lft" and parts[1] != "forever":
            found[-1]["dynamic"] = True
    return found


def _address(link: str, parts: List[str]) -> Optional[Dict[str, Any]]:
    options = _options(parts[2:], ("peer", "scope"))
    own = parts[1].partition("/")[0]
    peer = options.get("peer", "")
    # With a peer the prefix length is the peer's.
    ends, alone = prefix(peer or parts[1]), prefix(own)
    if ends is None or alone is None or alone[0] != ends[0]:
        return None
    flags = [word for word in parts[2:] if word in _FLAGS]
    return {
        "link": link,
        "address": own,
        "prefix": ends[1],
        "family": ends[0],
        "scope": options.get("scope", ""),
        "dynamic": "dynamic" in flags,
        "peer": peer.partition("/")[0],
        "flags": flags,
    }


def prefix(text: str) -> Optional[Tuple[int, int]]:
    """Return (family, prefix length) of an address or network, or None when it is none."""
    address, slash, length = text.partition("/")
    family = 6 if ":" in address else 4
    try:
        socket.inet_pton(socket.AF_INET6 if family == 6 else socket.AF_INET, address)
    except (OSError, ValueError):
        return None
    most = 128 if family == 6 else 32
    if not slash:
        return family, most
    if not re.match(r"^[0-9]{1,3}$", length) or int(length) > most:
        return None
    return family, int(length)


def routes(text: str, family: int) -> List[Dict[str, Any]]:
    """Return the routes of ``ip route show``: to, type, family, table, via, dev, metric, proto,
    scope, src and down.

    family is that of a default route that tells none. A route of several hops gives one entry
    for each of them. Those of the table local are left out.
    """
    found = []  # type: List[Dict[str, Any]]
    route = None  # type: Optional[Dict[str, Any]]
    for _, line in lines(text):
        parts = words(line)
        if not parts:
            continue
        if parts[0] == "nexthop":
            if route is not None:
                found.append(dict(route, **_hop(parts)))
            continue
        route = _route(parts, family)
        if route is not None:
            found.append(route)
    # The head of a route with several hops has no link of its own.
    return [route for route in found if route["dev"] and route["table"] != "local"]


def _route(parts: List[str], family: int) -> Optional[Dict[str, Any]]:
    kind = parts[0] if parts[0] in _TYPES else "unicast"
    rest = parts[1:] if parts[0] in _TYPES else parts
    if not rest:
        return None
    options = _options(rest[1:], ("table", "metric", "proto", "scope", "src"))
    hop = _hop(rest)
    if rest[0] == "default":
        to, family = "default", _default_family(rest, hop["via"], family)
    else:
        ends = prefix(rest[0])
        if ends is None:
            return None
        family, to = ends[0], f"{rest[0].partition('/')[0]}/{ends[1]}"
    metric = options.get("metric", "0")
    entry = {
        "to": to,
        "type": kind,
        "family": family,
        "table": options.get("table", "main"),
        "metric": int(metric) if re.match(r"^[0-9]{1,10}$", metric) else 0,
        "proto": options.get("proto", ""),
        "scope": options.get("scope", ""),
        "src": options.get("src", ""),
    }  # type: Dict[str, Any]
    return dict(entry, **hop)


def _default_family(parts: List[str], via: str, family: int) -> int:
    if "inet6" in parts:
        return 4  # an IPv4 route by way of an IPv6 neighbour
    if ":" in via or "pref" in parts:
        return 6
    return 4 if via else family


def _hop(parts: List[str]) -> Dict[str, Any]:
    options = _options([word for word in parts if word not in ("inet", "inet6")], ("via", "dev"))
    return {
        "via": options.get("via", ""),
        "dev": options.get("dev", ""),
        "down": "linkdown" in parts or "dead" in parts,
    }


def _options(parts: List[str], keys: Tuple[str, ...]) -> Dict[str, str]:
    """Return the words that follow each of keys, where it first occurs."""
    found = {}  # type: Dict[str, str]
    for place, key in enumerate(parts[:-1]):
        if key in keys and key not in found:
            found[key] = parts[place + 1]
    return found


def rules(text: str) -> List[Dict[str, Any]]:
    """Return the rules of ``ip rule show``: priority, selector, and table ("" = another action)."""
    found = []
    for _, line in lines(text):
        match = _RULE.match(line)
        if not match or len(match.group(1)) > 10:
            continue
        selector, _, rest = f" {match.group(2)} ".partition(" lookup ")
        table = (words(rest) or [""])[0]
        found.append(
            {"priority": int(match.group(1)), "selector": " ".join(words(selector)), "table": table}
        )
    return found


def proxies(text: str) -> List[Dict[str, str]]:
    """Return the entries of ``ip neigh show proxy``: address and link."""
    found = []
    for _, line in lines(text):
        parts = words(line)
        link = _options(parts[1:], ("dev",)).get("dev", "")
        if link and prefix(parts[0]) and "/" not in parts[0]:
            found.append({"address": parts[0], "link": link})
    return found
