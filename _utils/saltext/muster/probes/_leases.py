"""Leases that DHCP clients hold: dhclient's, dhcpcd's, systemd-networkd's and NetworkManager's."""

import re
import socket
import time
from typing import Any, Dict, List

from ._ini import settings
from ._processes import processes
from ._text import assignments, first_line, words
from .hosts import normal
from .source import Absent, Source, Unreadable, shown

_DHCLIENT = (
    "/var/lib/dhcp/dhclient*.lease*",
    "/var/lib/dhclient/*.lease*",
    "/var/lib/NetworkManager/dhclient*.lease*",
)
_DHCPCD = ("/var/lib/dhcpcd/*.lease", "/var/lib/dhcpcd5/*.lease")
_NETWORKD = "/run/systemd/netif/leases"
_NM = "/var/lib/NetworkManager/internal-*.lease"
_NM_DEVICES = "/run/NetworkManager/devices"
_NET = "/sys/class/net"

#: Names of processes, by the kernel.
_CLIENTS = ("dhclient", "dhcpcd", "dhcpcd5", "udhcpc")

#: A DHCP message: yiaddr stands at byte 16.
_YOUR_ADDRESS = slice(16, 20)

_MOST = 200
_STATEMENT = re.compile(r"(interface|fixed-address|iaaddr|expire)[ \t]+([^;{]*)")
_DATE = re.compile(r"^[0-6] (\d{4})/(\d\d?)/(\d\d?) (\d\d?):(\d\d):(\d\d)$")
_NM_NAME = re.compile(r"/internal-([0-9a-f-]{36})-(.+)\.lease$")


def leases(source: Source) -> List[Dict[str, str]]:
    """Return {"client", "file", "interface", "address", "expires", "uuid"} of each lease.

    expires is UTC as YYYY-MM-DD HH:MM:SS, never, or "" where the file does not tell; uuid is that
    of NetworkManager's connection. networkd's and NetworkManager's are those in use alone.
    """
    found = _dhclient(source) + _dhcpcd(source) + _networkd(source) + _networkmanager(source)
    return found[:_MOST]


def clients(source: Source) -> List[Dict[str, Any]]:
    """Return {"client", "interfaces"} of each running DHCP client; no interface means all."""
    found = []
    for process in processes(source):
        if process["name"] in _CLIENTS:
            try:
                text = source.text(f"/proc/{process['pid']}/cmdline")
            except Absent:
                continue  # it has ended meanwhile
            names = words(text.replace("\0", " "))
            links = [name for name in names if _is_link(source, name)]
            found.append({"client": process["name"], "interfaces": [shown(name) for name in links]})
    return found[:_MOST]


def parse_dhclient(text: str) -> List[Dict[str, str]]:
    """Return the last lease of each interface and family in one of dhclient's files."""
    last = {}
    for part in re.split(r"^[ \t]*(lease6?)[ \t]*\{", text, flags=re.M)[1:]:
        if part in ("lease", "lease6"):
            kind = part
            continue
        given = {key: value.strip() for key, value in reversed(_STATEMENT.findall(part))}
        interface = given.get("interface", "").strip('"')
        address = normal(given.get("fixed-address", given.get("iaaddr", "")))
        if interface and address:
            last[(kind, interface)] = {
                "interface": interface[:64],
                "address": address,
                "expires": date(given.get("expire", "")),
            }
    return list(last.values())


def date(text: str) -> str:
    """Return dhclient's date as YYYY-MM-DD HH:MM:SS, never, or "" for what is none."""
    text = text.strip()
    if text == "never":
        return text
    epoch = re.match(r"^epoch ([0-9]{1,10})$", text)
    if epoch:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(int(epoch.group(1))))
    match = _DATE.match(text)
    if not match:
        return ""
    return "{}-{:0>2}-{:0>2} {:0>2}:{}:{}".format(*match.groups())


def _is_link(source: Source, name: str) -> bool:
    return re.match(r"^[^/\s]{1,15}$", name) is not None and source.exists(f"{_NET}/{name}/ifindex")


def _lease(
    client: str, path: str, interface: str, address: str, expires: str = "", uuid: str = ""
) -> Dict[str, str]:
    return {
        "client": client,
        "file": shown(path),
        "interface": shown(interface),
        "address": address,
        "expires": expires,
        "uuid": uuid,
    }


def _dhclient(source: Source) -> List[Dict[str, str]]:
    found = []
    for path in [path for pattern in _DHCLIENT for path in source.glob(pattern)]:
        for each in parse_dhclient(source.text(path)):
            found.append(
                _lease("dhclient", path, each["interface"], each["address"], each["expires"])
            )
    return found


def _dhcpcd(source: Source) -> List[Dict[str, str]]:
    found = []
    for path in [path for pattern in _DHCPCD for path in source.glob(pattern)]:
        given = source.data(path)[_YOUR_ADDRESS]
        name = path.rsplit("/", 1)[-1][: -len(".lease")]
        interface = name[len("dhcpcd-") :] if name.startswith("dhcpcd-") else name
        if len(given) == 4 and any(given):
            found.append(_lease("dhcpcd", path, interface, socket.inet_ntoa(given)))
    return found


def _networkd(source: Source) -> List[Dict[str, str]]:
    files = source.names(_NETWORKD)
    links = _indices(source) if files else {}
    found = []
    for name in files:
        address = normal(assignments(source.text(f"{_NETWORKD}/{name}")).get("ADDRESS", ""))
        if address:
            interface = links.get(name, f"interface number {name}")
            found.append(_lease("networkd", f"{_NETWORKD}/{name}", interface, address))
    return found


def _networkmanager(source: Source) -> List[Dict[str, str]]:
    paths = source.glob(_NM)
    active = _active(source) if paths else set()
    found = []
    for path in paths:
        match = _NM_NAME.search(path)
        if match and match.group(1) in active:
            address = normal(assignments(source.text(path)).get("ADDRESS", ""))
            if address:
                uuid, interface = match.groups()
                found.append(_lease("NetworkManager", path, interface, address, uuid=uuid))
    return found


def _active(source: Source) -> Any:
    """Return the connections that NetworkManager has on its devices now."""
    return {
        value
        for name in source.names(_NM_DEVICES)
        for section, key, value in settings(source.text(f"{_NM_DEVICES}/{name}"))
        if (section, key) == ("device", "connection-uuid")
    }


def _indices(source: Source) -> Dict[str, str]:
    found = {}
    for name in source.names(_NET):
        try:
            found[first_line(source.text(f"{_NET}/{name}/ifindex"))] = name
        except Unreadable:
            continue  # bonding_masters, or a link that is gone
    return found
