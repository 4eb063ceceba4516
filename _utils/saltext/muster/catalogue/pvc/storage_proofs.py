"""PVC's rows about Ceph, as far as a cluster file decides them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from saltext.muster.catalogue.pvc.layout import STORAGE, of_role
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.parts import Ceph, CephPool
from saltext.muster.planning.simulating import storage_loss
from saltext.muster.planning.sizing import ceph as space
from saltext.muster.sizes import size


def _declared(cluster: Cluster) -> Ceph:
    if cluster.ceph is None:
        raise NotAsked("no storage is declared under `ceph`")
    return cluster.ceph


def _own(cluster: Cluster) -> Ceph:
    found = cluster.ceph or Ceph()
    if found.external:
        raise NotAsked("the storage is an external Ceph")
    return found


def _pools(cluster: Cluster) -> list[tuple[str, CephPool]]:
    found = list(_declared(cluster).pools.items())
    if not found:
        raise NotAsked("no pool is declared")
    return found


def hyperconverged(cluster: Cluster) -> Iterable[Finding]:
    """PVC-028: storage is on the nodes themselves."""
    if not _declared(cluster).external:
        return []
    what = "wanted storage on the nodes themselves, seen an external Ceph"
    return [doubtful(("ceph", "external"), what, "give the nodes disks, and leave this out")]


def monitors(cluster: Cluster) -> Iterable[Finding]:
    """PVC-029: each coordinator, which runs a monitor, has an address in the storage network."""
    _own(cluster)
    networks = [name for name, _network in of_role(cluster, STORAGE)]
    if not networks and cluster.ceph is None:
        raise NotAsked("neither a storage network nor `ceph` is declared")
    if not networks:
        what = "has none with the role storage, where Ceph's monitors and managers are"
        return [wrong(("networks",), what, "declare it, even where it is the cluster network")]
    return [
        wrong(
            ("nodes", node.id),
            f"a coordinator runs a monitor, and has no address in {' or '.join(networks)}",
            f"give it `addresses: {{{networks[0]}: ...}}`",
        )
        for node in cluster.with_role("coordinator")
        if not any(cluster.address_in(node, name) for name in networks)
    ]


def osds(cluster: Cluster) -> Iterable[Finding]:
    """PVC-030: storage has disks, on the coordinators at least."""
    _own(cluster)
    _declared(cluster)
    hosts = frozenset(storage_loss.hosts(cluster))
    if not hosts:
        what = "no node has a disk for storage"
        return [wrong(("ceph",), what, "tell the nodes' `disks` under `hardware`")]
    return [
        doubtful(
            ("nodes", node.id),
            "is a coordinator without a disk for storage; only hypervisors may be so",
            "give it as many disks as the others have",
        )
        for node in cluster.with_role("coordinator")
        if node.id not in hosts
    ]


def balanced(cluster: Cluster) -> Iterable[Finding]:
    """PVC-031: each disk adds space, if all had one size: none is more than the hosts can use."""
    pools = _own(cluster).pools.values()
    copies = max((pool.copies for pool in pools), default=CephPool().copies)
    disks = {id_: len(_disks(cluster, id_)) for id_ in storage_loss.hosts(cluster)}
    if len(disks) < copies:
        raise NotAsked(f"{copies} copies take as many hosts with disks: PVC-035 judges that")
    # Each disk counts as `copies` units, so that what is usable comes out whole.
    usable = space.usable([count * copies for count in disks.values()], copies)
    if usable == sum(disks.values()):
        return []
    most = max(disks, key=lambda id_: disks[id_])
    what = (
        f"{sum(disks.values())} disks give the space of {usable}, with {copies} copies on "
        f"different hosts: {most} has {disks[most]}, others as few as {min(disks.values())}"
    )
    remedy = "spread the disks over the hosts, or add as many to the others"
    return [wrong(("hardware",), what, remedy)]


def _disks(cluster: Cluster, id_: str) -> tuple[int, ...]:
    return cluster.hardware_of(cluster.nodes[id_]).disks


def equal_disks(cluster: Cluster) -> Iterable[Finding]:
    """PVC-032: all disks for storage have one size."""
    _own(cluster)
    found = Counter(disk for id_ in storage_loss.hosts(cluster) for disk in _disks(cluster, id_))
    if len(found) < 2:
        return []
    sizes = ", ".join(f"{found[each]} of {size(each)}" for each in sorted(found))
    remedy = "take disks of one size, or set their weights when they are added"
    return [doubtful(("hardware",), f"wanted disks of one size, seen {sizes}", remedy)]


def replicated(cluster: Cluster) -> Iterable[Finding]:
    """PVC-034: each pool is replicated."""
    return [
        wrong(
            ("ceph", "pools", name, "type"),
            f"wanted replicated, seen {pool.type}",
            "write type: replicated; PVC has no erasure coding",
        )
        for name, pool in _pools(cluster)
        if pool.type != CephPool().type
    ]


def copies(cluster: Cluster) -> Iterable[Finding]:
    """PVC-035: pools keep what they promise on the hosts that there are, and no less than usual.

    A lab of fewer hosts may keep one copy on each of them.
    """
    pools = _pools(cluster)
    hosts = None if _declared(cluster).external else len(storage_loss.hosts(cluster))
    few = cluster.tier == "test" and hosts is not None and hosts < CephPool().copies
    for name, pool in pools:
        if not (few and pool.copies == hosts and pool.mincopies <= pool.copies):
            yield from _promise(name, pool, hosts)


def _promise(name: str, pool: CephPool, hosts: int | None) -> Iterator[Finding]:
    where, usual = ("ceph", "pools", name), CephPool()
    seen = f"copies {pool.copies}, mincopies {pool.mincopies}"
    if pool.mincopies > pool.copies:
        what = f"I/O needs {pool.mincopies} of {pool.copies} copies: there is never any"
        yield wrong((*where, "mincopies"), what, "write fewer mincopies than copies")
    elif hosts is not None and hosts < pool.mincopies:
        what = f"I/O needs {pool.mincopies} hosts with disks, seen {hosts}"
        remedy = "give more nodes disks for storage, or write fewer copies and mincopies"
        yield wrong((*where, "mincopies"), what, remedy)
    elif hosts is not None and hosts < pool.copies:
        what = f"{pool.copies} copies take as many hosts with disks, seen {hosts}: never complete"
        yield doubtful((*where, "copies"), what, "give more nodes disks, or keep fewer copies")
    elif pool.copies < usual.copies:
        what = f"wanted copies {usual.copies}, mincopies {usual.mincopies}; seen {seen}"
        yield doubtful((*where, "copies"), what, "keep three copies")
    elif pool.mincopies == pool.copies:
        what = f"{seen}: the loss of one host stops I/O"
        yield doubtful((*where, "mincopies"), what, "write fewer mincopies than copies")


def write_hole(cluster: Cluster) -> Iterable[Finding]:
    """PVC-038: I/O needs more than one copy, or a disk's failure then loses writes.

    Of a pool that keeps a single copy PVC-035 tells.
    """
    return [
        doubtful(
            ("ceph", "pools", name, "mincopies"),
            "with 1 copy I/O goes on, and if its disk fails, what was written since is lost",
            "write mincopies: 2, with three or more copies",
        )
        for name, pool in _pools(cluster)
        if pool.mincopies == 1 < pool.copies
    ]
