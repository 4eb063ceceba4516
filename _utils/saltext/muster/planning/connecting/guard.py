"""The guard: a plan of ports must not cut anybody off who administers the nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from saltext.muster import ranges
from saltext.muster.cluster import MAIN, Cluster, Node
from saltext.muster.finding import Finding, wrong
from saltext.muster.planning.connecting import flows
from saltext.muster.planning.connecting.rules import INPUT, OUTPUT, Rules
from saltext.muster.ranges import Ranges

SSH = (22,)
SALT = (4505, 4506)

#: Nobody connects from these: the node itself, groups, and what is no address at all.
_NOBODY = ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/127", "::ffff:0:0/96", "ff00::/8")


def guard(cluster: Cluster, plan: Rules | None = None) -> Iterator[Finding]:
    """Give what of a cluster's port plan would lock out SSH or Salt (RAV-028, XC-13).

    SSH must be accepted on every node from the networks of ``admin``, from the Salt masters
    where none is declared, and from everywhere where neither is; somebody else than the node
    itself must be among them. Every node must reach a Salt master, and a master that is a node
    must be reached. One node of each kind and IP version is judged.
    """
    plan = plan or Rules(cluster)
    found: dict[tuple[Any, ...], Finding] = {}
    for (own, _networks), nodes in plan.kinds().items():
        for node in {6 if ":" in node.address else 4: node for node in reversed(nodes)}.values():
            rules = plan.of(node)
            items = [*_ssh(cluster, node, rules), *_to_masters(cluster, node, rules)]
            if flows.SALT_MASTERS in own:
                items += _at_master(plan, node, rules)
            for item in items:
                found.setdefault((item.where, item.remedy), item)
    yield from found.values()
    yield from _nobody_else(cluster)


def _nobody_else(cluster: Cluster) -> Iterator[Finding]:
    """Give the first node that nobody but itself may administer, though somebody is named."""
    key = "admin" if cluster.admin else "salt_masters"
    needed = cluster.admin or cluster.salt_masters
    others = {version: _others(needed, version) for version in (4, 6)}
    count = sum(map(ranges.size, others.values()))
    if not needed or count > 1 + len(cluster.networks):
        return  # no node has so many addresses
    for node in cluster.nodes.values():
        own = [node.address, *node.addresses.values()]
        if not any(ranges.without(each, _addresses(own, v)) for v, each in others.items()):
            yield wrong(
                (key,),
                f"nobody but {node.id} itself would reach SSH on {node.id}: {key} has"
                f" {', '.join(needed)} alone",
                "write under `admin` the networks that people administer the nodes from",
                f"{key} has nobody who administers a node from outside",
            )
            return


def _others(needed: Iterable[str], version: int) -> Ranges:
    return ranges.without(_addresses(needed, version), _addresses(_NOBODY, version))


def _versions(cluster: Cluster, node: Node, peers: Iterable[str] = ()) -> list[int]:
    """Return the IP versions by which a node and these peers reach each other.

    They are those of its own address, of networks with a gateway, and of those with peers in it:
    another network, as one for storage, leads to nobody outside.
    """
    found = {6 if ":" in node.address else 4}
    for name, address in node.addresses.items():
        network, version = cluster.networks.get(name), 6 if ":" in address else 4
        if network is None or version in found:
            continue
        near = ranges.both(_addresses([network.cidr], version), _addresses(peers, version))
        if network.gateway or near:
            found.add(version)
    return sorted(found)


def _ssh(cluster: Cluster, node: Node, rules: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    key = "admin" if cluster.admin else "salt_masters"
    needed = cluster.admin or cluster.salt_masters
    own = _versions(cluster, node, needed)
    if not needed:
        if any(_lacking(node, rules, INPUT, [flows.ANY], version) for version in own):
            yield wrong(
                (),
                f"SSH on {node.id} is restricted, and nothing says who administers it",
                "write `admin: [...]`, the networks that administration comes from, or"
                " `salt_masters: [...]` (RAV-028, XC-13)",
                "SSH is restricted, and nothing says who administers the nodes",
            )
    elif not any(ranges.of(needed, version) for version in own):
        yield _other_family(key, node, own, "SSH")
    elif any(_lacking(node, rules, INPUT, needed, version) for version in own):
        yield wrong(
            (key,),
            f"the port plan shuts SSH on {node.id} to {', '.join(needed)}",
            "let the platform's flows accept 22/tcp from there",
            "the port plan shuts SSH to those who administer the nodes",
        )


def _to_masters(
    cluster: Cluster, node: Node, rules: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    masters = cluster.salt_masters
    own = _versions(cluster, node, masters)
    if masters and not any(ranges.of(masters, version) for version in own):
        yield _other_family("salt_masters", node, own, "Salt")
        return
    needed = masters or [flows.ANY]
    if any(_lacking(node, rules, OUTPUT, needed, version, SALT) for version in own):
        yield wrong(
            ("salt_masters",) if masters else (),
            f"the port plan does not let {node.id} reach its Salt master",
            "let the platform's flows send to 4505-4506/tcp there",
            "the port plan does not let nodes reach their Salt master",
        )


def _at_master(plan: Rules, node: Node, rules: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    nodes = plan.parties.sources(flows.NODES, MAIN)
    own = _versions(plan.cluster, node, nodes)
    if any(_lacking(node, rules, INPUT, nodes, version, SALT) for version in own):
        yield wrong(
            ("salt_masters",),
            f"{node.id} is a Salt master, and the port plan shuts it to the nodes",
            "let the platform's flows accept 4505-4506/tcp from the nodes",
            "a node is a Salt master, and the port plan shuts it to the nodes",
        )


def _lacking(
    node: Node,
    rules: Iterable[Mapping[str, Any]],
    direction: str,
    needed: Iterable[str],
    version: int,
    ports: tuple[int, ...] = SSH,
) -> Ranges:
    """Return the needed peers that some of the ports are shut to; it needs no rule for itself."""
    own = _addresses([node.address, *node.addresses.values()], version)
    wanted = ranges.without(_addresses(needed, version), own)
    lacking: Ranges = ranges.NOTHING
    for port in ports:
        open_to = ranges.NOTHING
        for rule in rules:
            same = (rule["direction"], rule["protocol"]) == (direction, "tcp")
            if same and rule["first"] <= port <= rule["last"]:
                open_to = ranges.union(open_to, _addresses(rule["peers"], version))
        lacking = ranges.union(lacking, ranges.without(wanted, open_to))
    return lacking


def _addresses(peers: Iterable[str], version: int) -> Ranges:
    texts = [text for text in peers if text]
    return ranges.everything(version) if flows.ANY in texts else ranges.of(texts, version)


def _other_family(key: str, node: Node, own: Iterable[int], what: str) -> Finding:
    spoken = " and ".join(f"IPv{version}" for version in own)
    return wrong(
        (key,),
        f"{node.id} is reached by {spoken}, and {key} has no such address: {what} cannot get"
        " through",
        f"add {spoken} to {key}",
        f"{key} has no address of the nodes' IP version",
    )
