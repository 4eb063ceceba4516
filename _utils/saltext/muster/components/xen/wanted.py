"""What the plan wants of Xen on a node, proved once more before any of it reaches a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from saltext.muster.components.border import demand
from saltext.muster.components.xen import allowed
from saltext.muster.patterns import Unsupported

_KEYS = {"memory", "cpus", "migration", "consoles", "routed", "kernel", "initrd"}
_MIGRATION = {"port", "hosts", "network", "address"}
_MEMORY = re.compile("(?:[1-9][0-9]{0,6}[MG])?", re.ASCII)
_LINK = re.compile("(?:vmlinuz|initrd)-[0-9][0-9.]{0,9}-xenU", re.ASCII)
_HOSTS = re.compile(r"[0-9.^$()|\[\]\\?{},+* -]{1,2000}", re.ASCII)


def check(wanted: Any) -> None:
    """Raise InvalidArgument unless ``wanted`` is what a plan says of the component ``xen``.

    memory is a size such as ``1024M`` ("" = left alone); cpus 0 (left alone) to 4096; migration is
    {"port", "hosts" (xend's expression), "network", "address"} or None; consoles says whether VNC
    is open, routed whether instances are routed, not bridged; kernel and initrd are the names of
    links in /boot ("" = none).
    """
    if not isinstance(wanted, Mapping) or set(wanted) != _KEYS:
        demand(
            "muster_xen", [f"wanted: {wanted!r:.90} is no mapping of {', '.join(sorted(_KEYS))}"]
        )
    demand("muster_xen", _problems(wanted))


def _problems(wanted: Mapping[str, Any]) -> Iterator[str]:
    memory, cpus = wanted["memory"], wanted["cpus"]
    if not isinstance(memory, str) or not _MEMORY.fullmatch(memory):
        yield f"memory: {memory!r:.90} is no size such as 1024M"
    if not _number(cpus, 0, 4096):
        yield f"cpus: {cpus!r:.90} is no number from 0 to 4096"
    for key in ("consoles", "routed"):
        if not isinstance(wanted[key], bool):
            yield f"{key}: {wanted[key]!r:.90} is neither true nor false"
    for key in ("kernel", "initrd"):
        name = wanted[key]
        if name != "" and not (isinstance(name, str) and _LINK.fullmatch(name)):
            yield f"{key}: {name!r:.90} is no name such as vmlinuz-3-xenU"
    if wanted["migration"] is not None:
        yield from _migration_problems(wanted["migration"])


def _migration_problems(found: Any) -> Iterator[str]:
    if not isinstance(found, Mapping) or set(found) != _MIGRATION:
        yield f"migration: {found!r:.90} is no mapping of {', '.join(sorted(_MIGRATION))}"
        return
    if not _number(found["port"], 1, 65535):
        yield f"migration.port: {found['port']!r:.90} is no number from 1 to 65535"
    try:
        network, own = IPv4Network(found["network"]), str(IPv4Address(found["address"]))
    except (ValueError, TypeError):
        yield "migration: the network or the address is none of IPv4"
        return
    hosts = found["hosts"]
    if not isinstance(hosts, str) or not _HOSTS.fullmatch(hosts):
        yield f"migration.hosts: {hosts!r:.90} is no expression for addresses"
        return
    try:
        why = allowed.problem(hosts, network, own)
    except Unsupported as err:
        why = str(err)
    if why:
        yield f"migration.hosts: not proved for {own} in {network}: {why}"


def _number(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
