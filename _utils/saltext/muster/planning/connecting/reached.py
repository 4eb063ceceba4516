"""The sheet "reach": what came of the tries between nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, doubtful, wrong
from saltext.muster.planning.connecting import peer_probes
from saltext.muster.planning.connecting.peer_probes import Probe
from saltext.muster.planning.connecting.rules import Rules
from saltext.muster.planning.sheet import Row, Sheet, Table
from saltext.muster.reach import asked
from saltext.muster.wording import counted, listed

TOPIC = "reach"

#: What a try is called that its node told nothing of.
NOT_TOLD = "not told"
_WORDS = (*asked.RESULTS, NOT_TOLD)

_REMEDIES = {
    asked.FILTERED: "see on {to} whether its firewall, or one between, drops this: nft list"
    " ruleset; salt-run muster.ports node={to} tells what it must accept",
    asked.REFUSED: "see who refuses it: salt-run muster.ports node={to} tells what it must accept",
    asked.UNREACHABLE: "see on {from} which way it takes: ip route get {address}",
    asked.UNANSWERED: "ask the service itself: muster saw no answer, and none is due",
    asked.ERROR: "see what the node says, then run it again",
    NOT_TOLD: "see that the minion runs and has its key accepted, then run it again",
}


class Told(NamedTuple):
    """What came of a try; source is the address that the node sent from, "" = not told."""

    result: str
    why: str = ""
    source: str = ""


@dataclass(frozen=True)
class Outcome:
    """A try and what came of it."""

    probe: Probe
    told: Told


def wanted(cluster: Cluster, node: str = "", plan: Rules | None = None) -> list[Probe]:
    """Return the tries of a cluster, or those that begin or end at one node, by its id."""
    found = peer_probes.probes(cluster, plan)
    return [p for p in found if node in ("", p.source, p.destination)]


def sheet(
    cluster: Cluster, outcomes: Sequence[Outcome], plan: Rules, problems: Mapping[str, str]
) -> Sheet:
    """Return what came of the tries, a row for each port and one for each that was not reached.

    problems are what nodes said in place of an answer, by id.
    """
    missed = [each for each in outcomes if each.told.result not in asked.REACHED]
    shown = [each for each in missed if each.told.result != NOT_TOLD]
    tables = [
        Table("tries between nodes", list(_counts(outcomes))),
        Table("not reached", [_row(each) for each in shown]),
        Table("sent from another address than planned", list(_strays(cluster, outcomes))),
        Table("not tried", list(_left(plan))),
    ]
    return Sheet(
        TOPIC,
        cluster.name,
        tables=[table for table in tables if table.rows or table.name == "tries between nodes"],
        findings=list(_findings(outcomes, missed, problems)),
        notes=list(_notes(cluster, outcomes)),
    )


def _counts(outcomes: Iterable[Outcome]) -> Iterator[Row]:
    found: dict[tuple[str, str, int], dict[str, int]] = {}
    for each in outcomes:
        key = (each.probe.network, each.probe.protocol, each.probe.port)
        counts = found.setdefault(key, dict.fromkeys(_WORDS, 0))
        counts[each.told.result] += 1
    used = [word for word in _WORDS if any(counts[word] for counts in found.values())]
    for (network, protocol, port), counts in found.items():
        head = {"network": network, "protocol": protocol, "port": port}
        each_word = {word.replace(" ", "_"): counts[word] for word in used}
        yield {**head, "tries": sum(counts.values()), **each_word}


def _row(each: Outcome) -> Row:
    probe, told = each.probe, each.told
    ends = {"from": probe.source, "to": probe.destination, "address": probe.address}
    door = {"protocol": probe.protocol, "port": probe.port, "network": probe.network}
    return {**ends, **door, "result": told.result, "why": told.why}


def _strays(cluster: Cluster, outcomes: Iterable[Outcome]) -> Iterator[Row]:
    """Give each way on which a node's packets have another address than the plan's rules know."""
    seen = set()
    for each in outcomes:
        probe, own = each.probe, each.told.source
        planned = cluster.address_in(cluster.nodes[probe.source], probe.network)
        key = (probe.source, probe.network, own)
        if own and own != planned and key not in seen:
            seen.add(key)
            yield {"from": probe.source, "network": probe.network, "planned": planned, "seen": own}


def _left(plan: Rules) -> Iterator[Row]:
    """Give the flows that have an end outside the cluster's nodes, and those without ports."""
    for flow in plan.flows:
        outside = not (plan.parties.nodes(flow.source) and plan.parties.nodes(flow.destination))
        if outside or flow.protocol == "icmp":
            why = "an end of it is no node of the cluster" if outside else "it has no ports"
            head = {"network": flow.network, "protocol": flow.protocol, "ports": flow.ports}
            yield {**head, "from": flow.source, "to": flow.destination, "why": why}


def _findings(
    outcomes: Sequence[Outcome], missed: Iterable[Outcome], problems: Mapping[str, str]
) -> Iterator[Finding]:
    for node, why in problems.items():
        yield wrong(("nodes", node), f"{node}: {why}", _REMEDIES[NOT_TOLD])
    groups: dict[tuple[str, ...], list[Probe]] = defaultdict(list)
    for each in missed:
        probe, told = each.probe, each.told
        if told.result != NOT_TOLD or probe.source not in problems:
            key = (probe.destination, probe.address, told.result, told.why)
            groups[key].append(probe)
    for (to, address, result, why), found in groups.items():
        yield _grouped(to, address, result, why, found)
    if not outcomes and not problems:
        yield doubtful(
            ("nodes",),
            "there is nothing to try: no flow has nodes of this cluster at both its ends",
            "none: it takes two nodes",
        )


def _grouped(to: str, address: str, result: str, why: str, found: Sequence[Probe]) -> Finding:
    """Return one finding for all ports of a node that are shut for the same reason."""
    ports = list(dict.fromkeys(f"{probe.protocol} {probe.port}" for probe in found))
    sources = list(dict.fromkeys(probe.source for probe in found))
    more = f" and {counted(len(sources) - 1, 'node')} more" if sources[1:] else ""
    words = {"from": sources[0], "to": to, "address": address}
    return wrong(
        ("nodes", to),
        f"{listed(ports)} of {to} ({address}) from {sources[0]}{more}: {result}"
        + (f", {why}" if why else ""),
        _REMEDIES[result].format(**words),
    )


def _notes(cluster: Cluster, outcomes: Sequence[Outcome]) -> Iterator[str]:
    if any(each.told.result == asked.CLOSED for each in outcomes):
        yield "closed: the node itself said so: it is reached, and nothing listens there yet."
    if any(each.probe.protocol == "udp" for each in outcomes):
        yield "UDP: muster itself answered at the port, or saw beside its program what arrived."
    if len(cluster.nodes) > peer_probes.EACH:
        yield (
            f"Above {peer_probes.EACH} nodes the tries form rings: they find a node that is shut,"
            " not a pair that is."
        )
    yield "Of a range of ports the first was tried."
