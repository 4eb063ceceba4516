"""PVC's rows about its own networks, as far as a cluster file decides them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from saltext.muster.catalogue.pvc.layout import (
    CLUSTER,
    STORAGE,
    UPSTREAM,
    nics,
    of_role,
    system,
    the,
)
from saltext.muster.cluster import MAIN, Cluster, Network, Node
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.planning.addressing.taken import bounds, number

#: PVC-061: up to so many nodes, storage may share the interfaces of the other networks.
SMALL = 3

#: PVC-045: what the document's larger layout has in each of its two bonds.
LARGE_NICS, LARGE_SPEED = 2, 10.0


def bonded(cluster: Cluster) -> Iterable[Finding]:
    """PVC-043: PVC's own networks are VLANs on a bond."""
    told = [(name, net) for _role, name, net in system(cluster) if net.device]
    if not told:
        raise NotAsked("no network tells its interface")
    return [
        doubtful(
            ("networks", name),
            f"wanted a VLAN on a bond, seen {_seen(cluster, network)}",
            "put it on a bond of two NICs, as a VLAN: `bond` and `vlan`",
        )
        for name, network in told
        if not (_bonded(cluster, network) and network.tag)
    ]


def _bonded(cluster: Cluster, network: Network) -> bool:
    return bool(network.bond) or network.device in cluster.bonds


def _seen(cluster: Cluster, network: Network) -> str:
    kind = "the bond" if _bonded(cluster, network) else "the NIC"
    vlan = f"VLAN {network.tag}" if network.tag else "no VLAN"
    return f"{vlan} on {kind} {network.device}"


def two_bonds(cluster: Cluster) -> Iterable[Finding]:
    """PVC-045: where storage is apart, both sides are bonds of two NICs of 10 Gbit/s."""
    upstream, storage = _ends(cluster, UPSTREAM), _ends(cluster, STORAGE)
    if not upstream or not storage or upstream & storage:
        raise NotAsked("storage has no interfaces of its own, which PVC-061 judges")
    devices = sorted(upstream | storage)
    untold = [name for name in _bonds(cluster) if name not in cluster.bonds]
    if untold:
        raise NotAsked(f"the NICs of {untold[0]} are not declared")
    few = [
        (name, f"{len(nics(cluster, name))} NIC")
        for name in devices
        if len(nics(cluster, name)) < LARGE_NICS
    ]
    for name, seen in [*few, *_slow(cluster, devices)]:
        yield doubtful(
            ("bonds", name) if name in cluster.bonds else ("networks",),
            f"{name}: wanted {LARGE_NICS} NICs of {LARGE_SPEED:g} Gbit/s, seen {seen}",
            "give upstream and cluster one bond of two such NICs, and storage another",
        )


def _bonds(cluster: Cluster) -> list[str]:
    return [network.bond for _role, _name, network in system(cluster) if network.bond]


def _ends(cluster: Cluster, role: str) -> set[str]:
    return {network.device for _name, network in of_role(cluster, role)} - {""}


def _slow(cluster: Cluster, devices: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give the devices that have a slower NIC in some model of server, with that NIC."""
    for name in devices:
        for model, hardware in cluster.hardware.items():
            for nic in sorted(nics(cluster, name)):
                if 0 < hardware.nics.get(nic, 0) < LARGE_SPEED:
                    yield name, f"{nic} of {hardware.nics[nic]:g} Gbit/s in {model}"


def cluster_unrouted(cluster: Cluster) -> Iterable[Finding]:
    """PVC-056: no router has an end in the cluster network."""
    return _unrouted(cluster, CLUSTER)


def storage_unrouted(cluster: Cluster) -> Iterable[Finding]:
    """PVC-059: no router has an end in the storage network."""
    return _unrouted(cluster, STORAGE)


def _unrouted(cluster: Cluster, role: str) -> Iterator[Finding]:
    for name, network in the(cluster, role):
        for key, seen in (("gateway", network.gateway), ("routers", ", ".join(network.routers))):
            if seen:
                yield wrong(
                    ("networks", name, key),
                    f"the network {name} is private and not routed; seen {seen}",
                    f"leave out its {key}",
                )


def cluster_numbered(cluster: Cluster) -> Iterable[Finding]:
    """PVC-057: nodes' addresses in the cluster network follow their numbers."""
    return _numbered(cluster, CLUSTER)


def storage_numbered(cluster: Cluster) -> Iterable[Finding]:
    """PVC-060: nodes' addresses in the storage network follow their numbers."""
    return _numbered(cluster, STORAGE)


def _numbered(cluster: Cluster, role: str) -> Iterator[Finding]:
    networks = the(cluster, role)
    nodes = [node for node in cluster.nodes.values() if node.number]
    if not nodes:
        raise NotAsked("no node has a number")
    for name, network in networks:
        start = bounds(network.cidr).first
        ends = [(node, cluster.address_in(node, name)) for node in nodes]
        told = {node.id: number(address) - start for node, address in ends if address}
        if not told:
            yield doubtful(
                ("networks", name),
                f"no node has an address in the network {name}",
                f"give it an `offset`, or give each node `addresses: {{{name}: ...}}`",
            )
        offset = _usual(told[node.id] - node.number for node in nodes if node.id in told)
        for node, address in ends:
            if address and told[node.id] != offset + node.number:
                yield doubtful(
                    _at(node, name),
                    f"{address} does not follow the number {node.number}",
                    f"give it the network's own address plus {offset + node.number}",
                )


def _usual(offsets: Iterable[int]) -> int:
    found = Counter(offsets).most_common(1)
    return found[0][0] if found else 0


def _at(node: Node, network: str) -> tuple[str, ...]:
    own = ("nodes", node.id, "address")
    return own if network == MAIN else ("nodes", node.id, "addresses", network)


def separate(cluster: Cluster) -> Iterable[Finding]:
    """PVC-058: the cluster network is not on the same device and VLAN as upstream."""
    upstream, own = the(cluster, UPSTREAM), the(cluster, CLUSTER)
    if not all(network.device for _name, network in [*upstream, *own]):
        raise NotAsked("upstream or cluster network does not tell its interface")
    ends = {(network.device, network.tag) for _name, network in upstream}
    return [
        doubtful(
            ("networks", name),
            f"is where upstream is, on {network.device} "
            + (f"with VLAN {network.tag}" if network.tag else "without a VLAN"),
            "give it a VLAN or an interface of its own",
        )
        for name, network in own
        if (network.device, network.tag) in ends
    ]


def storage_apart(cluster: Cluster) -> Iterable[Finding]:
    """PVC-061: with more than 3 nodes, storage has NICs that no other network is on."""
    if len(cluster.nodes) <= SMALL:
        raise NotAsked(f"asked of more than {SMALL} nodes")
    storage = the(cluster, STORAGE)
    others = [*of_role(cluster, UPSTREAM), *of_role(cluster, CLUSTER)]
    if not all(network.device for _name, network in [*storage, *others]):
        raise NotAsked("a network does not tell its interface")
    for name, network in storage:
        own = nics(cluster, network.device)
        shared = [other for other, each in others if own & nics(cluster, each.device)]
        if shared:
            yield doubtful(
                ("networks", name),
                f"is on {network.device} with {', '.join(shared)}, at {len(cluster.nodes)} nodes",
                "give storage a bond of its own, as fast as the disks",
            )


def floating(cluster: Cluster) -> Iterable[Finding]:
    """PVC-063: each of PVC's own networks has a floating address."""
    networks = list(system(cluster))
    if not networks:
        raise NotAsked("no network is declared")
    return [
        doubtful(
            ("networks", name),
            f"has no floating address, which the primary coordinator holds in {role}",
            "add `floating: ...`, an address of the network that nobody has",
        )
        for role, name, network in networks
        if not network.floating
    ]
