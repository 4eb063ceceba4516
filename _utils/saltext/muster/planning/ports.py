"""The sheet "ports": flows, nodes' rules, and the work lists for switches and route reflectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saltext.muster.cluster import MAIN, Cluster, Node
from saltext.muster.errors import InvalidArgument
from saltext.muster.finding import Finding, doubtful
from saltext.muster.planning.connecting import peer_probes, reflectors, switches
from saltext.muster.planning.connecting.flows import NODES, Flow, ports_text
from saltext.muster.planning.connecting.guard import guard
from saltext.muster.planning.connecting.rules import Rules
from saltext.muster.planning.sheet import Row, Sheet, Table

TOPIC = "ports"


def sheet(cluster: Cluster, *, node: str = "", since: Cluster | None = None) -> Sheet:
    """Return what talks to what in a cluster, and who must be told of it.

    node limits rules and work lists to one node, by its id; since is an older state of the
    cluster: what the work lists lose and gain is told too. Raises InvalidArgument when there is
    no such node. Sources: VMM-052 to 059, RAV-028 to 030, PVC-064, PVC-066, PVC-105, NET-021.
    """
    if node and node not in cluster.nodes:
        if since and node in since.nodes:
            leaves = f"{node} leaves the cluster: its own rules and ports are in the older file."
            return Sheet(TOPIC, cluster.name, tables=_changes(since, cluster, node), notes=[leaves])
        raise InvalidArgument(f"the cluster has no node {node!r}; give an id under `nodes`")
    plan = Rules(cluster)
    one = cluster.nodes.get(node)
    own = [one] if one else None
    tables = [
        Table("flows", [_flow(each) for each in plan.flows]),
        Table("rules", list(_rules(plan, one))),
        Table("switch ports", [switches.row(p) for p in switches.ports(cluster, own)]),
        *_reflectors(cluster, one),
        Table("tries between nodes", list(_tries(cluster, plan))),
    ]
    if since is not None:
        tables += _changes(since, cluster, node)
    found = [*guard(cluster, plan), *_spread(plan), *switches.findings(cluster)]
    return Sheet(TOPIC, cluster.name, tables=tables, findings=found, notes=list(_notes(cluster)))


def _flow(each: Flow) -> Row:
    return {
        "network": each.network,
        "protocol": each.protocol,
        "ports": each.ports,
        "from": each.source,
        "to": each.destination,
        "why": each.why,
        "rows": list(each.rows),
    }


def _rules(plan: Rules, one: Node | None) -> Iterator[Row]:
    """Give the rules of one node, or once for all nodes that have the same."""
    for nodes in [[one]] if one else plan.kinds().values():
        more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
        for rule in plan.of(nodes[0]):
            yield _rule(nodes[0].id + more, rule)


def _rule(nodes: str, rule: Mapping[str, Any]) -> Row:
    ports = ports_text(rule["first"], rule["last"])
    rest = {key: rule[key] for key in ("peers", "why", "rows")}
    fixed = {key: rule[key] for key in ("direction", "network", "interface", "protocol")}
    return {"nodes": nodes, **fixed, "ports": ports, **rest}


def _reflectors(cluster: Cluster, one: Node | None) -> Iterator[Table]:
    """Give a table of lines for each route reflector; one node's lines alone with their block."""
    if one:
        lines = reflectors.lines(cluster, one.id)
        yield Table("route reflectors", [line._asdict() for line in lines])
        return
    for each in reflectors.reflectors(cluster):
        name = f"route reflector {each.name} ({each.address})"
        yield Table(name, [{"line": line} for line in each.lines()])


def _tries(cluster: Cluster, plan: Rules) -> Iterator[Row]:
    counts: dict[tuple[str, str, int], int] = {}
    for probe in peer_probes.probes(cluster, plan):
        key = (probe.network, probe.protocol, probe.port)
        counts[key] = counts.get(key, 0) + 1
    for (network, protocol, port), count in counts.items():
        yield {"network": network, "protocol": protocol, "port": port, "tries": count}


def _changes(old: Cluster, new: Cluster, node: str) -> list[Table]:
    ports = [
        {"change": change, **switches.row(port)}
        for change, port in switches.changes(old, new)
        if node in ("", port.node)
    ]
    lines = [
        {"change": change, **line._asdict()} for change, line in reflectors.changes(old, new, node)
    ]
    return [
        Table("switch ports that change", ports),
        Table("route reflector lines that change", lines),
    ]


def _spread(plan: Rules) -> Iterator[Finding]:
    """Tell where nodes are accepted by a wider network than is declared."""
    declared = plan.cluster.main.cidr if plan.cluster.main else ""
    found = [peer for peer in plan.parties.sources(NODES, MAIN) if peer != declared]
    wide = [peer for peer in found if "/" in peer]
    if wide:
        yield doubtful(
            ("networks", MAIN) if declared else (),
            f"nodes outside the declared networks are taken for {', '.join(wide)}",
            "declare the network of the nodes' addresses as networks.main",
            "nodes are outside the declared networks",
        )


def _notes(cluster: Cluster) -> Iterator[str]:
    yield (
        "Rules hold on every interface but where one is named; answers belong to them. They are"
        " about the node's own traffic, not about what guests send through it."
    )
    if not cluster.salt_masters:
        yield (
            "No Salt master is told: nodes may reach any, and one that is a node itself would be"
            " shut to the others. Declare salt_masters."
        )
    kinds = {each.kind for each in cluster.client_networks.values()}
    if "managed" in kinds:
        yield "Managed networks are VXLANs: they need no VLAN on switch ports (PVC-105)."
    if len(cluster.nodes) > peer_probes.EACH:
        yield (
            f"Above {peer_probes.EACH} nodes the tries form rings: they find a node that is shut,"
            " not a pair that is."
        )
    if cluster.platform == "pvc":
        yield (
            "PVC's coordinators reflect routes (PVC-066), and PVC configures FRR itself; compare"
            " what it wrote with the lines here: without route-reflector-client it hands on"
            " nothing."
            if cluster.bgp.asn
            else "PVC's coordinators reflect routes (PVC-066): declare bgp.asn for their lines."
        )
