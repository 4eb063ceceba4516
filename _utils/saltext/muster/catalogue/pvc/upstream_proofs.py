"""PVC's rows about the upstream network, as far as a cluster file decides them."""

from __future__ import annotations

from collections.abc import Iterable

from saltext.muster.catalogue.private import is_private
from saltext.muster.catalogue.pvc.layout import UPSTREAM, the
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.planning.addressing.taken import bounds


def private_upstream(cluster: Cluster) -> Iterable[Finding]:
    """PVC-049: the upstream network is private, and a router leads out of it."""
    for name, network in the(cluster, UPSTREAM):
        if not is_private(network.cidr):
            yield doubtful(
                ("networks", name, "cidr"),
                f"wanted a private network (RFC 1918), seen {network.cidr}",
                "take a private network, behind a router that translates and filters",
            )
        if not network.gateway:
            yield doubtful(
                ("networks", name),
                "has no gateway, and upstream is the way out",
                "add `gateway: ...`, the upstream router's address",
            )


def static_addresses(cluster: Cluster) -> Iterable[Finding]:
    """PVC-051: each node has a static address in the upstream network."""
    for name, _network in the(cluster, UPSTREAM):
        for node in cluster.nodes.values():
            if not cluster.address_in(node, name):
                yield doubtful(
                    ("nodes", node.id),
                    f"has no static address in the upstream network {name}",
                    f"give it `addresses: {{{name}: ...}}`",
                )


def upstream_size(cluster: Cluster) -> Iterable[Finding]:
    """PVC-053: upstream has room for routers, nodes, their IPMI and the floating address.

    A node that does not tell its IPMI has it there, as in most deployments: that much is a doubt
    only, where no other node has.
    """
    for name, network in the(cluster, UPSTREAM):
        low, high = bounds(network.cidr).hosts
        usable = high - low + 1
        inside = len(_inside((node.ipmi for node in cluster.nodes.values()), network.cidr))
        untold = sum(1 for node in cluster.nodes.values() if not node.ipmi)
        parts = {
            "routers": len({*network.routers, network.gateway} - {""}),
            "nodes": len(cluster.nodes),
            "IPMI": inside + untold,
            "floating": int(bool(network.floating)),
        }
        wanted = sum(parts.values())
        if wanted > usable:
            told = ", ".join(f"{what} {count}" for what, count in parts.items())
            what = f"{network.cidr} has {usable} addresses for hosts, wanted {wanted}: {told}"
            remedy = "take a larger network, or a network of its own for IPMI"
            yield (wrong if inside else doubtful)(("networks", name, "cidr"), what, remedy)


def _inside(addresses: Iterable[str], *cidrs: str) -> set[str]:
    """Return those of the addresses ("" = none) that are in one of the networks."""
    networks = [bounds(cidr) for cidr in cidrs]
    told = {address: bounds(address) for address in addresses if address}
    return {text for text, own in told.items() if any(each.hold(own) for each in networks)}


def management(cluster: Cluster) -> Iterable[Finding]:
    """PVC-055: IPMI is in upstream, or in a management network that nodes have a way to."""
    if not any(node.ipmi for node in cluster.nodes.values()):
        raise NotAsked("no node tells its IPMI")
    cidrs = [network.cidr for _name, network in the(cluster, UPSTREAM)]
    cidrs += [
        network.cidr
        for name, network in cluster.networks_for("management")
        if network.gateway or all(name in node.addresses for node in cluster.nodes.values())
    ]
    inside = _inside((node.ipmi for node in cluster.nodes.values()), *cidrs)
    for node in cluster.nodes.values():
        if node.ipmi and node.ipmi not in inside:
            yield doubtful(
                ("nodes", node.id, "ipmi"),
                f"{node.ipmi} is not in the upstream network",
                "move IPMI there, or declare the management network that leads to it",
            )


def restricted(cluster: Cluster) -> Iterable[Finding]:
    """PVC-104: administration comes from declared networks, and not from everywhere."""
    if not cluster.admin:
        what = "no network of administration is declared, so that nobody else can be kept out"
        yield doubtful(("admin",), what, "add `admin: [...]`, as small networks as will do")
    for index, cidr in enumerate(cluster.admin):
        if cidr.endswith("/0"):
            what = f"{cidr} is everybody"
            yield doubtful(("admin", index), what, "write the networks of the administrators")
