"""What a node's network must be, whatever backend brings it about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

NIC, BOND, VLAN, BRIDGE = "nic", "bond", "vlan", "bridge"
STATIC, MANUAL = "static", "manual"


@dataclass(frozen=True)
class Route:
    """A route; to is a network or ``default``, table a number (0 = the main one)."""

    to: str
    via: str = ""
    table: int = 0


@dataclass(frozen=True)
class Rule:
    """A rule that sends packets to a table; source and to are networks ("" = any)."""

    table: int
    priority: int
    source: str = ""
    to: str = ""


@dataclass(frozen=True)
class Device:
    """A network device as it must be.

    kind is nic, bond, vlan or bridge; ports are those of a bond or a bridge, mode is a bond's
    (802.3ad or active-backup), parent and vlan are a VLAN's. mtu is in bytes, 0 = as it is.
    method is how it comes up at boot: ``static`` with its addresses, ``manual`` without any; in a
    plan it may have some then, which PVC's daemon gives it (see ``settled``).
    addresses have prefix lengths, gateways are at most one of each IP version. accept_ra is
    what the kernel takes from routers' advertisements: 0, 1, 2, None = as it is. mac is no part
    of a plan: the hardware address that a bridge takes over from its port, as seen on the node.
    """

    name: str
    kind: str = NIC
    ports: tuple[str, ...] = ()
    mode: str = ""
    parent: str = ""
    vlan: int = 0
    mtu: int = 0
    method: str = MANUAL
    addresses: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    accept_ra: int | None = None
    routes: tuple[Route, ...] = ()
    rules: tuple[Rule, ...] = ()
    mac: str = ""


@dataclass(frozen=True)
class Wanted:
    """A node's devices, those below others first; tables are names of routing tables.

    sysctls are by dotted name. split: each device has a file of its own, as PVC wants it
    (PVC-048). confirm is how many seconds a change waits to be confirmed. proxies are the IPv6
    addresses that a device's neighbours are answered for. dropped is no part of a plan: addresses
    that files gave to static devices until now, and no longer do.
    """

    devices: tuple[Device, ...]
    tables: Mapping[str, int] = field(default_factory=dict)
    sysctls: Mapping[str, str] = field(default_factory=dict)
    split: bool = False
    confirm: int = 60
    proxies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()


def wanted(data: Any) -> Wanted:
    """Return what a plan's component ``network`` wants, as ``to_data`` gave it.

    Raises InvalidArgument with all problems at once.
    """
    from saltext.muster.components.network import checks  # they are about what is here

    checks.demand_shape(data)
    values = {**data, "devices": tuple(_device(each) for each in data["devices"])}
    values["proxies"] = {key: tuple(own) for key, own in data.get("proxies", {}).items()}
    found = Wanted(**values)
    checks.demand_sense(found)
    return found


def to_data(wanted: Wanted) -> dict[str, Any]:
    """Return the component of a plan: plain data, what is as by default left out."""
    data = _told(wanted)
    if wanted.proxies:
        data["proxies"] = {name: list(own) for name, own in wanted.proxies.items()}
    return {**data, "devices": [_plain_device(each) for each in wanted.devices]}


def settled(wanted: Wanted, daemon: bool) -> Wanted:
    """Return what is wanted as long as PVC's daemon is there to give addresses, or is not.

    A device that comes up without addresses is static until then: else the next boot would lose
    the node (PVC-047 asks for it as soon as somebody else sets the addresses).
    """
    bare: dict[str, Any] = {"addresses": (), "gateways": (), "routes": (), "rules": ()}
    devices = [
        device
        if device.method == STATIC or not device.addresses
        else replace(device, **(bare if daemon else {"method": STATIC}))
        for device in wanted.devices
    ]
    return replace(wanted, devices=tuple(devices))


def _device(data: Mapping[str, Any]) -> Device:
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    given["routes"] = tuple(Route(**each) for each in data.get("routes", ()))
    given["rules"] = tuple(Rule(**each) for each in data.get("rules", ()))
    return Device(**given)


def _plain_device(device: Device) -> dict[str, Any]:
    found = _told(device)
    for key in ("routes", "rules"):
        if key in found:
            found[key] = [_told(each) for each in found[key]]
    return found


def _told(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that are not as by default, tuples as lists."""
    found = {}
    for item in fields(value):
        own = getattr(value, item.name)
        default = {} if item.name in ("tables", "sysctls", "proxies") else item.default
        if own != default:
            found[item.name] = list(own) if isinstance(own, tuple) else own
    return found
