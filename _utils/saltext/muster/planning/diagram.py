"""The picture of a cluster: its sites, nodes, networks and what stands around them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence

from saltext.muster.cluster import MAIN, Cluster, Network, Node
from saltext.muster.planning.drawing import alike, margin
from saltext.muster.planning.drawing.picture import Box, Bus, Picture, Site, Tap
from saltext.muster.wording import counted

#: What a network that the file does not declare is called.
_UNDECLARED = "not declared"


def draw(cluster: Cluster) -> str:
    """Return the picture of a cluster as the text of an SVG file; the same for the same cluster.

    Raises ImportError when the package drawsvg is not there.
    """
    from saltext.muster.planning.drawing import svg  # the one part that needs that package

    return svg.text(picture(cluster))


def picture(cluster: Cluster) -> Picture:
    """Return what the picture of a cluster shows."""
    buses = _Buses(cluster)
    outside = tuple(_outside(cluster, buses))
    groups = alike.groups(cluster)
    sites = tuple(_sites(cluster, buses, groups))
    roles = tuple(dict.fromkeys(node.role for node in cluster.nodes.values() if node.role))
    title = f"Cluster {cluster.name}"
    subtitle = ", ".join(_subtitle(cluster, roles))
    return Picture(
        title=title,
        subtitle=subtitle,
        buses=buses.drawn(),
        outside=outside,
        sites=sites,
        roles=roles,
        notes=tuple(margin.notes(cluster)),
        description=" ".join(_description(title, subtitle, buses.drawn(), outside, sites)),
    )


class _Buses:
    """The networks as they are drawn, and which of them an address hangs on."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.names = list(cluster.networks) or [MAIN]
        self._nets = [
            (index, ipaddress.ip_network(network.cidr))
            for index, network in enumerate(cluster.networks.values())
        ]
        self._alone: int | None = None

    def index(self, name: str) -> int | None:
        """Return which bus a network is."""
        return self.names.index(name) if name in self.names else None

    def of(self, address: str) -> int | None:
        """Return the bus whose network has the address."""
        parsed = ipaddress.ip_address(address)
        return next((index for index, net in self._nets if parsed in net), None)

    def management(self) -> int:
        """Return the bus of IPMI addresses that are in no network of the file."""
        if self._alone is None:
            self._alone = len(self.names)
            self.names.append("IPMI")
        return self._alone

    def drawn(self) -> tuple[Bus, ...]:
        """Return the buses, from the top."""
        networks = self._cluster.networks
        return tuple(
            Bus(_name(name, networks[name]), tuple(_details(networks[name])))
            if name in networks
            else Bus(name, (_UNDECLARED,))
            for name in self.names
        )


def _name(name: str, network: Network) -> str:
    return f"{name} ({network.role})" if network.role not in ("", name) else name


def _details(network: Network) -> Iterator[str]:
    """Give what is known of a network, a few words a line."""
    facts = [network.cidr]
    facts += [f"VLAN {network.vlan}"] if network.vlan else []
    facts += [f"MTU {network.mtu}"] if network.mtu else []
    yield ", ".join(facts)
    ends = [f"bridge {network.bridge}"] if network.bridge else []
    ends += [network.interface] if network.interface else []
    bond = f" of {network.bond}" if network.bond not in ("", network.interface) else ""
    if ends or bond:
        yield " on ".join(ends) + bond


def _subtitle(cluster: Cluster, roles: Sequence[str]) -> Iterator[str]:
    yield " under ".join(filter(None, (cluster.platform, cluster.hypervisor)))
    if cluster.network_type:
        yield cluster.network_type
    if cluster.edition != "current":
        yield f"edition {cluster.edition}"
    yield cluster.tier
    nodes = counted(len(cluster.nodes), "node")
    counts = [counted(sum(1 for _ in cluster.with_role(role)), role) for role in roles]
    yield nodes if counts in ([], [nodes]) else f"{nodes}: {', '.join(counts)}"


def _outside(cluster: Cluster, buses: _Buses) -> Iterator[Box]:
    """Give what stands around the nodes: routers, addresses that move, reflectors, masters."""
    for name, network in cluster.networks.items():
        bus = buses.index(name)
        if network.gateway:
            yield _device("gateway", "", [network.gateway], bus)
        if network.routers:
            yield _device("routers", "", network.routers, bus)
        if network.floating:
            yield _device("floating", "moves with the primary", [network.floating], bus)
    if cluster.cluster_address:
        yield _reached("cluster name", cluster.cluster_name, [cluster.cluster_address], buses)
    for name, reflector in cluster.bgp.reflectors.items():
        about = f"AS {reflector.asn}" + (f", {reflector.domain}" if reflector.domain else "")
        yield _reached(f"reflector {name}", about, [reflector.address], buses)
    own = {node.address for node in cluster.nodes.values()} if cluster.salt_masters else set()
    masters = [each for each in cluster.salt_masters if each not in own]
    if masters:
        yield _reached("Salt master", "", masters, buses)


def _device(name: str, about: str, addresses: Sequence[str], bus: int | None) -> Box:
    taps = tuple(Tap("", address, "", bus) for address in addresses)
    return Box(name, "", about, taps, ", ".join(filter(None, [name, about, *addresses])))


def _reached(name: str, about: str, addresses: Sequence[str], buses: _Buses) -> Box:
    """Return a box whose addresses may be outside all networks: those are reached by the first."""
    taps = []
    for address in addresses:
        bus = buses.of(address)
        taps.append(Tap("", address, "", bus or 0, routed=bus is None))
    told = [f"{tap.address}{' (routed)' if tap.routed else ''}" for tap in taps]
    return Box(name, "", about, tuple(taps), ", ".join(filter(None, [name, about, *told])))


def _sites(cluster: Cluster, buses: _Buses, groups: Iterable[alike.Group]) -> Iterator[Site]:
    domain = alike.domain(cluster)
    boxes: dict[str, list[Box]] = {}
    counts: dict[str, int] = {}
    for group in groups:
        boxes.setdefault(group.place, []).append(_box(cluster, buses, group, domain))
        counts[group.place] = counts.get(group.place, 0) + len(group.nodes)
    for place, drawn in boxes.items():
        told = place or ("no site" if len(boxes) > 1 else "")
        number = counted(counts[place], "node")
        yield Site(f"{told}: {number}" if told else number, tuple(drawn))


def _box(cluster: Cluster, buses: _Buses, group: alike.Group, domain: str) -> Box:
    first = group.nodes[0]
    name = alike.name(group, domain)
    facts = [first.role, *_shared(group)]
    about = " · ".join(fact for fact in facts if fact)
    taps = tuple(_taps(cluster, buses, group))
    ids = alike.span([node.id for node in group.nodes], len(group.nodes))
    told = [f"{tap.what} {tap.address} {tap.end}".strip() for tap in taps]
    told += [f"switch port of {nic}: {port}" for nic, port in _wires(group)]
    return Box(name, first.role, about, taps, "; ".join([f"{ids}: {about}", *told]))


def _shared(group: alike.Group) -> Iterator[str]:
    """Give what all nodes of a box have in common, besides their role."""
    first = group.nodes[0]
    if len(group.nodes) == 1 and first.number:
        yield f"no. {first.number}"
    for key in ("domain", "hardware"):
        values = {getattr(node, key) for node in group.nodes}
        yield values.pop() if len(values) == 1 else f"several {key}s".replace("wares", "ware")
    if any(node.drained for node in group.nodes):
        yield "drained"


def _wires(group: alike.Group) -> Iterable[tuple[str, str]]:
    return group.nodes[0].ports.items() if len(group.nodes) == 1 else ()


def _taps(cluster: Cluster, buses: _Buses, group: alike.Group) -> Iterator[Tap]:
    for name in cluster.networks or (MAIN,):
        having = [node for node in group.nodes if cluster.address_in(node, name)]
        if having:
            address = alike.span([cluster.address_in(node, name) for node in having])
            yield Tap(name, address, _ends(cluster, name, having), buses.index(name))
    managed = [node for node in group.nodes if node.ipmi]
    if managed:
        bus = buses.of(managed[0].ipmi)
        bus = buses.management() if bus is None else bus
        yield Tap("IPMI", alike.span([node.ipmi for node in managed]), "", bus)
    for key, what in (("subnet", "routed"), ("subnet6", "routed"), ("guest_range", "guests")):
        routed = [getattr(node, key) for node in group.nodes if getattr(node, key)]
        if routed:
            yield Tap(what, alike.span(routed))
    for what, count in _functions(group):
        yield Tap("SR-IOV", count, what)


def _ends(cluster: Cluster, name: str, nodes: Sequence[Node]) -> str:
    """Return the nodes' end of a link: the interface, or the bond or bridge it is declared by."""
    network = cluster.networks.get(name)
    usual = (network.interface or network.bond or network.bridge) if network else ""
    ends = {(node.interface if name == MAIN else "") or usual for node in nodes}
    return ends.pop() if len(ends) == 1 else "several"


def _functions(group: alike.Group) -> Iterator[tuple[str, str]]:
    first = group.nodes[0].sriov
    if all(node.sriov == first for node in group.nodes):
        for interface, physical in first.items():
            yield interface, f"{physical.vfs} functions"


def _description(
    title: str, subtitle: str, buses: Sequence[Bus], outside: Sequence[Box], sites: Sequence[Site]
) -> Iterator[str]:
    """Give the picture in sentences, for who cannot see it."""
    yield f"{title}: {subtitle}."
    for bus in buses:
        yield f"Network {bus.name}: {', '.join(bus.lines)}."
    for device in outside:
        yield f"{device.full}."
    for site in sites:
        yield f"{site.title}: {'; '.join(box.name for box in site.boxes)}."
