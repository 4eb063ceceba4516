"""A device as an entry of netplan's files says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

from saltext.muster.components.network.layers import of_version, routes_of, rules_of
from saltext.muster.components.network.wanted import (
    BOND,
    BRIDGE,
    MANUAL,
    STATIC,
    VLAN,
    Device,
    Route,
    Rule,
)

Node = dict[str, Any]

_YES = ("true", "yes", "on", "y")
#: What an entry says of addresses; it goes with them to the device above.
_MOVING = (
    "accept-ra", "addresses", "dhcp6", "gateway4", "gateway6", "ipv6-privacy", "link-local",
    "nameservers", "routes", "routing-policy",
)  # fmt: skip
_ADDRESSED = ("addresses", "gateway4", "gateway6", "nameservers", "routes", "routing-policy")
_ANY = {4: "0.0.0.0/0", 6: "::/0"}


def begun(device: Device, lower: Sequence[Node]) -> Node:
    """Return the beginning of a new device's entry: what it takes over from one below it."""
    own = {"macaddress": device.mac} if device.mac and device.kind == BRIDGE else {}
    if device.method != STATIC:
        return own
    for entry in lower:
        if entry.get("addresses") or _yes(entry, "dhcp4") or _yes(entry, "dhcp6"):
            return own | {key: deepcopy(entry[key]) for key in _MOVING if key in entry}
    return own


def corrected(entry: Node, device: Device, master: Device | None, names: Mapping[str, str]) -> Node:
    """Return a device's entry that says what is wanted, otherwise as it was.

    master is the bond or bridge that the device is a port of; names are those of the entries
    by the device.
    """
    new = deepcopy(entry)
    if device.mtu:
        new["mtu"] = str(device.mtu)
    _link(new, device, names)
    if master or device.method == MANUAL:
        for key in _ADDRESSED:
            new.pop(key, None)
        new["dhcp4"] = _no(new, "dhcp4")
        new["dhcp6"] = _no(new, "dhcp6")
        if not master:
            new["accept-ra"] = _flag(new, "accept-ra", bool(device.accept_ra))
        else:
            new.pop("accept-ra", None)
        return new
    for version in (4, 6):
        _addresses(new, device, version)
        _routes(new, device, version)
    if device.accept_ra is not None:
        new["accept-ra"] = _flag(new, "accept-ra", bool(device.accept_ra))
    return new


# -- the link ---------------------------------------------------------------------------------


def _link(new: Node, device: Device, names: Mapping[str, str]) -> None:
    if device.kind == VLAN:
        new["id"] = str(device.vlan)
        new["link"] = names.get(device.parent, device.parent)
        return
    if device.kind not in (BOND, BRIDGE):
        return
    ports = [names.get(port, port) for port in device.ports]
    have = [str(port) for port in new.get("interfaces") or ()]
    if not {*ports} <= {*have} or (device.kind == BOND and {*ports} != {*have}):
        # Ports of a bridge that the plan does not name stay.
        more = [port for port in have if port not in ports] if device.kind == BRIDGE else []
        new["interfaces"] = ports + more
    parameters = new.setdefault("parameters", {})
    if device.kind == BOND:
        parameters["mode"] = device.mode
        if "arp-interval" not in parameters:
            parameters.setdefault("mii-monitor-interval", "100")
        return
    parameters["stp"] = _no(parameters, "stp")
    if str(parameters.get("forward-delay", "")) not in ("0", "0s"):
        parameters["forward-delay"] = "0"


def _yes(entry: Mapping[str, Any], key: str) -> bool:
    return str(entry.get(key, "")).lower() in _YES


def _no(entry: Mapping[str, Any], key: str) -> str:
    return _flag(entry, key, False)


def _flag(entry: Mapping[str, Any], key: str, wanted: bool) -> str:
    """Return the word that says what is wanted: the one that is there, if it does."""
    if key in entry and _yes(entry, key) == wanted:
        return str(entry[key])
    return "true" if wanted else "false"


# -- addresses --------------------------------------------------------------------------------


def _addresses(new: Node, device: Device, version: int) -> None:
    wanted, gateway = of_version(device, version)
    if not wanted and version == 6:
        return  # as it is
    have = [each for each in new.get("addresses") or () if _version(each) == version]
    if sorted(map(_plain, have)) != sorted(str(ip_interface(each)) for each in wanted):
        others = [each for each in new.get("addresses") or () if each not in have]
        new["addresses"] = wanted + others if version == 4 else others + wanted
        if not new["addresses"]:
            del new["addresses"]
    if wanted or version == 4:
        new[f"dhcp{version}"] = _no(new, f"dhcp{version}")
    if gateway:
        _gateway(new, gateway, version)


def _gateway(new: Node, gateway: str, version: int) -> None:
    routes = [each for each in new.get("routes") or () if isinstance(each, dict)]
    default = [each for each in routes if _is_default(each, version)]
    told = {str(each.get("via", "")) for each in default}
    told |= {str(new[f"gateway{version}"])} if f"gateway{version}" in new else set()
    if {_of(each, ip_address) for each in told} == {str(ip_address(gateway))}:
        return
    new.pop(f"gateway{version}", None)
    # Older releases do not know the word default.
    new["routes"] = [each for each in routes if each not in default]
    new["routes"].append({"to": _ANY[version], "via": gateway})


def _is_default(route: Mapping[str, Any], version: int) -> bool:
    if str(route.get("table", "254")) != "254":
        return False
    to = str(route.get("to", ""))
    if to == "default":
        return _version(route.get("via", "")) == version
    return _of(to, ip_network) == _ANY[version]


def _routes(new: Node, device: Device, version: int) -> None:
    routes = [each for each in new.get("routes") or () if isinstance(each, dict)]
    missing = [_route(each, version) for each in routes_of(device, version)]
    have = [_meaning(each) for each in routes]
    missing = [each for each in missing if _meaning(each) not in have]
    if missing:
        new["routes"] = routes + missing
    policy = [each for each in new.get("routing-policy") or () if isinstance(each, dict)]
    rules = [_rule(each, version) for each in rules_of(device, version)]
    rules = [each for each in rules if each not in policy]
    if rules:
        new["routing-policy"] = policy + rules


def _route(route: Route, version: int) -> Node:
    to = _ANY[version] if route.to == "default" else route.to
    found = {"to": to, **({"via": route.via} if route.via else {"scope": "link"})}
    return {**found, **({"table": str(route.table)} if route.table else {})}


def _rule(rule: Rule, version: int) -> Node:
    found = {"from": rule.source or ("" if rule.to else _ANY[version]), "to": rule.to}
    kept = {key: value for key, value in found.items() if value}
    return {**kept, "table": str(rule.table), "priority": str(rule.priority)}


def _meaning(route: Mapping[str, Any]) -> tuple[str, str, str]:
    to, table = str(route.get("to", "")), str(route.get("table", "254"))
    via = _of(str(route.get("via", "")), ip_address)
    if to == "default":
        to = _ANY[_version(via) or 4]
    return _of(to, lambda text: ip_network(text, strict=False)), via, table


def _version(address: Any) -> int:
    plain = _plain(address).partition("/")[0]
    try:
        return ip_address(plain).version
    except ValueError:
        return 0


def _plain(address: Any) -> str:
    """Return an address of an entry's list, where one with options is a mapping."""
    text = next(iter(address), "") if isinstance(address, dict) else address
    return _of(str(text), ip_interface) if "/" in str(text) else str(text)


def _of(text: str, parse: Callable[[str], object]) -> str:
    try:
        return str(parse(text))
    except ValueError:
        return text
