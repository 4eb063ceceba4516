"""Sets of addresses, as sorted, disjoint ranges of numbers."""

from __future__ import annotations

import ipaddress
import socket
from bisect import bisect_right
from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]

NOTHING: Ranges = ()

#: Bits of an address, by IP version.
BITS = {4: 32, 6: 128}


def number(address: str) -> tuple[int, int]:
    """Return an address's IP version and its number.

    ``ipaddress`` takes ten times as long, which counts with 100 000 nodes. Raises ValueError for
    anything that is no address.
    """
    version, family = (6, socket.AF_INET6) if ":" in address else (4, socket.AF_INET)
    try:
        return version, int.from_bytes(socket.inet_pton(family, address), "big")
    except (OSError, UnicodeError):
        raise ValueError(f"{address!a} is no address") from None


def everything(version: int) -> Ranges:
    """Return all addresses of IP version 4 or 6."""
    return ((0, (1 << BITS[version]) - 1),)


def of(texts: Iterable[str], version: int) -> Ranges:
    """Return the addresses of one IP version in ``texts``: ``a``, ``a/n`` or ``a-b``.

    What is of the other version adds nothing. Raises ValueError for anything else.
    """
    found = []
    for text in texts:
        low, dash, high = text.partition("-")
        if dash:
            first, last = ipaddress.ip_address(low), ipaddress.ip_address(high)
        else:
            network = ipaddress.ip_network(text, strict=False)
            first, last = network.network_address, network.broadcast_address
        if first.version != last.version:
            raise ValueError(f"{text!r} is no range of addresses")
        if first.version == version:
            found.append((int(first), int(last)))
    return joined(found)


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return ranges, in any order and overlapping, as a set; empty ones are left out."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if low > high:
            continue
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def union(one: Ranges, other: Ranges) -> Ranges:
    """Return what is in either set."""
    if not one or not other:
        return one or other
    return joined((*one, *other))


def both(one: Ranges, other: Ranges) -> Ranges:
    """Return what is in both sets."""
    found = []
    first = second = 0
    while first < len(one) and second < len(other):
        low = max(one[first][0], other[second][0])
        high = min(one[first][1], other[second][1])
        if low <= high:
            found.append((low, high))
        if one[first][1] < other[second][1]:
            first += 1
        else:
            second += 1
    return tuple(found)


def without(one: Ranges, other: Ranges) -> Ranges:
    """Return what is in the first set and not in the second."""
    found = []
    place = 0
    for low, high in one:
        while place < len(other) and other[place][1] < low:
            place += 1
        here = place
        while here < len(other) and other[here][0] <= high:
            if low < other[here][0]:
                found.append((low, other[here][0] - 1))
            low = other[here][1] + 1
            here += 1
        if low <= high:
            found.append((low, high))
    return tuple(found)


def has(ranges: Ranges, number: int) -> bool:
    """Say whether a number is in a set."""
    place = bisect_right(ranges, number, key=lambda each: each[0])
    return place > 0 and number <= ranges[place - 1][1]


def size(ranges: Ranges) -> int:
    """Return how many addresses a set has."""
    return sum(high - low + 1 for low, high in ranges)


def shown(ranges: Ranges, version: int, most: int = 4) -> str:
    """Return a set in words: ``anywhere``, ``nowhere``, or its first networks."""
    if ranges == everything(version):
        return "anywhere"
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    found: list[str] = []
    for low, high in ranges:
        networks = ipaddress.summarize_address_range(kind(low), kind(high))
        whole = [str(network).removesuffix(f"/{BITS[version]}") for network in networks]
        found += whole if len(whole) == 1 else [f"{kind(low)}-{kind(high)}"]
        if len(found) > most:
            return ", ".join(found[:most]) + " and more"
    return ", ".join(found) or "nowhere"
