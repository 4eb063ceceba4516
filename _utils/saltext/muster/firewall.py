"""From where a port is reached: the rules of a node's firewall, evaluated without a packet.

The rules are as the probe ``firewall`` tells them. What they decide is kept as two sets of peers:
those that may be accepted and those that may be refused. A rule that is understood moves peers
into one of them; one that is not may do it, so its peers go on to the next rule as well. A peer
that is in one set alone is certain, one that is in both is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from saltext.muster import ranges
from saltext.muster.ranges import NOTHING, Ranges

#: Hooks that a packet passes on its way in and out.
_WAYS = {
    "input": ("ingress", "prerouting", "input"),
    "output": ("output", "postrouting", "egress"),
}
_PEER = {"input": "saddr", "output": "daddr"}
_OWN = {"input": "daddr", "output": "saddr"}

_FAMILIES = {4: ("ip", "inet"), 6: ("ip6", "inet")}

#: What a packet is that opens a connection to this node itself from another one.
_OPENING = {
    "state": "new",
    "opening": "yes",
    "pkttype": "host",
    "saddr type": "unicast",
    "reverse path": "present",
}
_NAMES = {"pkttype": {"unicast": "host"}}

#: Statuses that a connection has only later, or never without a rule that rewrites.
_LATER = {"expected", "seen-reply", "assured", "confirmed", "snat", "dnat", "dying"}

_ANY_CLIENT = (1024, 65535)
_DEPTH = 64
_STEPS = 2_000_000
_DOUBTS = 3


class TooComplex(Exception):
    """The rules take more steps than one evaluation may."""


@dataclass(frozen=True)
class Question:
    """What is asked: a way, a protocol, ports, and where the packets pass.

    way is ``input`` or ``output``; ports are the first and the last port of the receiver;
    version is 4 or 6. interface is the one that packets pass, port the bridge's port below it
    ("" = the interface is no bridge), own this node's address; None = not known.
    """

    way: str
    protocol: str
    ports: tuple[int, int]
    version: int = 4
    interface: str | None = None
    port: str | None = None
    own: str | None = None


@dataclass(frozen=True)
class Answer:
    """Peers by what happens to them on all of ``ports``; doubts say what was not understood."""

    ports: tuple[int, int]
    accepted: Ranges
    refused: Ranges
    doubts: tuple[str, ...] = ()


def by_ports(chains: Sequence[Mapping[str, Any]], question: Question) -> list[Answer]:
    """Return one answer for each run of ports that the rules treat alike.

    chains are the probe's. Raises TooComplex for rules without an end.
    """
    used = [chain for chain in chains if _concerns(chain, question)]
    walk = _Walk({_place(chain): chain for chain in chains}, question)
    return [walk.answer(used, ports) for ports in _runs(chains, question.ports)]


def evaluate(chains: Sequence[Mapping[str, Any]], question: Question) -> Answer:
    """Return who is accepted on every port that is asked for, and who is refused on some.

    Raises TooComplex for rules without an end.
    """
    return together(question, by_ports(chains, question))


def together(question: Question, answers: Iterable[Answer]) -> Answer:
    """Return one answer for all ports of the question."""
    accepted, refused = ranges.everything(question.version), NOTHING
    doubts: dict[str, None] = {}
    for answer in answers:
        accepted = ranges.both(accepted, answer.accepted)
        refused = ranges.union(refused, answer.refused)
        doubts.update(dict.fromkeys(answer.doubts))
    return Answer(question.ports, accepted, refused, tuple(doubts)[:_DOUBTS])


def _place(chain: Mapping[str, Any]) -> tuple[str, str, str]:
    return chain["family"], chain["table"], chain["name"]


def _concerns(chain: Mapping[str, Any], question: Question) -> bool:
    """Say whether packets of the question may pass this base chain."""
    if chain["hook"] not in _WAYS[question.way]:
        return False
    family = chain["family"]
    if family == "netdev" or chain["hook"] in ("ingress", "egress"):
        known = {question.interface, question.port} - {None, ""}
        unknown = question.interface is None or question.port is None or not chain["devices"]
        return unknown or bool(known & set(chain["devices"]))
    if family == "bridge":
        return question.port != ""
    return family in _FAMILIES[question.version]


def _runs(chains: Iterable[Mapping[str, Any]], asked: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the asked ports, cut wherever some rule's ports begin or end."""
    first, last = asked
    cuts = {first}
    for chain in chains:
        for rule in chain["rules"]:
            for match in rule["if"]:
                if match["on"] == "dport":
                    for low, high in filter(None, map(_port_range, match["in"])):
                        cuts |= {low, high + 1}
    starts = sorted(cut for cut in cuts if first <= cut <= last)
    return list(zip(starts, [start - 1 for start in starts[1:]] + [last], strict=True))


def _port_range(text: str) -> tuple[int, int] | None:
    low, dash, high = text.partition("-")
    if not low.isdecimal() or (dash and not high.isdecimal()) or len(text) > 11:
        return None
    return int(low), int(high) if dash else int(low)


@dataclass
class _Walk:
    """The way of one packet for each peer, all peers at once."""

    chains: Mapping[tuple[str, str, str], Mapping[str, Any]]
    question: Question
    steps: int = 0
    ports: tuple[int, int] = (0, 0)
    accepted: Ranges = NOTHING
    refused: Ranges = NOTHING
    doubts: dict[str, None] = field(default_factory=dict)
    values: dict[int, Ranges | None] = field(default_factory=dict)
    untracked: bool | None = None

    def answer(self, base: Sequence[Mapping[str, Any]], ports: tuple[int, int]) -> Answer:
        """Pass all base chains: each must accept, and the first that refuses ends it."""
        self.ports, self.doubts = ports, {}
        everybody = still = ranges.everything(self.question.version)
        refused = NOTHING
        for chain in sorted(base, key=_order):
            self.accepted = self.refused = NOTHING
            left = self._chain(chain, still, 0)
            if chain["policy"] == "drop":
                self.refused = ranges.union(self.refused, left)
            else:
                self.accepted = ranges.union(self.accepted, left)
            if self._elsewhere(chain):
                self.accepted = still
            still, refused = self.accepted, ranges.union(refused, self.refused)
        sure = ranges.without(still, refused)
        doubts = tuple(self.doubts)[:_DOUBTS] if ranges.both(still, refused) else ()
        return Answer(ports, sure, ranges.without(everybody, still), doubts)

    def _elsewhere(self, chain: Mapping[str, Any]) -> bool:
        """Say whether packets may not pass this chain at all, as far as is known."""
        if chain["hook"] in ("ingress", "egress"):
            unsure = not {self.question.interface, self.question.port} & set(chain["devices"])
        else:
            unsure = chain["family"] == "bridge" and not self.question.port
        if unsure and self.refused:
            self.doubts[f"whether packets pass the chain {chain['table']} {chain['name']}"] = None
        return unsure

    def _chain(self, chain: Mapping[str, Any], peers: Ranges, depth: int) -> Ranges:
        """Return the peers whose packets leave the chain undecided."""
        back = NOTHING
        for rule in chain["rules"]:
            if not peers:
                break
            self.steps += 1 + len(rule["if"]) + len(peers)
            if self.steps > _STEPS or depth > _DEPTH:
                raise TooComplex("the firewall's rules are too many or without an end")
            sure, matched = self._matched(rule, chain, peers)
            if not matched or rule["then"] == "untrack":
                continue
            rest = ranges.without(peers, matched) if sure else peers
            if rule["then"] in ("jump", "goto"):
                left = self._inner(chain, rule, matched, depth)
                if rule["then"] == "jump":
                    rest = ranges.union(rest, left)
                else:
                    back = ranges.union(back, left)
            elif rule["then"] == "return":
                back = ranges.union(back, matched)
            else:
                self._decide(rule["then"], matched)
            peers = rest
        return ranges.union(back, peers)

    def _inner(
        self, chain: Mapping[str, Any], rule: Mapping[str, Any], peers: Ranges, depth: int
    ) -> Ranges:
        inner = self.chains.get((chain["family"], chain["table"], rule.get("to", "")))
        if inner is not None:
            return self._chain(inner, peers, depth + 1)
        self.doubts[f"chain {rule.get('to', '')} is not there"] = None
        self._decide("unknown", peers)
        return peers

    def _decide(self, then: str, peers: Ranges) -> None:
        if then not in ("accept", "drop"):
            self.doubts["a rule that rewrites the packet or hands it on"] = None
        if then != "drop":
            self.accepted = ranges.union(self.accepted, peers)
        if then != "accept":
            self.refused = ranges.union(self.refused, peers)

    def _matched(
        self, rule: Mapping[str, Any], chain: Mapping[str, Any], peers: Ranges
    ) -> tuple[bool, Ranges]:
        """Return the peers that the rule may match, and whether it surely does."""
        sure, unread = True, []
        for match in rule["if"]:
            if match["on"] == _PEER[self.question.way]:
                found = self._peers(match)
                if found is not None:
                    peers = ranges.both(peers, found)
                    continue
                holds = None
            else:
                holds = self._holds(match, chain)
            if holds is None:
                sure = False
                unread.append(" ".join((match["on"], *match["in"][:1])))
            elif holds is bool(match.get("not")):
                return True, NOTHING
        if peers:
            where = f" in {chain['table']} {chain['name']}"
            self.doubts.update({each.removeprefix("other ") + where: None for each in unread})
        return sure, peers

    def _peers(self, match: Mapping[str, Any]) -> Ranges | None:
        """Return the peers that a match of addresses lets pass, None when it is not understood."""
        version = self.question.version
        if id(match) not in self.values:
            try:
                self.values[id(match)] = ranges.of(match["in"], version)
            except ValueError:
                self.values[id(match)] = None
        found = self.values[id(match)]
        if found is None or not match.get("not"):
            return found
        return ranges.without(ranges.everything(version), found)

    def _holds(self, match: Mapping[str, Any], chain: Mapping[str, Any]) -> bool | None:
        """Say whether a match, its "not" aside, holds; None when that cannot be said."""
        on, values, ask = match["on"], match["in"], self.question
        if on == "proto":
            return ask.protocol in values
        if on == "family":
            return _FAMILIES[ask.version][0] in values
        if on in ("dport", "sport"):
            return self._port(values) if on == "dport" else _client_port(values)
        if on == _OWN[ask.way]:
            return self._own(values)
        if on in ("iif", "oif"):
            return self._interface(on, values, chain)
        if on == "daddr type":
            return ("local" if ask.way == "input" else "unicast") in values
        if on == "saddr type" and ask.way == "output":
            return "local" in values
        if on == "status":
            return False if set(values) <= _LATER else None
        if on == "state" and self._untracks():
            return {2: True, 0: False}.get(len({"new", "untracked"} & set(values)))
        if on in _OPENING:
            names = _NAMES.get(on, {})
            return _OPENING[on] in [names.get(value, value) for value in values]
        return None

    def _untracks(self) -> bool:
        if self.untracked is None:
            self.untracked = any(
                rule["then"] == "untrack" for each in self.chains.values() for rule in each["rules"]
            )
        return self.untracked

    def _port(self, values: Sequence[str]) -> bool | None:
        found = [_port_range(value) for value in values]
        if any(each is not None and each[0] <= self.ports[0] <= each[1] for each in found):
            return True
        return None if None in found else False

    def _own(self, values: Sequence[str]) -> bool | None:
        version = self.question.version
        try:
            found = ranges.of(values, version)
            if found == ranges.everything(version):
                return True
            if self.question.own is None:
                return None if found else False
            own = ranges.of([self.question.own], version)
        except ValueError:
            return None
        return bool(ranges.both(own, found)) if own else None

    def _interface(self, on: str, values: Sequence[str], chain: Mapping[str, Any]) -> bool | None:
        ours = "iif" if self.question.way == "input" else "oif"
        if on != ours:
            return False  # the other side of a packet of this node's own has no interface
        if values == ["lo"]:
            return False
        low = chain["family"] == "bridge" or chain["hook"] in ("ingress", "egress")
        name = (self.question.port or None) if low else self.question.interface
        if name is None:
            return True if "*" in values else None
        return any(
            name.startswith(value[:-1]) if value.endswith("*") else name == value
            for value in values
        )


def _order(chain: Mapping[str, Any]) -> tuple[int, int]:
    hooks = [hook for way in _WAYS.values() for hook in way]
    return hooks.index(chain["hook"]), chain["priority"]


def _client_port(values: Sequence[str]) -> bool | None:
    """Say whether a client's port, any above 1023, is among the values."""
    found = [_port_range(value) for value in values]
    if None in found:
        return None
    cover = ranges.joined(each for each in found if each is not None)
    inside = ranges.both((_ANY_CLIENT,), cover)
    return True if inside == (_ANY_CLIENT,) else None if inside else False
