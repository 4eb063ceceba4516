"""PVC's formulas: cores and memory of a node, databases, placement groups, fencing, ZooKeeper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from saltext.muster.cluster import Cluster, Node
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.parts import Hardware
from saltext.muster.planning.sheet import Table
from saltext.muster.planning.sizing import space
from saltext.muster.planning.sizing.memory import ceph_of, reserved
from saltext.muster.planning.sizing.pvc_totals import GB, REWRITTEN
from saltext.muster.sizes import size
from saltext.muster.wording import listed

#: Cores, and bytes of memory, of PVC's daemons with their databases, of monitors, and of an OSD.
SYSTEM_CORES, MONITOR_CORES, OSD_CORES = 2, 1, 2
SERVICE_MEMORY, OSD_MEMORY, BETTER_OSD_MEMORY = 1 * GB, 1 * GB, 4 * GB

#: What a coordinator runs with 1 GB each, and what a hypervisor does.
COORDINATOR_SERVICES = ("PVC", "Zookeeper", "PostgreSQL", "Ceph monitor and manager")
HYPERVISOR_SERVICES = ("PVC",)

#: One byte of database for so many bytes of OSDs.
DATABASE_SHARE = 20

#: Chances of a node that is taken for dead to come back, one a keepalive.
SAVING_THROWS = 6


@dataclass(frozen=True)
class Alike:
    """Nodes with the same role and hardware, where the same largest guest may run."""

    nodes: tuple[Node, ...]
    hardware: Hardware
    osds: int
    largest: int

    @property
    def coordinators(self) -> bool:
        """Whether the databases and Ceph's monitors run on them (PVC-029, PVC-081)."""
        return self.nodes[0].role == "coordinator"

    @property
    def cores(self) -> int:
        """The cores of the document's formula (PVC-097)."""
        monitor = MONITOR_CORES if self.coordinators else 0
        return SYSTEM_CORES + monitor + OSD_CORES * self.osds + self.largest

    def memory(self, osd: int = OSD_MEMORY) -> int:
        """Return the memory in bytes that services want before guests (PVC-098)."""
        services = COORDINATOR_SERVICES if self.coordinators else HYPERVISOR_SERVICES
        return SERVICE_MEMORY * len(services) + osd * self.osds


def alike(cluster: Cluster) -> list[Alike]:
    """Return the nodes by what the formulas depend on, in the file's order."""
    largest, stored = _largest(cluster), ceph_of(cluster) is not None
    found: dict[tuple[str, str, int], list[Node]] = {}
    for node in cluster.nodes.values():
        most = max(largest.get("", 0), largest.get(node.id, 0))
        found.setdefault((node.role, node.hardware, most), []).append(node)
    groups = []
    for (_role, _model, most), nodes in found.items():
        hardware = cluster.hardware_of(nodes[0])
        groups.append(Alike(tuple(nodes), hardware, len(hardware.disks) * stored, most))
    return groups


def cores(cluster: Cluster) -> Iterable[Finding]:
    """Prove that each node has the cores of the formula (PVC-097).

    Raises NotAsked for editions before 0.9.39, and where no node's cores are told.
    """
    groups = [each for each in _asked(cluster) if each.hardware.cores]
    if not groups:
        raise NotAsked("the cores of no node are told: give nodes their hardware")
    for each in groups:
        if each.hardware.cores < each.cores:
            yield doubtful(
                ("hardware", each.nodes[0].hardware, "cores"),
                f"wanted {each.cores} cores on {_names(each)} ({_sum_of_cores(each)}), seen"
                f" {each.hardware.cores}",
                "plan more cores, fewer OSDs on a node, or fewer virtual cores for a guest",
                "wanted more cores for services, OSDs and the largest guest",
            )


def memory(cluster: Cluster) -> Iterable[Finding]:
    """Prove that what is kept back on each node is what its services want (PVC-098).

    Raises NotAsked for editions before 0.9.39, and where no node's memory is told.
    """
    groups = [each for each in _asked(cluster) if each.hardware.memory]
    if not groups:
        raise NotAsked("the memory of no node is told: give nodes their hardware")
    for each in groups:
        kept, wanted = sum(reserved(cluster, each.nodes[0]).values()), each.memory()
        if kept < wanted:
            yield doubtful(
                ("hardware", each.nodes[0].hardware, "reserved"),
                f"wanted {size(wanted)} kept back for services on {_names(each)}, seen"
                f" {size(kept)}",
                f"write `reserved: {_reserved(each, wanted - kept)}` or more for that hardware",
                "wanted more memory kept back for services",
            )


def _reserved(each: Alike, more: int) -> str:
    """Return what is to be kept back with so many bytes more, rounded up to a MiB."""
    return f"{-(-(each.hardware.reserved + more) // 1024**2)} MiB"


def databases(cluster: Cluster) -> Iterable[Finding]:
    """Prove that a device for OSDs' databases holds 5 % of its node's OSDs (PVC-101).

    Raises NotAsked for editions before 0.9.39, and where no such device is told.
    """
    groups = [each for each in _asked(cluster) if each.hardware.database and each.osds]
    if not groups:
        raise NotAsked("no device for OSDs' databases is told: they are on the OSDs themselves")
    for each in groups:
        wanted = -(-sum(each.hardware.disks) // DATABASE_SHARE)
        if each.hardware.database < wanted:
            yield doubtful(
                ("hardware", each.nodes[0].hardware, "database"),
                f"wanted at least {size(wanted)} for the databases of {each.osds} OSDs, seen"
                f" {size(each.hardware.database)}",
                "plan a larger device: 5 % of the node's OSDs, better more",
                "wanted a device of 5 % of the node's OSDs for their databases",
            )


def zookeeper(cluster: Cluster) -> Iterable[Finding]:
    """Prove that ZooKeeper has the memory that PVC gives it by default (PVC-023).

    Less is good in small and lightly used clusters: raises NotAsked in tier ``test``.
    """
    if cluster.tier == "test":
        raise NotAsked("a lightly used cluster may have less, down to 32 MB and below")
    for name, usual in (("zookeeper_heap", 256 * 1024**2), ("zookeeper_stack", 512 * 1024**2)):
        seen = getattr(cluster.options, name)
        if seen < usual:
            yield doubtful(
                ("options", name),
                f"wanted {size(usual)}, seen {size(seen)}: enough for lightly used clusters alone",
                f"write {size(usual)}, or leave {name} out",
                "wanted PVC's default, less is enough for lightly used clusters alone",
            )


def fencing(cluster: Cluster) -> Iterable[Finding]:
    """Prove that a node ends itself, if at all, before others fence it (PVC-100)."""
    options = cluster.options
    for name, least in (
        ("keepalive_interval", 1),
        ("fence_intervals", 1),
        ("suicide_intervals", 0),
    ):
        seen = getattr(options, name)
        if seen < least:
            what = f"wanted at least {least}"
            yield wrong(("options", name), f"{what}, seen {seen}", "leave it out", what)
    if options.suicide_intervals > options.fence_intervals:
        yield wrong(
            ("options", "suicide_intervals"),
            f"wanted at most fence_intervals ({options.fence_intervals}), seen"
            f" {options.suicide_intervals}: a node is fenced before it ends itself",
            "write 0, or no more than fence_intervals",
            "wanted at most fence_intervals",
        )


def fenced_after(cluster: Cluster) -> tuple[int, int]:
    """Return the seconds from a node's last keepalive to its fencing: least and most (PVC-100).

    It misses fence_intervals keepalives, then has SAVING_THROWS more; its peers' own rhythm may
    add one.
    """
    each, missed = cluster.options.keepalive_interval, cluster.options.fence_intervals
    return each * (missed + SAVING_THROWS), each * (missed + SAVING_THROWS + 1)


def placement_groups(osds: int, pools: int) -> int | None:
    """Return the document's number of placement groups for each of so many pools (PVC-102).

    None below 3 OSDs, of which it says nothing. Between its lines the smaller one holds: groups
    are easily added, and hard to take away.
    """
    if osds < 3 or pools < 1:
        return None
    if osds >= 9:
        return 256
    groups = 256 if osds >= 6 else 128
    return groups if pools == 1 else groups // 2


def tables(cluster: Cluster) -> tuple[list[Table], list[str]]:
    """Return the formulas' results: by alike nodes, by pool, and fencing; notes are second.

    The core, memory and placement rows are of the edition 0.9.39 alone (PVC-097 to PVC-102).
    """
    first, last = fenced_after(cluster)
    notes = [f"a dead node is fenced {first} to {last} s after its last keepalive"]
    try:
        groups = _asked(cluster)
    except NotAsked as why:
        return [], [*notes, f"cores, memory, databases and placement groups: {why}"]
    return [Table("PVC nodes", [_row(cluster, each) for each in groups]), *_pgs(cluster)], notes


def _row(cluster: Cluster, each: Alike) -> dict[str, Any]:
    told = each.nodes[0].hardware in cluster.hardware
    figures = {
        "cores": each.hardware.cores or None,
        "cores_wanted": each.cores,
        "formula": _sum_of_cores(each),
        "kept_back_bytes": sum(reserved(cluster, each.nodes[0]).values()),
        "services_want_bytes": each.memory(),
        "better_bytes": each.memory(BETTER_OSD_MEMORY),
        "database_bytes": each.hardware.database or None,
        "if_any_at_least_bytes": -(-sum(each.hardware.disks) // DATABASE_SHARE) or None,
    }
    # Without hardware, how many OSDs a node has is not told, and nothing follows.
    shown = figures if told else dict.fromkeys(figures)
    return {"nodes": _names(each), "count": len(each.nodes), **shown}


def _pgs(cluster: Cluster) -> Iterator[Table]:
    try:
        space.storage(cluster)
        names = list(space.pools(cluster))
        osds = sum(space.disk_sizes(cluster).values())
    except NotAsked:
        return
    groups = placement_groups(osds, len(names))
    rows = [{"pool": name, "osds": osds, "placement_groups": groups} for name in names]
    yield Table("placement groups", rows)


def _asked(cluster: Cluster) -> list[Alike]:
    if cluster.edition != REWRITTEN:
        raise NotAsked(f"PVC gives this formula from edition {REWRITTEN} on")
    return alike(cluster)


def _largest(cluster: Cluster) -> dict[str, int]:
    """Return the most virtual cores of a guest by the nodes it may run on, "" = on all."""
    by_nodes: dict[tuple[str, ...], int] = {}  # many guests share one list of nodes
    for guest in cluster.guests.values():
        tied = (guest.node,) if guest.pinned and guest.node else guest.nodes
        by_nodes[tied] = max(by_nodes.get(tied, 0), guest.vcpus)
    found: dict[str, int] = {}
    for tied, vcpus in by_nodes.items():
        for name in tied or ("",):
            found[name] = max(found.get(name, 0), vcpus)
    return found


def _sum_of_cores(each: Alike) -> str:
    monitors = MONITOR_CORES if each.coordinators else 0
    return f"{SYSTEM_CORES} + {monitors} + {OSD_CORES}x{each.osds} + {each.largest}"


def _names(each: Alike) -> str:
    return listed([node.id for node in each.nodes])
