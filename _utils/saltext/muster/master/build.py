"""From a checked cluster file to the Cluster that it means."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from saltext.muster.cluster import Cluster, Host, Network, Node, Pool, Waiver
from saltext.muster.master.model import ClusterFile, NetworkFile, NodeFile, WaiverFile


def cluster(file: ClusterFile, platform: ModuleType | None, options: Any) -> Cluster:
    """Return the cluster of a file whose values are valid, with the platform's defaults.

    options is an instance of the platform's ``Options``. Without a platform (None) there are no
    defaults, and the cluster is good for proofs only.
    """
    hypervisors, editions, types, roles = _offers(platform)
    own, time = file.cluster, file.time
    return Cluster(
        name=file.name,
        platform=file.platform,
        hypervisor=file.hypervisor or hypervisors[0],
        edition=file.edition or editions[0],
        network_type=file.network_type or (types[0] if types else None),
        tier=file.tier,
        nodes={id_: _node(id_, node, roles[0]) for id_, node in file.nodes.items()},
        options=options,
        networks={name: _network(network) for name, network in file.networks.items()},
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
    )


def _offers(platform: ModuleType | None) -> tuple[tuple[str, ...], ...]:
    if platform is None:
        return ("",), ("",), (), ("",)
    return platform.HYPERVISORS, platform.EDITIONS, platform.NETWORK_TYPES, platform.ROLES


def _node(id_: str, node: NodeFile, role: str) -> Node:
    fqdn = node.fqdn or id_
    return Node(
        id_,
        node.address,
        fqdn,
        node.short or fqdn.partition(".")[0],
        node.interface,
        node.role or role,
        node.site,
        node.addresses,
        node.sriov,
    )


def _network(network: NetworkFile) -> Network:
    given = {key: value for key, value in vars(network).items() if value is not None}
    return Network(**given)


def _waiver(waiver: WaiverFile) -> Waiver:
    nodes = None if waiver.nodes is None else frozenset(waiver.nodes)
    return Waiver(waiver.requirement, waiver.reason, waiver.owner, waiver.expires, nodes)
