"""What a node's network must be, whatever backend brings it about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    method is how it comes up at boot: ``static`` with its addresses, ``manual`` without any.
    addresses have prefix lengths, gateways are at most one of each IP version. accept_ra is
    what the kernel takes from routers' advertisements: 0, 1, 2, None = as it is.
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


@dataclass(frozen=True)
class Wanted:
    """A node's devices, those below others first; tables are names of routing tables.

    sysctls are by dotted name. split: each device has a file of its own, as PVC wants it
    (PVC-048). confirm is how many seconds a change waits to be confirmed.
    """

    devices: tuple[Device, ...]
    tables: Mapping[str, int] = field(default_factory=dict)
    sysctls: Mapping[str, str] = field(default_factory=dict)
    split: bool = False
    confirm: int = 60
