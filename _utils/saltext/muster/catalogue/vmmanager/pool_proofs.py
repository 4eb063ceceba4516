"""What a cluster file alone decides of VMmanager's rows on networks and guests' addresses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from saltext.muster.catalogue.vmmanager.proofs import PROVIDERS
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, Where, doubtful, wrong
from saltext.muster.planning.addressing.taken import bounds

#: NET-014: a node's own address in guests' IPv6 network, and that network's prefix length.
SECOND, PREFIX = 2, 64

Net = IPv4Network | IPv6Network


def of_type(cluster: Cluster, *types: str) -> None:
    """Raise NotAsked unless the cluster's network type is one of these."""
    if cluster.network_type not in types:
        raise NotAsked(f"the network type is {cluster.network_type}")


def routed(cluster: Cluster) -> None:
    """Raise NotAsked unless guests are routed, which VMmanager does under KVM alone."""
    of_type(cluster, "routing")
    if cluster.hypervisor != "kvm":
        raise NotAsked(f"the hypervisor is {cluster.hypervisor}, which VMM-020 judges")


def inside(inner: str, outer: str) -> bool:
    """Say whether all addresses of a network are in another; of two families they are not."""
    return bounds(outer).hold(bounds(inner))


def blocks(cluster: Cluster) -> Iterator[tuple[Where, str]]:
    """Give the blocks of all address pools, with their paths."""
    for name, pool in cluster.address_pools.items():
        for index, block in enumerate(pool.blocks):
            yield ("address_pools", name, "blocks", index), block


def switching_pool(cluster: Cluster) -> Iterator[Finding]:
    """NET-002: the pool's blocks are of networks that the file declares."""
    of_type(cluster, "switching")
    if not cluster.address_pools:
        raise NotAsked("no address pool is declared")
    declared = [network.cidr for network in cluster.networks.values()]
    declared += [each.cidr for each in cluster.client_networks.values() if each.cidr]
    for where, block in blocks(cluster):
        if not any(inside(block, network) for network in declared):
            yield wrong(
                where,
                f"{block} is in no network of the cluster",
                "declare its network under `networks`, or write a block of one that is there",
            )


def at_provider(cluster: Cluster) -> Iterator[Finding]:
    """NET-006: Routing is the type at Hetzner and OVH, whose switches know the nodes alone."""
    if cluster.provider.lower() not in PROVIDERS:
        raise NotAsked(f"the provider is not {' or '.join(PROVIDERS)}")
    if cluster.network_type != "routing":
        yield doubtful(
            ("provider",),
            f"{cluster.network_type} at {cluster.provider}, which drops frames of MAC addresses"
            " that it does not know (NET-012)",
            "write network_type: routing",
        )


def own_subnet(cluster: Cluster) -> Iterator[Finding]:
    """NET-007: each node has a subnet for its guests beside its primary address.

    That subnets are apart from each other and from primary addresses is proved of all addresses
    of a file, whatever its platform (``planning.addressing.overlaps``).
    """
    routed(cluster)
    for node in cluster.nodes.values():
        if not node.subnet:
            yield wrong(
                ("nodes", node.id),
                f"{node.id} has no subnet for its guests",
                "give it `subnet: <network>`, as the provider routes it to the node",
            )


def no_migration(cluster: Cluster) -> Iterator[Finding]:
    """NET-010: under Routing no guest migrates."""
    routed(cluster)
    if cluster.options.migration:
        what = "guests do not migrate under routing: each node has its own subnet"
        remedy = "write migration: false, or another network_type"
        yield wrong(("options", "migration"), what, remedy, what)


def subnet_gateway(cluster: Cluster) -> Iterator[Finding]:
    """NET-013: the gateway of a node's subnet is the node's own primary address.

    A file has no other place for it but the one of the IP fabric.
    """
    routed(cluster)
    if cluster.options.vm_gateway:
        yield wrong(
            ("options", "vm_gateway"),
            "vm_gateway is the IP fabric's: under routing each node is its guests' gateway",
            "remove vm_gateway",
        )


def second_address(cluster: Cluster) -> Iterator[Finding]:
    """NET-014: guests' IPv6 networks are /64, and a node that has an address there has ::2."""
    routed(cluster)
    pools = dict(_pools(cluster))
    if not pools and not any(node.subnet6 for node in cluster.nodes.values()):
        raise NotAsked("guests get no IPv6 addresses (options: ipv6_pools; nodes: subnet6)")
    for where, pool in pools.items():
        yield from _not_64(where, pool)
    for node in cluster.nodes.values():
        own = [ip_network(node.subnet6)] if node.subnet6 else []
        for pool in own:
            yield from _not_64(("nodes", node.id, "subnet6"), pool)
        for name, text in node.addresses.items():
            address = ip_address(text)
            for pool in (*pools.values(), *own):
                if pool.prefixlen == PREFIX and address in pool and address != pool[SECOND]:
                    yield wrong(
                        ("nodes", node.id, "addresses", name),
                        f"{address} is not {pool[SECOND]}, the node's place in {pool}",
                        f"write {pool[SECOND]}",
                    )


def _not_64(where: Where, pool: Net) -> Iterator[Finding]:
    if pool.version != 6 or pool.prefixlen != PREFIX:
        yield wrong(
            where,
            f"{pool} is no /{PREFIX} of IPv6",
            f"write the /{PREFIX} that the provider routes to the node",
        )


def _pools(cluster: Cluster) -> Iterator[tuple[Where, Net]]:
    """Give the networks of all guests' IPv6 addresses; what is no network is told elsewhere."""
    for index, text in enumerate(cluster.options.ipv6_pools):
        with suppress(ValueError):
            yield ("options", "ipv6_pools", index), ip_network(text)


def range_in_subnet(cluster: Cluster) -> Iterator[Finding]:
    """NET-032: what guests of a node may have is in the node's subnet (untold: all of it)."""
    routed(cluster)
    for node in cluster.nodes.values():
        if not node.guest_range:
            continue
        if not node.subnet or not inside(node.guest_range, node.subnet):
            yield wrong(
                ("nodes", node.id, "guest_range"),
                f"{node.guest_range} is not in the node's subnet {node.subnet or '(none)'}",
                "write a part of the subnet, or leave guest_range out: then it is all of it",
            )
