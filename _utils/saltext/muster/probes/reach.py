"""What the node reaches: its default gateways, its repositories and other nodes."""

import re
import threading
from typing import Any, Callable, Dict, List, Tuple

from . import _gateways, _proxy, repositories
from ._ping import ping
from .hosts import normal
from .source import Absent, Source, Unreadable, attempt, shown, unknown

#: Gateways of one family, hosts of repositories, and other nodes that are tried.
_GATEWAYS, _HOSTS, _TARGETS = 2, 3, 8

#: A connection may take longer than this only because names are slow to resolve (seconds).
_CONNECT = 3.0
_LONGEST = 15.0

_PORTS = {"https": 443, "http": 80, "ftp": 21}
_URL = re.compile(
    r"^([a-z]+)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?(?:/|$)"
)

#: What Source says where nothing was tried.
_UNTRIED = ("captured host", "no time was left")


def read(source: Source) -> Dict[str, Any]:
    """Return gateways, ipv6, proxy, hosts and targets, each with what came of trying.

    gateways are the default routes of the lowest metric in each family: {"family" (4 or 6),
    "address" ("" = none), "interface", "metric", "answers", "ms", "why"}. ipv6 says whether the
    node has an IPv6 address of the Internet. hosts are those of enabled repositories: {"host",
    "port", "reached", "why"}, tried directly, and proxy says whether packages come through one;
    targets are the source's: {"address", "answers", "ms", "why"}.
    """
    return {
        "ipv6": attempt(_gateways.uses_6, source),
        "proxy": attempt(_proxy.configured, source),
        **_together(
            source,
            {
                "gateways": lambda: _pinged_gateways(source),
                "hosts": lambda: _connected(source),
                "targets": lambda: _pinged_targets(source),
            },
        ),
    }


def hosts(enabled: List[Dict[str, Any]]) -> List[Tuple[str, int]]:
    """Return (host, port) of the enabled repositories' URLs, each once, HTTPS first."""
    found = []
    for each in enabled:
        match = _URL.match(str(each.get("url", "")).lower())
        if match and match.group(1) in _PORTS:
            port = int(match.group(3) or _PORTS[match.group(1)])
            found.append((match.group(2).strip("[]"), port))
    return sorted(dict.fromkeys(found), key=lambda one: one[1] != 443)


def lowest(routes: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Return the routes that are used: in each family those of the lowest metric."""
    found = []
    for family in (4, 6):
        own = [route for route in routes if route["family"] == family]
        found += [route for route in own if route["metric"] == own[0]["metric"]][:_GATEWAYS]
    return found


def _together(source: Source, parts: Dict[str, Callable[[], Any]]) -> Dict[str, Any]:
    """Return what the functions give, all run at once; one that hangs is left to itself."""
    found = {}  # type: Dict[str, Any]

    def run(name: str) -> None:
        found[name] = attempt(parts[name])

    threads = [threading.Thread(target=run, args=(name,)) for name in parts]
    for thread in threads:
        thread.daemon = True
        thread.start()
    for thread in threads:
        thread.join(max(0.1, min(_LONGEST, source.left() - 1)))
    hung = {"unknown": "it did not end in time: names are slow to resolve"}
    return {name: found.get(name, hung) for name in parts}


def _pinged_gateways(source: Source) -> List[Dict[str, Any]]:
    found = []
    for route in lowest(_gateways.routes(source)):
        address = route["address"]
        # A link-local address means something on its interface alone.
        where = f"{address}%{route['interface']}" if address.startswith("fe80:") else address
        no_gateway = {"unknown": f"the default route by {route['interface']} names no gateway"}
        asked = ping(source, where) if address else {"answers": no_gateway, "ms": no_gateway}
        found.append({"why": "", **route, **asked, "interface": shown(route["interface"])})
    return found


def _connected(source: Source) -> List[Dict[str, Any]]:
    enabled = repositories.read(source)["enabled"]
    if unknown(enabled):
        raise Unreadable(enabled["unknown"])
    return [_connection(source, host, port) for host, port in hosts(enabled)[:_HOSTS]]


def _connection(source: Source, host: str, port: int) -> Dict[str, Any]:
    found = {"host": host, "port": port, "reached": True, "why": ""}  # type: Dict[str, Any]
    try:
        source.connect(host, port, _CONNECT)
    except Unreadable as err:
        why = shown(str(err))[:300]
        untried = isinstance(err, Absent) or any(text in why for text in _UNTRIED)
        found.update(reached={"unknown": why} if untried else False, why=why)
    return found


def _pinged_targets(source: Source) -> List[Dict[str, Any]]:
    addresses = [normal(str(target)) for target in source.targets[:_TARGETS]]
    return [dict(ping(source, each), address=each) for each in addresses if each]
