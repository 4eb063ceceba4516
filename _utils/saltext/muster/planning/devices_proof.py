"""Whether the devices that a cluster file asks for make sense together, on every node."""

from __future__ import annotations

from collections.abc import Iterator

from saltext.muster import platforms
from saltext.muster.cluster import Cluster, Node
from saltext.muster.components.network.wanted import wanted
from saltext.muster.errors import InvalidArgument
from saltext.muster.finding import Finding


def prove(cluster: Cluster) -> Iterator[Finding]:
    """Give what a node would refuse of its plan's component ``network``.

    Of nodes that are alike one is looked at: they differ by addresses alone.
    """
    platform = platforms.load(cluster.platform)
    kinds: dict[tuple[object, ...], Node] = {}
    for node in cluster.nodes.values():
        kinds.setdefault(_kind(node), node)
    told: set[str] = set()
    for node in kinds.values():
        network = platform.components(cluster, node).get("network")
        text = _refused(network) if network else ""
        if text and text not in told:
            told.add(text)
            yield Finding(
                ("networks",),
                f"the devices of {node.id} contradict each other: {text}",
                "look at bridge, interface, bond, vlan, gateway and routes of the networks",
                "the devices of a node contradict each other",
            )


def _kind(node: Node) -> tuple[object, ...]:
    return node.interface, node.role, bool(node.address), tuple(sorted(node.addresses))


def _refused(network: object) -> str:
    try:
        wanted(network)
    except InvalidArgument as err:
        return str(err).partition(": ")[2].removesuffix("; correct the cluster file")
    return ""
