"""What ``nft -j list ruleset`` prints, as neutral rules."""

import json
from typing import Any, Dict, List, Optional, Tuple

from ._nft_match import Sets, matches_of
from ._rules import MOST_CHAINS, MOST_RULES, MOST_VALUES, Chain, Match, Rule, chain, other, rule
from ._rules import target as target_of
from .source import Unreadable

_ENDS = {
    "accept": "accept", "drop": "drop", "reject": "drop", "return": "return", "queue": "unknown",
    "snat": "accept", "masquerade": "accept", "dnat": "rewrite", "redirect": "rewrite",
    "tproxy": "rewrite", "fwd": "unknown", "synproxy": "unknown",
}  # fmt: skip

#: Statements that let every packet go on to the next one.
_NO_END = {
    "counter", "log", "mangle", "ct helper", "ct timeout", "ct expectation", "flow", "dup", "last",
    "comment", "secmark", "continue",
}  # fmt: skip

_MOST_EXPANDED = 500

_Key = Tuple[str, str, str]


def parse(text: str) -> List[Chain]:
    """Return the chains with their rules, without those of sleeping tables.

    Raises Unreadable for what is no ruleset in JSON, or too large a one.
    """
    objects = _objects(text)
    sleeping = {_key(each)[:2] for kind, each in objects if kind == "table" and _sleeps(each)}
    sets = _sets(objects)
    chains = {}  # type: Dict[_Key, Chain]
    for kind, each in objects:
        if kind == "chain" and (each.get("family"), each.get("table")) not in sleeping:
            chains[_place(each, "name")] = _chain(each)
    if len(chains) > MOST_CHAINS:
        raise Unreadable(f"more than {MOST_CHAINS} chains")
    count = 0
    for kind, each in objects:
        home = chains.get(_place(each, "chain")) if kind == "rule" else None
        if home is not None:
            found = _rules(each.get("expr"), sets, _place(each, "chain"))
            home["rules"] += found
            count += len(found)
        if count > MOST_RULES:
            raise Unreadable(f"more than {MOST_RULES} rules")
    return list(chains.values())


def foreign(text: str) -> List[Tuple[str, str]]:
    """Return the (family, table) with rules that iptables wrote in a way nft does not show."""
    found = set()
    for kind, each in _objects(text):
        expr = each.get("expr") if kind == "rule" else None
        if isinstance(expr, list) and any(isinstance(one, dict) and "xt" in one for one in expr):
            found.add((str(each.get("family")), str(each.get("table"))))
    return sorted(found)


def _objects(text: str) -> List[Tuple[str, Dict[str, Any]]]:
    try:
        whole = json.loads(text)["nftables"]
        pairs = [(kind, each) for one in whole for kind, each in one.items()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unreadable("nft printed something else than a ruleset in JSON") from None
    return [(kind, each) for kind, each in pairs if isinstance(each, dict)]


def _key(each: Dict[str, Any]) -> _Key:
    return (str(each.get("family")), str(each.get("name")), "")


def _place(each: Dict[str, Any], name: str) -> _Key:
    return (str(each.get("family")), str(each.get("table")), str(each.get(name)))


def _sleeps(table: Dict[str, Any]) -> bool:
    flags = table.get("flags", [])
    # Some versions print a single flag as a text, and cut it.
    return any(str(flag).startswith("dorm") for flag in _listed(flags))


def _listed(value: Any) -> List[Any]:
    return value if isinstance(value, list) else [value]


def _sets(objects: List[Tuple[str, Dict[str, Any]]]) -> Dict[_Key, Any]:
    return {
        _place(each, "name"): _listed(each.get("elem", []))
        for kind, each in objects
        if kind in ("set", "map")
    }


def _chain(each: Dict[str, Any]) -> Chain:
    found = chain(*_place(each, "name"))
    if each.get("hook"):
        prio = each.get("prio", 0)
        found["hook"] = str(each["hook"])
        found["type"] = str(each.get("type", "filter"))
        found["priority"] = prio if isinstance(prio, int) else 0
        found["policy"] = "drop" if each.get("policy") == "drop" else "accept"
        found["devices"] = [str(name) for name in _listed(each.get("dev", []))]
    return found


def _rules(expr: Any, sets: Dict[_Key, Any], place: _Key) -> List[Rule]:
    """Return the neutral rules of one rule: several for a map or a set of several keys."""
    known = Sets(sets, place[0], place[1])
    ways = [[]]  # type: List[List[Match]]
    found = []  # type: List[Rule]
    for one in _listed(expr):
        if not isinstance(one, dict) or len(one) != 1:
            ways = [way + [other("statement")] for way in ways]
            continue
        ((name, body),) = one.items()
        if name == "vmap":
            return found + _mapped(ways, body, known)
        end = _end(name, body)
        if end is None:
            ways = _narrowed(ways, _conditions(name, body, known))
        elif end[0] == "untrack":
            found += [rule(way, "untrack") for way in ways]
        elif end[0]:
            return found + [rule(way, *end) for way in ways]
    return found


def _narrowed(ways: List[List[Match]], options: List[List[Match]]) -> List[List[Match]]:
    """Return each way with each option; too many of them become one that is not understood."""
    if len(ways) * len(options) > _MOST_EXPANDED:
        return [way + [other("a large set")] for way in ways]
    return [way + option for way in ways for option in options]


def _conditions(name: str, body: Any, known: Sets) -> List[List[Match]]:
    """Return what a statement asks of a packet that goes on: alternatives of matches."""
    if name == "match":
        return matches_of(body, known)
    if name == "xt" and isinstance(body, dict) and body.get("name") == "comment":
        return [[]]
    what = str(body.get("name", "")) if name == "xt" and isinstance(body, dict) else ""
    return [[other(f"{name} {what}".strip())]]


def _end(name: str, body: Any) -> Optional[Tuple[str, str]]:
    """Return (what a statement does with a packet, chain); "" = nothing, None = it may stop."""
    if name in ("jump", "goto"):
        to = body.get("target") if isinstance(body, dict) else None
        return (name, str(to)) if to else ("unknown", "")
    if name == "notrack":
        return ("untrack", "")
    if name == "xt" and isinstance(body, dict) and body.get("type") == "target":
        return (target_of(str(body.get("name"))), "")
    if name in _NO_END:
        return ("", "")
    return (_ENDS[name], "") if name in _ENDS else None


def _mapped(ways: List[List[Match]], body: Any, known: Sets) -> List[Rule]:
    """Return one rule for each key of a verdict map."""
    data = body.get("data") if isinstance(body, dict) else None
    elements = known.elements(data)
    if elements is None or len(elements) * len(ways) > MOST_VALUES:
        return [rule(way + [other("a verdict map")], "unknown") for way in ways]
    found = []
    for element in elements:
        key, verdict = _pair(element)
        end = next((_end(*one) for one in verdict.items()), None)
        options = matches_of({"op": "==", "left": body.get("key"), "right": key}, known)
        if end is None:
            end = ("unknown", "")
        for way in _narrowed(ways, options):
            # A key that ends nothing still keeps its packets from the others: they are disjoint.
            found += [rule(way, *end)] if end[0] else []
    return found


def _pair(element: Any) -> Tuple[Any, Dict[str, Any]]:
    if isinstance(element, list) and len(element) == 2 and isinstance(element[1], dict):
        return element[0], element[1]
    return None, {"queue": None}
