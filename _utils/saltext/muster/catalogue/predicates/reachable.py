"""From where a node's ports are reached: questions to its firewall, and how answers are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from saltext.muster import firewall, ranges
from saltext.muster.facts import Facts, Unread
from saltext.muster.firewall import Answer, Question, TooComplex
from saltext.muster.ranges import Ranges
from saltext.muster.requirement import Plan

#: What no host on the Internet sends from, nor gets an answer at.
INSIDE = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
    "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1",
)  # fmt: skip


class Ports(NamedTuple):
    """Ports of one protocol, the first and the last."""

    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{ports}/{self.protocol}"


def question(facts: Facts, plan: Plan, ports: Ports, way: str = "input") -> Question:
    """Return the question who reaches these ports, by IPv4 and over the node's uplink."""
    given = plan.get("declared", {})
    try:
        uplink = facts.get("firewall", "uplink") or None
    except Unread:
        uplink = None
    port = None
    if uplink and uplink == given.get("bridge"):
        port = given.get("interface")
    elif uplink and uplink == given.get("interface"):
        port = ""
    found = Question(way, ports.protocol, (ports.first, ports.last))
    return replace(found, interface=uplink, port=port, own=given.get("address"))


def by_ports(facts: Facts, asked: Question) -> list[Answer]:
    """Return the answers of all runs of ports; raise Unread when the rules give none."""
    chains = facts.get("firewall", "chains")
    try:
        return firewall.by_ports(chains, asked)
    except TooComplex as err:
        raise Unread(str(err)) from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise Unread("the facts of the firewall are not in the form of the probe") from None


def answer(facts: Facts, asked: Question) -> Answer:
    """Return who reaches every port of the question; raise Unread when the rules do not tell."""
    return firewall.together(asked, by_ports(facts, asked))


def doubtful(answers: Iterable[Answer], what: str) -> Unread:
    """Return the exception that says what of the rules leaves ``what`` open."""
    doubts = list(dict.fromkeys(doubt for each in answers for doubt in each.doubts))[:3]
    return Unread(f"{what} cannot be told; not understood: {'; '.join(doubts) or 'the rules'}")


def networks(texts: Iterable[str], version: int, what: str) -> Ranges:
    """Return declared addresses as a set; raise Unread for what is none."""
    try:
        return ranges.of(texts, version)
    except ValueError as err:
        raise Unread(f"{what} as declared: {err}") from None


def possible(found: Answer, version: int) -> Ranges:
    """Return who is not surely refused."""
    return ranges.without(ranges.everything(version), found.refused)
