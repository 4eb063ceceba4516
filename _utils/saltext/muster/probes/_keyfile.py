"""Connections of NetworkManager and networks of systemd-networkd: settings in sections."""

import re
from typing import Any, Dict, List

from . import _interfaces
from ._ini import Setting, dropins, settings
from ._text import words
from .source import Source

NM_FOLDERS = (
    "/etc/NetworkManager/system-connections",
    "/usr/lib/NetworkManager/system-connections",
)

#: Files that netplan writes for networkd are netplan's, and read there.
_NETPLAN = "10-netplan-"
_NETWORKD = ["/etc/systemd/network", "/run/systemd/network", "/usr/local/lib/systemd/network"]
_MANUAL = {"manual": "static", "auto": "dhcp", "disabled": "manual"}
_ADDRESS = re.compile(r"^address(es)?[0-9]+$")
_ON = ("yes", "true", "on", "1", "y", "t")


def nm(source: Source) -> Dict[str, Any]:
    """Return entries of NetworkManager's connection files; each has uuid as well."""
    found = []
    for folder in NM_FOLDERS:
        for name in source.names(folder):
            # NetworkManager skips hidden files and backups too.
            if not name.startswith(".") and not name.endswith(("~", ".bak", ".rpmnew", ".rpmsave")):
                path = f"{folder}/{name}"
                found.append(parse_nm(_interfaces.text_of(source, path), path))
    return {
        "entries": [entry for entry in found if entry["type"] != "loopback"][: _interfaces.MOST]
    }


def parse_nm(text: str, path: str) -> Dict[str, Any]:
    """Return the entry of one connection file; ipv4 auto is dhcp, manual is static."""
    given = {(section, key): value for section, key, value in settings(text)}
    addresses = {version: _nm_addresses(given, version) for version in ("ipv4", "ipv6")}
    # A port of a bridge or bond has no addresses; else NetworkManager's default is automatic.
    port = any(given.get(("connection", key)) for key in ("master", "controller"))
    default = "disabled" if port else "auto"
    four, six = (given.get((version, "method"), default) for version in ("ipv4", "ipv6"))
    found = _interfaces.entry(
        "networkmanager",
        path,
        given.get(("connection", "interface-name"), ""),
        _MANUAL.get(four, four),
        # IPv6's auto listens to routers and asks DHCP only if they tell so.
        "auto" if six == "auto" else "manual" if six == "ignore" else _MANUAL.get(six, six),
        addresses["ipv4"] + addresses["ipv6"],
        given.get(("connection", "autoconnect"), "true").lower() in _ON,
    )
    found["uuid"] = given.get(("connection", "uuid"), "")[:64]
    found["type"] = given.get(("connection", "type"), "")[:64]
    return found


def _nm_addresses(given: Dict[Any, str], version: str) -> List[str]:
    found = []
    for (section, key), value in given.items():
        if section == version and _ADDRESS.match(key):
            found.append(re.split("[,;]", value)[0].strip())
        elif section == version and key == "addresses":
            found += [part.split(",")[0].strip() for part in value.split(";")]
    return [address for address in found if _interfaces.family(address)]


def networkd(source: Source) -> Dict[str, Any]:
    """Return entries of systemd-networkd's own .network files; interface may be a pattern."""
    found = []
    for path in dropins(source, _NETWORKD, ".network"):
        if path.rsplit("/", 1)[-1].startswith(_NETPLAN):
            continue
        text = source.text(path)
        more = dropins(source, [f"{path}.d"])
        given = settings(text, continued=True)
        for each in more:
            given += settings(source.text(each), continued=True)
        found.append(_network(given, path))
    return {"entries": found[: _interfaces.MOST]}


def parse_networkd(text: str, path: str) -> Dict[str, Any]:
    """Return the entry of one .network file without drop-ins."""
    return _network(settings(text, continued=True), path)


def _network(given: List[Setting], path: str) -> Dict[str, Any]:
    dhcp = ""
    addresses = []  # type: List[str]
    names = []  # type: List[str]
    for section, key, value in given:
        if key == "Address" and section in ("Network", "Address"):
            # An empty value takes back what was given before.
            addresses = addresses + words(value) if value else []
        elif (section, key) == ("Network", "DHCP"):
            dhcp = value.lower()
        elif (section, key) == ("Match", "Name"):
            names = names + words(value) if value else []
    both = dhcp in _ON or dhcp == "both"
    return _interfaces.entry(
        "networkd",
        path,
        " ".join(names),
        "dhcp" if both or dhcp in ("ipv4", "v4") else _interfaces.static_of(addresses, 4),
        "dhcp" if both or dhcp in ("ipv6", "v6") else _interfaces.static_of(addresses, 6),
        addresses,
    )
