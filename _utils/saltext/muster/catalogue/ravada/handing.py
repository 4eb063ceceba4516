"""What the administrator does in Ravada itself, with the values of this cluster.

The form New Node asks for Backend, Name and Address. A card's address has no field: Ravada reads it
with ``arp`` from its own master the first time that the node answers, and keeps it in its database.
"""

from __future__ import annotations

from collections.abc import Iterator

from saltext.muster.cluster import Cluster, Node
from saltext.muster.planning.handover import Cards, Step

_NODES, _BASE = "Admin Tools, Nodes", "Admin Tools, Virtual Machines"


def steps(cluster: Cluster, cards: Cards) -> Iterator[Step]:
    """Give the steps from ready nodes to nodes that take guests. Source: RAV-031, 035."""
    masters = [node for node in cluster.nodes.values() if node.role == "master"]
    nodes = [node for node in cluster.nodes.values() if node.role == "node"]
    master = masters[0].id if masters else "the master"
    for node in nodes:
        yield from _added(node, master)
        if cluster.options.wake_on_lan:
            yield _woken(node, master, cards)
    yield from _bases(cluster, nodes)


def _added(node: Node, master: str) -> Iterator[Step]:
    yield Step(master, f"virsh -c qemu+ssh://root@{node.address}/system pool-list")
    form = f"Backend KVM; Name {node.short}; Address {node.address}"
    yield Step(_NODES, f"New Node: {form}; Check connection; Save", "RAV-035")


def _woken(node: Node, master: str, cards: Cards) -> Step:
    known = " or ".join(cards.get(node.id, ()))
    card = f"is {known}" if known else "is the node's own (salt-run muster.wake lists it)"
    what = f"once Ravada has seen {node.short} up: arp -n {node.address}; the address {card}"
    return Step(master, what, "RAV-031")


def _bases(cluster: Cluster, nodes: list[Node]) -> Iterator[Step]:
    """Give which nodes are enabled in each base's tab; of bases that are not told, all."""
    for name, base in cluster.bases.items():
        having = [node.short for node in nodes if node.id in base.nodes]
        if having:
            yield Step(_BASE, f"{name}, tab Base: enable {', '.join(having)}", "RAV-035 RAV-005")
    if not cluster.bases and nodes:
        names = ", ".join(node.short for node in nodes)
        yield Step(_BASE, f"each base, tab Base: enable {names}", "RAV-035 RAV-005")
