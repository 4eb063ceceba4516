"""Addresses that a change takes off a node: how they go, and what is left talking from them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Any

from saltext.muster.components.network import snapshot
from saltext.muster.components.network.wanted import Device, Wanted
from saltext.muster.converge import Diff
from saltext.muster.trial.spec import DATA, Step, Turn

#: The name of the file, among a trial's.
LEAVE = "leave.ip"

#: How long a job may go on before its minion is made reachable (seconds).
PATIENCE = 60

# Where the kernel cannot end connections, the minion itself must.
_SCRIPT = """\
timeout "$1" tail --pid="$2" -f /dev/null
shift 2
for address; do ss -K -H -t -n src "$address"; done
for address; do ss -H -t -n state established src "$address"; done | grep -q . || exit 0
exec systemctl try-restart salt-minion.service
"""


def gone(diff: Diff, dropped: Iterable[str]) -> dict[str, list[str]]:
    """Return the addresses that files gave and that are to go, with prefix length, by device."""
    entry = diff.get("addresses", {"old": {}, "new": {}})
    names = set(dropped)
    found = {
        device: [a for a in held if _plain(a) in names and a not in entry["new"].get(device, ())]
        for device, held in entry["old"].items()
    }
    return {device: addresses for device, addresses in found.items() if addresses}


def lost(diff: Diff) -> list[str]:
    """Return the addresses, without prefix lengths, that the node has no more after a change."""
    entry = diff.get("addresses", {"old": {}, "new": {}})
    old, new = ({_plain(a) for held in entry[key].values() for a in held} for key in entry)
    return sorted(old - new)


def turns(going: Mapping[str, list[str]]) -> tuple[Turn, Turn, tuple[Step, ...]]:
    """Return the commands that take addresses off once the new ones are there, and those back.

    going are addresses by device.
    """
    if not going:
        return Turn(), Turn(), ()
    # The backend may have taken them off by itself.
    away = Step(("ip", "-force", "-batch", f"{DATA}/{LEAVE}"), may_fail=True)
    return Turn(after=(away,)), Turn(after=snapshot.STEPS), ()


def data(going: Mapping[str, list[str]], wanted: Wanted, printed: str) -> dict[str, bytes]:
    """Return the file that ``turns`` use, by its name in a trial.

    printed is what the command ``addresses`` of ``snapshot.COMMANDS`` printed before.
    """
    held = snapshot.held(printed)
    lines = [
        line
        for device in wanted.devices
        if device.name in going
        for line in _lines(device, going[device.name], held.get(device.name, []))
    ]
    return {LEAVE: snapshot.lines_of(lines)} if lines else {}


def _lines(
    device: Device, going: list[str], held: list[snapshot.Entry]
) -> Iterator[tuple[Any, ...]]:
    """Take addresses off, with the new ones the first of their network.

    With the first address of a network the kernel takes the others away; were they to stay, the
    node would talk from one of these, such as the cluster's own. They are put back behind it.
    """
    networks = {ip_interface(each).network for each in going}
    own = [a for a in map(ip_interface, device.addresses) if a.network in networks]
    # Without any address a device loses its routes.
    hold = [f"{a.ip}/32" for a in own if a.version == 4 and a.network.prefixlen < 32][:1]
    others = [each for each in held if _is_other(each, networks, {*going, *map(str, own)})]
    yield from (("address", "add", each, "dev", device.name) for each in hold)
    yield from (("address", "del", each, "dev", device.name) for each in going)
    for info in others:
        yield "address", "del", f"{info['local']}/{info['prefixlen']}", "dev", device.name
    for each in own if others or hold else ():
        yield "address", "replace", str(each), *_broadcast(each), "dev", device.name
    yield from (snapshot.address(device.name, info) for info in others)
    yield from (("address", "del", each, "dev", device.name) for each in hold)


def _is_other(info: snapshot.Entry, networks: Container[Any], known: Container[str]) -> bool:
    address = ip_interface(f"{info['local']}/{info['prefixlen']}")
    # Addresses of IPv6 do not go with each other.
    return address.version == 4 and address.network in networks and str(address) not in known


def _broadcast(address: IPv4Interface | IPv6Interface) -> tuple[str, ...]:
    wide = address.version == 4 and address.network.prefixlen < 31
    return ("broadcast", str(address.network.broadcast_address)) if wide else ()


def requests_ended(addresses: Iterable[str], port: int) -> Iterator[tuple[str, ...]]:
    """Return commands that end the connections by which a minion asks its master.

    They are from addresses that are gone, and the job's answer goes by one of them. port is the
    master's.
    """
    for address in addresses:
        yield "ss", "-K", "-H", "-t", "-n", f"src {address} and dport = :{port}"


def ended(addresses: Iterable[str], job: int) -> tuple[str, ...]:
    """Return the command that ends all connections from addresses that are gone.

    Nothing else would for minutes. It is done when the process of the job has ended, but at most
    ``PATIENCE`` seconds from now: while a minion connects anew it loses answers of jobs.
    """
    shell = ("sh", "-c", _SCRIPT, "sh", str(PATIENCE), str(job), *addresses)
    return ("systemd-run", "--quiet", "--collect", *shell)


def _plain(address: str) -> str:
    return str(ip_interface(address).ip)
