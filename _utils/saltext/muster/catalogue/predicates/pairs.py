"""Where two platforms, or a file and itself, ask for what one server cannot simply have."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping

from saltext.muster import platforms
from saltext.muster.cluster import Cluster
from saltext.muster.conflict import Met, Pair
from saltext.muster.verdict import FAIL, WARN
from saltext.muster.wording import listed

#: What the documents allow, by hypervisor or by edition; other platforms' name none.
_SYSTEMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "vmmanager": {"kvm": ("almalinux-8",), "lxd": ("ubuntu-20.04",)},
    "pvc": {"0.9.21": ("debian-10", "debian-11"), "0.9.39": ("debian-12",)},
}

#: What names PVC's own repository.
_PVC_REPOSITORY = "parallelvirtualcluster"

#: VMM-054 and VMM-056: the first port of consoles, how many guests the range is for, the next
#: port that the node needs for something else.
FIRST_CONSOLE, GUESTS, LIBVIRT = 5900, 1000, 16514


def names(pair: Pair) -> Iterator[Met]:
    """The running name can be the full one or the short one, not both."""
    if pair.has("ganeti", "pvc"):
        yield Met(FAIL, ("ganeti", "pvc"), "a node has one running name")
    elif pair.has("vmmanager", "pvc"):
        full = [node.fqdn for node in pair.cluster.nodes.values() if "." in node.fqdn]
        if full:
            yield Met(WARN, ("vmmanager", "pvc"), f"{listed(full, 3)} is the name for VMmanager")


def addressing(pair: Pair) -> Iterator[Met]:
    """PVC brings addresses up by itself, the others want them in the node's files."""
    for name in ("vmmanager", "ganeti"):
        if pair.has(name, "pvc"):
            yield Met(WARN, (name, "pvc"), "both would give the node its address")


def repositories(pair: Pair) -> Iterator[Met]:
    """PVC comes from a repository of its own, which VMmanager does not want."""
    if pair.has("vmmanager", "pvc"):
        allowed = [item for each in both(pair) for item in each.repositories]
        named = next((item for item in allowed if _PVC_REPOSITORY in item.lower()), "")
        seen = f"repositories allows {named}" if named else "repositories does not name PVC's"
        yield Met(WARN if named else FAIL, ("vmmanager", "pvc"), seen)


def families(pair: Pair) -> Iterator[Met]:
    """Ravada lets families mix, VMmanager does not."""
    if pair.has("vmmanager", "ravada") and len(pair.cluster.nodes) > 1:
        seen = f"the file tells no node's system, and there are {len(pair.cluster.nodes)} nodes"
        yield Met(WARN, ("vmmanager", "ravada"), seen)


def systems(pair: Pair) -> Iterator[Met]:
    """No release suits both platforms."""
    if not pair.other:
        return
    sides = (pair.cluster.platform, pair.other)
    ours, theirs = (_systems(pair, name) for name in sides)
    if set(ours) & set(theirs) or not (ours and theirs):
        return
    seen = f"{sides[0]} has {', '.join(ours)}, {sides[1]} has {', '.join(theirs)}"
    certain = all(name in _SYSTEMS for name in sides)
    yield Met(FAIL if certain else WARN, sides, seen)


def _systems(pair: Pair, platform: str) -> list[str]:
    """Return the releases for a platform: its document's, else those that muster has names for."""
    known = _SYSTEMS.get(platform)
    if known is None:
        return sorted(getattr(platforms.load(platform), "PACKAGES", ()))
    cluster = pair.of(platform)
    chosen = known.get(cluster.hypervisor) or known.get(cluster.edition) if cluster else None
    return list(chosen or [release for each in known.values() for release in each])


def bridges(pair: Pair) -> Iterator[Met]:
    """One uplink can be the port of one bridge."""
    if pair.has("vmmanager", "ganeti"):
        ganeti = pair.of("ganeti")
        if ganeti is None:
            yield Met(WARN, ("vmmanager", "ganeti"), "Ganeti's bridge is not told here")
        elif bridge_of(ganeti) not in ("", "vmbr0"):
            yield Met(WARN, ("vmmanager", "ganeti"), f"Ganeti's bridge is {bridge_of(ganeti)}")
    for name in ("vmmanager", "ganeti"):
        if pair.has(name, "pvc"):
            yield from _bridge_device(pair, name)


def bridge_of(ganeti: Cluster) -> str:
    """Return the bridge of Ganeti's guests, "" where they are routed."""
    if ganeti.options.network_mode == "routed":
        return ""
    return (ganeti.main.bridge if ganeti.main else "") or "xen-br0"


def _bridge_device(pair: Pair, name: str) -> Iterator[Met]:
    pvc = pair.of("pvc")
    device = pvc.options.bridge_device if pvc else ""
    main = pvc.main if pvc else None
    uplinks = {main.interface, main.interface.partition(".")[0], main.bond} if main else set()
    if not device:
        yield Met(WARN, (name, "pvc"), "no bridge_device of PVC's own is told")
    elif device in uplinks:
        yield Met(WARN, (name, "pvc"), f"PVC's bridge_device {device} is the nodes' uplink too")


def storage(pair: Pair) -> Iterator[Met]:
    """Each platform has its own idea of where disks come from."""
    ganeti, platform = pair.of("ganeti"), pair.cluster.platform
    if not pair.other or (ganeti and ganeti.options.storage == "file" and not ganeti.options.drbd):
        return
    if not pair.has("vmmanager", "ravada"):
        yield Met(WARN, (platform, pair.other), "the file does not tell whose each disk is")
        return
    vmmanager = pair.of("vmmanager")
    pools = [pool for each in both(pair) for pool in each.pools]
    if not pools:
        yield Met(WARN, ("vmmanager", "ravada"), "no pools are declared")
    elif vmmanager and vmmanager.hypervisor == "lxd" and not any(p.type == "zfs" for p in pools):
        yield Met(WARN, ("vmmanager", "ravada"), "no pool of type zfs is declared")


def reflectors(pair: Pair) -> Iterator[Met]:
    """FRR's one configuration and port 179 have one owner."""
    vmmanager = pair.of("vmmanager")
    if pair.has("vmmanager", "pvc") and vmmanager and vmmanager.network_type == "ip-fabric":
        yield Met(FAIL, ("vmmanager", "pvc"), "the network type is ip-fabric")


def selinux(pair: Pair) -> Iterator[Met]:
    """A waiver of VMmanager's SELinux rows says that another system needs it."""
    cluster = pair.cluster
    if pair.other or cluster.platform != "vmmanager":
        return
    for index, waiver in enumerate(cluster.waivers):
        if waiver.requirement in ("VMM-032", "VMM-033", "VMM-034"):
            seen = f"{waiver.requirement} is waived: {waiver.reason}"
            yield Met(WARN, ("vmmanager", ""), seen, ("waivers", index))
            return


def platform_host(pair: Pair) -> Iterator[Met]:
    """VMmanager's platform is on none of the servers, whoever else runs guests there."""
    vmmanager = pair.of("vmmanager")
    address = vmmanager.options.platform_address if vmmanager else ""
    if not pair.other:
        owner = _owner(pair.cluster, address)
        if owner:
            where = ("options", "platform_address")
            yield Met(FAIL, ("vmmanager",), f"platform_address {address} is {owner}'s", where)
        return
    for name in ("ravada", "pvc"):
        if pair.has("vmmanager", name):
            owner = next((o for each in both(pair) if (o := _owner(each, address))), "")
            if not address:
                yield Met(WARN, ("vmmanager", name), "no platform_address is told")
            elif owner:
                yield Met(FAIL, ("vmmanager", name), f"platform_address {address} is {owner}'s")


def _owner(cluster: Cluster, address: str) -> str:
    nodes = cluster.nodes.values() if address else ()
    found = (node.id for node in nodes if address in (node.address, *node.addresses.values()))
    return next(found, "")


def ports(pair: Pair) -> Iterator[Met]:
    """Consoles take a port for each guest from 5900 on."""
    vmmanager = pair.of("vmmanager")
    if vmmanager and vmmanager.hypervisor != "kvm":
        return
    if pair.has("vmmanager", "pvc"):
        seen = "Ceph listens on 6789 and from 6800 on, inside the range for consoles"
        yield Met(WARN, ("vmmanager", "pvc"), seen)
    if pair.other or not vmmanager or vmmanager.options.vms_per_node <= GUESTS:
        return
    guests = vmmanager.options.vms_per_node
    last = FIRST_CONSOLE + guests - 1
    seen = f"{guests} guests take the ports {FIRST_CONSOLE} to {last}"
    status = FAIL if last >= LIBVIRT else WARN
    yield Met(status, ("vmmanager", ""), seen, ("options", "vms_per_node"))


def places(pair: Pair) -> Iterator[Met]:
    """The node's address is on the card before VMmanager has it, on a bridge or bond elsewhere."""
    if not pair.other:
        yield from _bridge_as_port(pair.cluster)
        yield from _bond_too_early(pair.cluster)
        return
    vmmanager = pair.of("vmmanager")
    if vmmanager and vmmanager.options.joined:
        return
    ganeti, pvc = pair.of("ganeti"), pair.of("pvc")
    if pair.has("vmmanager", "ganeti") and (ganeti is None or bridge_of(ganeti)):
        seen = f"Ganeti's address is on {bridge_of(ganeti) if ganeti else 'its bridge'}"
        yield Met(WARN, ("vmmanager", "ganeti"), f"{seen}, VMmanager's nodes have not joined")
    if pair.has("vmmanager", "pvc") and (pvc is None or (pvc.main and pvc.main.bond)):
        seen = f"PVC's address is on {pvc.main.bond if pvc and pvc.main else 'a bond'}"
        yield Met(WARN, ("vmmanager", "pvc"), f"{seen}, VMmanager's nodes have not joined")


def _bridge_as_port(cluster: Cluster) -> Iterator[Met]:
    main = cluster.main
    if main is None or not main.bridge:
        return
    found = [(main.interface, ("networks", "main", "interface"))]
    found += [(node.interface, ("nodes", node.id, "interface")) for node in cluster.nodes.values()]
    for interface, where in found:
        if interface == main.bridge:
            seen = f"{interface} is named as the bridge and as the card below it"
            yield Met(FAIL, (cluster.platform,), seen, where)


def _bond_too_early(cluster: Cluster) -> Iterator[Met]:
    main = cluster.main
    if cluster.platform != "vmmanager" or cluster.options.joined or main is None:
        return
    if main.bond and not main.vlan:
        seen = f"{main.bond} is to have the address of nodes that have not joined"
        yield Met(WARN, ("vmmanager",), seen, ("networks", "main", "bond"))


def ssh_sources(pair: Pair) -> Iterator[Met]:
    """Port 22 is open to all that need it, and to no others where a platform restricts it."""
    admin = [network for each in both(pair) for network in each.admin]
    if not pair.other:
        if pair.cluster.platform == "ravada" and not admin:
            salt = " and the Salt masters" if pair.cluster.salt_masters else ""
            seen = f"admin is empty, so that the master{salt} alone would get in"
            yield Met(WARN, ("ravada",), seen, ("admin",))
        return
    vmmanager = pair.of("vmmanager")
    address = vmmanager.options.platform_address if vmmanager else ""
    for name in ("ravada", "pvc"):
        if not pair.has("vmmanager", name):
            continue
        if not admin:
            yield Met(FAIL, ("vmmanager", name), "admin names nobody who may reach port 22")
        elif address and not _within(address, admin):
            seen = f"platform_address {address} is in none of admin's networks"
            yield Met(WARN, ("vmmanager", name), seen)


def _within(address: str, networks: Iterable[str]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False  # told by the platform's own check
    return any(parsed in ipaddress.ip_network(network) for network in networks)


def both(pair: Pair) -> list[Cluster]:
    """Return the clusters of the pair whose files are known."""
    return [pair.cluster, *([pair.there] if pair.there else [])]
