"""Magic packets: which cards they are for, what they are, and how they reach their network."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from saltext.muster.errors import Refused

#: RAV-029: the UDP ports that cards are woken at. A card looks at the content alone.
PORTS = (9, 7)

#: A node has no more cards below one interface: those of a bond.
MOST = 16

#: Under which name a node's cards are in Salt's mine.
MINE = "muster_wake.addresses"

_MAC = re.compile("(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.ASCII)
_CARD = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}", re.ASCII)

#: Ethernet: the bit of the first byte that says that an address is no single card's.
_GROUP = 1


@dataclass(frozen=True)
class Way:
    """How a network is reached: this host's interface and address there, and who hears all."""

    link: str
    address: str
    broadcast: str


def mac_problem(value: Any) -> str:
    """Return "" for a card's address as muster writes it, else what is wrong with it."""
    if not isinstance(value, str) or not _MAC.fullmatch(value):
        return "is no MAC address: six pairs of 0-9 and a-f, parted by colons, in lower case"
    if int(value[:2], 16) & _GROUP:
        return "is a multicast or broadcast address, no card's own"
    return "is no card's address: all of it is zero" if not value.strip("0:") else ""


def cards_problem(cards: Any) -> str:
    """Return "" for ``{card: MAC}`` of one node, else what is wrong."""
    if not isinstance(cards, Mapping) or not 0 < len(cards) <= MOST:
        return f"wanted 1 to {MOST} cards with their addresses, seen {cards!r:.90}"
    for card, mac in cards.items():
        if not isinstance(card, str) or not _CARD.fullmatch(card):
            return f"{card!r:.40} is no name of a card"
        if mac_problem(mac):
            return f"{card}: {mac!r:.40} {mac_problem(mac)}"
    return ""


def packet(mac: str) -> bytes:
    """Return the magic packet for a card: six bytes of ones, then its address 16 times.

    Raises Refused for what is no card's address. Source: RAV-031.
    """
    if problem := mac_problem(mac):
        raise Refused(f"{mac!r:.40} {problem}")
    return b"\xff" * 6 + bytes.fromhex(mac.replace(":", "")) * 16


def way(addresses: Iterable[Mapping[str, Any]], network: str) -> Way | None:
    """Return this host's way into a network, None when it has no IPv4 address there.

    addresses are those of the fact of that name. The broadcast address is the interface's own:
    the kernel knows no other. Raises Refused for an end that has none.
    """
    prefix = ipaddress.ip_network(network)
    for each in addresses:
        address = ipaddress.ip_address(str(each["address"]))
        if address.version != 4 or address not in prefix:
            continue
        own = ipaddress.ip_interface(f"{address}/{each['prefix']}").network
        if own.num_addresses < 4:
            raise Refused(f"{own} on {each['link']} has no broadcast address; send it by hand")
        return Way(str(each["link"]), str(address), str(own.broadcast_address))
    return None


def send(found: Way, macs: Iterable[str], ports: Iterable[int] = PORTS) -> None:
    """Send each card's magic packet to all hosts of a network, once to each port.

    Raises Refused when the system says no, such as a firewall for what this host sends.
    """
    packets = [packet(mac) for mac in macs]
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            with suppress(PermissionError):  # not root: then the address chooses the interface
                sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, found.link.encode())
            sender.bind((found.address, 0))
            for data in packets:
                for port in ports:
                    sender.sendto(data, (found.broadcast, port))
    except OSError as err:
        raise Refused(
            f"nothing could be sent to {found.broadcast} from {found.address} on {found.link}:"
            f" {err.strerror or err}; see what this host's firewall lets out, then run again"
        ) from err
