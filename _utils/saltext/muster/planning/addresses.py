"""The plan of addresses: proved without contradictions, and how much room it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saltext.muster.cluster import Cluster, Network
from saltext.muster.finding import Finding, doubtful, wrong
from saltext.muster.planning.addressing import allocation, inside, overlaps, relocation
from saltext.muster.planning.addressing.allocation import Supply
from saltext.muster.planning.addressing.room import Room, rooms
from saltext.muster.planning.addressing.taken import IPV6, Taken, bounds, taken, text
from saltext.muster.planning.sheet import Row, Sheet, Table

TOPIC = "addresses"


def prove(cluster: Cluster) -> list[Finding]:
    """Return every address that is there twice, in another's way or outside of its network."""
    found = taken(cluster)
    return [*overlaps.prove(cluster, found), *inside.prove(cluster, found)]


def sheet(cluster: Cluster) -> Sheet:
    """Return the cluster's plan of addresses, as tables, with what does not fit.

    The tables are: the room of each network; guests' addresses of pools, of routed subnets and
    in all; which guest gets which address of its node's subnet; every address and block that is
    given away; xend's line of hosts that guests migrate from. Source: NET-008, NET-009, PVC-053,
    PVC-054, GNT-026.
    """
    found = taken(cluster)
    room = rooms(cluster, found)
    pools = allocation.pools(cluster)
    routed = (allocation.subnet, allocation.subnet6)
    nodes = cluster.nodes.values()
    subnets = [supply for node in nodes for each in routed if (supply := each(node))]
    tables = [
        Table("networks", [_network(cluster, name, each) for name, each in room.items()]),
        Table("address pools", [_pool(each) for each in pools]),
        Table("subnets", list(_subnets(cluster, subnets))),
        Table("guests", list(_demand(cluster, [*pools, *subnets]))),
        Table("guests' addresses", [
            {"guest": guest.name, "node": node.id, "address": address}
            for guest, node, address in allocation.given(cluster)
        ]),
        Table("given away", [_given(item) for item in sorted(found, key=_by_number)]),
    ]  # fmt: skip
    if line := relocation.setting(cluster):
        tables.append(Table("xend-config.sxp", [{"line": line}]))
    findings = [*_full(room), *_too_many(cluster, [*pools, *subnets]), *_crowded(cluster, subnets)]
    return Sheet(TOPIC, cluster.name, tables=tables, findings=findings, notes=_notes(room))


def _network(cluster: Cluster, name: str, room: Room) -> Row:
    network = cluster.networks[name]
    return {
        "network": name,
        "cidr": network.cidr,
        "role": network.role,
        "usable": room.usable,
        "nodes": room.nodes,
        "ipmi": room.ipmi,
        "routers": room.routers,
        "floating": room.floating,
        "others": room.others,
        "guests": room.guests,
        "free": room.free,
        "more_nodes": room.more,
        "node_address": _counted(network, network.offset),
        "ipmi_address": _counted(network, network.ipmi_offset),
    }


def _counted(network: Network, offset: int | None) -> str:
    """Return how a network counts addresses by the nodes' numbers, "" when it does not."""
    if offset is None:
        return ""
    return f"{text(bounds(network.cidr).first + offset)} + n"


def _pool(supply: Supply) -> Row:
    return {
        "pool": supply.name,
        "blocks": list(supply.blocks),
        "addresses": supply.addresses,
        "reserved": supply.reserved,
        "no_host": supply.unusable,
        "for_guests": supply.for_guests,
    }


def _planned(cluster: Cluster) -> dict[str, int]:
    """Return how many addresses the guests of each node take."""
    return {
        id_: sum(map(allocation.wanted, guests))
        for id_, guests in allocation.on_nodes(cluster).items()
    }


def _subnets(cluster: Cluster, subnets: Iterable[Supply]) -> Iterator[Row]:
    planned = _planned(cluster)
    for supply in subnets:
        taken_ones = planned.get(supply.name, 0)
        yield {
            "node": supply.name,
            "subnet": supply.blocks[0],
            "addresses": supply.addresses,
            "outside_range": supply.reserved,
            "for_guests": supply.for_guests,
            "planned": taken_ones,
            "free": max(0, supply.for_guests - taken_ones),
            "first_free": allocation.first(supply, taken_ones),
        }


def _supply(supplies: Iterable[Supply]) -> dict[str, int]:
    """Return how many addresses guests get in all, by family, where they get any blocks."""
    found: dict[str, int] = {}
    for supply in supplies:
        for block in supply.blocks:
            found.setdefault("IPv6" if bounds(block).first >= IPV6 else "IPv4", 0)
        for low, high in supply.own:
            found["IPv6" if low >= IPV6 else "IPv4"] += high - low + 1
    return dict(sorted(found.items()))


def _demand(cluster: Cluster, supplies: Iterable[Supply]) -> Iterator[Row]:
    planned = sum(map(allocation.wanted, cluster.guests.values()))
    for family, have in _supply(supplies).items():
        free = max(0, have - planned)
        yield {"family": family, "addresses": have, "planned": planned, "free": free}


def _too_many(cluster: Cluster, supplies: Iterable[Supply]) -> Iterator[Finding]:
    for row in _demand(cluster, supplies):
        if row["planned"] > row["addresses"]:
            seen = f"{row['planned']} interfaces and {row['addresses']} {row['family']} addresses"
            yield wrong(
                ("guests",),
                f"the planned guests have {seen}",
                "add a block, or plan fewer guests",
                "there are fewer addresses than planned guests need",
            )


def _crowded(cluster: Cluster, subnets: Iterable[Supply]) -> Iterator[Finding]:
    planned = _planned(cluster)
    for supply in subnets:
        wanted = planned.get(supply.name, 0)
        if wanted > supply.for_guests:
            yield wrong(
                ("nodes", supply.name, "subnet"),
                f"guests of {supply.name} need {wanted} addresses, {supply.blocks[0]} has "
                f"{supply.for_guests} for them",
                "plan guests on other nodes, or order a larger subnet",
                "a node's guests need more addresses than its subnet has",
            )


def _full(room: dict[str, Room]) -> Iterator[Finding]:
    for name, each in room.items():
        if each.more == 0:
            left = f"{each.free} of {each.usable} addresses are free"
            yield doubtful(
                ("networks", name, "cidr"),
                f"no further node fits into the network {name}: {left}",
                "take a larger network before the cluster grows, or free addresses in a row",
                "no further node fits into a network",
            )


def _notes(room: dict[str, Room]) -> list[str]:
    told = {name: each.more for name, each in room.items() if each.more is not None}
    if not told:
        return []
    name = min(told, key=lambda each: (told[each], each))
    return [f"{told[name]} more nodes fit; the network {name} is the narrowest."]


def _by_number(item: Taken) -> tuple[int, int]:
    return item.first, -item.last


def _given(item: Taken) -> Row:
    return {"address": item.text, "what": item.kind, "who": item.owner}
