"""What components want of a node, in the shapes that platforms share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster, Node


Packages = Mapping[str, Iterable[str]]

#: What a node is told of a network.
_ENDS = ("cidr", "bridge", "interface", "gateway", "bond", "vlan", "mtu", "address")

#: Seconds between two looks at how full pools are: guests do not fill one in less.
WATCHED = 60

#: Where the master serves the shared hosts lists, below its second file root.
SHARED = "muster-shared"


def hosts(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return the node's own hosts line, and where the list that all nodes share is."""
    return {
        "address": node.address,
        "names": list(dict.fromkeys([node.fqdn, node.short])),
        "shared": shared(cluster),
    }


def shared(cluster: Cluster) -> dict[str, str]:
    """Return where the list of the cluster's hosts is, which no plan holds."""
    digest = cluster.hosts_digest
    return {"digest": digest, "source": f"salt://{SHARED}/hosts-{digest}.json"}


def ssh(
    cluster: Cluster,
    node: Node,
    root_login: Iterable[str],
    allowed: Iterable[str],
    kinds: Iterable[str] = (),
    pins: bool = True,
) -> dict[str, dict[str, Any]]:
    """Return the component ``ssh``: the master node logs in to the others as root.

    root_login are the values of PermitRootLogin that are right; allowed is what the master may do
    besides commands; kinds are the types of keys that the master's must be of (none = any); pins
    says whether its known_hosts is muster's matter. A cluster without a master node has the
    server's settings only.
    """
    master = next(cluster.with_role("master"), None)
    found: dict[str, Any] = {"root_login": list(root_login), "client": ""}
    if master and master is not node:
        # Packets to the node may leave the master from any of its addresses.
        addresses = [master.address, *master.addresses.values()]
        found["client"] = master.address
        found["master"] = {"id": master.id, "addresses": list(dict.fromkeys(addresses))}
        found["allowed"] = list(allowed)
        found["tells"] = pins
    elif master:
        found["kinds"] = list(kinds)
        found["shared"] = shared(cluster) if pins else None
    return {"ssh": found}


def chrony(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """Return the component ``chrony``, or nothing when no time source is declared."""
    if not cluster.time_sources:
        return {}
    return {"chrony": {"sources": list(cluster.time_sources), "wait": cluster.time_wait}}


def wake_on_lan(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return the component ``wake_on_lan``, or nothing when no interface is declared.

    The cards are those that carry the node's own network: one, or those of a bond.
    """
    main = cluster.main
    device = node.interface.partition(".")[0] or (main.device if main else "")
    bond = cluster.bonds.get(device)
    interfaces = list(bond.nics) if bond else [device]
    return {"wake_on_lan": {"interfaces": interfaces}} if device else {}


def pool_watch(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """Return the component ``pool_watch``, or nothing when no pools are declared."""
    return {"pool_watch": {"seconds": WATCHED}} if cluster.pools else {}


def lvm(node: Node, group: str, drbd: bool) -> dict[str, dict[str, Any]]:
    """Return the component ``lvm``: the volume group, its disks, and whether DRBD is on it."""
    return {"lvm": {"group": group, "devices": list(node.lvm_devices), "filter": drbd}}


def sriov(node: Node) -> dict[str, dict[str, Any]]:
    """Return the component ``sriov``, or nothing when no virtual functions are declared."""
    functions = {name: each.vfs for name, each in node.sriov.items()}
    return {"sriov": {"functions": functions}} if functions else {}


def pools(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """Return the component ``pools``, or nothing when no storage pool is declared."""
    found = [{k: v for k, v in vars(pool).items() if v} for pool in cluster.pools]
    return {"pools": {"pools": found}} if found else {}


def firewall(cluster: Cluster, node: Node, asked: bool) -> dict[str, dict[str, Any]]:
    """Return the component ``firewall``, or nothing where nobody asks for it.

    asked says whether the platform does; the cluster file has the last word.
    """
    enforce = cluster.firewall.enforce
    if not (asked if enforce is None else enforce):
        return {}
    keys = ("protocol", "first", "last", "peers", "interface", "rows", "why")
    rules = [
        {key: rule[key] for key in keys}
        for rule in cluster.port_rules.of(node)
        if rule["direction"] == "input"
    ]
    return {
        "firewall": {
            "rules": rules,
            "admin": list(cluster.admin),
            "masters": list(cluster.salt_masters),
            "confirm": cluster.confirm,
        }
    }


def packages(*parts: Packages) -> dict[str, dict[str, list[str]]]:
    """Return package names by release, the union of parts for the releases that the first has.

    A key is ``<ID>-<VERSION_ID>`` or ``<ID>-<major version>`` of os-release; the node takes the
    first that fits it, and one without any fails: names are not guessed.
    """
    first, *others = parts
    return {
        "names": {
            release: sorted({*names, *(name for part in others for name in part[release])})
            for release, names in first.items()
        }
    }


def everywhere(releases: Iterable[str], *names: str) -> Packages:
    """Return packages that have the same names on all of these releases."""
    return {release: list(names) for release in releases}


#: What ifupdown, Debian's own, needs for a kind of device.
_IFUPDOWN = {"bond": "ifenslave", "bridge": "bridge-utils"}


def ifupdown(network: Mapping[str, Mapping[str, Any]], releases: Iterable[str]) -> Packages:
    """Return what a node needs for the devices of its component ``network`` ({} = none).

    Elsewhere than on Debian the network's own program needs nothing more.
    """
    devices = network.get("network", {}).get("devices", ())
    names = sorted({_IFUPDOWN[d["kind"]] for d in devices if d.get("kind") in _IFUPDOWN})
    return {release: names if release.startswith("debian-") else [] for release in releases}


def declared(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return what is declared of a node and its cluster besides components, as far as it is.

    The platform's options are there under their own names; no other node is, but the master.
    """
    main = cluster.main
    found = {
        "fqdn": node.fqdn,
        "short": node.short,
        "address": node.address,
        "role": node.role,
        "site": node.site,
        "provider": cluster.provider,
        "cluster_name": cluster.cluster_name,
        "cluster_address": cluster.cluster_address,
        "cidr": main.cidr if main else "",
        "gateway": main.gateway if main else "",
        "bridge": main.bridge if main else "",
        "interface": node.interface or (main.interface if main else ""),
        "networks": _networks(cluster, node),
        "admin": list(cluster.admin),
        "repositories": list(cluster.repositories),
        "pools": [vars(pool) for pool in cluster.pools],
        "sriov": {name: each.vfs for name, each in node.sriov.items()},
        **_bgp(cluster),
        "master_address": next((master.address for master in cluster.with_role("master")), ""),
        **vars(cluster.options),
    }
    return {key: value for key, value in found.items() if value not in ("", [], {}, None)}


def _bgp(cluster: Cluster) -> dict[str, Any]:
    """Return what a node's BGP is judged by."""
    return {
        "bgp_asn": cluster.bgp.asn or None,
        "bgp_community": cluster.bgp.community,
        "route_reflectors": [each.address for each in cluster.bgp.reflectors.values()],
    }


def _networks(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return every network as this node has it."""
    found = {}
    for name, network in cluster.networks.items():
        address = node.address if network is cluster.main else node.addresses.get(name, "")
        ends = {**vars(network), "address": address}
        found[name] = {key: ends[key] for key in _ENDS if ends[key]}
    return found
