"""PVC's rows about SR-IOV, decided from a cluster file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from saltext.muster.cluster import Cluster, Finding, Node
from saltext.muster.finding import NotAsked, doubtful, wrong
from saltext.muster.parts import Guest, Physical, Virtual
from saltext.muster.planning.sriov import (
    HOSTDEV,
    MACVTAP,
    Function,
    Held,
    Places,
    alike,
    found,
    function,
    home,
    in_the_way,
    name,
    users,
    vlans,
)

#: Nodes that a message names; the others are counted.
_NAMED = 3


def configured_alike(cluster: Cluster) -> Iterator[Finding]:
    """Give the nodes that share guests and whose functions of one name differ (PVC-072)."""
    places = Places(cluster)
    told: set[tuple[str, str]] = set()
    for guest in _asked(cluster):
        for interface in dict.fromkeys(virtual.interface for virtual in guest.vfs):
            nodes = [cluster.nodes[id_] for id_ in places.of(guest)]
            first = _first(cluster, guest, nodes, interface)
            for node in nodes if first else ():
                if (node.id, interface) not in told and _differ(first, node, interface):
                    told.add((node.id, interface))
                    yield _unlike(guest, first, node, interface)


def _first(cluster: Cluster, guest: Guest, nodes: Sequence[Node], interface: str) -> Node | None:
    """Return the node that the others are compared with: the guest's own, if it has SR-IOV."""
    own = cluster.nodes.get(home(guest))
    candidates = [own, *nodes] if own else nodes
    return next((node for node in candidates if interface in node.sriov), None)


def _differ(first: Node | None, node: Node, interface: str) -> bool:
    """A node without the interface differs in nothing: PVC-075 asks for that."""
    if first is None or interface not in node.sriov:
        return False
    return not alike(first.sriov[interface], node.sriov[interface])


def _unlike(guest: Guest, first: Node | None, node: Node, interface: str) -> Finding:
    one = f"{first.id} has {_split(first.sriov[interface])}" if first else ""
    seen = f"{node.id} has {_split(node.sriov[interface])}"
    return wrong(
        ("nodes", node.id, "sriov", interface),
        f"wanted {interface} split alike where guest {guest.name} may run: {one}, {seen}",
        "give both nodes the same vfs and vlans, or limit the guest by nodes",
    )


def _split(physical: Physical) -> str:
    tags = " ".join(map(str, vlans(physical))) if physical.vlans else ""
    return f"{physical.vfs} functions" + (f" with VLANs {tags}" if tags else "")


def never_meet(cluster: Cluster) -> Iterator[Finding]:
    """Give the guests with one function that are on two nodes and may meet on one (PVC-073)."""
    places = Places(cluster)
    claimed: dict[Function, dict[str, Guest]] = {}
    for guest in _asked(cluster):
        for virtual in _once(guest.vfs):
            taken, nodes = claimed.setdefault(function(virtual), {}), places.of(guest)
            met = [id_ for id_ in nodes if id_ in taken and _apart(taken[id_], guest)]
            if met:
                yield _overlap(guest, taken[met[0]], virtual, met)
            for id_ in nodes:
                taken.setdefault(id_, guest)


def _apart(one: Guest, other: Guest) -> bool:
    """Guests that are on one node already are PVC-074's."""
    return one.name != other.name and (home(one) != home(other) or not home(one))


def _overlap(guest: Guest, other: Guest, virtual: Virtual, met: Sequence[str]) -> Finding:
    return wrong(
        ("guests", guest.name, "vfs"),
        f"guests {other.name} and {guest.name} both have {name(virtual)}, "
        f"and both may run on {_some(met)}",
        "give one of them another function, or limit them by nodes that they do not share",
    )


def one_guest_each(cluster: Cluster) -> Iterator[Finding]:
    """Give the guests that have a function of one node which another has there (PVC-074)."""
    held = Held(cluster)
    for guest in _asked(cluster):
        for place, virtual in enumerate(guest.vfs):
            where = ("guests", guest.name, "vfs", place)
            remedy = "give it a function that is free on that node"
            holder = held.by(virtual, home(guest)) if home(guest) else guest.name
            if holder != guest.name:
                both = f"guests {holder} and {guest.name}"
                yield wrong(where, f"{both} both have {name(virtual)} on {home(guest)}", remedy)
            elif function(virtual) in map(function, guest.vfs[:place]):
                yield wrong(where, f"guest {guest.name} has {name(virtual)} twice", remedy)


def limited(cluster: Cluster) -> Iterator[Finding]:
    """Give the guests that may run where their functions are not (PVC-075)."""
    places = Places(cluster)
    for guest in _asked(cluster):
        for virtual in _once(guest.vfs):
            nodes = places.of(guest)
            without = [id_ for id_ in nodes if not found(cluster.nodes[id_], virtual)]
            if without:
                yield wrong(
                    ("guests", guest.name, "nodes"),
                    f"guest {guest.name} has {name(virtual)}, which is not on {_some(without)}",
                    "limit the guest by nodes to those that have it, or give it another function",
                )


def free_on_targets(cluster: Cluster) -> Iterator[Finding]:
    """Give the guests with a macvtap function that some node has no free one for (PVC-076).

    Nodes that have no such function at all are those of PVC-075. When a node is lost, its guests
    do not stand in each other's way: no two of them have a function of one name (PVC-074).
    """
    guests = [guest for guest in _asked(cluster) if _has(guest, MACVTAP) and not guest.pinned]
    if not guests:
        raise NotAsked("no guest that may move has a macvtap function")
    held, places = Held(cluster), Places(cluster)
    for guest in guests:
        targets = [cluster.nodes[id_] for id_ in places.of(guest) if id_ != home(guest)]
        there = [
            node
            for node in targets
            if not node.drained and all(found(node, virtual) for virtual in guest.vfs)
        ]
        reasons = {node.id: in_the_way(cluster, held, guest, node) for node in there}
        lacking = [id_ for id_, reason in reasons.items() if reason]
        if lacking:
            yield _no_function(guest, lacking, reasons[lacking[0]], len(there))


def _no_function(guest: Guest, lacking: Sequence[str], reason: str, of_all: int) -> Finding:
    nowhere = ": it can move nowhere" if len(lacking) == of_all else ""
    return wrong(
        ("guests", guest.name, "vfs"),
        f"guest {guest.name} cannot move to {_some(lacking)} ({reason}){nowhere}",
        "free the function there, or leave those nodes out of the guest's nodes",
    )


def same_device(cluster: Cluster) -> Iterator[Finding]:
    """Give the guests with a hostdev function that cannot move as they must (PVC-077).

    The same device at the same bus address is asked of the nodes that may run the guest, and
    shutdown as the method. An address that is not told is a doubt.
    """
    guests = [guest for guest in _asked(cluster) if _has(guest, HOSTDEV)]
    if not guests:
        raise NotAsked("no guest has a hostdev function")
    places = Places(cluster)
    for guest in guests:
        yield from _live(guest)
        for interface in dict.fromkeys(vf.interface for vf in guest.vfs if vf.mode == HOSTDEV):
            nodes = [cluster.nodes[id_] for id_ in places.of(guest)]
            yield from _addresses(guest, _first(cluster, guest, nodes, interface), nodes, interface)


def _live(guest: Guest) -> Iterator[Finding]:
    if guest.migration != "shutdown" and not guest.pinned:
        yield wrong(
            ("guests", guest.name, "migration"),
            f"guest {guest.name} has a hostdev function and is to migrate live",
            "write migration: shutdown, or use macvtap",
        )


def _addresses(
    guest: Guest, first: Node | None, nodes: Sequence[Node], interface: str
) -> Iterator[Finding]:
    cards = {node.id: node.sriov[interface] for node in nodes if interface in node.sriov}
    if first is None or len(cards) < 2:
        return
    untold = [id_ for id_, card in cards.items() if not card.pci]
    if untold:
        yield doubtful(
            ("nodes", untold[0], "sriov", interface),
            f"whether guest {guest.name} finds {interface} at one bus address is undecided: "
            f"not told of {_some(untold)}",
            "write pci, as /sys/class/net/INTERFACE/device tells it",
        )
    wanted = first.sriov[interface].pci
    other = [id_ for id_, card in cards.items() if wanted and card.pci not in ("", wanted)]
    if other:
        yield wrong(
            ("nodes", other[0], "sriov", interface),
            f"guest {guest.name} needs {interface} at {wanted} as on {first.id}, "
            f"seen {cards[other[0]].pci} on {_some(other)}",
            "put the network card into the same slot, or limit the guest by nodes",
        )


def migration_method(cluster: Cluster) -> Iterator[Finding]:
    """Give the guests whose migration method does not go with their functions (PVC-108)."""
    for guest in _asked(cluster):
        where = ("guests", guest.name, "migration")
        hostdev, shutdown = _has(guest, HOSTDEV), guest.migration == "shutdown"
        if hostdev and not shutdown and not guest.pinned:
            seen = f"guest {guest.name} has a hostdev function, its method is {guest.migration}"
            yield doubtful(where, seen, "set the method back to shutdown by hand")
        if shutdown and not hostdev:
            seen = f"guest {guest.name} has no hostdev function, and is still shut down to move"
            yield doubtful(where, seen, "set the method to live, if hostdev was the reason")


def _asked(cluster: Cluster) -> Iterable[Guest]:
    guests = users(cluster)
    if not guests:
        raise NotAsked("no guest has a virtual function")
    return guests


def _has(guest: Guest, mode: str) -> bool:
    return any(virtual.mode == mode for virtual in guest.vfs)


def _once(virtuals: Iterable[Virtual]) -> Iterable[Virtual]:
    return {function(virtual): virtual for virtual in virtuals}.values()


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more
