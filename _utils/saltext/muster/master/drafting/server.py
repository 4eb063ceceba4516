"""What one server's bundle tells of it, with nothing in it that a cluster file may not have."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from saltext.muster.facts import Facts, Unread
from saltext.muster.master import names
from saltext.muster.master.drafting import told
from saltext.muster.parts import Physical

_T = TypeVar("_T")
_PCI = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]")

#: Links that people configure. Those of guests and tunnels are not the cluster's.
KINDS = ("physical", "vf", "bond", "vlan", "bridge")

GIB = 1024**3
_MOST_BYTES = 2**50


@dataclass(frozen=True)
class Link:
    """A network link; speed in Gbit/s, 0 = not told; parent is a VLAN's, ports are a bond's."""

    name: str
    kind: str
    mtu: int = 0
    master: str = ""
    speed: float = 0
    vlan: int = 0
    parent: str = ""
    mode: str = ""
    ports: tuple[str, ...] = ()
    functions: Physical | None = None


@dataclass(frozen=True)
class End:
    """An address of a server: its network ("" for one without other hosts) and its link."""

    address: str
    network: str
    link: str
    dynamic: bool = False


@dataclass(frozen=True)
class Model:
    """What a server is made of; None = not told. Memory and disks are in bytes."""

    cores: int | None
    memory: int | None
    disks: tuple[int, ...] | None
    nics: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Server:
    """One server; origin is the file that tells of it, called what it calls itself.

    main is the link of its default route ("" = none), gateway the router of it. Lists that
    could not be read are None, and missing says why.
    """

    origin: str
    called: str
    id: str
    ends: tuple[End, ...]
    links: Mapping[str, Link]
    main: str
    gateway: str
    model: Model
    time: tuple[str, ...] | None
    dns: tuple[str, ...] | None
    hosts: tuple[tuple[str, tuple[str, ...]], ...]
    pools: Mapping[str, tuple[str, str]]
    ipmi: str
    xen: bool
    missing: tuple[str, ...]


def server(origin: str, bundle: Mapping[str, Any]) -> Server:
    """Return what a bundle tells; origin is its file."""
    reader = _Reader(bundle)
    links = reader.links()
    ends = tuple(reader.ends(links))
    main, gateway = reader.way()
    hosts = tuple(reader.hosts())
    xen = reader.either("", "xen", "role") == "dom0"
    called = bundle["node"]
    return Server(
        origin=origin,
        called=called,
        id=_id(called, hosts, ends),
        ends=ends,
        links=links,
        main=main,
        gateway=gateway,
        model=reader.model(links, xen),
        time=reader.read("time sources", reader.time),
        dns=reader.read("name servers", reader.dns),
        hosts=hosts,
        pools=dict(reader.pools()),
        ipmi=reader.ipmi(),
        xen=xen,
        missing=tuple(reader.missing),
    )


def _id(called: str, hosts: tuple[tuple[str, tuple[str, ...]], ...], ends: tuple[End, ...]) -> str:
    """Return the name that a server should have: its own, with a domain if its hosts file has one.

    "" when what it calls itself cannot be a node's name.
    """
    name = called.lower()
    if names.hostname(name, names.NODE_NAME_MOST) or names.minion_id(name):
        return ""
    own = {end.address for end in ends}
    longer = [
        each
        for address, given in hosts
        for each in given
        if address in own and each.partition(".")[0] == name and len(each) <= names.NODE_NAME_MOST
    ]
    return name if "." in name or not longer else max(longer, key=lambda each: ("." in each, each))


class _Reader:
    """Reads one bundle's facts, and keeps what could not be read."""

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self.facts = Facts(bundle["facts"])
        self.missing: list[str] = []

    def read(self, what: str, function: Callable[[], _T]) -> _T | None:
        """Return what a function gives, or None with a note of why not."""
        try:
            return function()
        except Unread as unread:
            self.missing.append(f"{what}: {unread}")
            return None

    def either(self, default: _T, *path: str) -> _T:
        """Return a fact of the default's type, or the default."""
        try:
            return told.value(self.facts, type(default), *path)
        except Unread:
            return default

    def links(self) -> dict[str, Link]:
        """Return the links that people configure."""
        found = self.read("links", lambda: told.value(self.facts, dict, "links", "links"))
        return {
            name: _link(name, data)
            for name, data in told.named(found)
            if data.get("kind") in KINDS and not names.interface(name)
        }

    def ends(self, links: Mapping[str, Link]) -> Iterator[End]:
        """Give the addresses of those links that other hosts can reach."""
        path = ("addresses", "addresses")
        for row in told.rows(self.read("addresses", lambda: told.value(self.facts, list, *path))):
            address, link = told.address(row.get("address")), told.text(row, "link")
            flags = row.get("flags")
            passing = isinstance(flags, list) and "temporary" in flags
            if address and link in links and row.get("scope") == "global" and not passing:
                dynamic = row.get("dynamic") is True
                yield End(address, _network(address, row.get("prefix")), link, dynamic)

    def way(self) -> tuple[str, str]:
        """Return the link and the router of the default route, IPv4's before IPv6's."""
        for family in ("ipv4", "ipv6"):
            path = ("addresses", "routes", family)
            routes = [row for row in told.rows(self.either([], *path)) if _is_default(row)]
            if routes:
                best = min(routes, key=lambda row: told.count(row, "metric", 2**32))
                return told.text(best, "dev"), told.address(best.get("via"))
        self.missing.append("default route: there is none")
        return "", ""

    def model(self, links: Mapping[str, Link], xen: bool) -> Model:
        """Return what the server is made of; under Xen the system does not see all its cores."""
        speeds = [(link.name, link.speed) for link in links.values() if link.kind == "physical"]
        return Model(
            cores=None if xen else self.read("cores", self._cores),
            memory=self.read("memory", self._memory),
            disks=self.read("disks", self._disks),
            nics=tuple((name, speed) for name, speed in speeds if speed),
        )

    def _cores(self) -> int:
        return told.number(self.facts, 2**16, "cpu", "cores")

    def _memory(self) -> int:
        """Return what is installed, or else what the kernel has, without what is below a GiB."""
        installed = self.either(0, "memory", "installed")
        if 0 < installed <= _MOST_BYTES:
            return installed
        return told.number(self.facts, _MOST_BYTES, "memory", "total") // GIB * GIB

    def _disks(self) -> tuple[int, ...]:
        """Return the disks that do not carry the system, in whole GB."""
        system = self.facts.get("disks", "root", "disks")
        known = told.named(told.value(self.facts, dict, "disks", "disks"))
        sizes = [
            told.count(data, "size", _MOST_BYTES) // 10**9 * 10**9
            for name, data in known
            if data.get("usable") is True and isinstance(system, list) and name not in system
        ]
        return tuple(sorted(filter(None, sizes), reverse=True))

    def time(self) -> tuple[str, ...]:
        """Return chrony's sources."""
        found = told.rows(told.value(self.facts, list, "chrony", "sources"))
        given = (told.text(row, "name") for row in found)
        usable = (name for name in given if told.address(name) or not names.hostname(name))
        return tuple(dict.fromkeys(usable))

    def dns(self) -> tuple[str, ...]:
        """Return the name servers, those of systemd-resolved behind its own address."""
        given = told.value(self.facts, list, "resolver", "nameservers")
        behind: list[Any] = self.either([], "resolver", "resolved", "dns")
        found = [told.address(each) for each in (*given[:20], *behind[:20])]
        return tuple(dict.fromkeys(filter(None, found)))

    def hosts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Give the lines of the hosts file that can be in a cluster file."""
        for row in told.rows(self.either([], "hosts", "entries")):
            given, address = row.get("names"), told.address(row.get("address"))
            texts = given[:50] if isinstance(given, list) else []
            sound = [each for each in texts if isinstance(each, str) and not names.hostname(each)]
            if address and sound:
                yield address, tuple(dict.fromkeys(sound))

    def pools(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Give libvirt's pools: type and path by name."""
        for name, data in told.named(self.either({}, "pools", "pools")):
            yield name, (told.text(data, "type"), told.text(data, "path"))

    def ipmi(self) -> str:
        """Return the address of the management controller, "" when there is none."""
        return told.address(self.either("", "ipmi", "lan", "address"))


def _link(name: str, data: Mapping[str, Any]) -> Link:
    tag, bond = data.get("vlan"), data.get("bond")
    tag, bond = (each if isinstance(each, dict) else {} for each in (tag, bond))
    ports = bond.get("ports")
    given = ports[:64] if isinstance(ports, list) else []
    return Link(
        name=name,
        kind=told.text(data, "kind"),
        mtu=told.count(data, "mtu", 65535),
        master=told.text(data, "master"),
        speed=told.count(data, "speed", 10**7) / 1000,
        vlan=told.count(tag, "id", 4094),
        parent=told.text(tag, "parent"),
        mode=told.text(bond, "mode"),
        ports=tuple(p for p in given if isinstance(p, str) and not names.interface(p)),
        functions=_functions(data),
    )


def _functions(data: Mapping[str, Any]) -> Physical | None:
    """Return how a card is split into virtual functions, None when it is not."""
    split = data.get("sriov")
    current = told.count(split, "current", 1024) if isinstance(split, dict) else 0
    if not current:
        return None
    pci = told.text(data, "pci")
    total = told.count(split, "total", 1024) if isinstance(split, dict) else 0
    return Physical(current, total, pci if _PCI.fullmatch(pci) else "")


def _network(address: str, prefix: Any) -> str:
    """Return the network of an address, "" for a prefix that leaves no room for other hosts."""
    parsed = ipaddress.ip_address(address)
    if not isinstance(prefix, int) or isinstance(prefix, bool):
        return ""
    if not 1 <= prefix <= parsed.max_prefixlen - 2:
        return ""
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def _is_default(row: Mapping[str, Any]) -> bool:
    usual = row.get("to") == "default" and row.get("type") in ("unicast", "")
    return usual and row.get("table") in ("main", "") and row.get("down") is not True
