"""What the stanzas of a device say, and whether that is what is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv6Address,
    IPv6Interface,
    ip_address,
    ip_interface,
    ip_network,
)

from saltext.muster.components.network.ifupdown.layout import Layout, Stanza
from saltext.muster.components.network.wanted import BOND, BRIDGE, NIC, VLAN, Device, Route, Rule
from saltext.muster.errors import Refused

Interface = IPv4Interface | IPv6Interface

HOOKS = ("pre-up", "up", "post-up", "pre-down", "down", "post-down")
_METHODS = ("static", "manual", "dhcp", "auto")
_MODES = {"1": "active-backup", "4": "802.3ad"}
_NAMED_VLAN = re.compile(r"(?P<parent>.+)\.0*(?P<id>[0-9]{1,4})", re.ASCII)
_ACCEPT = re.compile(r"sysctl -q -w net/ipv6/conf/(?P<name>\S+)/accept_ra=(?P<value>[0-2])")
_MADE = re.compile(
    r"test -e /sys/class/net/(?P<name>\S+) \|\|"
    r" ip link add link (?P<parent>\S+) name (?P=name) type vlan id (?P<id>[0-9]+)"
)
_GONE = re.compile(r"ip link del (?P<name>\S+) \|\| true")


@dataclass
class Said:
    """What files say of a device; other are options that are none of these, with the stanza.

    unknown are commands that are not understood.
    """

    name: str
    there: bool = False
    paths: set[str] = field(default_factory=set)
    auto: bool = False
    methods: set[tuple[str, str]] = field(default_factory=set)
    addresses: list[Interface] = field(default_factory=list)
    gateways: list[str] = field(default_factory=list)
    link: dict[str, str] = field(default_factory=dict)
    parent: str = ""
    vlan: int = 0
    accept_ra: int | None = None
    routes: list[Route] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    other: list[tuple[Stanza, str, str]] = field(default_factory=list)
    unknown: list[tuple[Stanza, str]] = field(default_factory=list)


def said(name: str, layout: Layout, tables: Mapping[str, int]) -> Said:
    """Return what the files say of a device; tables are names of routing tables.

    Raises Refused for stanzas that cannot be judged.
    """
    found = Said(name)
    match = _NAMED_VLAN.fullmatch(name)
    if match:
        found.parent, found.vlan = match["parent"], int(match["id"])
    mapped = layout.mapped(name)
    if mapped:
        raise Refused(f"{mapped}: a mapping line names {name}; take it out, then run again")
    for stanza in layout.stanzas(name):
        if stanza.method not in _METHODS:
            raise Refused(
                f"{stanza.path}: iface {stanza.name} {stanza.family} {stanza.method}".rstrip()
                + f" is none of {', '.join(_METHODS)}; write it so, then run again"
            )
        _add(found, stanza, tables)
    found.auto = bool(layout.auto() & {name, *(s.name for s in layout.stanzas(name))})
    return found


def _add(found: Said, stanza: Stanza, tables: Mapping[str, int]) -> None:
    found.there = True
    found.paths.add(stanza.path)
    found.methods.add((stanza.family, stanza.method))
    if stanza.method == "static":
        netmask = (stanza.values("netmask") or [""])[0]
        found.addresses += [_interface(stanza, v, netmask) for v in stanza.values("address")]
    for name, value in stanza.options:
        if name == "gateway":
            found.gateways.append(value)
        elif name in HOOKS:
            _hook(found, stanza, name, value, tables)
        elif name.startswith(("bridge-", "bond-")) or name in ("mtu", "slaves"):
            found.link["bond-slaves" if name == "slaves" else name] = value
        elif name == "vlan-raw-device":
            found.parent = value
        elif name == "vlan-id" and value.isdecimal():
            found.vlan = int(value)
        elif name in ("accept-ra",) and value in ("0", "1", "2"):
            found.accept_ra = int(value)
        elif name not in ("address", "netmask", "network", "broadcast"):
            found.other.append((stanza, name, value))


def _interface(stanza: Stanza, address: str, netmask: str) -> Interface:
    whole = address if "/" in address or not netmask else f"{address}/{netmask}"
    try:
        return ip_interface(whole)
    except ValueError:
        raise Refused(
            f"{stanza.path}: {whole!r:.80} of {stanza.name} is no address; correct it"
        ) from None


def _hook(found: Said, stanza: Stanza, when: str, value: str, tables: Mapping[str, int]) -> None:
    """Take a command as what it means, as far as it is a route, a rule or one of muster's own."""
    accept, made, gone = (p.fullmatch(value) for p in (_ACCEPT, _MADE, _GONE))
    if accept and when in ("pre-up", "up", "post-up"):
        found.accept_ra = int(accept["value"])
    elif made and made["name"] == found.name:
        found.parent, found.vlan = made["parent"], int(made["id"])
    elif gone and gone["name"] == found.name:
        pass
    else:
        meant = _route_or_rule(value.split(), found.name, tables)
        if meant is None:
            found.unknown.append((stanza, f"{when} {value}"))
        elif when in ("up", "post-up") and "del" not in value.split():
            _keep(found, meant)


def _keep(found: Said, meant: Route | Rule) -> None:
    if isinstance(meant, Route):
        found.routes.append(meant)
    else:
        found.rules.append(meant)


def _route_or_rule(
    words: Sequence[str], name: str, tables: Mapping[str, int]
) -> Route | Rule | None:
    """Return what an ``ip route`` or ``ip rule`` command is about, None = another command."""
    parts = [word for word in words if word not in ("-4", "-6")]
    if parts[-2:] == ["||", "true"]:
        parts = parts[:-2]
    if parts[:1] not in (["ip"], ["/sbin/ip"], ["/bin/ip"]) or len(parts) < 4:
        return None
    what, action, rest = parts[1], parts[2], parts[3:]
    try:
        if what in ("route", "ro", "r") and action in ("add", "replace", "append", "del"):
            return _route(rest, name, tables)
        if what in ("rule", "ru") and action in ("add", "del"):
            return _rule(rest, tables)
    except (KeyError, ValueError):
        pass
    return None


def _route(words: Sequence[str], name: str, tables: Mapping[str, int]) -> Route:
    options = _pairs(words[1:], ("via", "dev", "table"))
    if options.get("dev", name) not in (name, "$IFACE", '"$IFACE"'):
        raise ValueError
    to = "default" if words[0] in ("default", "0.0.0.0/0", "::/0") else str(ip_network(words[0]))
    via = str(ip_address(options["via"])) if "via" in options else ""
    return Route(to, via, _table(options.get("table", "main"), tables))


def _rule(words: Sequence[str], tables: Mapping[str, int]) -> Rule:
    keys = {"lookup": "table", "pref": "priority", "prio": "priority", "order": "priority"}
    options = _pairs([keys.get(w, w) for w in words], ("from", "to", "table", "priority"))
    source, to = (options.get(key, "") for key in ("from", "to"))
    ends = ["" if end in ("", "all") else str(ip_network(end)) for end in (source, to)]
    table = _table(options["table"], tables)
    return Rule(table, int(options.get("priority", "0")), *ends)


def _pairs(words: Sequence[str], known: Iterable[str]) -> dict[str, str]:
    pairs = dict(zip(words[::2], words[1::2], strict=True))
    if not set(pairs) <= set(known):
        raise ValueError
    return pairs


def _table(name: str, tables: Mapping[str, int]) -> int:
    number = int(name) if name.isdecimal() else {"main": 254, **tables}[name]
    return 0 if number == 254 else number


# -- is it right? -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Around:
    """What else of a plan and its files matters to a device.

    above is what it is a port or the parent of, and above_right whether files are right about that;
    slaves are the devices whose own stanzas name it as their bond, versions are the IP versions
    that the plan has a default gateway of.
    """

    above: Device | None
    above_right: bool
    slaves: frozenset[str]
    versions: frozenset[int]


def is_right(device: Device, found: Said, around: Around) -> bool:
    """Say whether files already say what is wanted of a device."""
    return not any(_wrong(device, found, around))


def _wrong(device: Device, found: Said, around: Around) -> Iterator[bool]:
    above = around.above
    implied = device.kind == NIC and above is not None and not device.mtu
    if device.kind == VLAN and above is not None and above.kind == BRIDGE:
        # Its script makes ports that are named PARENT.ID.
        implied = around.above_right and not found.there
    yield not implied and not (found.there and found.auto)
    yield from _wrong_addresses(device, found)
    yield from _wrong_gateways(device, found, around.versions)
    yield bool(device.mtu) and found.link.get("mtu") != str(device.mtu)
    yield device.accept_ra is not None and found.accept_ra != device.accept_ra
    yield not set(map(_normal, device.routes)) <= set(map(_normal, found.routes))
    yield not set(map(_plain, device.rules)) <= set(map(_plain, found.rules))
    if device.kind == VLAN:
        yield (found.parent, found.vlan) != (device.parent, device.vlan)
    if device.kind == BRIDGE:
        ports = found.link.get("bridge-ports", "").split()
        yield "bridge-ports" not in found.link or not set(device.ports) <= set(ports)
        yield found.link.get("bridge-stp", "off") not in ("off", "no", "0")
        yield found.link.get("bridge-fd", "") not in ("0", "0.0")
    if device.kind == BOND:
        mode = found.link.get("bond-mode", "")
        held = {*found.link.get("bond-slaves", "").split(), *around.slaves} - {"none"}
        yield _MODES.get(mode, mode) != device.mode or held != set(device.ports)


def _wrong_addresses(device: Device, found: Said) -> Iterator[bool]:
    by_dhcp = ("inet", "dhcp") in found.methods or ("inet6", "dhcp") in found.methods
    want = {ip_interface(address) for address in device.addresses}
    yield by_dhcp
    yield not want and bool(found.addresses)
    yield not want <= set(found.addresses)


def _wrong_gateways(device: Device, found: Said, versions: frozenset[int]) -> Iterator[bool]:
    want = set(map(ip_address, device.gateways))
    have = {gateway for gateway in map(gateway_of, found.gateways) if gateway}
    yield not want <= have
    # Where the plan tells none, the file's own stays.
    yield any(gateway.version in versions for gateway in have - want)


def gateway_of(word: str) -> IPv4Address | IPv6Address | None:
    """Return a stanza's gateway, None for a word such as auto."""
    try:
        return ip_address(word)
    except ValueError:
        return None


def _normal(route: Route) -> tuple[str, str, int]:
    to = route.to if route.to == "default" else str(ip_network(route.to, strict=False))
    return to, str(ip_address(route.via)) if route.via else "", route.table


def _plain(rule: Rule) -> tuple[int, int, str, str]:
    ends = [str(ip_network(end, strict=False)) if end else "" for end in (rule.source, rule.to)]
    return rule.table, rule.priority, ends[0], ends[1]
