"""Who a party of a flow is: its addresses, and the nodes that belong to it."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable

from saltext.muster import ranges
from saltext.muster.cluster import MAIN, Cluster, Node
from saltext.muster.planning.connecting import flows

#: So many addresses are listed; more are told by their network, whatever the cluster's size.
MOST = 8


class Parties:
    """The parties of one cluster; what is asked for often is reckoned once."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._named = _named(cluster)
        self._at: dict[str, set[str]] = {}
        for party, texts in self._named.items():
            for text in texts:
                self._at.setdefault(text, set()).add(party)
        self._told: dict[tuple[str, str, bool], tuple[str, ...]] = {}
        self._single: dict[str, bool] = {}

    def of(self, node: Node) -> frozenset[str]:
        """Return the parties that a node belongs to; a Salt master may be one of the nodes."""
        found = {flows.NODES, node.role}
        for address in (node.address, *node.addresses.values()):
            found |= self._at.get(address, set())
        return frozenset(found)

    def nodes(self, party: str) -> list[Node]:
        """Return the nodes that belong to a party, in the order of the cluster file."""
        if party == flows.NODES:
            return list(self._cluster.nodes.values())
        if party in self._named:
            return [node for node in self._cluster.nodes.values() if party in self.of(node)]
        return list(self._cluster.with_role(party))

    def single(self, party: str) -> bool:
        """Say whether a party is one node, and nobody else."""
        if party not in self._single:
            count = len(self.nodes(party))
            self._single[party] = count == 1 and len(self._named.get(party, [party])) == 1
        return self._single[party]

    def sources(self, party: str, network: str) -> tuple[str, ...]:
        """Return from where a party's packets come in a network.

        These are networks and addresses, or ``any`` alone; nothing when they are not told.
        """
        return self._peers(party, network, False)

    def targets(self, party: str, network: str) -> tuple[str, ...]:
        """Return where a party is reached, as ``sources`` does, but ``any`` when not told.

        What is not told may still be needed: nodes resolve names without declared servers too.
        """
        return self._peers(party, network, True)

    def _peers(self, party: str, network: str, unknown: bool) -> tuple[str, ...]:
        # Only of those outside can something be left untold.
        key = (party, network, unknown and party in self._named)
        if key not in self._told:
            self._told[key] = tuple(self._find(*key))
        return self._told[key]

    def _find(self, party: str, network: str, unknown: bool) -> Iterable[str]:
        if party == flows.ANY:
            return [flows.ANY]
        if party == flows.ADMIN:
            return self._cluster.admin
        if party in self._named:
            return self._outside(party, network, unknown)
        return [party] if is_network(party) else self._own(party, network)

    def _outside(self, party: str, network: str, unknown: bool) -> list[str]:
        texts = self._named[party]
        addresses = [text for text in texts if is_network(text)]
        if unknown and (not addresses or len(addresses) < len(texts)):
            return [flows.ANY]  # a name stands for addresses that are not known here
        return self._summary(addresses, network, MOST)

    def _own(self, party: str, network: str) -> list[str]:
        """Return where nodes are: all by their network, those of a role one by one if few."""
        nodes = self.nodes(party)
        addresses = [self._cluster.address_in(node, network) for node in nodes]
        declared = self._cluster.networks.get(network)
        if party == flows.NODES:
            if network == MAIN and self._cluster.cluster_address:
                addresses.append(self._cluster.cluster_address)  # one of the nodes has it
            # By the network even when nodes are few: a node that joins changes no other's rules.
            return self._summary(addresses, network, 0 if declared else MOST)
        # What moves with the primary node belongs to a role, as the nodes of it do.
        floating = [declared.floating] if declared and declared.floating and nodes else []
        return self._summary([*addresses, *floating], network, MOST)

    def _summary(self, addresses: Iterable[str], network: str, listed: int) -> list[str]:
        """Return few networks that hold the addresses; up to ``listed`` stay as they are."""
        given = {ranges.number(address): address for address in addresses if address}
        declared = self._cluster.networks.get(network)
        if len(given) <= listed:
            return [given[number] for number in sorted(given)]
        if declared is None:
            return cover(given.values())
        version = 6 if ":" in declared.cidr else 4
        ((low, high),) = ranges.of([declared.cidr], version)
        rest = [
            text
            for (family, number), text in given.items()
            if family != version or not low <= number <= high
        ]
        return ([declared.cidr] if len(rest) < len(given) else []) + cover(rest)


def cover(addresses: Collection[str], most: int = MOST) -> list[str]:
    """Return at most ``most`` networks for each IP version that hold all the addresses.

    They are as long as that allows, all of one length before neighbours are joined, and may hold
    other addresses too.
    """
    parsed = [ranges.number(address) for address in addresses]
    found: list[str] = []
    for version, bits in ranges.BITS.items():
        numbers = [number for family, number in parsed if family == version]
        found += _covering(numbers, version, bits, most) if numbers else []
    return found


def _covering(numbers: list[int], version: int, bits: int, most: int) -> list[str]:
    low, high = 0, bits
    while low < high:  # the longest prefix by which there are few enough networks
        middle = (low + high + 1) // 2
        if len({number >> (bits - middle) for number in numbers}) <= most:
            low = middle
        else:
            high = middle - 1
    size = 1 << (bits - low)
    starts = {number // size * size for number in numbers}
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    found: list[str] = []
    for first, last in ranges.joined((start, start + size - 1) for start in starts):
        nets = ipaddress.summarize_address_range(kind(first), kind(last))
        found += [str(net).removesuffix(f"/{bits}") for net in nets]
    return found


def is_network(text: str) -> bool:
    """Say whether a text is an address or a network."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _named(cluster: Cluster) -> dict[str, Collection[str]]:
    """Return what the cluster file says of the parties outside: addresses and names."""
    main = cluster.main
    gateway = [main.gateway] if main and main.gateway else []
    # Where routers have addresses of their own, the gateway is one that moves between them.
    routers = [router for net in cluster.networks.values() for router in net.routers]
    return {
        flows.SALT_MASTERS: cluster.salt_masters,
        flows.TIME_SOURCES: cluster.time_sources,
        flows.NAME_SERVERS: cluster.dns,
        flows.REFLECTORS: [each.address for each in cluster.bgp.reflectors.values()],
        flows.ROUTERS: routers or gateway,
        flows.GATEWAY: gateway,
        flows.IPMI: [node.ipmi for node in cluster.nodes.values() if node.ipmi],
    }
