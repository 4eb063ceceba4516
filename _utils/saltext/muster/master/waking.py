"""Wake nodes by magic packets that a host of their own network sends: ``salt-run muster.wake``."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from saltext.muster import facts
from saltext.muster.cluster import Cluster, Node
from saltext.muster.comparison import said
from saltext.muster.components import magic_packet
from saltext.muster.errors import InvalidArgument, MusterError, Refused
from saltext.muster.finding import doubtful, wrong
from saltext.muster.master import jobs, validate
from saltext.muster.master.cards import Cards, Fetch, known
from saltext.muster.planning.sheet import Row, Sheet, Table

TOPIC = "wake"

#: Seconds that a node has to send, to say that it is up, and to come up at most.
SECONDS, ANSWER, LONGEST = 5, 10, 3600

#: So many nodes besides the master try to send before nobody can.
TRIES = 3

ITSELF = "the Salt master"

_BY_HAND = 'write the card into the cluster file: mac: "52:54:00:12:34:56"'


def of(opts: Mapping[str, Any], fetch: Fetch, node: str, cluster: str, wait: Any) -> dict[str, Any]:
    """Return the sheets of what was sent, or of what is known (node "" = nothing is sent).

    opts are the master's, fetch Salt's ``mine.get``; cluster is a cluster's name ("" = any), wait
    the seconds to wait until the node answers. Raises MusterError for a node that is not known,
    has no card that is known, or that nobody up can send to.
    """
    if not isinstance(wait, int) or isinstance(wait, bool) or not 0 <= wait <= LONGEST:
        raise InvalidArgument(f"wait: wanted 0 to {LONGEST} seconds, seen {str(wait)[:80]!a}")
    found = validate.chosen(opts, cluster, node)
    if not node:
        sheets = [listing(each, known(each, fetch)) for each in found]
    else:
        sheets = [_wake(opts, found[0], found[0].nodes[node], known(found[0], fetch)[node], wait)]
    data = [each.to_data() for each in sheets]
    return {"sheets": data, "retcode": max(each["retcode"] for each in data)}


def listing(cluster: Cluster, found: Mapping[str, Cards]) -> Sheet:
    """Return what each node of a cluster is woken by, and what is doubtful of it."""
    rows: list[Row] = [
        {
            "node": id_,
            "address": cluster.nodes[id_].address,
            "cards": list(cards.macs),
            "as_says": cards.source,
        }
        for id_, cards in found.items()
    ]
    findings = tuple(
        doubtful(("nodes", id_), f"{id_}: {cards.problem}", f"look at the node, or {_BY_HAND}")
        for id_, cards in found.items()
        if cards.problem
    )
    return Sheet(TOPIC, cluster.name, (Table("nodes", rows),), findings)


def _wake(opts: Mapping[str, Any], cluster: Cluster, node: Node, cards: Cards, wait: int) -> Sheet:
    if not cards.macs:
        why = cards.problem or "neither the cluster file nor the node has told one"
        raise Refused(
            f"the card of {node.id} is not known: {why}; {_BY_HAND}, or run"
            f" `salt {node.id} state.apply muster` while it is up, with wake_on_lan in its plan"
        )
    host, told = _sent(opts, cluster, node, list(cards.macs))
    rows: list[Row] = [
        {"card": mac, "as_says": cards.source, "from": host, **told} for mac in cards.macs
    ]
    return _waited(opts, node.id, Sheet(TOPIC, cluster.name, (Table(node.id, rows),)), wait)


def _sent(
    opts: Mapping[str, Any], cluster: Cluster, node: Node, macs: list[str]
) -> tuple[str, Row]:
    """Have the packets sent by the first host that can; return which, and what it says of it.

    The cluster's master node is asked first, then others of the network, then this host sends.
    """
    network = _network(cluster, node)
    failed = []
    for id_ in _hosts(opts, cluster, node, network):
        answer = jobs.run(opts, "muster_wake.send", {id_: (macs, network)}, SECONDS)[id_]
        told = answer.data if isinstance(answer.data, Mapping) else {}
        if told:
            return id_, _told(told)
        failed.append(f"{id_}: {answer.why or 'its answer is none'}")
    try:
        read = facts.Facts(facts.collect(("addresses",))).get("addresses", "addresses")
        way = magic_packet.way(read, network)
    except (MusterError, facts.Unread) as err:
        way, failed = None, [*failed, f"{ITSELF}: {err}"]
    if way is None:
        raise Refused(
            f"nobody can wake {node.id}: no other node of {network} is up, and {ITSELF} has no"
            f" address there ({'; '.join(failed) or 'nobody was up'}); start one of them, or send"
            f" the packet by hand: wakeonlan {' '.join(macs)}"
        )
    magic_packet.send(way, macs)
    return ITSELF, _told({**vars(way), "ports": magic_packet.PORTS})


def _network(cluster: Cluster, node: Node) -> str:
    main = cluster.main
    if main is None or not node.address or ipaddress.ip_address(node.address).version != 4:
        raise Refused(
            f"{node.id} has no IPv4 address in the network main: magic packets are sent to a"
            " broadcast address, which IPv6 has not; declare its IPv4 network"
        )
    return main.cidr


def _hosts(opts: Mapping[str, Any], cluster: Cluster, node: Node, network: str) -> Iterator[str]:
    """Give the nodes of the network that are up: the cluster's master node first, then others."""
    inside = ipaddress.ip_network(network)
    others = [
        each
        for each in cluster.nodes.values()
        if each.id != node.id and each.address and ipaddress.ip_address(each.address) in inside
    ]
    first = [each.id for each in others if each.role == "master"][:1]
    yield from _up(opts, first, ANSWER)
    rest = [each.id for each in others if each.id not in first]
    yield from _up(opts, rest[: jobs.AT_ONCE], ANSWER)[:TRIES]


def _up(opts: Mapping[str, Any], ids: list[str], seconds: float) -> list[str]:
    """Return which minions answer within that time."""
    if not ids:
        return []
    # What a job is given besides its work is all that an answer takes.
    answers = jobs.run(opts, "test.ping", dict.fromkeys(ids, ()), seconds - jobs.GRACE)
    return [id_ for id_ in ids if answers[id_].data is True]


def _told(told: Mapping[str, Any]) -> Row:
    """Return what a host says of its sending, as a row; it is the minion's own word."""
    ports = told.get("ports")
    return {
        "interface": said(told.get("link")),
        "address": said(told.get("address")),
        "sent_to": said(told.get("broadcast")),
        "udp": [said(port) for port in ports][:8] if isinstance(ports, (list, tuple)) else [],
    }


def _waited(opts: Mapping[str, Any], node: str, sheet: Sheet, wait: int) -> Sheet:
    """Return the sheet with what came of waiting for the minion's answer."""
    if not wait:
        return replace(sheet, notes=(f"see whether it is up: salt {node} test.ping",))
    start = time.monotonic()
    while (left := start + wait - time.monotonic()) > 0:
        if _up(opts, [node], min(ANSWER, left)):
            seconds = round(time.monotonic() - start)
            return replace(sheet, notes=(f"{node} answers after {seconds} s",))
    finding = wrong(
        ("nodes", node),
        f"{node} did not answer within {wait} s",
        "see its console: is wake on LAN on in its firmware, is its card known rightly?",
    )
    return replace(sheet, findings=(finding,))
