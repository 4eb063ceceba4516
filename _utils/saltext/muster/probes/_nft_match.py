"""The expressions of nft's matches, as neutral matches."""

from typing import Any, Callable, Dict, List, Optional, Tuple

from ._rules import MOST_VALUES, Match, match, opens, other

_Options = List[List[Match]]
_Readers = Dict[str, Callable[[Any, List[str], bool, str], List[Match]]]

_FLAGS = {"payload": {"protocol": "tcp", "field": "flags"}}
_OPERATORS = ("==", "!=", "in", "!", "<", ">", "<=", ">=")
_ADDRESSES = ("saddr", "daddr")
_PORTS = ("sport", "dport")

#: Keys of ``meta`` whose value is a name, and what they are called here.
_META = {
    "iif": "iif", "iifname": "iif", "oif": "oif", "oifname": "oif", "l4proto": "proto",
    "nfproto": "family", "protocol": "family", "pkttype": "pkttype",
}  # fmt: skip
_FAMILIES = {"ipv4": "ip", "ipv6": "ip6", "ip": "ip", "ip6": "ip6"}
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "ipv6-icmp", "icmpv6": "ipv6-icmp"}
_TRANSPORTS = {
    "tcp": "tcp", "udp": "udp", "udplite": "udplite", "sctp": "sctp", "dccp": "dccp",
    "icmp": "icmp", "icmpv6": "ipv6-icmp", "igmp": "igmp", "esp": "esp", "ah": "ah", "comp": "comp",
}  # fmt: skip


class Sets:
    """The named sets and maps of one table."""

    def __init__(self, sets: Dict[Tuple[str, str, str], Any], family: str, table: str) -> None:
        self._sets, self._family, self._table = sets, family, table

    def elements(self, value: Any) -> Optional[List[Any]]:
        """Return the elements of a set, named or not; None when they are not known."""
        if isinstance(value, str) and value.startswith("@"):
            return self._sets.get((self._family, self._table, value[1:]))
        if isinstance(value, dict) and isinstance(value.get("set"), list):
            return list(value["set"])
        return None


def matches_of(body: Any, known: Sets) -> _Options:
    """Return alternatives, each a list of matches that must all hold."""
    if not isinstance(body, dict) or body.get("op") not in _OPERATORS:
        return [[other("match")]]
    left, right, op = body.get("left"), body.get("right"), str(body["op"])
    if isinstance(left, dict) and isinstance(left.get("concat"), list):
        return _concatenated(left["concat"], right, op, known)
    values = values_of(right, known)
    if values is None:
        return [[other(_named(left))]]
    if op in ("<", ">", "<=", ">="):
        values, op = _compared(op, values), "=="
    return [_simple(left, values, op, right)]


def values_of(value: Any, known: Sets) -> Optional[List[str]]:
    """Return a match's right side as texts ("a", "a/n", "a-b"); None when it is not understood."""
    elements = known.elements(value)
    if elements is None:
        if isinstance(value, str) and value.startswith("@"):
            return None
        elements = value if isinstance(value, list) else [value]
    if len(elements) > MOST_VALUES:
        return None
    found = [_value(element) for element in elements]
    return None if None in found else [text for text in found if text is not None]


def _value(element: Any) -> Optional[str]:
    if isinstance(element, bool):
        return "present" if element else "missing"
    if isinstance(element, (int, str)):
        return None if str(element).startswith("@") else str(element)
    if not isinstance(element, dict) or len(element) != 1:
        return None
    ((kind, body),) = element.items()
    if kind == "elem" and isinstance(body, dict):
        return _value(body.get("val"))
    if kind == "prefix" and isinstance(body, dict):
        return f"{body.get('addr')}/{body.get('len')}"
    if kind == "range" and isinstance(body, list) and len(body) == 2:
        return f"{body[0]}-{body[1]}"
    return None


def _compared(op: str, values: List[str]) -> List[str]:
    """Return the range of ports that a comparison means."""
    if len(values) != 1 or not values[0].isdigit() or len(values[0]) > 5:
        return ["?"]
    bound = int(values[0])
    low, high = {
        "<": (0, bound - 1),
        "<=": (0, bound),
        ">": (bound + 1, 65535),
        ">=": (bound, 65535),
    }[op]
    return [f"{low}-{high}"] if low <= high else []


def _concatenated(keys: List[Any], right: Any, op: str, known: Sets) -> _Options:
    elements = known.elements(right)
    if elements is None:
        elements = [right]
    if op not in ("==", "in") or len(elements) > MOST_VALUES:
        return [[other("a concatenation")]]
    found = []  # type: _Options
    for element in elements:
        parts = _parts(element)
        if len(parts) != len(keys):
            return [[other("a concatenation")]]
        way = []  # type: List[Match]
        for key, part in zip(keys, parts):  # noqa: B905 - Python 3.6
            values = values_of(part, known)
            way += [other(_named(key))] if values is None else _simple(key, values, "==", part)
        found.append(way)
    return found


def _parts(element: Any) -> List[Any]:
    if isinstance(element, dict) and isinstance(element.get("elem"), dict):
        element = element["elem"].get("val")
    parts = element.get("concat") if isinstance(element, dict) else None
    return parts if isinstance(parts, list) else []


def _simple(left: Any, values: List[str], op: str, right: Any) -> List[Match]:
    """Return the matches of one key with a list of values."""
    if not isinstance(left, dict) or len(left) != 1:
        return [other(_named(left))]
    ((kind, body),) = left.items()
    reader = _READERS.get(kind)
    # Several flags in a list are one value, in a set they are alternatives.
    alternatives = isinstance(right, dict) and len(values) > 1
    if reader is None or (alternatives and _FLAGS in (left, _first(body))):
        return [other(_named(left))]
    return reader(body, values, op in ("!=", "!"), op)


def _first(body: Any) -> Any:
    return body[0] if isinstance(body, list) and body else None


def _meta(body: Any, values: List[str], inverted: bool, op: str) -> List[Match]:
    key = str(body.get("key")) if isinstance(body, dict) else ""
    on = _META.get(key)
    if on is None:
        return [other(f"meta {key}")]
    if on == "family":
        values = [_FAMILIES.get(value, value) for value in values]
    if on == "proto":
        values = [protocol(value) for value in values]
    return [match(on, values, inverted)]


def protocol(name: str) -> str:
    """Return the one name here of a protocol that tools call by several."""
    return _PROTOCOLS.get(name.lower(), name.lower())


def _ct(body: Any, values: List[str], inverted: bool, op: str) -> List[Match]:
    key = body.get("key") if isinstance(body, dict) else None
    if key in ("state", "status") and not body.get("dir"):
        return [match(str(key), values, inverted)]
    return [other(f"ct {key}")]


def _payload(body: Any, values: List[str], inverted: bool, op: str) -> List[Match]:
    where = body.get("protocol") if isinstance(body, dict) else None
    name = body.get("field") if isinstance(body, dict) else None
    if where in ("ip", "ip6"):
        implied = [match("family", [where])]
        if name in _ADDRESSES:
            return implied + [match(str(name), values, inverted)]
        if name in ("protocol", "nexthdr"):
            return implied + [match("proto", [protocol(value) for value in values], inverted)]
        return implied + [other(f"{where} {name}")]
    implied = [match("proto", [_TRANSPORTS[where]])] if where in _TRANSPORTS else []
    if name in _PORTS and (implied or where == "th"):
        return implied + [match(str(name), values, inverted)]
    if where == "tcp" and name == "flags":
        passes = "syn" in values if op == "in" else (values == ["syn"]) != inverted
        return implied + [match("opening", ["yes" if passes else "no"])]
    return implied + [other(f"{where} {name}")]


def _masked(body: Any, values: List[str], inverted: bool, op: str) -> List[Match]:
    """Read ``tcp flags & mask == value``; nothing else that is masked is understood."""
    if op not in ("==", "!=") or _first(body) != _FLAGS or len(body) != 2:
        return [other("a masked value")]
    mask = [str(flag) for flag in (body[1] if isinstance(body[1], list) else [body[1]])]
    value = [] if values == ["0"] else values
    return [match("proto", ["tcp"]), opens(mask, value, inverted)]


def _fib(body: Any, values: List[str], inverted: bool, op: str) -> List[Match]:
    result = body.get("result") if isinstance(body, dict) else None
    flags = body.get("flags") if isinstance(body, dict) else None
    flags = flags if isinstance(flags, list) else [flags]
    if result == "type" and flags in (["daddr"], ["saddr"]):
        return [match(f"{flags[0]} type", values, inverted)]
    if result == "oif" and "saddr" in flags and values in (["missing"], ["present"]):
        return [match("reverse path", values, inverted)]
    return [other(f"fib {result}")]


def _named(left: Any) -> str:
    """Return what a key is called, for the reason of an unknown."""
    if not isinstance(left, dict) or len(left) != 1:
        return "match"
    ((kind, body),) = left.items()
    if not isinstance(body, dict):
        return str(kind)
    parts = [str(body[key]) for key in ("protocol", "field", "key") if key in body]
    return " ".join([str(kind)] + parts)


_READERS = {
    "meta": _meta,
    "ct": _ct,
    "payload": _payload,
    "&": _masked,
    "fib": _fib,
}  # type: _Readers
