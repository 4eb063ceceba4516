"""Muster's own zone of firewalld: its files, and what firewalld tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from saltext.muster.components.firewall.wanted import ANY, Accept, Wanted, groups

ZONE = "muster"
FOLDER = "/etc/firewalld"
SETTINGS = f"{FOLDER}/firewalld.conf"
FILE = f"{FOLDER}/zones/{ZONE}.xml"
SETS = f"{FOLDER}/ipsets"

_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!-- Written by muster: changes are replaced. -->\n'
)
_DEFAULT = re.compile(r"^[ \t]*DefaultZone[ \t]*=.*$", re.MULTILINE)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')

#: More peers than this are a set with a name, not as many rules.
MOST = 8

#: A rich rule: attributes of rule, source, and what it lets in, an element with its attributes.
Rich = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

_FAMILY = {4: "ipv4", 6: "ipv6"}


def rules(wanted: Wanted, dhcp6: bool) -> list[Rich]:
    """Return the zone's rules, without those of an interface: that one has a zone of its own.

    What answers, errors and IPv6's neighbours need is let in by firewalld itself.
    """
    sets = groups(everywhere(wanted), MOST)
    found = [_rich("", (), ("protocol", (("value", "igmp"),)))]
    if dhcp6:
        port = ("port", (("port", "546"), ("protocol", "udp")))
        found.append(_rich("ipv6", (("address", "fe80::/10"),), port))
    for each in everywhere(wanted):
        found += _accept(each, sets)
    return list(dict.fromkeys(found))


def everywhere(wanted: Wanted) -> list[Accept]:
    """Return what is let in on every interface that has no zone of its own."""
    return [each for each in wanted.accept if not each.interface]


def _accept(each: Accept, sets: dict[tuple[int, tuple[str, ...]], int]) -> Iterator[Rich]:
    if each.peers == (ANY,):
        for version in (4, 6) if each.protocol == "icmp" else (0,):
            yield _rich(_FAMILY.get(version, ""), (), _what(each, version))
        return
    for version, family in _FAMILY.items():
        peers = each.by_version(version)
        number = sets.get((version, peers))
        sources = [("ipset", _set_name(number))] if number else [("address", p) for p in peers]
        for source in sources:
            yield _rich(family, (source,), _what(each, version))


def _what(each: Accept, version: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    if each.protocol == "icmp":
        return "protocol", (("value", "ipv6-icmp" if version == 6 else "icmp"),)
    return "port", (("port", each.ports), ("protocol", each.protocol))


def _rich(
    family: str,
    source: tuple[tuple[str, str], ...],
    what: tuple[str, tuple[tuple[str, str], ...]],
) -> Rich:
    rule = ("rule", (("family", family),) if family else ())
    return (rule, *([("source", source)] if source else []), what)


def _set_name(number: int) -> str:
    return f"muster-peers{number}"


def sets(wanted: Wanted) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the zone's sets: family and entries by name."""
    return {
        _set_name(number): ("inet6" if version == 6 else "inet", peers)
        for (version, peers), number in groups(everywhere(wanted), MOST).items()
    }


def files(wanted: Wanted, dhcp6: bool, settings: str, old_sets: Iterable[str]) -> dict[str, str]:
    """Return the wanted texts of files by path.

    settings is the text of firewalld's own settings, of which the default zone alone is changed;
    old_sets are names of files in its folder of sets: of muster's own, those that are no longer
    used are emptied of meaning by being removed ("").
    """
    found = {FILE: zone_text(rules(wanted, dhcp6)), SETTINGS: defaulted(settings)}
    used = {f"{name}.xml": _set_text(*each) for name, each in sets(wanted).items()}
    for name in old_sets:
        if re.fullmatch(r"muster-peers[0-9]{1,4}\.xml", name):
            found[f"{SETS}/{name}"] = ""
    found.update({f"{SETS}/{name}": text for name, text in used.items()})
    return found


def defaulted(settings: str) -> str:
    """Return firewalld's settings with muster's zone as the default one."""
    line = f"DefaultZone={ZONE}"
    found = _DEFAULT.findall(settings)
    if found:
        return settings if found[-1].strip() == line else _DEFAULT.sub(line, settings)
    end = "" if settings.endswith("\n") or not settings else "\n"
    return f"{settings}{end}{line}\n"


def zone_text(found: Iterable[Rich]) -> str:
    """Return the zone's file."""
    lines = [_HEAD + '<zone target="DROP">', "  <short>muster</short>"]
    for (_, rule), *parts in found:
        inner = "".join(f"<{name}{_attributes(pairs)}/>" for name, pairs in parts)
        lines.append(f"  <rule{_attributes(rule)}>{inner}<accept/></rule>")
    return "\n".join([*lines, "</zone>"]) + "\n"


def _set_text(family: str, entries: Iterable[str]) -> str:
    lines = [_HEAD + '<ipset type="hash:net">', f'  <option name="family" value="{family}"/>']
    lines += (f"  <entry>{entry}</entry>" for entry in entries)
    return "\n".join([*lines, "</ipset>"]) + "\n"


def _attributes(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in pairs)


def spoken(rule: Rich) -> str:
    """Return a rule as firewall-cmd writes it."""
    parts = [
        " ".join([name, *(f'{key}="{value}"' for key, value in pairs)]) for name, pairs in rule
    ]
    return " ".join([*parts, "accept"])


def told(info: str) -> tuple[dict[str, str], list[str]]:
    """Return what ``firewall-cmd --info-zone`` prints: values by name, and the rich rules."""
    values: dict[str, str] = {}
    rich: list[str] = []
    for line in info.splitlines():
        if line.lstrip().startswith("rule "):
            rich.append(" ".join(line.split()))
        elif line.startswith(" ") and ":" in line:
            name, _, value = line.strip().partition(":")
            values[name] = value.strip()
    return values, rich


def set_told(info: str) -> tuple[str, set[str]]:
    """Return family and entries of what ``firewall-cmd --info-ipset`` prints."""
    values, _ = told(info)
    options = dict(part.partition("=")[::2] for part in values.get("options", "").split())
    return options.get("family", "inet"), set(values.get("entries", "").split())


def bound(active: str) -> dict[str, list[str]]:
    """Return interfaces and sources by zone, as ``--get-active-zones`` prints them."""
    found: dict[str, list[str]] = {}
    zone = ""
    for line in active.splitlines():
        if line and not line[0].isspace():
            zone = line.split()[0]
        elif ":" in line:
            found.setdefault(zone, []).extend(line.partition(":")[2].split())
    return found


def settled(zones: str) -> dict[str, list[str]]:
    """Return what ``--list-all-zones`` says of other zones, without order and without interfaces.

    By it the running settings are compared with those that a reload would bring back.
    """
    found: dict[str, list[str]] = {}
    zone = ""
    for line in zones.splitlines():
        if line and not line[0].isspace():
            zone = line.split()[0]
        elif line.strip() and not line.strip().startswith("interfaces:"):
            found.setdefault(zone, []).append(" ".join(sorted(line.split())))
    return {name: sorted(lines) for name, lines in found.items() if name != ZONE}
