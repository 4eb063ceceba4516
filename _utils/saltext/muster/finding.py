"""Findings that platforms share: values of a cluster file that are not what they must be."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from saltext.muster.cluster import Finding

Where = tuple[str | int, ...]


def no_address(where: Where, value: str) -> Iterator[Finding]:
    """Give a finding when ``value`` is given and no IP address."""
    try:
        ipaddress.ip_address(value or "192.0.2.1")
    except ValueError:
        yield _finding(where, value, "an IP address", "write it like 192.0.2.10 or 2001:db8::10")


def no_network(where: Where, value: str) -> Iterator[Finding]:
    """Give a finding when ``value`` is given and no network with its prefix length."""
    try:
        ipaddress.ip_network(value or "192.0.2.0/24")
    except ValueError:
        yield _finding(where, value, "a network", "write it like 192.0.2.0/24 or 2001:db8::/64")


def _finding(where: Where, value: str, wanted: str, remedy: str) -> Finding:
    return Finding(where, f"wanted {wanted}, seen {value[:80]!a}", remedy, f"wanted {wanted}")
