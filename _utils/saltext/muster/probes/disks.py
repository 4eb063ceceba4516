"""The disks, the arrays made of them, and which of them carry the system."""

import re
from typing import Any, Dict, List, Set, Tuple, Union

from . import _blocks, _mounts
from .source import Source, Unknown, Unreadable, attempt, unknown

#: Drivers of controllers that show a logical volume as one disk.
_CONTROLLERS = ("megaraid_sas", "hpsa", "smartpqi", "aacraid", "arcmsr", "3w-sas", "3w-9xxx", "ips")

_Devices = Dict[str, _blocks.Device]

_HOST = re.compile(r"/(host[0-9]+)/")
_LVM_MIRROR = re.compile(r"_[rm]image_[0-9]+$")


def read(source: Source) -> Dict[str, Any]:
    """Return disks, arrays, multipaths, usable, drives and root.

    disks: {name: {"size", "usable", "transport", "rotational", "removable", "model", "vendor",
    "raid"}}; usable says whether it counts (no USB, nothing removable, not empty); raid is the
    level of a hardware controller's volume, "" for a plain disk.
    arrays: {md name: {"level", "size", "members", "disks", "missing" (members)}};
    multipaths: {dm name: {"name", "size", "disks"}}.
    usable: bytes that the disks give, mirrors and paths counted once; drives: their number.
    root: {"device", "disks", "raid", "arrays", "capacity"} of what carries "/".
    """
    try:
        found = _blocks.devices(source)
    except Unreadable as err:
        keys = ("disks", "arrays", "multipaths", "usable", "drives", "root")
        return dict.fromkeys(keys, {"unknown": str(err)})
    facts = {
        "disks": attempt(_disks, source, found),
        "arrays": attempt(_arrays, source, found),
        "multipaths": attempt(_multipaths, source, found),
    }  # type: Dict[str, Any]
    facts["usable"] = attempt(_usable, found, facts)
    facts["drives"] = attempt(_drives, facts)
    facts["root"] = attempt(_root, source, found, facts)
    return facts


def _disks(source: Source, found: _Devices) -> Dict[str, Any]:
    return {n: _disk(source, n, d) for n, d in found.items() if _blocks.is_disk(n, d)}


def _disk(source: Source, name: str, device: _blocks.Device) -> Dict[str, Any]:
    removable = _blocks.attribute_or(source, name, "removable") == "1"
    transport = _blocks.transport(device["place"])
    raid = attempt(_hardware_raid, source, name, device["place"])
    return {
        "size": device["size"],
        "usable": bool(device["size"]) and transport != "usb" and not removable,
        "transport": transport,
        "rotational": attempt(_rotational, source, name, raid),
        "removable": removable,
        "model": _blocks.attribute_or(source, name, "device/model"),
        "vendor": _blocks.attribute_or(source, name, "device/vendor"),
        "raid": raid,
    }


def _rotational(source: Source, name: str, raid: Union[str, Unknown]) -> bool:
    value = _blocks.attribute(source, name, "queue/rotational")
    if value not in ("0", "1"):
        raise Unreadable(f"{_blocks.CLASS}/{name}/queue/rotational holds no yes or no")
    if value == "1" and raid != "":
        raise Unreadable(f"{name} is a RAID controller's volume, whatever its disks are")
    return value == "1"


def _hardware_raid(source: Source, name: str, place: str) -> str:
    """Return the RAID level of a controller's volume, "" for a plain disk."""
    level = _blocks.attribute_or(source, name, "device/raid_level")
    if "UNKNOWN" in level:
        raise Unreadable(f"the controller does not know the RAID level of {name}")
    if level:
        return "" if level in ("N/A", "RAID PHYS DRV") else level
    match = _HOST.search(place)
    if not match:
        return ""
    driver = source.text_or(f"/sys/class/scsi_host/{match.group(1)}/proc_name").strip()
    # A controller passes plain SATA disks on under the vendor ATA.
    if driver not in _CONTROLLERS or _blocks.attribute_or(source, name, "device/vendor") == "ATA":
        return ""
    raise Unreadable(f"{name} is behind a RAID controller ({driver}) that tells no level")


def _arrays(source: Source, found: _Devices) -> Dict[str, Any]:
    arrays = {}
    for name, device in found.items():
        level = _blocks.attribute_or(source, name, "md/level")
        # An array that is not started, and a container of arrays, hold nothing by themselves.
        if not level or level == "container" or not device["size"]:
            continue
        missing = _blocks.attribute_or(source, name, "md/degraded") or "0"
        arrays[name] = {
            "level": level,
            "size": device["size"],
            "members": device["slaves"],
            "disks": _disks_of(found, device["slaves"]),
            "missing": _blocks.number(missing, f"{name}'s md/degraded"),
        }
    return arrays


def _multipaths(source: Source, found: _Devices) -> Dict[str, Any]:
    paths = {}
    for name, device in found.items():
        if _blocks.attribute_or(source, name, "dm/uuid").startswith("mpath-"):
            paths[name] = {
                "name": _blocks.attribute_or(source, name, "dm/name"),
                "size": device["size"],
                "disks": _disks_of(found, device["slaves"]),
            }
    return paths


def _disks_of(found: _Devices, names: List[str]) -> List[str]:
    return [n for n in _blocks.below(found, set(names)) if _blocks.is_disk(n, found[n])]


def _known(value: Any) -> Dict[str, Any]:
    if unknown(value):
        raise Unreadable(value["unknown"])
    return dict(value)


def _usable(found: _Devices, facts: Dict[str, Any]) -> int:
    return _capacity(found, facts, _counted(facts))


def _counted(facts: Dict[str, Any]) -> Set[str]:
    return {name for name, disk in _known(facts["disks"]).items() if disk["usable"]}


def _capacity(found: _Devices, facts: Dict[str, Any], disks: Set[str]) -> int:
    """Return what the disks hold together: an array's or a path's members count as it does."""
    layers = dict(_known(facts["arrays"]), **_known(facts["multipaths"]))
    total = sum(found[name]["size"] for name in disks)  # type: int
    for name, layer in layers.items():
        if set(layer["disks"]) <= disks:
            total -= sum(
                found[member]["size"] for member in found[name]["slaves"] if member in found
            )
            total += layer["size"]
    return max(total, 0)


def _drives(facts: Dict[str, Any]) -> int:
    names = _counted(facts)
    again = [set(path["disks"]) & names for path in _known(facts["multipaths"]).values()]
    return len(names) - sum(len(paths) - 1 for paths in again if paths)


def _root(source: Source, found: _Devices, facts: Dict[str, Any]) -> Dict[str, Any]:
    device, start = _root_device(source, found)
    layers = _blocks.below(found, start)
    disks = [name for name in layers if name in _known(facts["disks"])]
    if not disks:
        raise Unreadable(f"/ is on {device}, and no disk below it is seen")
    arrays = [name for name in layers if name in _known(facts["arrays"])]
    return {
        "device": device,
        "disks": disks,
        "raid": attempt(_level, source, facts, layers, len(start)),
        "arrays": arrays,
        "capacity": attempt(_capacity, found, facts, set(disks)),
    }


def _root_device(source: Source, found: _Devices) -> Tuple[str, Set[str]]:
    """Return the name of the device that is mounted at "/", and all that its filesystem is on."""
    mount = _mounts.at(_mounts.mounts(source), "/")
    if mount is None:
        raise Unreadable("nothing is mounted at /")
    names = [name for name, device in found.items() if device["number"] == mount["device"]]
    names = names or _by_source(source, found, mount["source"])
    if not names:
        raise Unreadable(f"/ is {mount['source']} ({mount['type']}), which is no block device here")
    return names[0], {names[0]} | _companions(source, names[0], mount["type"])


def _by_source(source: Source, found: _Devices, name: str) -> List[str]:
    """Return the device that a mount's source names: filesystems such as btrfs give no number."""
    short = name.rsplit("/", 1)[-1]
    if name.startswith("/dev/mapper/"):
        return [n for n in found if _blocks.attribute_or(source, n, "dm/name") == short]
    return [short] if name.startswith("/dev/") and short in found else []


def _companions(source: Source, name: str, kind: str) -> Set[str]:
    if kind != "btrfs":
        return set()
    for folder in source.glob("/sys/fs/btrfs/*/devices"):
        names = source.names(folder)
        if name in names:
            return set(names)
    return set()


def _level(source: Source, facts: Dict[str, Any], layers: List[str], parts: int) -> str:
    """Return the RAID level on the way from "/" to its disks, "" for none."""
    arrays = _known(facts["arrays"])
    levels = sorted({arrays[name]["level"] for name in layers if name in arrays})
    if levels:
        return "+".join(levels)
    if parts > 1:
        raise Unreadable("/ is a btrfs of several devices, whose profile is not read")
    names = (_blocks.attribute_or(source, name, "dm/name") for name in layers)
    if any(_LVM_MIRROR.search(name) for name in names):
        raise Unreadable("/ is on an LVM mirror, whose level /sys does not tell")
    hardware = [disk["raid"] for name, disk in facts["disks"].items() if name in layers]
    for level in hardware:
        if unknown(level):
            raise Unreadable(level["unknown"])
    return hardware[0] if len(hardware) == 1 else ""
