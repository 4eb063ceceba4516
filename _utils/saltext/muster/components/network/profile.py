"""A device as a connection profile of NetworkManager says it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_interface, ip_network

from saltext.muster.components.network.keyfile import Keyfile
from saltext.muster.components.network.layers import of_version, routes_of, rules_of
from saltext.muster.components.network.wanted import BOND, BRIDGE, MANUAL, NIC, VLAN, Device

TYPES = {NIC: "ethernet", BOND: "bond", VLAN: "vlan", BRIDGE: "bridge"}
SECTIONS = {4: "ipv4", 6: "ipv6"}

_NAMESPACE = uuid.UUID("a1d7b4e2-6c1e-4d0f-9f0b-6d2f8f3d5c11")
_ADDRESS = re.compile(r"^address(es)?[0-9]*$")
_ROUTE = re.compile(r"^routes?([0-9]+)$")
_RULE = re.compile(r"^routing-rule[0-9]+$")
_UNSPECIFIED = (str(ip_address(0)), str(ip_address(b"\0" * 16)))
_YES = ("true", "yes", "on", "1", "t", "y")


def new(device: Device) -> Keyfile:
    """Return the beginning of a device's own profile; its uuid is the same at every run."""
    file = Keyfile()
    file.set("connection", "id", device.name)
    file.set("connection", "uuid", str(uuid.uuid5(_NAMESPACE, device.name)))
    file.set("connection", "type", TYPES[device.kind])
    file.set("connection", "interface-name", device.name)
    if device.mac and device.kind == BRIDGE:
        file.set("bridge", "mac-address", device.mac.upper())
    file.set("ipv4", "method", "disabled")
    file.set("ipv6", "method", "link-local")
    return file


def type_of(file: Keyfile) -> str:
    """Return a profile's type, by its name of today."""
    found = file.get("connection", "type")
    return "ethernet" if found == "802-3-ethernet" else found


def automatic(file: Keyfile) -> bool:
    """Say whether NetworkManager brings a profile up by itself."""
    return file.get("connection", "autoconnect", "true").lower() in _YES


def priority(file: Keyfile) -> int:
    """Return a profile's priority among those that are for the same device."""
    text = file.get("connection", "autoconnect-priority", "0")
    return int(text) if re.fullmatch(r"-?[0-9]{1,4}", text) else 0


def correct(file: Keyfile, device: Device, master: Device | None, at_least: int) -> None:
    """Make a profile say what is wanted of its device; what says it already stays.

    master is the bond or bridge that the device is a port of; at_least is the lowest priority
    by which it wins over other profiles.
    """
    if not automatic(file):
        file.drop("connection", "autoconnect")
    if priority(file) < at_least:
        file.set("connection", "autoconnect-priority", str(at_least))
    _master(file, master)
    _link(file, device)
    if master:
        for section in SECTIONS.values():
            file.drop_section(section)
        return
    for version in SECTIONS:
        _family(file, device, version)


def inherit(file: Keyfile, lower: Keyfile) -> None:
    """Take over what a lower device's profile says of addresses, name servers and routes."""
    for section in SECTIONS.values():
        for key, value in {"method": "auto", **lower.items(section)}.items():
            file.set(section, key, value)


def has_addresses(file: Keyfile) -> bool:
    """Say whether a profile gives its device addresses, or lets it ask for some."""
    if file.get("connection", "master") or file.get("connection", "controller"):
        return False
    methods = {section: file.get(section, "method", "auto") for section in SECTIONS.values()}
    return methods["ipv4"] in ("auto", "manual") or methods["ipv6"] == "manual"


# -- the link ---------------------------------------------------------------------------------


def _master(file: Keyfile, master: Device | None) -> None:
    names = ("master", "controller"), ("slave-type", "port-type")
    wanted = (master.name, TYPES[master.kind]) if master else ("", "")
    for (name, newer), value in zip(names, wanted, strict=True):
        if (file.get("connection", newer) or file.get("connection", name)) == value:
            continue
        file.drop("connection", newer, *([] if value else [name]))
        if value:
            file.set("connection", name, value)


def _link(file: Keyfile, device: Device) -> None:
    if device.mtu:
        _want(file, "ethernet", "mtu", str(device.mtu))
    if device.kind == BRIDGE:
        if file.get("bridge", "stp", "true").lower() in _YES:
            file.set("bridge", "stp", "false")
        _want(file, "bridge", "forward-delay", "0")
    elif device.kind == BOND:
        _want(file, "bond", "mode", device.mode, {"802.3ad": "4", "active-backup": "1"})
        if not file.get("bond", "miimon") and not file.get("bond", "arp_interval"):
            file.set("bond", "miimon", "100")
    elif device.kind == VLAN:
        _want(file, "vlan", "id", str(device.vlan))
        _want(file, "vlan", "parent", device.parent)


def _want(
    file: Keyfile, section: str, key: str, value: str, same: dict[str, str] | None = None
) -> None:
    if file.get(section, key) not in (value, (same or {}).get(value, value)):
        file.set(section, key, value)


# -- addresses --------------------------------------------------------------------------------


def _family(file: Keyfile, device: Device, version: int) -> None:
    section = SECTIONS[version]
    method = file.get(section, "method", "auto")
    right = _methods(device, version, method)
    if method not in right:
        file.set(section, "method", right[0])
    if device.method == MANUAL:
        file.drop(section, *(key for key in file.items(section) if _is_address(key)))
        return
    addresses, gateway = of_version(device, version)
    if addresses or version == 4 or device.accept_ra is not None:
        _addresses(file, section, addresses, gateway)
    _routes(file, section, device, version)


def _methods(device: Device, version: int, now: str) -> tuple[str, ...]:
    """Return the methods that say what is wanted, the one to write first."""
    addresses, _gateway = of_version(device, version)
    if version == 4:
        return ("manual",) if addresses else ("disabled",)
    if device.accept_ra:
        return ("auto",)
    if device.method == MANUAL:
        return ("disabled", "link-local", "ignore")
    if addresses:
        return ("manual",) if device.accept_ra == 0 else ("manual", "auto")
    if device.accept_ra == 0:
        return ("link-local", "disabled")
    return (now,)


def _is_address(key: str) -> bool:
    return bool(
        _ADDRESS.match(key)
        or key.startswith(("route", "routing-rule", "dns"))
        or key in ("gateway", "may-fail", "never-default")
    )


def _addresses(file: Keyfile, section: str, wanted: list[str], gateway: str) -> None:
    have, router = _told(file, section)
    if _plain(have, ip_interface) != _plain(wanted, ip_interface):
        old = [key for key in file.items(section) if _ADDRESS.match(key)]
        file.drop(section, *old)
        for number, address in enumerate(wanted, 1):
            file.set(section, f"address{number}", address)
        if router and wanted and not gateway:
            # The plan tells no gateway: the one that is there stays.
            file.set(section, "gateway", router)
    if gateway and _plain(_told(file, section)[1:], ip_address) != {str(ip_address(gateway))}:
        for key, value in file.items(section).items():
            if _ADDRESS.match(key):
                file.set(section, key, re.split("[,;]", value)[0])
        file.set(section, "gateway", gateway)


def _told(file: Keyfile, section: str) -> tuple[list[str], str]:
    """Return the addresses and the gateway that a section tells."""
    addresses, gateway = [], file.get(section, "gateway")
    for key, value in file.items(section).items():
        if not _ADDRESS.match(key):
            continue
        for part in value.split(";") if key == "addresses" else [value]:
            fields = [field.strip() for field in re.split("[,;]", part)]
            addresses += fields[:1] if fields[0] else []
            gateway = gateway or "".join(fields[1:2])
    return addresses, gateway


def _plain(texts: Iterable[str], parse: Callable[[str], object]) -> set[str]:
    found = set()
    for text in texts:
        try:
            found.add(str(parse(text)))
        except ValueError:
            found.add(text)
    return found


def _routes(file: Keyfile, section: str, device: Device, version: int) -> None:
    items = file.items(section)
    have = {_route(value, items.get(f"{key}_options", "")) for key, value in _listed(items, _ROUTE)}
    for route in routes_of(device, version):
        to = ("0.0.0.0/0" if version == 4 else "::/0") if route.to == "default" else route.to
        if (to, route.via, route.table) in have:
            continue
        key = _free(file, section, "route")
        file.set(section, key, to + (f",{route.via}" if route.via else ""))
        if route.table:
            file.set(section, f"{key}_options", f"table={route.table}")
    rules = {_words(value) for _key, value in _listed(items, _RULE)}
    for rule in rules_of(device, version):
        text = f"priority {rule.priority} from {rule.source or _any(version)}"
        text += (f" to {rule.to}" if rule.to else "") + f" table {rule.table}"
        if _words(text) not in rules:
            file.set(section, _free(file, section, "routing-rule"), text)


def _any(version: int) -> str:
    return "0.0.0.0/0" if version == 4 else "::/0"


def _listed(items: dict[str, str], pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [(key, value) for key, value in items.items() if pattern.match(key)]


def _route(value: str, options: str) -> tuple[str, str, int]:
    fields = [field.strip() for field in value.split(",")] + [""]
    table = re.search(r"(?:^|,)\s*table=([0-9]{1,10})", options)
    (to,) = _plain(fields[:1], lambda text: ip_network(text, strict=False))
    (via,) = _plain(fields[1:2], ip_address)
    via = "" if via in _UNSPECIFIED else via
    return to, via, int(table[1]) if table and table[1] != "254" else 0


def _words(rule: str) -> frozenset[tuple[str, str]]:
    words = rule.split()
    return frozenset(zip(words[::2], words[1::2], strict=False))


def _free(file: Keyfile, section: str, word: str) -> str:
    number = 1
    while any(f"{word}{number}" == key for key in file.items(section)):
        number += 1
    return f"{word}{number}"
