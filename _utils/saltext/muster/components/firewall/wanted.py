"""What a node's firewall must accept, whatever program brings it about."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from saltext.muster.components.border import demand

ANY = "any"
PROTOCOLS = ("tcp", "udp", "icmp")

#: What a device may be called: the kernel's own limit, and no shell's or nft's characters.
_INTERFACE = re.compile("[A-Za-z0-9][A-Za-z0-9_.:-]{0,14}", re.ASCII)
_STRANGE = re.compile("[^A-Za-z0-9 .,:;/()'+-]+", re.ASCII)

#: nftables takes comments of so many bytes.
_COMMENT = 127


@dataclass(frozen=True)
class Accept:
    """What is let in: a protocol with ports of the node (0 for icmp), from peers.

    peers are addresses and networks, or ``any`` alone; interface "" is any. about is a comment.
    """

    protocol: str
    first: int
    last: int
    peers: tuple[str, ...]
    interface: str = ""
    about: str = ""

    def by_version(self, version: int) -> tuple[str, ...]:
        """Return the peers of IP version 4 or 6; none where anybody is accepted."""
        return tuple(peer for peer in self.peers if peer != ANY and _version(peer) == version)

    @property
    def ports(self) -> str:
        """The ports as nft, firewalld and people write them."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True)
class Wanted:
    """A node's firewall; confirm is how many seconds a change waits to be confirmed.

    admin and masters are the networks and addresses that the node is administered from.
    """

    accept: tuple[Accept, ...]
    admin: tuple[str, ...] = ()
    masters: tuple[str, ...] = ()
    confirm: int = 60


def wanted(data: Mapping[str, Any]) -> Wanted:
    """Return what the plan's ``components.firewall`` means.

    Raises InvalidArgument that tells all of what is no rule, network or number.
    """
    rules, confirm = data.get("rules"), data.get("confirm", 60)
    problems = [] if isinstance(rules, list) else [f"rules: {rules!r:.90} is no list"]
    rules = rules if isinstance(rules, list) else []
    for place, rule in enumerate(rules):
        problems += (f"rules[{place}]: {problem}" for problem in _rule_problems(rule))
    for key in ("admin", "masters"):
        problems += (f"{key}: {problem}" for problem in _network_problems(data.get(key, [])))
    if isinstance(confirm, bool) or not isinstance(confirm, int) or not 15 <= confirm <= 600:
        problems.append(f"confirm: {confirm!r:.90} is no number of seconds from 15 to 600")
    demand("muster_firewall", problems)
    return Wanted(tuple(map(_accept, rules)), tuple(data["admin"]), tuple(data["masters"]), confirm)


def _accept(rule: Mapping[str, Any]) -> Accept:
    about = ": ".join(filter(None, [" ".join(rule["rows"]), "; ".join(rule["why"])]))
    return Accept(
        rule["protocol"],
        rule["first"],
        rule["last"],
        tuple(rule["peers"]),
        rule["interface"],
        _STRANGE.sub("?", about)[:_COMMENT].rstrip(),
    )


def _rule_problems(rule: Any) -> Iterator[str]:
    if not isinstance(rule, Mapping):
        yield f"{rule!r:.90} is no mapping"
        return
    protocol, ports = rule.get("protocol"), (rule.get("first"), rule.get("last"))
    if protocol not in PROTOCOLS:
        yield f"protocol: {protocol!r:.90} is none of {', '.join(PROTOCOLS)}"
    if not _are_ports(protocol == "icmp", *ports):
        yield f"ports {ports[0]!r:.20} to {ports[1]!r:.20} are none (1 to 65535; 0 for icmp)"
    interface = rule.get("interface")
    if interface != "" and not (isinstance(interface, str) and _INTERFACE.fullmatch(interface)):
        yield f"interface: {interface!r:.90} is no name of a network device"
    peers = rule.get("peers")
    if peers != [ANY]:
        yield from (f"peers: {problem}" for problem in _network_problems(peers))
        if peers == []:
            yield "peers: nobody is told; write 'any' for anybody"
    for key in ("rows", "why"):
        value = rule.get(key)
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            yield f"{key}: {value!r:.90} is no list of texts"


def _are_ports(none: bool, first: Any, last: Any) -> bool:
    if type(first) is not int or type(last) is not int:
        return False
    return first == last == 0 if none else 1 <= first <= last <= 65535


def _network_problems(values: Any) -> Iterator[str]:
    if not isinstance(values, list):
        yield f"{values!r:.90} is no list"
        return
    yield from (f"{value!r:.90} is no address or network" for value in values if not _is_net(value))


def _is_net(value: Any) -> bool:
    try:
        ipaddress.ip_network(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return "%" not in value


def _version(peer: str) -> int:
    return 6 if ":" in peer else 4


def groups(accept: Iterable[Accept], most: int) -> dict[tuple[int, tuple[str, ...]], int]:
    """Return a number from 1 for each list of more than ``most`` peers, by IP version and list.

    Such lists are kept as named sets, each once however many rules it is in.
    """
    found: dict[tuple[int, tuple[str, ...]], int] = {}
    for each in accept:
        for version in (4, 6):
            peers = each.by_version(version)
            if len(peers) > most:
                found.setdefault((version, peers), len(found) + 1)
    return found
