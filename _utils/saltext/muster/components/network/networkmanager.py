"""The network by NetworkManager: connection profiles, and nmcli."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from saltext.muster.components.network import layers, profile, snapshot, tables
from saltext.muster.components.network.keyfile import Keyfile
from saltext.muster.components.network.wanted import BRIDGE, NIC, STATIC, Device, Wanted
from saltext.muster.errors import Refused
from saltext.muster.trial.spec import Step, Turn

NAME = "networkmanager"
FOLDER = "/etc/NetworkManager/system-connections"
_SHIPPED = "/usr/lib/NetworkManager/system-connections"
DISPATCHER = "/etc/NetworkManager/dispatcher.d/pre-up.d/muster-bridges"
GLOBS = (f"{FOLDER}/*", f"{_SHIPPED}/*", DISPATCHER, *tables.GLOBS)
MODE = 0o600

#: What NetworkManager itself does not read: the ends of backups' names.
_BACKUP = re.compile(r"(~|\.(bak|old|orig|rpmnew|rpmorig|rpmsave|swp))$")
_SCRIPT = """\
#!/bin/sh
# Written by muster. NetworkManager leaves a bridge's forward delay at the kernel's 15 s.
[ "$2" = pre-up ] || exit 0
case "$1" in
{names}) exec ip link set dev "$1" type bridge forward_delay 0 ;;
esac
"""
_HIGHEST = 999


def needs(wanted: Wanted) -> list[str]:
    """Return what this node lacks: NetworkManager brings all that it needs."""
    return []


def edit(wanted: Wanted, files: Mapping[str, str]) -> dict[str, str | None]:
    """Return the new texts of the files that must change, by path.

    A profile of a wanted device is corrected where it stands; others for the same device are
    not brought up by themselves any more. Raises Refused where a file cannot be changed.
    """
    texts = {path: text for path, text in files.items() if _is_profile(path)}
    profiles = {path: Keyfile(text) for path, text in texts.items()}
    before = {path: Keyfile(text) for path, text in texts.items()}
    masters = layers.masters(wanted)
    chosen = {device.name: _chosen(device, profiles) for device in wanted.devices}
    for device in wanted.devices:
        path = chosen[device.name]
        if path not in profiles:
            profiles[path] = profile.new(device)
            lower = _holder(wanted, device, {name: before.get(p) for name, p in chosen.items()})
            if lower is not None:
                profile.inherit(profiles[path], lower)
        _quieten(device, path, profiles)
        rival = _rival(device, before)
        profile.correct(profiles[path], device, masters.get(device.name), rival)
    found = {path: file.text() for path, file in profiles.items()}
    edited: dict[str, str | None] = {p: t for p, t in found.items() if t != texts.get(p)}
    for path in edited:
        if path.startswith(_SHIPPED):
            raise Refused(f"{path} is for a device of the plan and came with a package; remove it")
    return {**edited, **_dispatcher(wanted, files), **tables.edit(wanted, files)}


def _is_profile(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder in (FOLDER, _SHIPPED) and not name.startswith(".") and not _BACKUP.search(name)


def _names(device: Device, file: Keyfile) -> bool:
    return (
        file.get("connection", "interface-name") == device.name
        and profile.type_of(file) == profile.TYPES[device.kind]
    )


def _chosen(device: Device, profiles: Mapping[str, Keyfile]) -> str:
    """Return the path of the profile that NetworkManager takes for a device, or of a new one."""
    own = [path for path, file in profiles.items() if _names(device, file)]
    own.sort(key=lambda path: _rank(path, profiles[path]))
    return own[0] if own else f"{FOLDER}/muster-{device.name}.nmconnection"


def _rank(path: str, file: Keyfile) -> tuple[bool, int, str]:
    return not profile.automatic(file), -profile.priority(file), path


def _quieten(device: Device, chosen: str, profiles: Mapping[str, Keyfile]) -> None:
    for path, file in profiles.items():
        named = file.get("connection", "interface-name") == device.name
        if path != chosen and named and profile.automatic(file):
            file.set("connection", "autoconnect", "false")


def _rival(device: Device, profiles: Mapping[str, Keyfile]) -> int:
    """Return the lowest priority by which a device's profile wins over those for any device."""
    rivals = [
        profile.priority(file)
        for file in profiles.values()
        if device.kind == NIC
        and profile.type_of(file) == profile.TYPES[NIC]
        and not file.get("connection", "interface-name")
        and profile.automatic(file)
    ]
    return min(max(rivals) + 1, _HIGHEST) if rivals else -_HIGHEST


def _holder(
    wanted: Wanted, device: Device, profiles: Mapping[str, Keyfile | None]
) -> Keyfile | None:
    """Return the profile of the lower device whose addresses go to this one."""
    if device.method != STATIC:
        return None
    lower = [profiles.get(name) for name in layers.below(wanted, device.name)]
    return next((file for file in lower if file and profile.has_addresses(file)), None)


def _dispatcher(wanted: Wanted, files: Mapping[str, str]) -> dict[str, str | None]:
    names = [device.name for device in wanted.devices if device.kind == BRIDGE]
    text = _SCRIPT.format(names="|".join(names)) if names else None
    return {DISPATCHER: text} if files.get(DISPATCHER) != text else {}


# -- there and back ---------------------------------------------------------------------------


def turns(
    wanted: Wanted, edited: Mapping[str, str | None], running: Mapping[str, Any]
) -> tuple[Turn, Turn, tuple[Step, ...]]:
    """Return the commands there, back, and at a boot after which the old files are back."""
    state = layers.standing(wanted, running)
    old, new = _profiles_then(running), _profiles_now(edited)
    # From above: a bridge has its address before its port loses the same one.
    upper = state.rebuilt(wanted)
    restart = {device.name for device in upper}
    apply = [*_script(edited), *_load(edited)]
    apply += [_delete(each.name) for each in upper if each.name in state.other]
    apply += [_up(new.get(each.name) or old.get(each.name, ""), each) for each in upper]
    gentle = [d for d in wanted.devices if d.name in state.routed and d.name not in restart]
    apply += [_nmcli("device", "reapply", device.name) for device in gentle]
    # Reapplying brings the kernel's forward delay back too, and no dispatcher is asked.
    names = state.soft | restart | {device.name for device in gentle}
    soft = [device for device in wanted.devices if device.name in names]
    apply += [Step(argv) for argv in layers.soft_steps(soft)]
    undo = [_nmcli("connection", "reload")]
    undo += [_delete(each.name) for each in upper if each.name in state.absent | state.other]
    undo += _back(upper, state, old)
    undo += [_nmcli("device", "reapply", device.name) for device in gentle]
    undo += snapshot.STEPS if upper or gentle or soft else ()
    return Turn(after=tuple(apply)), Turn(after=tuple(undo)), ()


def _profiles_then(running: Mapping[str, Any]) -> dict[str, str]:
    """Return the uuid of the profile of each device by the facts, "" = one for any device."""
    files = running.get("interface_files", {})
    entries = files.get("networkmanager", {}).get("entries", ())
    found: dict[str, str] = {}
    for entry in sorted(entries, key=lambda entry: not entry["auto"]):
        if entry["interface"] or entry["type"] in ("ethernet", "802-3-ethernet"):
            found.setdefault(entry["interface"], entry["uuid"])
    return found


def _profiles_now(edited: Mapping[str, str | None]) -> dict[str, str]:
    """Return the uuid of each device's profile among the new texts."""
    found = {}
    for path, text in edited.items():
        file = Keyfile(text or "")
        if _is_profile(path) and profile.automatic(file):
            name = file.get("connection", "interface-name")
            found[name] = file.get("connection", "uuid")
    return found


def _back(upper: Iterable[Device], state: layers.Standing, old: Mapping[str, str]) -> list[Step]:
    steps = []
    for device in upper:
        known = old.get(device.name) or (old.get("", "") if device.kind == NIC else "")
        if device.name not in state.absent and known:
            steps.append(_up(known, device))
    return steps


def _script(edited: Mapping[str, str | None]) -> list[Step]:
    return [Step(("chmod", "0755", DISPATCHER))] if edited.get(DISPATCHER) else []


def _load(edited: Mapping[str, str | None]) -> list[Step]:
    # Unlike reload, load fails for a profile that NetworkManager does not take.
    paths = sorted(path for path in edited if _is_profile(path))
    return [_nmcli("connection", "load", *paths)] if paths else []


def _up(uuid: str, device: Device) -> Step:
    if not uuid:
        return _nmcli("device", "connect", device.name)
    # A device that is not there yet must not be named.
    name = ("ifname", device.name) if device.kind == NIC else ()
    return _nmcli("connection", "up", "uuid", uuid, *name)


def _delete(device: str) -> Step:
    return _nmcli("device", "delete", device, may_fail=True)


def _nmcli(*words: str, may_fail: bool = False) -> Step:
    return Step(("nmcli", "--wait", "20", *words), may_fail=may_fail)
