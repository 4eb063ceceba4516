"""From a checked cluster file to the Cluster that it means."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from types import ModuleType
from typing import Any

from saltext.muster.cluster import MAIN, Cluster, Host, Network, Node, Pool, Waiver
from saltext.muster.master import numbered
from saltext.muster.master.model import (
    NETWORK_ROLES,
    CephFile,
    ClusterFile,
    NetworkFile,
    RuleFile,
    WaiverFile,
)
from saltext.muster.parts import (
    AddressPool,
    Base,
    Bgp,
    Bond,
    Ceph,
    CephPool,
    ClientNetwork,
    Firewall,
    Further,
    Guest,
    Hardware,
    Lookup,
    Physical,
    Reflector,
    Virtual,
    Way,
)

#: Where rules without a priority begin.
FIRST_PRIORITY = 20000


def cluster(file: ClusterFile, platform: ModuleType | None, options: Any) -> Cluster:
    """Return the cluster of a file whose values are valid, with the platform's defaults.

    options is an instance of the platform's ``Options``. Without a platform (None) there are no
    defaults, and the cluster is good for proofs only.
    """
    hypervisors, editions, types, roles = _offers(platform)
    own, time = file.cluster, file.time
    networks = {name: _network(name, network) for name, network in file.networks.items()}
    return Cluster(
        name=file.name,
        platform=file.platform,
        hypervisor=file.hypervisor or hypervisors[0],
        edition=file.edition or editions[0],
        network_type=file.network_type or (types[0] if types else None),
        tier=file.tier,
        nodes={node.id: node for node in _nodes(file, networks, roles[0])},
        options=options,
        networks=networks,
        cluster_name=own.name if own else "",
        cluster_address=own.address if own else "",
        time_sources=tuple(time.sources) if time else (),
        time_wait=time.wait if time else 60,
        hosts=tuple(Host(host.address, tuple(host.names)) for host in file.hosts),
        waivers=tuple(_waiver(waiver) for waiver in file.waivers),
        provider=file.provider,
        admin=tuple(file.admin),
        repositories=tuple(file.repositories),
        pools=tuple(Pool(**vars(pool)) for pool in file.pools),
        also=tuple(file.also),
        bonds={name: Bond(tuple(bond.nics), bond.mode) for name, bond in file.bonds.items()},
        dns=tuple(file.dns),
        salt_masters=tuple(file.salt_masters),
        confirm=file.confirm,
        tables=file.tables,
        sysctls=file.sysctls,
        **_parts(file),
    )


def _parts(file: ClusterFile) -> dict[str, Any]:
    """Return what a cluster has besides nodes and networks."""
    pools = file.address_pools
    return {
        "address_pools": {
            name: AddressPool(tuple(pool.blocks), tuple(pool.reserved))
            for name, pool in pools.items()
        },
        "client_networks": {
            name: ClientNetwork(**_given(each)) for name, each in file.client_networks.items()
        },
        "hardware": {
            name: Hardware(**{**vars(model), "disks": tuple(model.disks)})
            for name, model in file.hardware.items()
        },
        "ceph": _ceph(file.ceph) if file.ceph else None,
        "bgp": _bgp(file),
        "firewall": _firewall(file),
        "bases": {name: Base(base.size, _ids(base.nodes)) for name, base in file.bases.items()},
        "guests": {guest.name: guest for guest in _guests(file)},
    }


def _offers(platform: ModuleType | None) -> tuple[tuple[str, ...], ...]:
    if platform is None:
        return ("",), ("",), (), ("",)
    return platform.HYPERVISORS, platform.EDITIONS, platform.NETWORK_TYPES, platform.ROLES


def _nodes(file: ClusterFile, networks: dict[str, Network], role: str) -> Iterator[Node]:
    counts = [(name, _counted(each.cidr, each.offset)) for name, each in networks.items()]
    offsets = [(name, address) for name, address in counts if address]
    ipmi = next(filter(None, (_counted(n.cidr, n.ipmi_offset) for n in networks.values())), None)
    for key, node in file.nodes.items():
        sriov = {name: _physical(each) for name, each in node.sriov.items()}
        for id_, own in _span(key).names():
            number = node.number or own
            counted = {name: address(number) for name, address in offsets} if number else {}
            main = counted.pop(MAIN, "")
            fqdn = node.fqdn or id_
            yield Node(
                id_, node.address or main, fqdn, node.short or fqdn.partition(".")[0],
                node.interface, node.role or role, node.site, {**counted, **node.addresses},
                sriov, number, node.domain, node.hardware,
                node.ipmi or (ipmi(number) if ipmi and number else ""),
                node.subnet, node.guest_range, node.ports, node.drained, node.subnet6,
                node.mac,
                tuple(node.lvm_devices),
            )  # fmt: skip


def _counted(cidr: str, offset: int | None) -> Callable[[int], str] | None:
    """Return what gives a node's address in a network by its number, None without an offset."""
    if offset is None:
        return None
    start = ipaddress.ip_network(cidr).network_address + offset
    return lambda number: str(start + number)


def origins(keys: Iterable[str]) -> dict[str, str]:
    """Return the key of a range by each name that it stands for; plain keys are left out."""
    found = {}
    for key in keys:
        if "[" in key:
            found.update(dict.fromkeys(numbered.expanded(key), key))
    return found


def _span(key: str) -> numbered.Span:
    found = numbered.span(key)
    assert isinstance(found, numbered.Span), key  # the model lets no other key through
    return found


def _guests(file: ClusterFile) -> Iterator[Guest]:
    for key, guest in file.guests.items():
        nodes, vfs = _ids(guest.nodes), tuple(Virtual(**vars(each)) for each in guest.vfs)
        given = {**vars(guest), "nodes": nodes, "vfs": vfs, "disks": tuple(guest.disks)}
        for name, _number in _span(key).names():
            yield Guest(name, **given)


def _ids(keys: Iterable[str]) -> tuple[str, ...]:
    return _expanded(tuple(keys))


@lru_cache(maxsize=1024)  # many guests name the same nodes, and then share one list of them
def _expanded(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(id_ for key in keys for id_ in numbered.expanded(key))


def _physical(file: Any) -> Physical:
    return Physical(file.vfs, file.total, file.pci, tuple(file.vlans))


def _ceph(file: CephFile) -> Ceph:
    pools = {name: CephPool(**vars(pool)) for name, pool in file.pools.items()}
    return Ceph(pools, file.osd_memory, file.external)


def _bgp(file: ClusterFile) -> Bgp:
    if file.bgp is None:
        return Bgp()
    reflectors = {name: Reflector(**vars(each)) for name, each in file.bgp.reflectors.items()}
    return Bgp(file.bgp.asn or 0, file.bgp.community, reflectors)


def _firewall(file: ClusterFile) -> Firewall:
    if file.firewall is None:
        return Firewall()
    further = [
        Further(each.protocol, each.ports[0], each.ports[1], tuple(each.sources), each.why)
        for each in file.firewall.accept
    ]
    return Firewall(file.firewall.enforce, tuple(further))


def _network(name: str, network: NetworkFile) -> Network:
    role = network.role or (name if name in NETWORK_ROLES else "")
    further = {
        "routers": tuple(network.routers),
        "routes": tuple(Way(**vars(route)) for route in network.routes),
        "rules": tuple(_rule(index, rule) for index, rule in enumerate(network.rules)),
    }
    return Network(**{**_given(network), **further, "role": role})


def _rule(index: int, rule: RuleFile) -> Lookup:
    priority = FIRST_PRIORITY + index if rule.priority is None else rule.priority
    return Lookup(rule.table, priority, rule.source, rule.to)


def _given(file: Any) -> dict[str, Any]:
    return {key: value for key, value in vars(file).items() if value is not None}


def _waiver(waiver: WaiverFile) -> Waiver:
    nodes = None if waiver.nodes is None else frozenset(_ids(waiver.nodes))
    return Waiver(waiver.requirement, waiver.reason, waiver.owner, waiver.expires, nodes)
