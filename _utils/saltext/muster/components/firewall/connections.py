"""The TCP connections that a node has, as /proc/net/tcp and tcp6 show them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from saltext.muster.probes import sockets

_ESTABLISHED = "01"


class Connection(NamedTuple):
    """An established connection: the node's own port, and the other end."""

    port: int
    peer: str
    peer_port: int


def parse(text: str) -> Iterator[Connection]:
    """Give the established connections of one of the two tables, without those to itself."""
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) < 4 or fields[3] != _ESTABLISHED:
            continue
        (_, _, port), (peer, _, peer_port) = (field.partition(":") for field in fields[1:3])
        address = _plain(sockets.address_of(peer))
        if address:
            yield Connection(int(port, 16), address, int(peer_port, 16))


def _plain(text: str) -> str:
    """Return an address as others write it, "" for the node's own: IPv4 in IPv6 is IPv4."""
    address = ipaddress.ip_address(text or "::1")
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return "" if address.is_loopback else str(address)


def to_ports(connections: Iterable[Connection], ports: Iterable[int]) -> dict[int, list[str]]:
    """Return who is connected to which of the node's ports, sorted."""
    found: dict[int, set[str]] = {port: set() for port in ports}
    for each in connections:
        if each.port in found:
            found[each.port].add(each.peer)
    return {port: sorted(peers) for port, peers in found.items()}


def of(tables: Iterable[str]) -> list[Connection]:
    """Return the connections of several tables, each once, sorted."""
    return sorted({each for text in tables for each in parse(text)})
