"""ndppd, which answers for IPv6 neighbours behind the node."""

import re
from typing import Any, Dict, List, Optional, Tuple

from . import _units
from .source import Absent, Source, Unreadable, attempt, unknown

FILE = "/etc/ndppd.conf"
_PROGRAMS = ("/usr/sbin/ndppd", "/usr/bin/ndppd", "/usr/local/sbin/ndppd")
_UNIT = "ndppd.service"

#: A block in a proxy's rule is the deepest that means anything.
_DEPTH = 8

_TOKENS = re.compile(
    r"#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z)"  # comments
    r"|(?P<end>\n)|(?P<brace>[{}])|(?P<equals>=)"
    r"|(?P<quoted>\"[^\"\n]*\"?|'[^'\n]*'?)|(?P<word>[^\s{}=\"']+)|[ \t\r\v\f]+",
    re.DOTALL,
)

Token = Tuple[str, str]


class _Broken(Exception):
    """ndppd would not take this file."""


def read(source: Source) -> Dict[str, Any]:
    """Return installed, service {installed, enabled, masked, active}, and proxies.

    proxies are [{"interface", "rules": [{"prefix", "method", "interface"}]}]; a rule's method is
    iface, auto or static, or "" when it has none; none at all without a configuration file.
    """
    units = attempt(_units.states, source, (_UNIT,))
    other = {"unknown": f"{_UNIT} is another name of some other unit"}
    return {
        "installed": attempt(_installed, source),
        "service": units if unknown(units) else units.get(_UNIT, other),
        "configured": source.exists(FILE),
        "proxies": attempt(_proxies, source),
    }


def proxies(text: str) -> Optional[List[Dict[str, Any]]]:
    """Return the proxies of a configuration file, or None where ndppd would not take it."""
    try:
        entries, rest = _block(_tokens(text), 0, 0)
    except _Broken:
        return None
    if rest is not None:
        return None
    return [
        {"interface": value, "rules": [_rule(*rule) for rule in block if rule[0] == "rule"]}
        for key, value, block in entries
        if key == "proxy"
    ]


def _installed(source: Source) -> bool:
    if not source.exists("/usr"):
        raise Unreadable("/usr is not there")
    return any(source.executable(path) for path in _PROGRAMS)


def _proxies(source: Source) -> List[Dict[str, Any]]:
    try:
        found = proxies(source.text(FILE))
    except Absent:
        return []
    if found is None:
        raise Unreadable(f"{FILE} has a block without its end or its begin")
    return found


def _rule(key: str, value: str, block: List[Any]) -> Dict[str, str]:
    methods = {name: given for name, given, _ in block if name in ("iface", "auto", "static")}
    method = next((name for name in ("iface", "static", "auto") if name in methods), "")
    return {"prefix": value, "method": method, "interface": methods.get("iface", "")}


def _tokens(text: str) -> List[Token]:
    found = []
    for match in _TOKENS.finditer(text):
        kind = match.lastgroup
        if kind == "quoted":
            found.append(("word", match.group().strip("\"'")))
        elif kind:
            found.append((kind, match.group()))
    return found


def _block(tokens: List[Token], place: int, depth: int) -> Tuple[List[Any], Optional[int]]:
    """Return the entries (key, value, block) from ``place`` on, and where the block's brace is.

    That is None at the end of the file.
    """
    entries = []  # type: List[Any]
    while place < len(tokens):
        kind, text = tokens[place]
        place += 1
        if kind == "end":
            continue
        if text == "}" and kind == "brace":
            return entries, place
        if kind != "word" or depth > _DEPTH:
            raise _Broken
        value, place = _value(tokens, place)
        inner = []  # type: List[Any]
        if tokens[place : place + 1] == [("brace", "{")]:
            inner, after = _block(tokens, place + 1, depth + 1)
            if after is None:
                raise _Broken
            place = after
        entries.append((text, value, inner))
    return entries, None


def _value(tokens: List[Token], place: int) -> Tuple[str, int]:
    """Return the value on the rest of the line ("" = none) and the place after it."""
    if tokens[place : place + 1] == [("equals", "=")]:
        place += 1
    if place < len(tokens) and tokens[place][0] == "word":
        return tokens[place][1], place + 1
    return "", place
