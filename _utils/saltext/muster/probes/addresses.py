"""The node's addresses, routes, routing rules and neighbours that it answers for."""

import re
from typing import Any, Callable, Dict, List

from . import _iproute
from ._text import lines, words
from .source import Source, Unreadable, attempt

#: More of one kind than this are not told: the facts would not fit a report.
LIMIT = 10000

_ROUTES = ("route", "show", "table", "all")

#: The first that is there counts: newer releases keep their own below /usr.
_TABLES = (
    "/etc/iproute2/rt_tables",
    "/usr/share/iproute2/rt_tables",
    "/usr/lib/iproute2/rt_tables",
)
_RESERVED = {"default": 253, "main": 254, "local": 255}


def read(source: Source) -> Dict[str, Any]:
    """Return addresses, routes {ipv4, ipv6}, rules (IPv4's), proxies (IPv6's) and tables.

    An address has link, address, prefix, family, scope, dynamic, peer and flags; a route to,
    type, family, table, via, dev, metric, proto, scope, src and down, one for each hop; a rule
    priority, selector and table; a proxy address and link. tables is {name: number}.
    """
    later = attempt(source.run, ["ip", "-6", *_ROUTES])
    return {
        "addresses": attempt(_listed, source, ["ip", "addr", "show"], _iproute.addresses),
        "routes": {
            "ipv4": attempt(_routes, source, later if isinstance(later, str) else ""),
            "ipv6": later if isinstance(later, dict) else attempt(_routes_6, later),
        },
        "rules": attempt(_listed, source, ["ip", "rule", "show"], _iproute.rules),
        "proxies": attempt(
            _listed, source, ["ip", "-6", "neigh", "show", "proxy"], _iproute.proxies
        ),
        "tables": attempt(_tables, source),
    }


def tables(text: str) -> Dict[str, int]:
    """Return {name: number} of the lines of an rt_tables file."""
    found = {}
    for _, line in lines(text):
        parts = words(line.partition("#")[0])
        if len(parts) == 2 and re.match(r"^(0x[0-9a-fA-F]{1,8}|[0-9]{1,10})$", parts[0]):
            found[parts[1]] = int(parts[0], 16 if parts[0].startswith("0x") else 10)
    return found


def _listed(
    source: Source, argv: List[str], parse: Callable[[str], List[Dict[str, Any]]]
) -> List[Dict[str, Any]]:
    return _bounded(parse(source.run(argv)), " ".join(argv))


def _routes(source: Source, later: str) -> List[Dict[str, Any]]:
    # Without -6 the command shows both families; a default route may not tell its own.
    known = {line.strip() for line in later.split("\n")}
    text = source.run(["ip", *_ROUTES])
    own = "\n".join(line for line in text.split("\n") if line.strip() not in known)
    found = _iproute.routes(own, 4)
    return _bounded([route for route in found if route["family"] == 4], "ip route show")


def _routes_6(text: str) -> List[Dict[str, Any]]:
    found = _iproute.routes(text, 6)
    return _bounded([route for route in found if route["family"] == 6], "ip -6 route show")


def _bounded(found: List[Dict[str, Any]], what: str) -> List[Dict[str, Any]]:
    if len(found) > LIMIT:
        raise Unreadable(f"{what}: more than {LIMIT} entries")
    return found


def _tables(source: Source) -> Dict[str, int]:
    first = next((path for path in _TABLES if source.exists(path)), "")
    paths = [first] if first else []
    for path in _TABLES:
        paths.extend(source.glob(f"{path}.d/*.conf"))
    found = dict(_RESERVED)
    for path in paths:
        found.update(tables(source.text(path)))
    return found
