"""Whether a plan's component ``network`` has the shape it must have, and makes sense."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv6Address, ip_address, ip_interface, ip_network
from typing import TYPE_CHECKING, Any

from saltext.muster.components.border import demand

if TYPE_CHECKING:
    from saltext.muster.components.network.wanted import Device, Wanted

WHERE = "muster_network"

KINDS, METHODS = ("nic", "bond", "vlan", "bridge"), ("static", "manual")
MODES = ("802.3ad", "active-backup")

#: The tables that a plan may use, and the priorities of its rules: the kernel's own are left.
TABLES, PRIORITIES = range(1, 253), range(1, 32766)
CONFIRM = range(15, 601)

#: A link's name: what the kernel takes, without what a shell or a file would misread.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}", re.ASCII)
TABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}", re.ASCII)
RESERVED_TABLES = ("default", "local", "main", "unspec")
#: What the kernel or a backend takes for something else than a link of that name.
RESERVED_NAMES = ("all", "default", "lo", "none")
#: Sysctls of the network alone; a slash stands for a dot within a part, as in bond0/100. Two in a
#: row would be a way up, out of the network's folder.
SYSCTL = re.compile(
    r"net\.(?:core|ipv4|ipv6|bridge|netfilter)"
    r"(?:\.(?!/)(?!\S*//)(?:[A-Za-z0-9_/-]{0,31}[A-Za-z0-9_-])){1,4}",
    re.ASCII,
)
VALUE = re.compile(r"-?[0-9]{1,10}(?: -?[0-9]{1,10}){0,3}", re.ASCII)

Check = Callable[[str, Any], Iterable[str]]


def demand_shape(data: Any) -> None:
    """Raise InvalidArgument unless data has the fields of Wanted, each of its type."""
    demand(WHERE, _mapping("network", data, _WANTED, ("devices",)))


def demand_sense(wanted: Wanted) -> None:
    """Raise InvalidArgument where devices contradict each other or themselves."""
    demand(WHERE, _contradictions(wanted))


# -- shape ------------------------------------------------------------------------------------


def _mapping(
    where: str, data: Any, known: Mapping[str, Check], needed: Iterable[str] = ()
) -> Iterator[str]:
    if not isinstance(data, Mapping):
        yield f"{where}: {data!r:.90} is no mapping"
        return
    for key in needed:
        if key not in data:
            yield f"{where}: {key} is missing"
    for key, value in data.items():
        check = known.get(key) if isinstance(key, str) else None
        if check is None:
            yield f"{where}: there is no {key!r:.40}; there are: {', '.join(known)}"
        else:
            yield from check(f"{where}.{key}", value)


def _each(check: Check) -> Check:
    def every(where: str, value: Any) -> Iterator[str]:
        if not isinstance(value, (list, tuple)):
            yield f"{where}: {value!r:.90} is no list"
            return
        for index, item in enumerate(value):
            yield from check(f"{where}[{index}]", item)

    return every


def _text(pattern: re.Pattern[str], what: str) -> Check:
    def check(where: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str) or not pattern.fullmatch(value) or ".." in value:
            yield f"{where}: {value!r:.90} is no {what}"

    return check


def _one_of(*words: Any) -> Check:
    def check(where: str, value: Any) -> Iterator[str]:
        if isinstance(value, bool) or value not in words:
            yield f"{where}: {value!r:.90} is none of {', '.join(map(str, words))}"

    return check


def _number(numbers: range, or_zero: bool = False) -> Check:
    def check(where: str, value: Any) -> Iterator[str]:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not (value in numbers or (or_zero and value == 0)):
            yield f"{where}: {value!r:.40} is not from {numbers[0]} to {numbers[-1]}"

    return check


def _parsed(parse: Callable[[str], Any], what: str, *words: str) -> Check:
    """Return a check of what ``ipaddress`` parses; words are taken besides."""

    def check(where: str, value: Any) -> Iterator[str]:
        try:
            # A zone (fe80::1%eth0) is nothing that a plan has.
            bad = not isinstance(value, str) or "%" in value
            bad = bad or (value not in words and not parse(value))
        except ValueError:
            bad = True
        if bad:
            yield f"{where}: {value!r:.90} is no {what}"

    return check


def _interface(value: str) -> bool:
    """Say whether a text is an address that a device can have, with its prefix length."""
    own = ip_interface(value).ip
    return "/" in value and not (own.is_loopback or own.is_unspecified or own.is_multicast)


def _bool(where: str, value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{where}: {value!r:.90} is neither true nor false"


def _keyed(keys: Check, values: Check) -> Check:
    def check(where: str, value: Any) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{where}: {value!r:.90} is no mapping"
            return
        for key, item in value.items():
            yield from keys(where, key)
            yield from values(f"{where}.{key!s:.64}", item)

    return check


_named = _text(NAME, "name of a link (letters, digits and ._-, at most 15)")


def _device_name(where: str, value: Any) -> Iterator[str]:
    yield from _named(where, value)
    if value in RESERVED_NAMES:
        yield f"{where}: {value!r} is no link that a plan can be about; name a card or a new link"


_maybe_device: Check = lambda where, value: () if value == "" else _device_name(where, value)  # noqa: E731
_network = _parsed(ip_network, "network, such as 192.0.2.0/24", "default")
_maybe_network = _parsed(ip_network, "network, such as 192.0.2.0/24", "")
_gateway = _parsed(ip_address, "address, such as 192.0.2.1")
_route: Mapping[str, Check] = {
    "to": _network,
    "via": _parsed(ip_address, "address, such as 192.0.2.1", ""),
    "table": _number(TABLES, or_zero=True),
}
_rule: Mapping[str, Check] = {
    "table": _number(TABLES),
    "priority": _number(PRIORITIES),
    "source": _maybe_network,
    "to": _maybe_network,
}
_device: Mapping[str, Check] = {
    "name": _device_name,
    "kind": _one_of(*KINDS),
    "ports": _each(_device_name),
    "mode": _one_of("", *MODES),
    "parent": _maybe_device,
    "vlan": _number(range(1, 4095), or_zero=True),
    "mtu": _number(range(576, 65536), or_zero=True),
    "method": _one_of(*METHODS),
    "addresses": _each(_parsed(_interface, "address with its prefix length, like 192.0.2.1/24")),
    "gateways": _each(_gateway),
    "accept_ra": _one_of(None, 0, 1, 2),
    "routes": _each(lambda where, value: _mapping(where, value, _route, ("to",))),
    "rules": _each(lambda where, value: _mapping(where, value, _rule, ("table", "priority"))),
}
_WANTED: Mapping[str, Check] = {
    "devices": _each(lambda where, value: _mapping(where, value, _device, ("name",))),
    "tables": _keyed(_text(TABLE_NAME, "name of a routing table"), _number(TABLES)),
    "sysctls": _keyed(
        _text(SYSCTL, "sysctl of the network, such as net.ipv4.ip_forward"),
        _text(VALUE, "text of whole numbers"),
    ),
    "split": _bool,
    "confirm": _number(CONFIRM),
    "proxies": _keyed(_device_name, _each(_parsed(IPv6Address, "IPv6 address"))),
}


# -- sense ------------------------------------------------------------------------------------


def _contradictions(wanted: Wanted) -> Iterator[str]:
    known: dict[str, Device] = {}
    masters: dict[str, str] = {}
    for device in wanted.devices:
        where = f"device {device.name}"
        if device.name in known:
            yield f"{where}: it is there twice"
        yield from (f"{where}: {text}" for text in _of_kind(device))
        yield from (f"{where}: {text}" for text in _of_addresses(device))
        yield from (f"{where}: {text}" for text in _below(device, known))
        for port in device.ports:
            if masters.setdefault(port, device.name) != device.name:
                yield f"{where}: {port} is a port of {masters[port]} already"
        known[device.name] = device
    for port, master in masters.items():
        if port in known and (known[port].method != "manual" or known[port].addresses):
            yield f"device {port}: a port of {master} has no address of its own"
    numbers = list(wanted.tables.values())
    if len(set(numbers)) < len(numbers):
        yield "tables: two names have the same number"
    yield from _twice(wanted)
    yield from (f"proxies: there is no device {n}" for n in wanted.proxies if n not in known)


def _of_kind(device: Device) -> Iterator[str]:
    if device.ports and device.kind not in ("bond", "bridge"):
        yield f"a {device.kind} has no ports"
    if device.kind == "bond" and not (device.ports and device.mode):
        yield "a bond has a mode and ports"
    if device.kind == "vlan" and not (device.parent and device.vlan):
        yield "a VLAN has a parent and an id"
    if device.kind != "vlan" and (device.parent or device.vlan):
        yield f"a {device.kind} has neither parent nor VLAN id"
    if device.name in (device.parent, *device.ports):
        yield "it is made of itself"


def _of_addresses(device: Device) -> Iterator[str]:
    if device.method == "static" and not device.addresses:
        yield "it is static, without an address"
    if device.gateways and not device.addresses:
        yield "a gateway without an address"
    own = [ip_interface(address) for address in device.addresses]
    if len({each.ip for each in own}) < len(own):
        yield "an address is there twice"
    versions = [ip_address(gateway).version for gateway in device.gateways]
    if len(set(versions)) < len(versions):
        yield "more than one gateway of an IP version"
    for gateway in map(ip_address, device.gateways):
        if any(gateway == each.ip for each in own):
            yield f"the gateway {gateway} is its own address"
        elif not gateway.is_link_local and not any(gateway in each.network for each in own):
            yield f"the gateway {gateway} is in none of its networks"


def _below(device: Device, known: Mapping[str, Device]) -> Iterator[str]:
    """Tell what is wrong with what a device is made of: that comes before it."""
    for part in (*device.ports, *filter(None, [device.parent])):
        if part not in known:
            yield f"{part} must come before it"
        elif device.kind == "vlan" and device.mtu and 0 < known[part].mtu < device.mtu:
            yield f"its MTU {device.mtu} is above that of {part}, {known[part].mtu}"


def _twice(wanted: Wanted) -> Iterator[str]:
    owners: dict[str, str] = {}
    gateways: dict[int, str] = {}
    for device in wanted.devices:
        for address in device.addresses:
            own = str(ip_interface(address).ip)
            if owners.setdefault(own, device.name) != device.name:
                yield f"{own} is on {owners[own]} and on {device.name}"
        for gateway in device.gateways:
            version = ip_address(gateway).version
            if gateways.setdefault(version, device.name) != device.name:
                yield f"a default gateway on {gateways[version]} and on {device.name}"
