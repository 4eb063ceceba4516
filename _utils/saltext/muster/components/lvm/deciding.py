"""What is to be done about a volume group, decided on devices that are proved empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field

from saltext.muster.catalogue.predicates.storage import gib
from saltext.muster.components.lvm import empty, groups, opened
from saltext.muster.components.lvm.devices import Device, Host, blocks, find
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused

#: An exit status of ``Host.run``: there is no such program.
NO_PROGRAM = 127

#: What LVM takes of each device for itself, and the pieces that it deals in (bytes).
_OWN, _EXTENT = 1 << 20, 4 << 20

_CONSENT = (
    "disks are written only with consent: look whether nobody misses anything on them, then run"
    " again with pillar='{muster_consent: true}'"
)
_UNNAMED = (
    "the cluster file names no device for it on this node: name empty disks there (lvm_devices),"
    " or make the group by hand"
)

Hold = Callable[[str, str], AbstractContextManager[int]]


@dataclass(frozen=True)
class Todo:
    """A difference: its key, old and new as a person reads it, and the devices to be written."""

    key: str
    old: str
    new: str
    devices: Sequence[Device] = field(default_factory=tuple)
    pending: str = ""

    def diff(self, consent: bool) -> Diff:
        """Return the difference for Salt; consent says whether disks may be written in this run."""
        pending = self.pending or ("" if consent else f"{self.new}: {_CONSENT}")
        entry = {"old": self.old, "new": self.new}
        return {self.key: {**entry, "pending": pending} if pending else entry}


def todo(
    host: Host,
    name: str,
    paths: Sequence[str],
    least: int,
    held: ExitStack,
    hold: Hold = opened.alone,
) -> Todo | None:
    """Return what is to be done so that the group ``name`` is there, on the devices at paths.

    least is the size that a new group needs (bytes). The devices are held open in ``held``.
    Raises Refused with everything that speaks against the devices or the group.
    Source: GNT-006, GNT-007.
    """
    known, volumes = asked(host)
    group = groups.the_one(known, name)
    if not paths:
        return None if group else Todo("group", "no volume group", name, (), _UNNAMED)
    if group is None:
        devices = prove(host, paths, volumes, held, hold)
        _demand_size(name, devices, least)
        return Todo("group", "no volume group", f"{name} on {_texts(devices)}", devices)
    mine = [each for each in volumes if each.group_uuid == group.uuid]
    numbers = {host.number(each.path) for each in mine} - {""}
    new = [path for path in paths if host.number(path) not in numbers]
    old = f"{name} on {', '.join(each.path for each in mine)}"
    if len(new) == len(paths):
        why = "none of these is named for this node: name those of them that are meant, then"
        return Todo("devices", old, ", ".join(paths), (), f"{why} the empty ones are added")
    devices = prove(host, new, volumes, held, hold)
    return Todo("devices", old, f"{_texts(devices)} too", devices) if devices else None


def asked(host: Host) -> tuple[list[groups.Group], list[groups.Physical]]:
    """Return what LVM knows; nothing where it is not installed. Raises Refused when it fails."""
    said = {}
    for command in (groups.GROUPS, groups.VOLUMES):
        status, out, complaint = host.run(command)
        if status == NO_PROGRAM:
            return [], []
        if status:
            raise Refused(f"{command[0]}: exit status {status}: {complaint[:300].strip()}")
        said[command[0]] = out
    return groups.parse_groups(said["vgs"]), groups.parse_volumes(said["pvs"])


def prove(
    host: Host,
    paths: Iterable[str],
    volumes: Iterable[groups.Physical],
    held: ExitStack,
    hold: Hold = opened.alone,
) -> list[Device]:
    """Return the devices at paths when all of them are proved empty; they are held in ``held``.

    Raises Refused with all that speaks against any of them.
    """
    found = blocks(host.source)
    devices, wrong = find(host, found, paths)
    taken = {host.number(each.path): each for each in volumes}
    for device in devices:
        told = _opened(device, held, hold) + empty.problems(host, found, device)
        if device.number in taken:
            group = taken[device.number].group
            told.append(f"{device.path}: LVM has it already, in {group or 'no volume group'}")
        wrong += told
    if wrong:
        raise Refused(
            "; ".join(wrong) + "; nothing is written: name other disks, or empty these by hand"
            " once nobody needs what is on them (wipefs --all DEVICE and blkdiscard, or zeros on"
            " its first and last MiB)"
        )
    return devices


def _opened(device: Device, held: ExitStack, hold: Hold) -> list[str]:
    try:
        told = opened.content(held.enter_context(hold(device.node, device.number)))
    except Refused as err:
        told = str(err)
    return [f"{device.path}: {told}"] if told else []


def usable(devices: Iterable[Device]) -> int:
    """Return how large a group on these devices is, in bytes."""
    return sum(max(0, each.size - _OWN) // _EXTENT * _EXTENT for each in devices)


def _demand_size(name: str, devices: Sequence[Device], least: int) -> None:
    size = usable(devices)
    if size < least:
        raise Refused(
            f"{name} would have {gib(size)} ({size} bytes) on {_texts(devices)}, wanted at least"
            f" {gib(least)} ({least} bytes): name more disks, or waive GNT-006"
        )


def _texts(devices: Iterable[Device]) -> str:
    return ", ".join(each.text() for each in devices)
