"""PVC's rows about the guests' networks, as far as a cluster file decides them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from saltext.muster.catalogue.pvc.layout import UPSTREAM, of_role, speed, system
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.parts import ClientNetwork
from saltext.muster.wording import listed

Client = tuple[str, ClientNetwork]


def _of_kind(cluster: Cluster, kind: str) -> list[Client]:
    found = [(name, each) for name, each in cluster.client_networks.items() if each.kind == kind]
    if not found:
        raise NotAsked(f"no {kind} client network is declared")
    return found


def bridged_vlans(cluster: Cluster) -> Iterable[Finding]:
    """PVC-064: each bridged network has a VLAN of its own on the device below it."""
    networks = _of_kind(cluster, "bridged")
    below = cluster.options.bridge_device or _upstream_device(cluster)
    taken = {
        network.tag: f"the network {name}"
        for _role, name, network in system(cluster)
        if network.tag and network.device == below
    }
    return _once(networks, "vlan", lambda each: each.vlan, taken)


def managed(cluster: Cluster) -> Iterable[Finding]:
    """PVC-066: each managed network has a VNI of its own; the coordinators alone reflect."""
    networks = _of_kind(cluster, "managed")
    return [*_once(networks, "vni", lambda each: each.vni, {}), *_reflected(cluster)]


def _once(
    networks: Iterable[Client],
    key: str,
    number: Callable[[ClientNetwork], int],
    taken: dict[int, str],
) -> Iterator[Finding]:
    """Give the networks without a number, and those with one that is taken."""
    for name, network in networks:
        where, own = ("client_networks", name), number(network)
        if not own:
            what = f"a {network.kind} network has its {key.upper()}; none is told"
            yield wrong(where, what, f"add `{key}: ...`")
        elif own in taken:
            what = f"{key.upper()} {own} is that of {taken[own]}"
            yield wrong((*where, key), what, f"give it a {key.upper()} of its own")
        else:
            taken[own] = f"the client network {name}"


def _reflected(cluster: Cluster) -> Iterator[Finding]:
    own = {
        cluster.address_in(node, name)
        for node in cluster.with_role("coordinator")
        for name in cluster.networks
    }
    for name, reflector in cluster.bgp.reflectors.items():
        where = ("bgp", "reflectors", name)
        if reflector.address not in own:
            what = f"{reflector.address} is no coordinator's, and only coordinators reflect"
            remedy = "leave it out: PVC's coordinators are the route reflectors"
            yield wrong((*where, "address"), what, remedy)
        elif reflector.asn != cluster.bgp.asn:
            what = f"wanted AS {cluster.bgp.asn}, which all nodes have; seen {reflector.asn}"
            yield wrong((*where, "asn"), what, "give nodes and reflectors one AS number")


def bridge_device(cluster: Cluster) -> Iterable[Finding]:
    """PVC-065: a bridge device of its own is a NIC or bond that every node has."""
    name = cluster.options.bridge_device
    if not name:
        raise NotAsked("no bridge_device is told: bridged networks are on upstream's device")
    where = ("options", "bridge_device")
    if "." in name:
        what = f"{name!a} is a VLAN, and bridged networks are VLANs of it"
        return [doubtful(where, what, "name the NIC or bond itself")]
    used = {network.device for _role, _name, network in system(cluster)}
    if name in cluster.bonds or name in used:
        return []
    models = {node.hardware: cluster.hardware_of(node).nics for node in cluster.nodes.values()}
    if not all(models.values()):
        raise NotAsked(f"the nodes' NICs are not told, so that {name!a} may be one")
    lacking = [model for model, told in models.items() if name not in told]
    what = f"{name!a} is no bond, and servers {', '.join(lacking)} have no such NIC"
    return [wrong(where, what, "name a bond or a NIC that all nodes have")] if lacking else []


def traffic(cluster: Cluster) -> Iterable[Finding]:
    """PVC-067: what leaves managed networks fits any coordinator's upstream link."""
    expected = sum(network.traffic for _name, network in _of_kind(cluster, "managed"))
    if not expected:
        raise NotAsked("no managed network tells its traffic")
    below = _upstream_device(cluster)
    links = {node.id: speed(cluster, node, below) for node in cluster.with_role("coordinator")}
    untold = [id_ for id_, gigabits in links.items() if not gigabits]
    if untold or not links:
        raise NotAsked(f"the speed of the upstream link is not told of {listed(untold)}")
    slowest = min(links, key=lambda id_: links[id_])
    if expected <= links[slowest] * 1000:
        return []
    what = (
        f"managed networks send {expected} Mbit/s out; "
        f"{slowest}, when primary, has {links[slowest]:g} Gbit/s"
    )
    remedy = "make those with much traffic bridged, or give coordinators a faster upstream"
    return [doubtful(("client_networks",), what, remedy)]


def _upstream_device(cluster: Cluster) -> str:
    return next((network.device for _name, network in of_role(cluster, UPSTREAM)), "")


def sriov(cluster: Cluster) -> Iterable[Finding]:
    """PVC-078: whoever uses SR-IOV weighs what it costs."""
    remedy = "take a bridged network, unless the guests need the NIC itself"
    for name, network in cluster.client_networks.items():
        if network.kind == "sriov":
            what = "uses SR-IOV, which takes much care: bridges are fast, and simpler"
            yield doubtful(("client_networks", name), what, remedy)
    for guest in cluster.guests.values():
        if guest.vfs:
            what = "has a virtual function, which takes much care: bridges are fast, and simpler"
            yield doubtful(("guests", guest.name, "vfs"), what, remedy)
