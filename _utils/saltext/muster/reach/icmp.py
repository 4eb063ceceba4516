"""ICMP errors: who said that a packet did not get through, and why.

A connection that a firewall rejects fails with the same errno as one to a port that nobody
listens on: only the ICMP message itself tells them apart.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from typing import NamedTuple

#: What an error says.
PORT, HOST, NET, PROHIBITED = (
    "port unreachable",
    "host unreachable",
    "network unreachable",
    ("administratively prohibited"),
)

#: By (type, code); RFC 792, 1122 and 1812. Code 4, too long a packet, is no error of reaching.
_V4 = {
    **{(3, code): NET for code in (0, 6, 8, 11)},
    **{(3, code): HOST for code in (1, 2, 5, 7, 12)},
    (3, 3): PORT,
    **{(3, code): PROHIBITED for code in (9, 10, 13, 14, 15)},
    (11, 0): HOST,
}
#: RFC 4443.
_V6 = {
    (1, 0): NET,
    (1, 1): PROHIBITED,
    (1, 2): HOST,
    (1, 3): HOST,
    (1, 4): PORT,
    (1, 5): PROHIBITED,
    (1, 6): PROHIBITED,
    (3, 0): HOST,
}

_PROTOCOLS = {socket.IPPROTO_TCP: "tcp", socket.IPPROTO_UDP: "udp"}


class Error(NamedTuple):
    """What an ICMP error says of which packet of ours."""

    kind: str
    protocol: str
    source_port: int
    destination: str
    port: int


def parse(packet: bytes, version: int) -> Error | None:
    """Return the error in what a raw ICMP socket received, or None when it is another message.

    An IPv4 socket gives the IP header too, one of IPv6 the message alone.
    """
    try:
        return _v4(packet) if version == 4 else _v6(packet)
    except (struct.error, IndexError, ValueError):
        return None


def _v4(packet: bytes) -> Error | None:
    message = packet[(packet[0] & 15) * 4 :]
    kind = _V4.get((message[0], message[1]))
    inner = message[8:]
    if kind is None or inner[0] >> 4 != 4:
        return None
    ports = inner[(inner[0] & 15) * 4 :]
    return _error(kind, inner[9], inner[16:20], ports)


def _v6(message: bytes) -> Error | None:
    kind = _V6.get((message[0], message[1]))
    inner = message[8:]
    if kind is None or inner[0] >> 4 != 6:
        return None
    return _error(kind, inner[6], inner[24:40], inner[40:])


def _error(kind: str, protocol: int, destination: bytes, ports: bytes) -> Error | None:
    if protocol not in _PROTOCOLS:
        return None
    source, port = struct.unpack("!HH", ports[:4])
    return Error(kind, _PROTOCOLS[protocol], source, str(ipaddress.ip_address(destination)), port)
