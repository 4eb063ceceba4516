"""What each node must accept and send, from the flows of its cluster: data for a firewall."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from saltext.muster.cluster import MAIN, Cluster, Node
from saltext.muster.planning.connecting import flows
from saltext.muster.planning.connecting.parties import Parties

INPUT, OUTPUT = "input", "output"

#: What makes nodes' rules the same: the parties they belong to, and the networks they are in.
Kind = tuple[frozenset[str], tuple[str, ...]]


class Rules:
    """The rules of all nodes of a cluster; nodes of one kind share theirs."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.flows = flows.flows(cluster)
        self.parties = Parties(cluster)
        self._ends = {end for each in self.flows for end in (each.source, each.destination)}
        self._of: dict[Kind, list[dict[str, Any]]] = {}

    def of(self, node: Node) -> list[dict[str, Any]]:
        """Return a node's rules, sorted.

        A rule is plain data: ``direction`` (input or output), ``protocol`` (tcp, udp, icmp),
        ``first`` and ``last`` port of the receiver (0 for icmp), ``peers`` (networks and
        addresses, or ``any`` alone: senders for input, receivers for output), ``network`` (by
        its name), ``interface`` ("" = any: who administers may come by another network; never
        so for guests' networks), ``rows`` (ids) and ``why`` (words). Its size does not grow with
        the number of nodes. Answers to what a rule allows belong to it; the node may talk to
        itself; what guests send through the node is no matter of these rules.
        """
        kind = self.kind(node)
        if kind not in self._of:
            self._of[kind] = _merged(self._single(*kind))
        return self._of[kind]

    def kind(self, node: Node) -> Kind:
        """Return what makes a node's rules: nodes of one kind have the same."""
        return self.parties.of(node) & self._ends, (MAIN, *sorted(node.addresses))

    def kinds(self) -> dict[Kind, list[Node]]:
        """Return the nodes by what makes their rules, in the order of the cluster file."""
        found: dict[Kind, list[Node]] = {}
        for node in self.cluster.nodes.values():
            found.setdefault(self.kind(node), []).append(node)
        return found

    def _single(self, own: frozenset[str], networks: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        """Give one rule for each flow that has an end at a node."""
        for each in self.flows:
            # A network of guests has its end at a node without an address of the cluster file.
            if each.network not in networks and each.network in self.cluster.networks:
                continue
            if each.destination in own and not self._alone(each.source, own):
                yield _rule(INPUT, each, self.parties.sources(each.source, each.network))
            if each.source in own and not self._alone(each.destination, own):
                yield _rule(OUTPUT, each, self.parties.targets(each.destination, each.network))

    def _alone(self, party: str, own: frozenset[str]) -> bool:
        """Say whether a party is this very node: what it sends to itself needs no rule."""
        # Among all nodes others may join, which is to change nothing at this one.
        return party in own and party != flows.NODES and self.parties.single(party)


def rules(cluster: Cluster, node: Node) -> list[dict[str, Any]]:
    """Return what a node must accept and send, as ``Rules.of`` does; for one node only."""
    return Rules(cluster).of(node)


def _rule(direction: str, flow: flows.Flow, peers: tuple[str, ...]) -> dict[str, Any]:
    return {
        "direction": direction,
        "network": flow.network,
        "interface": flow.interface,
        "protocol": flow.protocol,
        "first": flow.first,
        "last": flow.last,
        "peers": peers,
        "rows": flow.rows,
        "why": [flow.why],
    }


def _merged(single: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one rule for what differs in its peers alone, without those that have no peer."""
    keys = ("direction", "network", "interface", "protocol", "first", "last")
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for rule in single:
        if rule["peers"]:
            same = found.setdefault(
                tuple(rule[key] for key in keys), {**rule, "peers": [], "rows": [], "why": []}
            )
            for key in ("peers", "rows", "why"):
                same[key] = [*same[key], *rule[key]]
    for rule in found.values():
        rule["peers"] = _least(rule["peers"])
        rule["rows"] = sorted(set(rule["rows"]))
        rule["why"] = sorted(set(rule["why"]))
    return [found[key] for key in sorted(found)]


def _least(peers: Iterable[str]) -> list[str]:
    """Return peers sorted, without those that another one holds."""
    if flows.ANY in peers:
        return [flows.ANY]
    nets = sorted({ipaddress.ip_network(peer) for peer in peers}, key=_order)
    kept: list[Any] = []
    for net in nets:
        # Sorted like this, the only network that can hold this one is the last that was kept.
        if not (kept and kept[-1].version == net.version and net.subnet_of(kept[-1])):
            kept.append(net)
    return [str(net).removesuffix(f"/{net.max_prefixlen}") for net in kept]


def _order(net: Any) -> tuple[int, int, int]:
    return net.version, int(net.network_address), net.prefixlen
