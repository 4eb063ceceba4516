"""Memory of the nodes: what their own services take, and what is left for guests."""

from __future__ import annotations

from collections.abc import Iterable

from saltext.muster.cluster import Cluster, Node
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.parts import Ceph
from saltext.muster.sizes import size

#: What an OSD takes at least, in bytes (PVC-022).
LEAST_OSD = 939524096

#: What an OSD takes by default at least, in bytes (PVC-021: 4 to 6 GB).
USUAL_OSD = 4 * 10**9

_CEPH_UNTOLD = Ceph()


def ceph_of(cluster: Cluster) -> Ceph | None:
    """Return the Ceph that runs on the cluster's own nodes, or None.

    PVC has one even where the file does not tell of it (PVC-028).
    """
    told = cluster.ceph or (_CEPH_UNTOLD if cluster.platform == "pvc" else None)
    return None if told is None or told.external else told


def needed_ceph(cluster: Cluster) -> Ceph:
    """Return the Ceph that runs on the cluster's own nodes; raises NotAsked without one."""
    ceph = ceph_of(cluster)
    if ceph is None:
        raise NotAsked("no Ceph runs on the nodes")
    return ceph


def reserved(cluster: Cluster, node: Node) -> dict[str, int]:
    """Return what services of a node take of its memory, in bytes by consumer (PVC-020).

    ``system`` is what the hardware's model keeps back, ``OSDs`` the storage of its disks
    (PVC-021), ``Zookeeper`` heap and stack of Java on PVC's coordinators (PVC-023). What takes
    nothing is left out.
    """
    hardware, ceph = cluster.hardware_of(node), ceph_of(cluster)
    found = {"system": hardware.reserved}
    if ceph is not None:
        found["OSDs"] = len(hardware.disks) * ceph.osd_memory
    if cluster.platform == "pvc" and node.role == "coordinator":
        found["Zookeeper"] = cluster.options.zookeeper_heap + cluster.options.zookeeper_stack
    return {name: size for name, size in found.items() if size}


def free_for_guests(cluster: Cluster, node: Node) -> int | None:
    """Return the bytes of memory that a node has for guests, never below 0.

    None when the memory of the node's hardware is not told.
    """
    memory = cluster.hardware_of(node).memory
    return max(0, memory - sum(reserved(cluster, node).values())) if memory else None


def osd_least(cluster: Cluster) -> Iterable[Finding]:
    """Prove that an OSD has the memory that Ceph cannot do without (PVC-022).

    Raises NotAsked when no Ceph runs on the nodes.
    """
    seen = needed_ceph(cluster).osd_memory
    if seen < LEAST_OSD:
        what = f"wanted at least {LEAST_OSD} B for an OSD"
        remedy = "write 1 GiB or more, better 4 GiB"
        yield wrong(("ceph", "osd_memory"), f"{what}, seen {seen} B", remedy, what)


def osd_usual(cluster: Cluster) -> Iterable[Finding]:
    """Prove that an OSD has as much memory as PVC gives by default (PVC-021).

    Raises NotAsked when no Ceph runs on the nodes.
    """
    seen = needed_ceph(cluster).osd_memory
    if seen < USUAL_OSD:
        message = f"an OSD's cache is small: wanted 4 to 6 GB, seen {size(seen)}"
        yield doubtful(("ceph", "osd_memory"), message, "write 4 GiB to 6 GiB")


def enough(cluster: Cluster) -> Iterable[Finding]:
    """Prove that each node has memory left for guests beside its services (PVC-020).

    Raises NotAsked when the memory of no node is told. One finding for all nodes of a role that
    have the same hardware.
    """
    told = False
    for node, *_others in alike(cluster).values():
        hardware, taken = cluster.hardware_of(node), sum(reserved(cluster, node).values())
        told = told or bool(hardware.memory)
        if hardware.memory and taken >= hardware.memory:
            yield wrong(
                ("hardware", node.hardware, "memory"),
                f"the services of {node.id} take {taken} B of {hardware.memory} B of memory:"
                " nothing is left for guests",
                "plan more memory, fewer disks, or less memory for each OSD",
                "the services of a node take all its memory: nothing is left for guests",
            )
    if not told:
        raise NotAsked("the memory of no node is told: give nodes their hardware")


def alike(cluster: Cluster) -> dict[tuple[str, str], list[Node]]:
    """Return the nodes by role and model of hardware: of each kind all have the same memory."""
    found: dict[tuple[str, str], list[Node]] = {}
    for node in cluster.nodes.values():
        found.setdefault((node.role, node.hardware), []).append(node)
    return found
