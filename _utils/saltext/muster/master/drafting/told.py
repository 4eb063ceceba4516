"""Parts of facts that came from anybody: only what has the form that it must have."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from saltext.muster.facts import Facts, Unread

_T = TypeVar("_T")

#: No list of a fact is read further: what is behind it is no server's.
MOST = 10_000


def value(facts: Facts, kind: type[_T], *path: str) -> _T:
    """Return the fact at ``path``; raises Unread when it is not there or of another type."""
    found = facts.get(*path)
    if not isinstance(found, kind) or isinstance(found, bool) is not (kind is bool):
        raise Unread(f"fact {'.'.join(path)} has no known form")
    return found


def number(facts: Facts, most: int, *path: str) -> int:
    """Return the fact at ``path``, a whole number from 1 to ``most``; raises Unread as above."""
    found = value(facts, int, *path)
    if not 1 <= found <= most:
        raise Unread(f"fact {'.'.join(path)} is no number that can be")
    return found


def rows(data: Any) -> Iterator[Mapping[str, Any]]:
    """Give the mappings of a list, and nothing else of it."""
    for each in data[:MOST] if isinstance(data, list) else ():
        if isinstance(each, dict):
            yield each


def named(data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the mappings of a mapping with their names, sorted, and nothing else of it."""
    for name in sorted(data)[:MOST] if isinstance(data, dict) else ():
        if isinstance(data[name], dict):
            yield name, data[name]


def text(data: Mapping[str, Any], key: str) -> str:
    """Return a text of a mapping, "" when there is none."""
    found = data.get(key)
    return found if isinstance(found, str) else ""


def count(data: Mapping[str, Any], key: str, most: int) -> int:
    """Return a whole number of a mapping from 0 to ``most``, 0 when there is none."""
    found = data.get(key)
    sound = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= most
    return int(found) if sound and found is not None else 0


def address(data: Any) -> str:
    """Return a host's own IP address as it is usually written, "" for any other text."""
    try:
        found = ipaddress.ip_address(data if isinstance(data, str) and "%" not in data else "")
    except ValueError:
        return ""
    special = found.is_loopback or found.is_multicast or found.is_unspecified
    mapped = getattr(found, "ipv4_mapped", None) is not None
    return "" if special or mapped or found.is_link_local else str(found)
