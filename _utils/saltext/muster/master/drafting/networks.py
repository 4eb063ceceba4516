"""The networks that servers are in: which there are, and which end each server has in them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from saltext.muster.cluster import MAIN
from saltext.muster.master.drafting.agreed import usual
from saltext.muster.master.drafting.server import End, Link, Server
from saltext.muster.master.drafting.written import Draft
from saltext.muster.wording import listed

_MODES = ("802.3ad", "active-backup")


@dataclass(frozen=True)
class Way:
    """How a server is attached to a network: bridge, the end below it, its bond and VLAN."""

    bridge: str = ""
    interface: str = ""
    bond: str = ""
    vlan: int = 0
    mtu: int = 0


@dataclass(frozen=True)
class Found:
    """A network with the servers' ends in it, by the server's id."""

    name: str
    cidr: str
    ends: Mapping[str, End]


def find(servers: Sequence[Server], draft: Draft) -> list[Found]:
    """Return the networks: main first ("" as its cidr when it is not known), then the others.

    What is left out is told in comments of the draft.
    """
    mains = {each.id: end.network for each in servers if (end := _main_end(each)) and end.network}
    cidr, others = usual(mains)
    if others:
        where = ", ".join(f"{id_} by {mains[id_]}" for id_ in others[:6])
        draft.decide(("networks", MAIN), f"not all servers have their default route by it: {where}")
    found = [Found(MAIN, cidr or "", _ends(servers, cidr or "", draft))]
    for network in _shared(servers, cidr or "", draft):
        ends = {each.id: end for each in servers if (end := _end(each, network))}
        name = _name(servers, ends, [each.name for each in found])
        found.append(Found(name, network, ends))
    return found


def way(server: Server, end: End) -> Way:
    """Return how a server is attached by the link of one of its addresses."""
    link = server.links[end.link]
    bridge = link.name if link.kind == "bridge" else ""
    below = [each for each in server.links.values() if each.master == link.name] if bridge else []
    ports = [each for each in below if each.kind != "bridge"]
    if bridge and len(ports) != 1:
        return Way(bridge, mtu=link.mtu)
    own = ports[0] if bridge else link
    parent = server.links.get(own.parent, own) if own.kind == "vlan" else own
    bond = parent.name if parent.kind == "bond" else ""
    return Way(bridge, own.name, bond, own.vlan if own.kind == "vlan" else 0, link.mtu)


def _main_end(server: Server) -> End | None:
    """Return the address of the default route's link that its router is near to."""
    own = [end for end in server.ends if end.link == server.main]
    near = [end for end in own if end.network and _inside(server.gateway, end.network)]
    return next(iter(near or own), None)


def _end(server: Server, network: str) -> End | None:
    return next((end for end in server.ends if end.network == network), None)


def _ends(servers: Sequence[Server], cidr: str, draft: Draft) -> dict[str, End]:
    """Return each server's end in main; another address stands in where it has none there."""
    found: dict[str, End] = {}
    for server in servers:
        end = _end(server, cidr) if cidr else None
        end = end or _main_end(server) or next(iter(server.ends), None)
        if end:
            found[server.id] = end
            more = [e.address for e in server.ends if cidr == e.network and e != end]
            if more:
                told = f"it has {listed(more)} in {MAIN} too: a floating or the cluster's address?"
                draft.decide(("nodes", server.id), told)
    return found


def _shared(servers: Sequence[Server], main: str, draft: Draft) -> Iterator[str]:
    """Give the other networks that several servers are in, or the only one."""
    holders: dict[str, list[tuple[Server, End]]] = {}
    for server in servers:
        own = {end.network: end for end in reversed(server.ends) if end.network not in ("", main)}
        for network, end in reversed(own.items()):
            holders.setdefault(network, []).append((server, end))
    for network, holding in holders.items():
        why = _left_out(holding, len(servers))
        if why:
            draft.note(("networks", ""), f"left out: {network}: {why}")
        else:
            yield network


def _left_out(holding: Sequence[tuple[Server, End]], count: int) -> str:
    """Say why a network is none of the cluster's, "" if it is one."""
    first, end = holding[0]
    if all(_alone(server, each) for server, each in holding):
        return f"a bridge without a NIC ({end.link})"
    if all(each.dynamic for _, each in holding) and ":" in end.network:
        return "addresses that routers advertise"
    if len(holding) == 1 < count:
        return f"only {first.id} is in it"
    alike = len(holding) > 1 and len({each.address for _, each in holding}) == 1
    return f"all servers have the same address {end.address} in it" if alike else ""


def _alone(server: Server, end: End) -> bool:
    return server.links[end.link].kind == "bridge" and not any(
        link.master == end.link for link in server.links.values()
    )


def _name(servers: Sequence[Server], ends: Mapping[str, End], taken: Sequence[str]) -> str:
    """Return what a network is called: by its VLAN or the link of most servers."""
    by_id = {server.id: server for server in servers}
    ways = {id_: way(by_id[id_], end) for id_, end in ends.items()}
    vlan, _ = usual({id_: each.vlan for id_, each in ways.items()})
    link, _ = usual({id_: end.link for id_, end in ends.items()})
    plain = re.sub(r"[^A-Za-z0-9]+", "-", link or "").strip("-")
    name = f"vlan{vlan}" if vlan else plain or "network"
    number = 2
    while name in taken:
        name, number = f"{name.partition('_')[0]}_{number}", number + 1
    return name


def describe(found: Found, servers: Sequence[Server], draft: Draft) -> None:
    """Write a network into a draft: its prefix, and what most servers' end of it is called."""
    where = ("networks", found.name)
    data: dict[str, object] = {"cidr": found.cidr or None}
    if not found.cidr:
        draft.decide((*where, "cidr"), "its prefix: no server's address tells it")
    if found.name == MAIN:
        _gateway(found, servers, data, draft)
    else:
        draft.decide((*where, "cidr"), "role: additional, storage, cluster, replication ...")
        lacking = [server.id for server in servers if server.id not in found.ends]
        if lacking:
            told = f"no address here: {listed(lacking)}; all nodes have one, or none"
            draft.decide((*where, "cidr"), told)
    by_id = {server.id: server for server in servers}
    ways = {id_: way(by_id[id_], end) for id_, end in found.ends.items()}
    for key in ("interface", "bond", "vlan", "bridge", "mtu"):
        _detail(key, {id_: getattr(each, key) for id_, each in ways.items()}, data, where, draft)
    draft.data.setdefault("networks", {})[found.name] = data


def _gateway(
    found: Found, servers: Sequence[Server], data: dict[str, object], draft: Draft
) -> None:
    where = ("networks", MAIN, "gateway")
    gateway, others = usual({server.id: server.gateway for server in servers if server.gateway})
    if not gateway or not found.cidr:
        return
    data["gateway"] = gateway
    if others:
        draft.decide(where, f"{listed(others)} have another router")
    if not _inside(gateway, found.cidr):
        draft.decide(where, "the router is not in the network")


def _detail(
    key: str,
    values: Mapping[str, str | int],
    data: dict[str, object],
    where: tuple[str, ...],
    draft: Draft,
) -> None:
    """Write what most servers tell, and who tells otherwise."""
    value, others = usual(values)
    if value and not (key == "mtu" and int(value) < 1280):
        data[key] = value
    if others and not (key == "interface" and where[1] == MAIN):  # that is told at the nodes
        told = ", ".join(f"{id_}: {values[id_] or 'none'}" for id_ in others[:6])
        draft.decide((*where, key if key in data else "cidr"), f"{key} differs: {told}")


def bonds(servers: Sequence[Server], used: set[str], draft: Draft) -> None:
    """Write the bonds that networks lie on."""
    for name in sorted(used):
        have = {s.id: (s.links[name].ports, s.links[name].mode) for s in servers if _has(s, name)}
        bond, others = usual(have)
        if bond is None:
            continue
        ports, mode = bond
        where = ("bonds", name)
        if others:
            draft.decide(where, f"another mode or other NICs: {listed(others)}")
        data: dict[str, object] = {"nics": list(ports) or None}
        if not ports:
            draft.decide((*where, "nics"), "its NICs: no server tells them")
        if mode in _MODES:
            data["mode"] = mode
        else:
            draft.decide((*where, "nics"), f"mode: {mode or 'none'} is seen; {' or '.join(_MODES)}")
        draft.data.setdefault("bonds", {})[name] = data


def _has(server: Server, name: str) -> bool:
    link: Link | None = server.links.get(name)
    return link is not None and link.kind == "bond"


def _inside(address: str, network: str) -> bool:
    return bool(address) and ipaddress.ip_address(address) in ipaddress.ip_network(network)
