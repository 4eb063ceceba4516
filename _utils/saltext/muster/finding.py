"""How proofs and platforms tell what is wrong in a cluster file."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from saltext.muster.verdict import FAIL, WARN

Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a cluster, at a path of keys and list indexes in its file.

    public says the same as message without any value of the file ("" = the row's own text).
    status is ``fail`` (the file is refused) or ``warn``; row is the id of the requirement that
    is not met, "" where the file contradicts itself.
    """

    where: tuple[str | int, ...]
    message: str
    remedy: str
    public: str
    status: str = FAIL
    row: str = ""


class NotAsked(Exception):
    """A row that a cluster is not asked for; the text says why."""


def wrong(where: Where, message: str, remedy: str, public: str = "") -> Finding:
    """Return what contradicts a row, so that the file is refused.

    public says the same without any value of the file; "" = the row's own text does.
    """
    return Finding(where, message, remedy, public)


def doubtful(where: Where, message: str, remedy: str, public: str = "") -> Finding:
    """Return what a row warns about; arguments as those of ``wrong``."""
    return Finding(where, message, remedy, public, WARN)


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
