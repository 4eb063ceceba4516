"""Firewall rules in one neutral form, whichever tool told them.

A chain: {"family", "table", "name", "hook" ("" = none), "type", "priority", "policy", "devices",
"rules"}; a rule: {"if": [matches], "then", "to"}: then is accept, drop, return, jump or goto (the
chain ``to``), rewrite (another destination), untrack (no end) or unknown (an end, whatever it is).
A match: {"on", "in" (texts), "not" (True, or left out)}; on "other" nobody here understands it.
"""

from typing import Any, Dict, List, Sequence

Match = Dict[str, Any]
Rule = Dict[str, Any]
Chain = Dict[str, Any]

#: What one node's facts hold at most; a larger ruleset is not judged.
MOST_RULES = 20000
MOST_CHAINS = 5000

#: A larger set of addresses is not copied into the facts: its rules are then not understood.
MOST_VALUES = 4000

_TARGETS = {
    "ACCEPT": "accept",
    "DROP": "drop",
    "REJECT": "drop",
    "TARPIT": "drop",
    "RETURN": "return",
    "MASQUERADE": "accept",
    "SNAT": "accept",
    "NETMAP": "rewrite",
    "DNAT": "rewrite",
    "REDIRECT": "rewrite",
    "TPROXY": "rewrite",
    "CT": "untrack",
    "NOTRACK": "untrack",
}
_NO_END = {
    "AUDIT", "CHECKSUM", "CLASSIFY", "CONNMARK", "CONNSECMARK", "DSCP", "LED", "LOG", "MARK",
    "NFLOG", "RATEEST", "SECMARK", "SET", "TCPMSS", "TCPOPTSTRIP", "TEE", "TOS", "TRACE", "TTL",
    "HL", "ULOG",
}  # fmt: skip


def match(on: str, values: Sequence[Any], inverted: bool = False) -> Match:
    """Return a match that ``on`` is one of the values (as texts), or none of them."""
    found = {"on": on, "in": [str(value)[:100] for value in values]}  # type: Match
    if inverted:
        found["not"] = True
    return found


def other(what: str) -> Match:
    """Return a match that is not understood; what names it."""
    return {"on": "other", "in": [what[:100]]}


def rule(matches: List[Match], then: str, to: str = "") -> Rule:
    """Return a rule; to is the chain of a jump or goto."""
    found = {"if": matches, "then": then}  # type: Rule
    if to:
        found["to"] = to
    return found


def chain(family: str, table: str, name: str) -> Chain:
    """Return a chain without a hook and without rules."""
    return {"family": family, "table": table, "name": name, "hook": "", "rules": []}


def target(name: str) -> str:
    """Return what a target of iptables does to a packet: "" for one that does not end its way."""
    if name in _NO_END:
        return ""
    return _TARGETS.get(name, "unknown")


def opens(mask: Sequence[str], value: Sequence[str], inverted: bool) -> Match:
    """Return the match of TCP flags, reduced to whether an opening packet (SYN alone) passes."""
    passes = (set(value) == ({"syn"} & set(mask))) != inverted
    return match("opening", ["yes" if passes else "no"])
