"""Disks: how much they hold, and what carries the system."""

from __future__ import annotations

import re
from typing import Any

from saltext.muster.catalogue.predicates.base import Test, at_least, verdict_of
from saltext.muster.catalogue.predicates.hardware import optional
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import PASS, WARN

GB, TB = 10**9, 10**12

#: How much of the system disk "/" has, when it has all that a boot partition and swap leave.
ROOT_SHARE = 0.80

_MIRRORS = ("raid1", "raid10")
_HARDWARE_MIRROR = re.compile(r"^RAID[ -](?:1|10|1\((?:\+0|1\+0|Triple)\)(?:ADM)?)$")


def space(minimum: float, recommended: float) -> Test:
    """Return a test of what the disks hold together, in TB of 10^12 bytes."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        usable, disks = facts.get("disks", "usable"), facts.get("disks", "disks")
        names = [name for name, disk in disks.items() if disk["usable"]]
        seen = f"{usable / TB:.3g} TB on {', '.join(names) or 'no disk'}"
        root = optional(facts, "filesystems", "sizes", "/")
        seen += f"; / has {root['size'] / TB:.3g} TB" if root else ""
        wanted = f"{minimum:g} TB, recommended {recommended:g} TB"
        return Outcome(at_least(usable, minimum * TB, recommended * TB), seen, wanted)

    return test


def root_share(facts: Facts, plan: Plan) -> Outcome:
    """The filesystem at "/" has almost all of the disks that it is on."""
    sizes = facts.get("filesystems", "sizes")
    if "/" not in sizes:
        raise Unread("df does not list /")
    size, capacity = sizes["/"]["size"], facts.get("disks", "root", "capacity")
    share = size / capacity if capacity else 0.0
    seen = f"/ has {size / GB:.4g} GB of {capacity / GB:.4g} GB ({share:.0%})"
    others = [
        f"{path} {found['size'] / GB:.4g} GB"
        for path, found in sorted(sizes.items())
        if path != "/" and not path.startswith("/boot") and found["size"] > capacity / 10
    ]
    if share < ROOT_SHARE and others:
        seen += f"; apart: {', '.join(others)}"
    wanted = f"at least {ROOT_SHARE:.0%} of the system disk"
    return verdict_of(share >= ROOT_SHARE, seen, wanted, WARN)


def several(facts: Facts, plan: Plan) -> Outcome:
    """There is more than one disk drive."""
    count, disks = facts.get("disks", "drives"), facts.get("disks", "disks")
    usable = {name: disk for name, disk in disks.items() if disk["usable"]}
    hidden = [name for name, disk in usable.items() if disk["raid"] != ""]
    if count < 2 and hidden:
        raise Unread(f"{hidden[0]} is a RAID controller's volume of disks that are not seen")
    seen = f"{count} disks" if count != 1 else "1 disk"
    names = f": {', '.join(usable)}" if usable else ""
    return verdict_of(count > 1, seen + names, "more than one disk", WARN)


def medium(disk: Any) -> str:
    """Return what kind of medium a disk of the facts is: SSD, HDD, USB, or SD/eMMC."""
    if disk["transport"] == "usb":
        return "USB"
    if disk["transport"] == "mmc":
        return "SD/eMMC"
    if isinstance(disk["rotational"], dict):
        raise Unread(disk["rotational"]["unknown"])
    return "HDD" if disk["rotational"] else "SSD"


def system_disks(facts: Facts) -> dict[str, Any]:
    """Return the disks that carry "/", by name."""
    disks = facts.get("disks", "disks")
    return {name: disks[name] for name in facts.get("disks", "root", "disks")}


def slow_media(facts: Facts) -> list[str]:
    """Return the system disks that are no SSD, each with its kind."""
    kinds = {name: medium(disk) for name, disk in system_disks(facts).items()}
    return [f"{name} ({kind})" for name, kind in kinds.items() if kind != "SSD"]


def mirrored(facts: Facts) -> tuple[bool, str]:
    """Return whether "/" is on a whole mirror, and what it is on."""
    level = facts.get("disks", "root", "raid")
    if _HARDWARE_MIRROR.match(level):
        return True, f"{level} of the controller"
    every = facts.get("disks", "arrays")
    arrays = {name: every[name] for name in facts.get("disks", "root", "arrays")}
    missing = sum(array["missing"] for array in arrays.values())
    if missing:
        return False, f"{level}, {missing} member missing"
    mirrors = [array for array in arrays.values() if array["level"] in _MIRRORS]
    if any(len(array["disks"]) < 2 for array in mirrors):
        return False, f"{level} on one disk"
    return bool(mirrors), level or "no RAID"


def fast_system_disk(facts: Facts, plan: Plan) -> Outcome:
    """What carries "/" is an SSD, or a mirror of two."""
    slow = slow_media(facts)
    kinds = [f"{name} ({medium(disk)})" for name, disk in system_disks(facts).items()]
    seen = f"{', '.join(kinds)}, {mirrored(facts)[1]}"
    return verdict_of(not slow, seen, "an SSD, better two in RAID-1", WARN)


def slow_only_on_hypervisors(facts: Facts, plan: Plan) -> Outcome:
    """A coordinator's system is on no slow medium."""
    slow, wanted = slow_media(facts), "no HDD, USB drive, SD card or eMMC on a coordinator"
    if not slow:
        return Outcome(PASS, f"{', '.join(system_disks(facts))}: SSD", wanted)
    role = plan.get("declared", {}).get("role")
    if not role:
        raise Unread(f"the plan declares no role; the system is on {', '.join(slow)}")
    return verdict_of(role != "coordinator", f"{', '.join(slow)} on a {role}", wanted, WARN)


def has_slow_system_disk(facts: Facts, plan: Plan) -> str:
    """Return "" when "/" is on a slow medium, else why the row is skipped."""
    return "" if slow_media(facts) else "the system is on SSDs alone"


def slow_mirrored(facts: Facts, plan: Plan) -> Outcome:
    """A slow medium that carries "/" is mirrored."""
    good, level = mirrored(facts)
    return verdict_of(good, f"{', '.join(slow_media(facts))}, {level}", "RAID-1", WARN)
