"""The guard: a firewall must not shut out who administers the node, as it is reached right now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from saltext.muster import ranges
from saltext.muster.components.firewall.connections import Connection, to_ports
from saltext.muster.components.firewall.wanted import ANY, Wanted
from saltext.muster.facts import Facts, Unread
from saltext.muster.ranges import Ranges

SSH = 22
SALT = (4505, 4506)
#: Peers that are named at most.
_SHOWN = 5
_LOOPBACK = ("127.", "::1")


def ssh_ports(facts: Facts) -> list[int]:
    """Return the ports where this node's SSH really listens; 22 where that cannot be seen.

    Those of the settings count where something listens there: what sshd forwards for its users
    listens too, and settings may not be in force yet.
    """
    listening = _listening(facts)
    try:
        told = {int(port) for port in facts.get("sshd", "effective")["port"]}
    except (Unread, KeyError, ValueError):
        told = set()
    held = {each["port"] for each in listening if "sshd" in each["programs"]}
    return sorted(told & {each["port"] for each in listening} or held or told or {SSH})


def master_ports(facts: Facts) -> list[int]:
    """Return Salt's ports that a master on this very node listens on."""
    found = {each["port"] for each in _listening(facts)}
    return [port for port in SALT if port in found]


def _listening(facts: Facts) -> Sequence[Mapping[str, Any]]:
    try:
        found = facts.get("sockets", "listening")
    except Unread:
        return ()
    return [
        each
        for each in found
        if each["protocol"] == "tcp" and not each["address"].startswith(_LOOPBACK)
    ]


def problems(
    wanted: Wanted,
    facts: Facts,
    connections: Sequence[Connection],
    own: Iterable[str],
    people: Sequence[str] | None = None,
) -> Iterator[str]:
    """Give who would be shut out, each with what is done about it (RAV-028, XC-13).

    connections are the node's established ones, own its addresses: it needs no rule for itself.
    people are the addresses that somebody is logged in from; None = not known, so that everybody
    who is connected to SSH counts.
    """
    mine = list(own)
    for port in ssh_ports(facts):
        yield from _ssh(wanted, port, mine)
    sessions = [each for each in connections if people is None or each.peer in people]
    logged_in = to_ports(sessions, ssh_ports(facts))
    for port, peers in logged_in.items():
        lacking = _lacking(wanted, port, peers, mine)
        if lacking:
            yield (
                f"somebody is logged in by SSH on port {port} from {lacking}, and could not come"
                " back: add that to `admin`, or log out there"
            )
    minions = to_ports(connections, master_ports(facts))
    for port, peers in minions.items():
        lacking = _lacking(wanted, port, peers, mine)
        if lacking:
            yield (
                f"this node is a Salt master, and its minions at {lacking} would not reach port"
                f" {port}: declare it in `salt_masters`, or add the port to `firewall.accept`"
            )


def _ssh(wanted: Wanted, port: int, own: list[str]) -> Iterator[str]:
    needed = wanted.admin or wanted.masters
    named = "admin" if wanted.admin else "salt_masters"
    remedy = "add it to `firewall.accept` with who needs it" if port != SSH else f"add {named}"
    if needed:
        lacking = _lacking(wanted, port, needed, own)
        if lacking:
            yield f"SSH listens on port {port}, which is shut to {lacking} of {named}: {remedy}"
    elif not any(_open_to(wanted, port, version) for version in (4, 6)):
        yield (
            f"SSH listens on port {port}, which is shut to everybody: write `admin`, the networks"
            " that administration comes from, in the cluster file"
        )


def _lacking(wanted: Wanted, port: int, needed: Sequence[str], own: list[str]) -> str:
    """Return as text which of the needed peers are not all let in, "" for none."""
    found = []
    for version in (4, 6):
        let_in = ranges.union(_open_to(wanted, port, version), ranges.of(own, version))
        found += [peer for peer in needed if ranges.without(ranges.of([peer], version), let_in)]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def _open_to(wanted: Wanted, port: int, version: int) -> Ranges:
    found = ranges.NOTHING
    for each in wanted.accept:
        if each.protocol == "tcp" and each.first <= port <= each.last and not each.interface:
            anybody = each.peers == (ANY,)
            peers = each.by_version(version)
            part = ranges.everything(version) if anybody else ranges.of(peers, version)
            found = ranges.union(found, part)
    return found


def told(
    wanted: Wanted, facts: Facts, connections: Sequence[Connection], own: Iterable[str]
) -> list[str]:
    """Return notes of connections that last although their ports are shut to new ones."""
    mine, listening = list(own), {each["port"] for each in _listening(facts)}
    notes = []
    for port, peers in sorted(to_ports(connections, listening).items()):
        lacking = _lacking(wanted, port, peers, mine)
        if lacking:
            notes.append(f"port {port} is shut to {lacking}, whose connection lasts until it ends")
    return notes
