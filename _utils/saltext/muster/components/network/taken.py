"""Whether another host has an IPv4 address that a node is to get: ARP probes, as by RFC 5227.

The kernel itself asks for IPv6 addresses, when they are set (see ``trial.proving``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, ip_interface
from typing import Any

from saltext.muster.components.network import running
from saltext.muster.components.network.wanted import BOND, BRIDGE, Wanted
from saltext.muster.facts import Facts

#: The frames' kind by linux/if_ether.h; how often is asked, and how long each answer may take (s).
PROTOCOL, TRIES, WAIT = 0x0806, 3, 0.25

# Ethernet's two addresses and kind; kinds and sizes; operation; sender, target.
_FRAME = struct.Struct("!6s6sH HHBBH 6s4s6s4s")
_ETHERNET, _IPV4, _REQUEST = 1, 0x0800, 1


def questions(wanted: Wanted, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Return each address that the node is to get and has not, with the device that gets it and
    the present one by which its network can be asked.

    A VLAN that is not there yet cannot be asked.
    """
    if "addresses" not in running.diff(wanted, facts):
        return
    have = {entry["address"] for entry in facts.get("addresses", "addresses")}
    links: Mapping[str, Any] = facts.get("links", "links")
    for device in wanted.devices:
        for address in device.addresses:
            own = ip_interface(address)
            if own.version == 4 and str(own.ip) not in have:
                by = _present(wanted, device.name, links)
                if by:
                    yield str(own.ip), device.name, by


def _present(wanted: Wanted, name: str, links: Mapping[str, Any]) -> str:
    """Return the device of that name if it is there and up, else one below it; "" = none.

    What lies below a VLAN is another network.
    """
    link = links.get(name, {})
    if link.get("up") and isinstance(link.get("mac"), str) and link["mac"]:
        return name
    ports = [
        p for d in wanted.devices if d.name == name and d.kind in (BOND, BRIDGE) for p in d.ports
    ]
    return next((found for port in ports if (found := _present(wanted, port, links))), "")


def probe(mac: bytes, address: str) -> bytes:
    """Return the frame that asks who has an address, and claims none itself."""
    target = IPv4Address(address).packed
    head = (b"\xff" * 6, mac, PROTOCOL, _ETHERNET, _IPV4, 6, 4, _REQUEST)
    return _FRAME.pack(*head, mac, bytes(4), bytes(6), target)


def holder(frame: bytes, address: str) -> str:
    """Return the hardware address of the host that a frame shows to have an address, or ""."""
    if len(frame) < _FRAME.size:
        return ""
    fields = _FRAME.unpack_from(frame)
    if fields[2:7] != (PROTOCOL, _ETHERNET, _IPV4, 6, 4):
        return ""
    sender, claimed = fields[8], fields[9]
    return sender.hex(":") if claimed == IPv4Address(address).packed else ""


def problem(address: str, device: str, by: str, mac: str) -> str:
    """Return the text that refuses a change: another host has the address."""
    return (
        f"{address}, which {device} is to get, is in use: the host with the hardware address {mac}"
        f" answers for it on {by}; correct the node's address in the cluster file, or take it off"
        " that host"
    )
