"""The text of muster's own nftables table, and of the file that has it loaded at boot."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator

from saltext.muster.components.firewall.connections import Connection
from saltext.muster.components.firewall.wanted import ANY, Accept, Wanted, groups

FILE = "/etc/nftables.d/muster.nft"
HEADER = "# Written by muster: changes are replaced.\n"
LIST = ("nft", "-s", "list", "table", "inet", "muster")

#: In one transaction the table is there, gone, and there anew.
GONE = "table inet muster\ndelete table inet muster\n"

#: More peers than this are a set with a name.
MOST = 8

#: Connections older than the table, which conntrack may not know: what is in them is let in.
CARRIED = "carried"
_LIFE = "2d"

_INCLUDE = re.compile(r"""^\s*include\s+["']([^"']+)["']""", re.MULTILINE)
_FLUSH = re.compile(r"^\s*flush\s+ruleset\b", re.MULTILINE)

#: What IP itself needs: errors (PMTU), IPv6's neighbours and routers, who listens to which group.
_NEEDED = (
    ("icmp type { destination-unreachable, time-exceeded, parameter-problem }", "errors"),
    (
        "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }",
        "errors",
    ),
    (
        "icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit"
        " 255",
        "IPv6 neighbours and routers",
    ),
    (
        "ip6 saddr fe80::/10 icmpv6 type { mld-listener-query, mld-listener-report,"
        " mld-listener-done, mld2-listener-report }",
        "multicast groups",
    ),
    ("meta l4proto igmp", "multicast groups"),
)
_DHCP6 = ("ip6 saddr fe80::/10 udp sport 547 udp dport 546", "DHCP for IPv6")


def text(wanted: Wanted, dhcp6: bool, carried: Iterable[Connection] = ()) -> str:
    """Return what replaces the table in one transaction.

    dhcp6: the node is a client of DHCP for IPv6, whose answers are no answers to conntrack.
    carried are connections of the time before the table.
    """
    sets = groups(wanted.accept, MOST)
    body = [*_carried(carried)]
    for (version, peers), number in sets.items():
        body += _set(f"peers{number}", f"ipv{version}_addr", "flags interval", peers)
    body += ["\tchain input {", "\t\ttype filter hook input priority filter; policy drop;"]
    body += (f"\t\t{line}" for line in _rules(wanted, dhcp6, sets))
    return "\n".join([HEADER + GONE + "table inet muster {", *body, "\t}", "}"]) + "\n"


def _rules(
    wanted: Wanted, dhcp6: bool, sets: dict[tuple[int, tuple[str, ...]], int]
) -> Iterator[str]:
    yield _rule("ct state established,related", "answers")
    for version, ip in ((4, "ip"), (6, "ip6")):
        # Never an opening packet; before `invalid`, as conntrack may not pick connections up.
        yield _rule(
            "tcp flags & (fin | syn | rst | ack) != syn"
            f" {ip} saddr . tcp sport . tcp dport @{CARRIED}{version}",
            "connections older than this table",
        )
    yield _rule("ct state invalid", "no part of any connection", "drop")
    yield _rule('iifname "lo"', "the node itself")
    for matches, about in (*_NEEDED, *([_DHCP6] if dhcp6 else [])):
        yield _rule(matches, about)
    for each in wanted.accept:
        yield from _accept(each, sets)


def _rule(matches: str, about: str, verdict: str = "accept") -> str:
    comment = f' comment "{about}"' if about else ""
    return f"{matches} counter {verdict}{comment}"


def _accept(each: Accept, sets: dict[tuple[int, tuple[str, ...]], int]) -> Iterator[str]:
    where = f'iifname "{each.interface}" ' if each.interface else ""
    if each.peers == (ANY,):
        yield _rule(where + _what(each, "{ icmp, ipv6-icmp }"), each.about)
        return
    for version, ip, icmp in ((4, "ip", "icmp"), (6, "ip6", "ipv6-icmp")):
        peers = each.by_version(version)
        if not peers:
            continue
        number = sets.get((version, peers))
        listed = peers[0] if len(peers) == 1 else f"{{ {', '.join(peers)} }}"
        who = f"@peers{number}" if number else listed
        yield _rule(f"{where}{ip} saddr {who} {_what(each, icmp)}", each.about)


def _what(each: Accept, icmp: str) -> str:
    if each.protocol == "icmp":
        return f"meta l4proto {icmp}"
    return f"{each.protocol} dport {each.ports}"


def _carried(carried: Iterable[Connection]) -> Iterator[str]:
    by_version: dict[int, list[str]] = {4: [], 6: []}
    for each in carried:
        key = f"{each.peer} . {each.peer_port} . {each.port} timeout {_LIFE}"
        by_version[6 if ":" in each.peer else 4].append(key)
    for version, elements in by_version.items():
        kind = f"ipv{version}_addr . inet_service . inet_service"
        yield from _set(f"{CARRIED}{version}", kind, "flags timeout", elements)


def _set(name: str, kind: str, flags: str, elements: Iterable[str]) -> Iterator[str]:
    yield f"\tset {name} {{"
    yield f"\t\ttype {kind}"
    yield f"\t\t{flags}"
    listed = list(dict.fromkeys(elements))
    if listed:
        yield "\t\telements = {\n\t\t\t" + ",\n\t\t\t".join(listed) + "\n\t\t}"
    yield "\t}"


def includes(main: str) -> bool:
    """Say whether the text of nftables' own main file has muster's file loaded, and kept."""
    last = max((found.end() for found in _FLUSH.finditer(main)), default=0)
    return any(
        found.start() >= last and fnmatch.fnmatch(FILE, found[1])
        for found in _INCLUDE.finditer(main)
    )


def including(main: str) -> str:
    """Return the main file's text with muster's file loaded at its end, else as it was."""
    if includes(main):
        return main
    end = "" if main.endswith("\n") or not main else "\n"
    start = main or "#!/usr/sbin/nft -f\n"
    return f'{start}{end}\n# muster\'s own table\ninclude "{FILE}"\n'
