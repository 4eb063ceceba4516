"""Virtual functions of network cards: who has which, and where their guests may run.

A guest names a virtual function by its interface and number, and finds the one of that name on
each node that it moves to (PVC-072, 073).
"""

from __future__ import annotations

from collections.abc import Iterator

from saltext.muster import proving
from saltext.muster.cluster import Cluster, Node
from saltext.muster.finding import Finding, wrong
from saltext.muster.parts import Guest, Physical, Virtual
from saltext.muster.planning.sheet import Row, Sheet, Table

HOSTDEV, MACVTAP = "hostdev", "macvtap"

#: The rows of the catalogue on virtual functions.
ROWS = frozenset({"PVC-070", "PVC-108", *(f"PVC-{number:03}" for number in range(72, 79))})

#: A virtual function on every node that has it: the interface, and its number there.
Function = tuple[str, int]


def function(virtual: Virtual) -> Function:
    """Return which virtual function that is."""
    return virtual.interface, virtual.number


def name(virtual: Virtual) -> str:
    """Return a virtual function's name, as Linux has it: ``ens1f0v3``."""
    return f"{virtual.interface}v{virtual.number}"


def users(cluster: Cluster) -> list[Guest]:
    """Return the guests that have virtual functions."""
    return [guest for guest in cluster.guests.values() if guest.vfs]


def vlan(physical: Physical, number: int) -> int:
    """Return the VLAN of the virtual function of that number, 0 = untagged."""
    return physical.vlans[number] if number < len(physical.vlans) else 0


def vlans(physical: Physical) -> tuple[int, ...]:
    """Return the VLAN of every virtual function."""
    return tuple(vlan(physical, number) for number in range(physical.vfs))


def alike(one: Physical, other: Physical) -> bool:
    """Say whether two physical functions are split alike (PVC-072)."""
    return one.vfs == other.vfs and vlans(one) == vlans(other)


def found(node: Node, virtual: Virtual) -> Physical | None:
    """Return the physical function on a node that has that virtual one, or None."""
    physical = node.sriov.get(virtual.interface)
    return physical if physical and virtual.number < physical.vfs else None


class Places:
    """The nodes that guests may run on, their own among them, in the file's order.

    Each set of nodes is worked out once: there may be many guests, and very many nodes.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._order = {id_: place for place, id_ in enumerate(cluster.nodes)}
        self._all = tuple(cluster.nodes)
        self._known: dict[frozenset[str], tuple[str, ...]] = {}

    def of(self, guest: Guest) -> tuple[str, ...]:
        """Return the nodes of one guest; a drained node is one of them, for it comes back."""
        allowed = _allowed(guest)
        if allowed is None:
            return self._all
        if allowed not in self._known:
            there = (id_ for id_ in allowed if id_ in self._order)
            self._known[allowed] = tuple(sorted(there, key=self._order.__getitem__))
        return self._known[allowed]


def _allowed(guest: Guest) -> frozenset[str] | None:
    """Return the nodes that a guest may run on, None = any."""
    own = guest.home
    if guest.pinned and own:
        return frozenset({own})
    if guest.secondary:
        return frozenset({guest.secondary, own} - {""})
    return frozenset({*guest.nodes, own} - {""}) if guest.nodes else None


class Held:
    """Which guest has a virtual function on a node; the first one, if several are told."""

    def __init__(self, cluster: Cluster) -> None:
        self._by_function: dict[Function, dict[str, str]] = {}
        for guest in users(cluster):
            for virtual in guest.vfs if guest.home else ():
                nodes = self._by_function.setdefault(function(virtual), {})
                nodes.setdefault(guest.home, guest.name)

    def by(self, virtual: Virtual, node: str) -> str:
        """Return the name of the guest that has it on that node, or ""."""
        return self._by_function.get(function(virtual), {}).get(node, "")


def in_the_way(cluster: Cluster, held: Held, guest: Guest, target: Node) -> str:
    """Return why a guest finds no free virtual function like its own on a node, or "".

    held says who has which. The node where the guest runs now says what "like its own" means.
    Source: PVC-076.
    """
    own = cluster.nodes.get(guest.home)
    for virtual in guest.vfs:
        physical = found(target, virtual)
        if physical is None:
            return f"there is no {name(virtual)}"
        mine = found(own, virtual) if own else None
        if mine and vlan(mine, virtual.number) != vlan(physical, virtual.number):
            return f"{name(virtual)} has {_tagged(physical, virtual)}, not {_tagged(mine, virtual)}"
        holder = held.by(virtual, target.id)
        if holder not in ("", guest.name):
            return f"guest {holder} has {name(virtual)}"
    return ""


def _tagged(physical: Physical, virtual: Virtual) -> str:
    tag = vlan(physical, virtual.number)
    return f"VLAN {tag}" if tag else "no VLAN"


def impossible(cluster: Cluster) -> Iterator[Finding]:
    """Give what no network card can do: more functions than it has, more VLANs than functions.

    Source: PVC-070, by what the file declares.
    """
    for node in cluster.nodes.values():
        for interface, physical in node.sriov.items():
            where = ("nodes", node.id, "sriov", interface)
            if physical.total and physical.vfs > physical.total:
                seen = f"{physical.vfs} virtual functions of {physical.total} that {interface} has"
                what = "wanted no more virtual functions than the network card can have"
                yield wrong(where, f"{what}, seen {seen}", "lower vfs, or correct total", what)
            if len(physical.vlans) > physical.vfs:
                seen = f"{len(physical.vlans)} VLANs for {physical.vfs} virtual functions"
                what = "wanted one VLAN for each virtual function at most"
                yield wrong(where, f"{what}, seen {seen}", "leave out VLANs, or raise vfs", what)


def sheet(cluster: Cluster) -> Sheet:
    """Return the plan of virtual functions of a cluster, with what its rows warn of.

    Source: PVC-069 to 078, 108.
    """
    findings = [item for item in proving.findings(cluster) if item.row in ROWS]
    shown = tables(cluster)
    notes = [] if shown else ["no node has virtual functions, and no guest wants one"]
    return Sheet("sriov", cluster.name, tables=shown, findings=findings, notes=notes)


def tables(cluster: Cluster) -> tuple[Table, ...]:
    """Return the functions of each node and the guests that have some; nothing without SR-IOV."""
    cards, guests = _cards(cluster), _guests(cluster)
    if not cards and not guests:
        return ()
    return Table("virtual functions", cards), Table("guests with virtual functions", guests)


def _cards(cluster: Cluster) -> list[Row]:
    held = Held(cluster)
    rows: list[Row] = []
    for node in cluster.nodes.values():
        for interface, physical in node.sriov.items():
            each = [Virtual(interface, number) for number in range(physical.vfs)]
            used = sum(1 for virtual in each if held.by(virtual, node.id))
            rows.append(
                {
                    "node": node.id,
                    "interface": interface,
                    "pci": physical.pci,
                    "functions": physical.vfs,
                    "at_most": physical.total or None,
                    "used": used,
                    "free": physical.vfs - used,
                    "vlans": list(vlans(physical)) if physical.vlans else [],
                }
            )
    return rows


def _guests(cluster: Cluster) -> list[Row]:
    held, places = Held(cluster), Places(cluster)
    rows: list[Row] = []
    for guest in users(cluster):
        targets = [cluster.nodes[id_] for id_ in places.of(guest) if id_ != guest.home]
        ready = [
            node
            for node in targets
            if not node.drained and not in_the_way(cluster, held, guest, node)
        ]
        rows.append(
            {
                "guest": guest.name,
                "node": guest.home,
                "functions": [f"{name(virtual)} {virtual.mode}" for virtual in guest.vfs],
                "may_move_to": len(targets),
                "free_there": len(ready),
                "moves": moves(guest),
            }
        )
    return rows


def moves(guest: Guest) -> str:
    """Return how a guest gets to another node: ``live``, ``by shutdown`` or ``not``."""
    if guest.pinned:
        return "not"
    hostdev = any(virtual.mode == HOSTDEV for virtual in guest.vfs)
    return "by shutdown" if hostdev or guest.migration == "shutdown" else "live"
