"""PVC's rows about SR-IOV, decided from a cluster file."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

from saltext.muster.cluster import Cluster, Node
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
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
    in_the_way,
    name,
    users,
    vlans,
)
from saltext.muster.wording import listed


class _Shared:
    """The nodes that guests may run on; what many guests share is looked at once, not by each."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._places = cluster, Places(cluster)
        self._known: dict[tuple[Hashable, ...], dict[str, Physical]] = {}

    def nodes(self, guest: Guest) -> tuple[str, ...]:
        """Return the ids of the nodes, its own among them."""
        return self._places.of(guest)

    def cards(self, guest: Guest, interface: str) -> dict[str, Physical]:
        """Return the physical functions of that name there, by node."""
        return self._some(guest, (interface,), lambda node: node.sriov.get(interface))

    def cards_with(self, guest: Guest, virtual: Virtual) -> dict[str, Physical]:
        """Return those that have a virtual function of that number."""
        return self._some(guest, function(virtual), lambda node: found(node, virtual))

    def _some(
        self, guest: Guest, what: tuple[Hashable, ...], of: Callable[[Node], Physical | None]
    ) -> dict[str, Physical]:
        ids = self.nodes(guest)
        key = (id(ids), *what)  # Places gives one and the same tuple for the same nodes
        if key not in self._known:
            each = ((id_, of(self._cluster.nodes[id_])) for id_ in ids)
            self._known[key] = {id_: card for id_, card in each if card}
        return self._known[key]

    def first(self, guest: Guest, interface: str) -> str:
        """Return the node that others are compared with: the guest's own, if it has SR-IOV."""
        own = self._cluster.nodes.get(guest.home)
        if own and interface in own.sriov:
            return own.id
        return next(iter(self.cards(guest, interface)), "")


def configured_alike(cluster: Cluster) -> Iterator[Finding]:
    """Give the nodes that share guests and whose functions of one name differ (PVC-072).

    A node without the interface differs in nothing: PVC-075 asks for that.
    """
    shared = _Shared(cluster)
    compared: set[tuple[int, str, int, tuple[int, ...]]] = set()
    told: set[tuple[str, str]] = set()
    for guest in _asked(cluster):
        for interface in dict.fromkeys(virtual.interface for virtual in guest.vfs):
            cards, first = shared.cards(guest, interface), shared.first(guest, interface)
            if not first:
                continue
            own = cluster.nodes[first].sriov[interface]
            key = (id(cards), interface, own.vfs, vlans(own))
            if key in compared:
                continue
            compared.add(key)
            for id_, card in cards.items():
                if (id_, interface) not in told and not alike(own, card):
                    told.add((id_, interface))
                    yield _unlike(guest, cluster.nodes[first], cluster.nodes[id_], interface)


def _unlike(guest: Guest, first: Node, node: Node, interface: str) -> Finding:
    one = f"{first.id} has {_split(first.sriov[interface])}"
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
    return one.name != other.name and (one.home != other.home or not one.home)


def _overlap(guest: Guest, other: Guest, virtual: Virtual, met: Sequence[str]) -> Finding:
    return wrong(
        ("guests", guest.name, "vfs"),
        f"guests {other.name} and {guest.name} both have {name(virtual)}, "
        f"and both may run on {listed(met)}",
        "give one of them another function, or limit them by nodes that they do not share",
    )


def one_guest_each(cluster: Cluster) -> Iterator[Finding]:
    """Give the guests that have a function of one node which another has there (PVC-074)."""
    held = Held(cluster)
    for guest in _asked(cluster):
        for place, virtual in enumerate(guest.vfs):
            where = ("guests", guest.name, "vfs", place)
            remedy = "give it a function that is free on that node"
            holder = held.by(virtual, guest.home) if guest.home else guest.name
            if holder != guest.name:
                both = f"guests {holder} and {guest.name}"
                yield wrong(where, f"{both} both have {name(virtual)} on {guest.home}", remedy)
            elif function(virtual) in map(function, guest.vfs[:place]):
                yield wrong(where, f"guest {guest.name} has {name(virtual)} twice", remedy)


def limited(cluster: Cluster) -> Iterator[Finding]:
    """Give the guests that may run where their functions are not (PVC-075)."""
    shared = _Shared(cluster)
    for guest in _asked(cluster):
        for virtual in _once(guest.vfs):
            nodes, have = shared.nodes(guest), shared.cards_with(guest, virtual)
            if len(have) < len(nodes):
                without = [id_ for id_ in nodes if id_ not in have]
                yield wrong(
                    ("guests", guest.name, "nodes"),
                    f"guest {guest.name} has {name(virtual)}, which is not on {listed(without)}",
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
        targets = [cluster.nodes[id_] for id_ in places.of(guest) if id_ != guest.home]
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
        f"guest {guest.name} cannot move to {listed(lacking)} ({reason}){nowhere}",
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
    shared = _Shared(cluster)
    for guest in guests:
        yield from _live(guest)
        for interface in dict.fromkeys(vf.interface for vf in guest.vfs if vf.mode == HOSTDEV):
            first = cluster.nodes.get(shared.first(guest, interface))
            yield from _addresses(guest, first, shared.cards(guest, interface), interface)


def _live(guest: Guest) -> Iterator[Finding]:
    if guest.migration != "shutdown" and not guest.pinned:
        yield wrong(
            ("guests", guest.name, "migration"),
            f"guest {guest.name} has a hostdev function and is to migrate live",
            "write migration: shutdown, or use macvtap",
        )


def _addresses(
    guest: Guest, first: Node | None, cards: Mapping[str, Physical], interface: str
) -> Iterator[Finding]:
    if first is None or len(cards) < 2:
        return
    untold = [id_ for id_, card in cards.items() if not card.pci]
    if untold:
        yield doubtful(
            ("nodes", untold[0], "sriov", interface),
            f"whether guest {guest.name} finds {interface} at one bus address is undecided: "
            f"not told of {listed(untold)}",
            "write pci, as /sys/class/net/INTERFACE/device tells it",
        )
    wanted = first.sriov[interface].pci
    other = [id_ for id_, card in cards.items() if wanted and card.pci not in ("", wanted)]
    if other:
        yield wrong(
            ("nodes", other[0], "sriov", interface),
            f"guest {guest.name} needs {interface} at {wanted} as on {first.id}, "
            f"seen {cards[other[0]].pci} on {listed(other)}",
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
