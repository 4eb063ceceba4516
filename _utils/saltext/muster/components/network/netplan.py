"""The network by netplan, with systemd-networkd below it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from saltext.muster.components.network import (
    definition,
    layers,
    netplanfile,
    snapshot,
    tables,
)
from saltext.muster.components.network.netplanfile import KINDS, Node
from saltext.muster.components.network.wanted import BOND, BRIDGE, NIC, VLAN, Device, Wanted
from saltext.muster.errors import Refused
from saltext.muster.probes import _netplan
from saltext.muster.probes.source import Unreadable
from saltext.muster.trial.spec import Step, Turn

NAME = "netplan"
OWN = "/etc/netplan/90-muster.yaml"
FOLDERS = ("/run/netplan", "/etc/netplan", "/lib/netplan")
GLOBS = (*(f"{folder}/*.yaml" for folder in FOLDERS), *tables.GLOBS)
MODE = 0o600

_HEADER = "# Written by muster: the devices of the cluster's plan.\n"
_WAIT = "/usr/lib/systemd/systemd-networkd-wait-online"
_KIND = {NIC: "ethernets", BOND: "bonds", VLAN: "vlans", BRIDGE: "bridges"}


def needs(wanted: Wanted) -> list[str]:
    """Return what this node lacks: netplan brings all that it needs."""
    return []


def edit(wanted: Wanted, files: Mapping[str, str]) -> dict[str, str | None]:
    """Return the new texts of the files that must change, by path.

    A device that is not as wanted by all files together goes into muster's own file, with what
    was said of it, and out of the others. Raises Refused for what muster does not change.
    """
    read = {path: netplanfile.parse(path, files[path]) for path in _in_force(files)}
    merged: Node = {}
    for network in read.values():
        merged = _netplan.merge(merged, network)
    try:
        _netplan.entries(merged, {})
    except Unreadable as err:
        raise Refused(f"netplan's files: {err}; mend them") from None
    _demand_networkd(wanted, merged)
    names = {device.name: _identity(device, merged) for device in wanted.devices}
    corrected = _corrected(wanted, merged, names)
    edited = tables.edit(wanted, files)
    if corrected != _entries(merged):
        edited.update(_edited(files, read, merged, corrected))
    return edited


def _in_force(files: Mapping[str, str]) -> list[str]:
    """Return the paths in netplan's order: by name; the first folder's hides the others'."""
    first: dict[str, str] = {}
    for folder in FOLDERS:
        for path in sorted(files):
            above, _, name = path.rpartition("/")
            if above == folder and not name.startswith("."):
                first.setdefault(name, path)
    return [first[name] for name in sorted(first)]


def _demand_networkd(wanted: Wanted, merged: Node) -> None:
    own = [
        (merged.get(_KIND[device.kind]) or {}).get(device.name) or {} for device in wanted.devices
    ]
    for each in [merged, *own]:
        renderer = each.get("renderer", "networkd") if isinstance(each, dict) else ""
        if renderer != "networkd":
            raise Refused(
                f"netplan's files name the renderer {str(renderer)[:40]!r}: muster changes them"
                " only where systemd-networkd carries them out; use that, or NetworkManager's own"
                " profiles without netplan"
            )


# -- entries ----------------------------------------------------------------------------------


def _entries(merged: Node) -> dict[tuple[str, str], Any]:
    return {
        (kind, name): value for kind in KINDS for name, value in (merged.get(kind) or {}).items()
    }


def _identity(device: Device, merged: Node) -> str:
    """Return the name of a device's entry, which need not be the device's own."""
    kind = _KIND[device.kind]
    for (each, name), value in _entries(merged).items():
        given = value or {}
        told = given.get("set-name") or (given.get("match") or {}).get("name") or name
        if told == device.name and each == kind:
            return name
    for (each, name), value in _entries(merged).items():
        pattern = ((value or {}).get("match") or {}).get("name", "")
        if each == kind and fnmatch.fnmatch(device.name, str(pattern)):
            raise Refused(
                f"netplan's entry {name!r} is for {pattern!r}, and so for {device.name} too;"
                f" write an entry for {device.name} alone"
            )
    return device.name


def _corrected(
    wanted: Wanted, merged: Node, names: Mapping[str, str]
) -> dict[tuple[str, str], Any]:
    """Return all entries as they must be."""
    found = deepcopy(_entries(merged))
    masters = layers.masters(wanted)
    for device in wanted.devices:
        key = (_KIND[device.kind], names[device.name])
        old = found.get(key) or {}
        if not old:
            lower = [names[name] for name in layers.below(wanted, device.name) if name in names]
            old = definition.begun(device, [_of(merged, name) for name in lower])
        new = definition.corrected(old, device, masters.get(device.name), names)
        # An entry that says it already stays as it is written.
        found[key] = new if new != old or key not in found else found[key]
        for other in [each for each in found if each[1] == key[1] and each[0] != key[0]]:
            del found[other]
    return {key: _without_ports(key, value, masters, names) for key, value in found.items()}


def _of(merged: Node, name: str) -> Node:
    for (_kind, each), value in _entries(merged).items():
        if each == name:
            return dict(value or {})
    return {}


def _without_ports(
    key: tuple[str, str], value: Any, masters: Mapping[str, Device], names: Mapping[str, str]
) -> Any:
    """Return a bridge's or bond's entry without ports that are another's by the plan."""
    if key[0] not in ("bridges", "bonds") or not isinstance(value, dict):
        return value
    others = {names[p] for p, device in masters.items() if names[device.name] != key[1]}
    ports = value.get("interfaces")
    if not isinstance(ports, list) or not others & {*map(str, ports)}:
        return value
    return {**value, "interfaces": [port for port in ports if port not in others]}


# -- files ------------------------------------------------------------------------------------


def _edited(
    files: Mapping[str, str],
    read: Mapping[str, Node],
    merged: Node,
    corrected: Mapping[tuple[str, str], Any],
) -> Iterator[tuple[str, str]]:
    """Return path and text of each file that changes."""
    before = _entries(merged)
    moved = [key for key in corrected if key not in before or corrected[key] != before[key]]
    gone = [key for key in before if key not in corrected]
    own = deepcopy(read.get(OWN) or {"version": "2"})
    for path, network in read.items():
        left = own if path == OWN else deepcopy(network)
        for kind, name in [*moved, *gone]:
            if name in (left.get(kind) or {}):
                del left[kind][name]
                if not left[kind]:
                    del left[kind]
        if path == OWN or left == network:
            continue
        if not path.startswith("/etc/"):
            raise Refused(
                f"{path} is about a device of the plan and is not the administrator's: take the"
                " device out where that file comes from"
            )
        yield path, netplanfile.rewrite(path, files[path], left)
    for kind, name in moved:
        own.setdefault(kind, {})[name] = corrected[(kind, name)]
    yield OWN, _HEADER + netplanfile.dump(own)


# -- there and back ---------------------------------------------------------------------------


def turns(
    wanted: Wanted, edited: Mapping[str, str | None], running: Mapping[str, Any]
) -> tuple[Turn, Turn, tuple[Step, ...]]:
    """Return the commands there, back, and at a boot after which the old files are back."""
    state = layers.standing(wanted, running)
    rebuilt = [device.name for device in state.rebuilt(wanted)]
    # What is new comes by itself; what is to be another is removed for that.
    remove = [Step(("ip", "link", "del", "dev", name)) for name in sorted(state.other)]
    touched = [n for n in [*rebuilt, *sorted(state.routed)] if n not in state.absent]
    wrong = bool(rebuilt or state.soft or state.routed)
    reload = [Step(("networkctl", "reload"))] if wrong else []
    again = [*_reconfigure(touched), *_online(rebuilt)]
    soft = [device for device in wanted.devices if device.name in state.soft - state.absent]
    # A file that netplan does not take ends the trial here: nothing has been touched.
    apply = [_generate(), *remove, *reload, *again]
    apply += [Step(argv) for argv in layers.soft_steps(soft)]
    undo = [_generate(), *reload]
    # Only now: as long as networkd takes a bridge for wanted it waits for it.
    for name in sorted(state.absent | state.other):
        undo.append(Step(("ip", "link", "del", "dev", name), may_fail=True))
    undo += [*reload, *again]
    undo += snapshot.STEPS if wrong else ()
    # The generator has run before the old files were back.
    return Turn(after=tuple(apply)), Turn(after=tuple(undo)), (_generate(),)


def _generate() -> Step:
    return Step(("netplan", "generate"))


def _reconfigure(names: list[str]) -> list[Step]:
    return [Step(("networkctl", "reconfigure", *names), may_fail=True)] if names else []


def _online(names: list[str]) -> list[Step]:
    """Return the wait until networkd has finished; a link without a cable never does."""
    words = [word for name in names for word in ("-i", f"{name}:carrier")]
    return [Step((_WAIT, "--timeout=10", *words), may_fail=True)] if words else []
