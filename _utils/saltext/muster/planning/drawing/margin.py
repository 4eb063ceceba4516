"""What a picture tells in its margin: what has no place among nodes and networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saltext.muster.cluster import Cluster
from saltext.muster.parts import ClientNetwork
from saltext.muster.planning.drawing.picture import Note
from saltext.muster.sizes import size
from saltext.muster.wording import counted


def notes(cluster: Cluster) -> Iterator[Note]:
    """Give the lists in the margin, without empty ones."""
    found: tuple[tuple[str, Iterable[str]], ...] = (
        ("Bonds", (bond(cluster, name) for name in cluster.bonds)),
        ("Servers", _servers(cluster)),
        ("Client networks", (_client(name, net) for name, net in cluster.client_networks.items())),
        ("Guests' addresses", _pools(cluster)),
        ("Ceph", _ceph(cluster)),
        ("Routing", _routing(cluster)),
        ("Services", _services(cluster)),
    )
    for title, lines in found:
        told = tuple(lines)
        if told:
            yield Note(title, told)


def bond(cluster: Cluster, name: str) -> str:
    """Return a bond in a line: its NICs, their speed where all servers agree, its mode."""
    declared = cluster.bonds.get(name)
    if declared is None:
        return f"bond {name}"
    return f"{name} = {' + '.join(declared.nics)}{_speed(cluster, declared.nics)}, {declared.mode}"


def _speed(cluster: Cluster, nics: tuple[str, ...]) -> str:
    models = [model.nics for model in cluster.hardware.values() if model.nics]
    speeds = {each.get(nic) for each in models for nic in nics}
    if len(speeds) != 1 or not (speed := speeds.pop()):
        return ""
    return f", {len(nics)} x {speed:g} Gbit/s"


def _servers(cluster: Cluster) -> Iterator[str]:
    for name, model in cluster.hardware.items():
        facts = [counted(model.cores, "core")] if model.cores else []
        facts += [size(model.memory)] if model.memory else []
        sizes = dict.fromkeys(model.disks)
        facts += [f"{model.disks.count(each)} x {size(each)}" for each in sizes]
        yield f"{name}: {', '.join(facts) or 'nothing told'}"


def _client(name: str, network: ClientNetwork) -> str:
    tag = f" VLAN {network.vlan}" if network.vlan else f" VNI {network.vni}" if network.vni else ""
    return f"{name}: {network.kind}{tag}{', ' + network.cidr if network.cidr else ''}"


def _pools(cluster: Cluster) -> Iterator[str]:
    for name, pool in cluster.address_pools.items():
        yield f"{name}: {', '.join(pool.blocks)}"


def _ceph(cluster: Cluster) -> Iterator[str]:
    if cluster.ceph is None:
        return
    if cluster.ceph.external:
        yield "outside of this cluster"
    for name, pool in cluster.ceph.pools.items():
        yield f"pool {name}: {pool.copies} copies, I/O from {pool.mincopies}"


def _routing(cluster: Cluster) -> Iterator[str]:
    if cluster.bgp.asn:
        yield f"nodes are AS {cluster.bgp.asn}"
    if cluster.bgp.community:
        yield f"community {cluster.bgp.community}"


def _services(cluster: Cluster) -> Iterator[str]:
    named = (
        ("time", cluster.time_sources),
        ("DNS", cluster.dns),
        ("admin", cluster.admin),
    )
    for what, values in named:
        if values:
            yield f"{what}: {', '.join(values)}"
    if cluster.guests:
        yield f"{counted(len(cluster.guests), 'guest')} planned"
