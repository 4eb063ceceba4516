"""What ``iptables-save`` and ``ip6tables-save`` print, as neutral rules."""

from typing import Callable, Dict, List, Set, Tuple

from ._rules import (
    MOST_CHAINS,
    MOST_RULES,
    MOST_VALUES,
    Chain,
    Match,
    Rule,
    chain,
    match,
    opens,
    other,
    rule,
    target,
)
from ._text import BLANK, lines
from .source import Unreadable

_HOOKS = {"PREROUTING": "prerouting", "INPUT": "input", "OUTPUT": "output",
          "FORWARD": "forward", "POSTROUTING": "postrouting"}  # fmt: skip
_PRIORITIES = {"raw": -300, "mangle": -150, "nat": -100, "filter": 0, "security": 50}
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "ipv6-icmp", "icmpv6": "ipv6-icmp"}

#: Modules that add nothing by themselves: their options do.
_MODULES = {
    "tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmp6", "conntrack", "state", "multiport",
    "iprange", "addrtype", "pkttype", "comment",
}  # fmt: skip

_Chains = Dict[Tuple[str, str], Chain]
_Reader = Callable[[List[str], bool], List[Match]]
_Readers = Dict[str, _Reader]


def parse(text: str, family: str) -> List[Chain]:
    """Return the chains with their rules; family is "ip" or "ip6".

    Raises Unreadable for a line that no saved ruleset has, or for too large a ruleset.
    """
    if "is incompatible, use 'nft' tool" in text:
        raise Unreadable("iptables-save does not show tables that nft made; nft is needed")
    chains = {}  # type: _Chains
    table, count = "", 0
    for number, line in lines(text):
        line = line.strip(BLANK)
        if line.startswith("*"):
            table = line[1:]
        elif table and line.startswith(":"):
            found = _chain(line, family, table)
            chains[(table, found["name"])] = found
        elif table and line.startswith("-A "):
            name, rules = _rule(line, {each for home, each in chains if home == table})
            if (table, name) not in chains:
                raise Unreadable(f"iptables-save: line {number} is of no chain")
            chains[(table, name)]["rules"] += rules
            count += 1
        elif line and not line.startswith("#") and line != "COMMIT":
            raise Unreadable(f"iptables-save: line {number} is not understood")
        if count > MOST_RULES or len(chains) > MOST_CHAINS:
            raise Unreadable(f"more than {MOST_RULES} rules or {MOST_CHAINS} chains")
    return list(chains.values())


def by_nft(text: str) -> bool:
    """Say whether a saved ruleset is nf_tables' own, as ``iptables-nft`` wrote it."""
    return "(nf_tables)" in text.split("*", 1)[0]


def tokens(line: str) -> List[str]:
    """Return the words of a rule; a word in double quotes may hold blanks and \\"."""
    found, word, quoted, escaped, started = [], "", False, False, False
    for char in line:
        if escaped:
            word, escaped = word + char, False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted, started = not quoted, True
        elif char in BLANK and not quoted:
            if word or started:
                found.append(word)
            word, started = "", False
        else:
            word += char
    return found + [word] if word or started else found


def _chain(line: str, family: str, table: str) -> Chain:
    name, _, policy = line[1:].partition(" ")
    found = chain(family, table, name)
    hook = _HOOKS.get(name)
    if hook and not policy.startswith("-"):
        found["hook"] = hook
        found["type"] = "nat" if table == "nat" else "filter"
        found["priority"] = _PRIORITIES.get(table, 0)
        found["policy"] = "drop" if policy.startswith("DROP") else "accept"
        found["devices"] = []
    return found


def _rule(line: str, chains: Set[str]) -> Tuple[str, List[Rule]]:
    """Return the chain of a rule and the rule, or none where it decides nothing."""
    found = tokens(line)
    if len(found) < 2:
        return "", []
    name, matches, place = found[1], [], 2  # type: Tuple[str, List[Match], int]
    while place < len(found):
        inverted = found[place] == "!"
        place += inverted
        option = found[place] if place < len(found) else ""
        end = place + 1
        while end < len(found) and not _is_option(found[end]):
            end += 1
        values = found[place + 1 : end]
        if option in ("-j", "--jump", "-g", "--goto"):
            # All that follows belongs to the target.
            return name, _ended(matches, option, values, found[end:], chains)
        matches += _matches(option, values, inverted)
        place = end
    return name, []


def _is_option(word: str) -> bool:
    return word == "!" or (word.startswith("-") and len(word) > 1 and not word[1].isdigit())


def _ended(
    matches: List[Match], option: str, values: List[str], rest: List[str], chains: Set[str]
) -> List[Rule]:
    to = values[0] if values else ""
    if to in chains:
        return [rule(matches, "goto" if option in ("-g", "--goto") else "jump", to)]
    then = target(to)
    if to == "CT" and "--notrack" not in rest:
        then = ""
    return [rule(matches, then)] if then else []


def _matches(option: str, values: List[str], inverted: bool) -> List[Match]:
    reader = _READERS.get(option)
    if reader is None or not values:
        return [other(option.lstrip("-") or "a rule")]
    return reader(values, inverted)


def _named(on: str) -> _Reader:
    return lambda values, inverted: [match(on, values[:1], inverted)]


def _interface(on: str) -> _Reader:
    def read(values: List[str], inverted: bool) -> List[Match]:
        name = values[0]
        return [match(on, [name[:-1] + "*" if name.endswith("+") else name], inverted)]

    return read


def _ports(on: str) -> _Reader:
    def read(values: List[str], inverted: bool) -> List[Match]:
        ports = [_range(port) for port in values[0].split(",")]
        return [match(on, ports, inverted)]

    return read


def _range(text: str) -> str:
    low, colon, high = text.partition(":")
    return f"{low or 0}-{high or 65535}" if colon else text


def _either_port(values: List[str], inverted: bool) -> List[Match]:
    return [other("ports of either side")]


def _words(on: str) -> _Reader:
    return lambda values, inverted: [match(on, values[0].lower().split(","), inverted)]


def _protocol(values: List[str], inverted: bool) -> List[Match]:
    name = values[0].lower()
    if name in ("all", "0"):
        return [other("no protocol at all")] if inverted else []
    return [match("proto", [_PROTOCOLS.get(name, name)], inverted)]


def _module(values: List[str], inverted: bool) -> List[Match]:
    return [] if values[0] in _MODULES else [other(values[0])]


def _flags(values: List[str], inverted: bool) -> List[Match]:
    if len(values) != 2:
        return [other("tcp-flags")]
    mask, value = (_flag_list(text) for text in values)
    return [opens(mask, value, inverted)]


def _flag_list(text: str) -> List[str]:
    everything = ["fin", "syn", "rst", "psh", "ack", "urg"]
    if text in ("ALL", "NONE"):
        return everything if text == "ALL" else []
    return text.lower().split(",")


def _addresses(on: str) -> _Reader:
    def read(values: List[str], inverted: bool) -> List[Match]:
        found = values[0].split(",")
        too_many = len(found) > MOST_VALUES
        return [other("a long list")] if too_many else [match(on, found, inverted)]

    return read


def _nothing(values: List[str], inverted: bool) -> List[Match]:
    return []


_READERS = {
    "-s": _addresses("saddr"),
    "-d": _addresses("daddr"),
    "--src-range": _addresses("saddr"),
    "--dst-range": _addresses("daddr"),
    "-i": _interface("iif"),
    "-o": _interface("oif"),
    "-p": _protocol,
    "-m": _module,
    "--comment": _nothing,
    "--dport": _ports("dport"),
    "--dports": _ports("dport"),
    "--sport": _ports("sport"),
    "--sports": _ports("sport"),
    "--ports": _either_port,
    "--ctstate": _words("state"),
    "--state": _words("state"),
    "--ctstatus": _words("status"),
    "--dst-type": _words("daddr type"),
    "--src-type": _words("saddr type"),
    "--pkt-type": _words("pkttype"),
    "--tcp-flags": _flags,
}  # type: _Readers
