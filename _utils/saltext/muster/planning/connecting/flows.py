"""Flows: who opens a connection to whom in a cluster, by which ports, and why.

Either end of a flow is a party: a role of the platform, one of the names below, or an address or
network as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from saltext.muster import platforms
from saltext.muster.cluster import MAIN, Cluster

#: Anybody; every node of the cluster.
ANY, NODES = "any", "all nodes"

#: Those outside (mostly) that a cluster file names.
ADMIN = "admin"
SALT_MASTERS = "salt masters"
TIME_SOURCES = "time sources"
NAME_SERVERS = "name servers"
REFLECTORS = "route reflectors"
ROUTERS = "routers"
GATEWAY = "gateway"
IPMI = "IPMI"

#: Ports that guests migrate by: libvirt's own default.
MIGRATION = (49152, 49215)

#: Neighbours on an IPv6 link find each other by these; one that has no address yet sends from ::.
LINK_LOCAL, UNSPECIFIED, MULTICAST = "fe80::/10", "::", "ff02::/16"


@dataclass(frozen=True, order=True)
class Flow:
    """Connections that source opens to ports of destination, over a network.

    protocol is ``tcp``, ``udp`` or ``icmp`` (of either IP version; its ports are 0). rows are
    the ids that ask for it, none where the software's own documentation does. interface is where
    destination has its end of a network of guests ("" = wherever the network is).
    """

    network: str
    protocol: str
    first: int
    last: int
    source: str
    destination: str
    why: str
    rows: tuple[str, ...] = ()
    interface: str = ""

    @property
    def ports(self) -> str:
        """The ports as a person writes them, "" for ICMP."""
        return ports_text(self.first, self.last)


def ports_text(first: int, last: int) -> str:
    """Return ports as a person writes them, "" for none (0)."""
    if not first:
        return ""
    return str(first) if first == last else f"{first}-{last}"


def flow(
    protocol: str,
    ports: int | tuple[int, int],
    ends: tuple[str, str],
    why: str,
    rows: str = "",
    network: str = MAIN,
) -> Flow:
    """Return a flow; ends are its source and destination, rows are parted by spaces."""
    first, last = (ports, ports) if isinstance(ports, int) else ports
    return Flow(network, protocol, first, last, *ends, why, tuple(rows.split()))


def network_for(cluster: Cluster, *roles: str) -> str:
    """Return the name of the first network for one of these roles, the main one without any."""
    for role in roles:
        for name, _network in cluster.networks_for(role):
            return name
    return MAIN


def flows(cluster: Cluster) -> list[Flow]:
    """Return all flows of a cluster, sorted: every platform's and its own platform's."""
    own = getattr(platforms.load(cluster.platform), "flows", None)
    return sorted({*common(cluster), *(own(cluster) if own else ())})


def common(cluster: Cluster) -> Iterator[Flow]:
    """Give what every node needs to be managed, whatever its platform."""
    yield flow("tcp", (4505, 4506), (NODES, SALT_MASTERS), "Salt: minion to master")
    yield flow("udp", 123, (NODES, TIME_SOURCES), "time")
    for protocol in ("udp", "tcp"):
        yield flow(protocol, 53, (NODES, NAME_SERVERS), "names")
    for port in (80, 443):
        yield flow("tcp", port, (NODES, ANY), "packages")
    for source in (NODES, ADMIN, SALT_MASTERS):
        yield flow("icmp", 0, (source, NODES), "ping")
    if cluster.main and cluster.main.gateway:
        row = "VMM-043" if cluster.platform == "vmmanager" else ""
        yield flow("icmp", 0, (NODES, GATEWAY), "ping", row)
    for each in cluster.firewall.accept:
        for source in each.sources:
            why = each.why or "declared in the cluster file"
            yield flow(each.protocol, (each.first, each.last), (source, NODES), why)
    yield from _neighbours(cluster)


def _neighbours(cluster: Cluster) -> Iterator[Flow]:
    """Give how neighbours find each other by IPv6, from link-local addresses and their own."""
    if not _speaks_ipv6(cluster):
        return
    why = "IPv6 neighbours"
    for sender in (LINK_LOCAL, UNSPECIFIED):
        yield flow("icmp", 0, (sender, NODES), why)
    for receiver in (LINK_LOCAL, MULTICAST):
        yield flow("icmp", 0, (NODES, receiver), why)
    for name, network in cluster.networks.items():
        if ":" in network.cidr:
            yield flow("icmp", 0, (NODES, NODES), why, network=name)
    for block in _for_guests(cluster):
        if ":" in block:
            yield flow("icmp", 0, (block, NODES), f"{why}: guests")
            yield flow("icmp", 0, (NODES, block), f"{why}: guests")


def _for_guests(cluster: Cluster) -> list[str]:
    blocks = [block for pool in cluster.address_pools.values() for block in pool.blocks]
    return [*blocks, *getattr(cluster.options, "ipv6_pools", ())]


def _speaks_ipv6(cluster: Cluster) -> bool:
    texts = [*_for_guests(cluster), *(network.cidr for network in cluster.networks.values())]
    return any(":" in text for text in texts) or any(
        ":" in text
        for node in cluster.nodes.values()
        for text in (node.address, node.subnet, node.subnet6)
    )


def administration(cluster: Cluster, rows: str, *, restricted: bool) -> Iterator[Flow]:
    """Give SSH from who administers the nodes.

    That is ``admin``, the Salt masters where no such network is declared, and otherwise anybody;
    where SSH is restricted, anybody never is (RAV-028, XC-13).
    """
    if cluster.admin:
        source = ADMIN
    elif cluster.salt_masters:
        source = SALT_MASTERS
    elif restricted:
        return
    else:
        source = ANY
    yield flow("tcp", 22, (source, NODES), "SSH: administration", rows)
