"""The network by ifcfg files: the Red Hat family up to 8, by its scripts or by NetworkManager.

``ifup`` and ``ifdown`` are there in both cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_interface
from typing import Any

from saltext.muster.components.network import layers, snapshot, tables
from saltext.muster.components.network.shellfile import Shellfile
from saltext.muster.components.network.wanted import (
    BOND,
    BRIDGE,
    MANUAL,
    NIC,
    STATIC,
    VLAN,
    Device,
    Wanted,
)
from saltext.muster.errors import Refused
from saltext.muster.probes import _ifcfg
from saltext.muster.trial.spec import Step, Turn

NAME = "ifcfg"
FOLDER = "/etc/sysconfig/network-scripts"
_KINDS = ("ifcfg", "route", "route6", "rule", "rule6")
GLOBS = (*(f"{FOLDER}/{kind}-*" for kind in _KINDS), *tables.GLOBS)
MODE = 0o644

_TYPES = {NIC: "Ethernet", BOND: "Bond", VLAN: "Vlan", BRIDGE: "Bridge"}
_NUMBERS = range(256)
#: What goes with an address to the device above.
_MOVING = ("DEFROUTE", "DOMAIN", "GATEWAY", "IPV6_DEFAULTGW", "PEERDNS", "SEARCH")
_YES = ("yes", "y", "true", "t", "1", "on")


def needs(wanted: Wanted) -> list[str]:
    """Return what this node lacks: the files' readers bring all that they need."""
    return []


def edit(wanted: Wanted, files: Mapping[str, str]) -> dict[str, str | None]:
    """Return the new texts of the files that must change, by path.

    A device's file is corrected where it stands. Raises Refused for what muster does not change.
    """
    known = {
        path: Shellfile(text)
        for path, text in files.items()
        if path.startswith(f"{FOLDER}/ifcfg-") and not _ifcfg._BACKUP.search(path)
    }
    before = {path: Shellfile(files[path]) for path in known}
    chosen = {device.name: _chosen(device, known) for device in wanted.devices}
    masters = layers.masters(wanted)
    for device in wanted.devices:
        path = chosen[device.name]
        _demand_no_alias(device, known)
        if path not in known:
            lower = [before.get(chosen[name]) for name in layers.below(wanted, device.name)]
            known[path] = _begun(device, [each for each in lower if each])
        for other, file in known.items():
            if other != path and _device(other, file) == device.name and _starts(file):
                file.set("ONBOOT", "no")
        _correct(known[path], path, device, masters.get(device.name))
    found: dict[str, str | None] = {path: file.text() for path, file in known.items()}
    for device in wanted.devices:
        found.update(_routes(device, files))
    edited = {path: text for path, text in found.items() if text != files.get(path)}
    return {**edited, **tables.edit(wanted, files)}


def _device(path: str, file: Shellfile) -> str:
    return file.get("DEVICE") or path.rsplit("/ifcfg-", 1)[-1]


def _starts(file: Shellfile) -> bool:
    return (file.get("ONBOOT") or "yes").lower() in _YES


def _chosen(device: Device, known: Mapping[str, Shellfile]) -> str:
    own = [path for path, file in known.items() if _device(path, file) == device.name]
    own.sort(key=lambda path: (not _starts(known[path]), path))
    return own[0] if own else f"{FOLDER}/ifcfg-{device.name}"


def _demand_no_alias(device: Device, known: Mapping[str, Shellfile]) -> None:
    for path in known:
        if path.startswith(f"{FOLDER}/ifcfg-{device.name}:"):
            raise Refused(
                f"{path} gives {device.name} a further address, which is not in the plan;"
                " remove the file, or take the address into the cluster file"
            )


# -- a device's file --------------------------------------------------------------------------


def _begun(device: Device, lower: list[Shellfile]) -> Shellfile:
    """Return the beginning of a new device's file: what it takes over from one below it."""
    file = Shellfile()
    file.set("DEVICE", device.name)
    file.set("TYPE", _TYPES[device.kind])
    if device.kind == BRIDGE:
        # Hosters know their machines by the address of the card.
        file.set("MACADDR", device.mac)
    holders = [each for each in lower if _addresses_of(each)] if device.method == STATIC else []
    for key, value in holders[0].items().items() if holders else ():
        if _moves(key):
            file.set(key, value)
    return file


def _moves(key: str) -> bool:
    return key in _MOVING or key.startswith(("DNS", "IPV6")) or _is_address(key)


def _is_address(key: str) -> bool:
    return any(
        key.startswith(word) and (key == word or key[len(word) :].isdigit())
        for word in ("IPADDR", "PREFIX", "NETMASK")
    )


def _addresses_of(file: Shellfile) -> list[str]:
    found = _ifcfg.parse(file.text(), f"{FOLDER}/ifcfg-x")["addresses"]
    return [str(each) for each in found]


def _correct(file: Shellfile, path: str, device: Device, master: Device | None) -> None:
    """Make a device's file say what is wanted; what says it already stays."""
    if not _starts(file):
        file.set("ONBOOT", "yes")
    for key, value in _link(file, device, master):
        if file.get(key).lower() != value.lower():
            file.set(key, value)
    protocol = file.get("BOOTPROTO").lower()
    if protocol not in ("", "none", "static"):
        file.set("BOOTPROTO", "none")
    if master or device.method == MANUAL:
        for key in file.items():
            if _moves(key):
                file.set(key, "")
        return
    _four(file, path, device)
    _six(file, device)


def _link(file: Shellfile, device: Device, master: Device | None) -> Iterator[tuple[str, str]]:
    bridge = master.name if master and master.kind == BRIDGE else ""
    bond = master.name if master and master.kind == BOND else ""
    yield "BRIDGE", bridge
    yield "MASTER", bond
    yield "SLAVE", "yes" if bond else ""
    if device.mtu:
        yield "MTU", str(device.mtu)
    if device.kind == BRIDGE:
        yield from (("TYPE", "Bridge"), ("STP", "no"), ("DELAY", "0"))
    elif device.kind == VLAN:
        yield from (("VLAN", "yes"), ("PHYSDEV", device.parent), ("VLAN_ID", str(device.vlan)))
    elif device.kind == BOND:
        options = dict(word.partition("=")[::2] for word in file.get("BONDING_OPTS").split())
        numbers = {"802.3ad": "4", "active-backup": "1"}
        if options.get("mode") not in (device.mode, numbers[device.mode]):
            options["mode"] = device.mode
        if "arp_interval" not in options:
            options.setdefault("miimon", "100")
        yield "BONDING_MASTER", "yes"
        yield "BONDING_OPTS", " ".join(f"{key}={value}" for key, value in options.items())


def _four(file: Shellfile, path: str, device: Device) -> None:
    wanted, gateway = layers.of_version(device, 4)
    have = [each for each in _addresses_of(file) if ":" not in each]
    if sorted(map(_plain, have)) != sorted(map(_plain, wanted)):
        for key in file.items():
            if _is_address(key):
                file.set(key, "")
        for number, address in zip(_NUMBERS, wanted, strict=False):
            own = ip_interface(address)
            suffix = str(number) if number else ""
            file.set(f"IPADDR{suffix}", str(own.ip))
            file.set(f"PREFIX{suffix}", str(own.network.prefixlen))
    if gateway and file.get("GATEWAY") != gateway:
        file.set("GATEWAY", gateway)


def _six(file: Shellfile, device: Device) -> None:
    wanted, gateway = layers.of_version(device, 6)
    if device.accept_ra is not None:
        auto = (file.get("IPV6_AUTOCONF") or "yes").lower() in _YES
        if auto != bool(device.accept_ra):
            file.set("IPV6_AUTOCONF", "yes" if device.accept_ra else "no")
    if not wanted:
        return
    if file.get("IPV6INIT").lower() not in _YES:
        file.set("IPV6INIT", "yes")
    have = [each for each in _addresses_of(file) if ":" in each]
    if sorted(map(_plain, have)) != sorted(map(_plain, wanted)):
        file.set("IPV6ADDR", wanted[0])
        file.set("IPV6ADDR_SECONDARIES", " ".join(wanted[1:]))
    if gateway and _plain(file.get("IPV6_DEFAULTGW").partition("%")[0]) != _plain(gateway):
        file.set("IPV6_DEFAULTGW", gateway)


def _plain(address: str) -> str:
    try:
        return str(ip_interface(address))
    except ValueError:
        return address


def _routes(device: Device, files: Mapping[str, str]) -> dict[str, str]:
    """Return the files of routes and rules with the lines that they lack."""
    found = {}
    for version, suffix in ((4, ""), (6, "6")):
        routes = [
            f"{each.to}{f' via {each.via}' if each.via else ''} dev {device.name}"
            + (f" table {each.table}" if each.table else "")
            for each in layers.routes_of(device, version)
        ]
        rules = [
            f"{f'from {each.source} ' if each.source else ''}{f'to {each.to} ' if each.to else ''}"
            f"table {each.table} priority {each.priority}"
            for each in layers.rules_of(device, version)
        ]
        for kind, lines in (("route", routes), ("rule", rules)):
            path = f"{FOLDER}/{kind}{suffix}-{device.name}"
            text = files.get(path, "")
            have = [sorted(line.split()) for line in text.split("\n")]
            missing = [line for line in lines if sorted(line.split()) not in have]
            if missing:
                start = text if not text or text.endswith("\n") else text + "\n"
                found[path] = start + "".join(f"{line}\n" for line in missing)
    return found


# -- there and back ---------------------------------------------------------------------------


def turns(
    wanted: Wanted, edited: Mapping[str, str | None], running: Mapping[str, Any]
) -> tuple[Turn, Turn, tuple[Step, ...]]:
    """Return the commands there, back, and at a boot after which the old files are back."""
    state = layers.standing(wanted, running)
    rebuilt = state.rebuilt(wanted)
    names = [device.name for device in rebuilt]
    names += [d.name for d in wanted.devices if d.name in state.routed and d.name not in names]
    there = [name for name in names if name not in state.absent]
    soft = [device for device in wanted.devices if device.name in {*state.soft, *names}]
    apply = Turn(
        tuple(_if("down", name) for name in reversed(there)),
        (*(_if("up", name) for name in names), *(Step(a) for a in layers.soft_steps(soft))),
    )
    undo = Turn(
        tuple(_if("down", name) for name in reversed(names)),
        (
            *(_if("up", name, may_fail=True) for name in there),
            *(snapshot.STEPS if names or soft else ()),
        ),
    )
    # At boot the old files are there before the network is started: that is all it takes.
    return apply, undo, ()


def _if(verb: str, name: str, may_fail: bool | None = None) -> Step:
    # What is not up cannot be taken down.
    return Step((f"if{verb}", name), verb == "down" if may_fail is None else may_fail, 60)
