"""The stanzas of a device, as Debian's tools and Ganeti's documentation write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, ip_address, ip_interface

from saltext.muster.components.network.wanted import BOND, BRIDGE, VLAN, Device, Route, Rule

HEADER = "# By muster, from the cluster file: what is changed here is put back.\n"


@dataclass
class Extra:
    """What a device's stanzas hold besides: taken over from the files as they were.

    options are by family (inet, inet6; "" = the first stanza) and name; auto6 is whether it
    listens to routers at boot; before are the devices to be brought up before it.
    """

    before: tuple[str, ...] = ()
    auto: bool = True
    ports: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    gateways: list[str] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    options: list[tuple[str, str, str]] = field(default_factory=list)
    auto6: bool = False


def render(device: Device, extra: Extra) -> str:
    """Return the stanzas of a device."""
    found = [[f"iface {device.name} inet manual", *_own(device, extra)]]
    texts = list(dict.fromkeys([*device.addresses, *extra.addresses]))
    addresses = [ip_interface(text) for text in texts]
    gateways = [*device.gateways, *extra.gateways]
    last = {4: found[0], 6: found[0]}
    for version, family in ((4, "inet"), (6, "inet6")):
        for number, address in enumerate(each for each in addresses if each.version == version):
            lines = [f"iface {device.name} {family} static", *_address(address)]
            if not number:
                told = [gateway for gateway in gateways if ip_address(gateway).version == version]
                lines += [f"gateway {gateway}" for gateway in told]
                lines += [f"{name} {v}" for where, name, v in extra.options if where == family]
            if version == 4 and not number:
                # The link's own options belong to its first stanza.
                lines += found.pop()[1:]
                last[6] = lines
            last[version] = lines
            found.append(lines)
    if extra.auto6 and not any(each.version == 6 for each in addresses):
        found.append([f"iface {device.name} inet6 auto"])
        last[6] = found[-1]
    _accept_ra(device, last[6])
    _commands(device, extra, last)
    return _text(device, extra, found)


def _text(device: Device, extra: Extra, found: Iterable[list[str]]) -> str:
    names = [*extra.before, *([device.name] if extra.auto else [])]
    auto = "".join(f"auto {name}\n" for name in names)
    return auto + "\n".join("\n    ".join(lines) + "\n" for lines in found)


def _address(address: object) -> Iterator[str]:
    if not isinstance(address, IPv4Interface):
        yield f"address {address}"
        return
    yield f"address {address.ip}"
    yield f"netmask {address.netmask}"
    if address.network.prefixlen < 31:
        yield f"network {address.network.network_address}"
        yield f"broadcast {address.network.broadcast_address}"


def _own(device: Device, extra: Extra) -> Iterator[str]:
    """Yield the options of the link itself."""
    taken = {name for where, name, _ in extra.options if not where}
    if device.kind == BRIDGE:
        ports = [*device.ports, *extra.ports]
        yield f"bridge_ports {' '.join(ports) or 'none'}"
        yield "bridge_stp off"
        yield "bridge_fd 0"
        yield "bridge_waitport 0"
        if ports and "bridge-hw" not in taken:
            # Some providers drop frames from any other address than the card's.
            yield f"bridge_hw {ports[0]}"
    if device.kind == BOND:
        yield f"bond-mode {device.mode}"
        yield f"bond-slaves {' '.join(device.ports)}"
        if "bond-miimon" not in taken:
            yield "bond-miimon 100"
        if device.mode == "802.3ad" and "bond-lacp-rate" not in taken:
            yield "bond-lacp-rate 1"
    if device.kind == VLAN:
        yield f"vlan-raw-device {device.parent}"
    if device.mtu:
        yield f"mtu {device.mtu}"
    for where, name, value in extra.options:
        if not where:
            told = name.replace("-", "_") if name.startswith("bridge-") else name
            yield f"{told} {value}"
    if device.kind == VLAN and device.name != f"{device.parent}.{device.vlan}":
        yield from _made(device)


def _made(device: Device) -> Iterator[str]:
    """Yield the commands that make a VLAN of a name that ifupdown does not know as one."""
    make = f"ip link add link {device.parent} name {device.name} type vlan id {device.vlan}"
    yield f"pre-up test -e /sys/class/net/{device.name} || {make}"
    yield f"post-down ip link del {device.name} || true"


def _accept_ra(device: Device, lines: list[str]) -> None:
    if device.accept_ra is None:
        return
    if " inet6 " in f"{lines[0]} ":
        lines.append(f"accept_ra {device.accept_ra}")
    else:
        lines.append(f"up sysctl -q -w net/ipv6/conf/{device.name}/accept_ra={device.accept_ra}")


def _commands(device: Device, extra: Extra, last: dict[int, list[str]]) -> None:
    """Add the routes and rules to the last stanza of their IP version: all addresses are there."""
    for route in dict.fromkeys([*device.routes, *extra.routes]):
        version = 6 if ":" in f"{route.to} {route.via}" else 4
        last[version] += commands(route_words(route, device.name, version))
    for rule in dict.fromkeys([*device.rules, *extra.rules]):
        version = 6 if ":" in f"{rule.source} {rule.to}" else 4
        last[version] += commands(rule_words(rule, version))


def commands(words: tuple[str, ...]) -> list[str]:
    """Return the lines that add a route or a rule and take it away again."""
    text = " ".join(words)
    gone = f"{text.replace(' VERB ', ' del ')} || true"
    if words[2] == "route":
        return [f"up {text.replace(' VERB ', ' replace ')}", f"down {gone}"]
    # A rule cannot be replaced, and that of a card whose address went to a bridge is still there.
    return [f"up {gone}", f"up {text.replace(' VERB ', ' add ')}", f"down {gone}"]


def route_words(route: Route, device: str, version: int) -> tuple[str, ...]:
    """Return the words of ``ip`` for a route; VERB stands for what is to be done."""
    via = ("via", route.via) if route.via else ()
    table = ("table", str(route.table)) if route.table else ()
    return ("ip", f"-{version}", "route", "VERB", route.to, *via, "dev", device, *table)


def rule_words(rule: Rule, version: int) -> tuple[str, ...]:
    """Return the words of ``ip`` for a rule; VERB stands for what is to be done."""
    ends = (("from", rule.source or "all"), ("to", rule.to))
    told = tuple(word for key, end in ends if end for word in (key, end))
    number = ("priority", str(rule.priority)) if rule.priority else ()
    return ("ip", f"-{version}", "rule", "VERB", *number, *told, "table", str(rule.table))
