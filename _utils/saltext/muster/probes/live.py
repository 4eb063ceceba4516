"""Whether the node carries guests or belongs to a cluster: whether a mistake would hurt."""

from typing import Any, Dict, List, Set

from . import _identity
from .source import Absent, Source, Unreadable, attempt

#: The kernel cuts a process's name to 15 characters.
_EMULATORS = ("qemu-system-", "qemu-kvm", "qemu:", "cloud-hyperviso", "firecracker")
_MONITORS = ("lxc-start", "lxd", "incusd", "lxc")
_XEN = "/sys/bus/xen-backend/devices"


def read(source: Source) -> Dict[str, Any]:
    """Return guests (how many run) and identities (what the node is part of, as texts)."""
    return {"guests": attempt(_guests, source), "identities": attempt(_identities, source)}


def is_guest(name: str, command: List[str]) -> bool:
    """Say whether a process runs a guest; name is its comm, command its argument texts."""
    if name.startswith(_EMULATORS) or (name == "kvm" and command):
        # libvirt starts emulators without a machine to ask what they can do.
        return not any(
            word.split(",")[0] == "none" and command[place - 1] in ("-machine", "-M")
            for place, word in enumerate(command)
            if place
        )
    return name in _MONITORS and bool(command) and command[0].startswith("[lxc monitor]")


def _guests(source: Source) -> int:
    processes = [name for name in source.names("/proc") if name.isdigit()]
    if not processes:
        raise Unreadable("/proc shows no processes")
    seen = sum(_runs_guest(source, f"/proc/{process}") for process in processes)
    # Xen's guests need no process of their own; an emulator beside one is not a second guest.
    return max(seen, len(_xen_guests(source)))


def _runs_guest(source: Source, folder: str) -> bool:
    try:
        name = source.text(f"{folder}/comm", 4096).strip()
        if name != "kvm" and name not in _MONITORS and not name.startswith(_EMULATORS):
            return False
        command = source.text(f"{folder}/cmdline").rstrip("\0")
        return is_guest(name, command.split("\0") if command else [])
    except Absent:
        return False  # it has ended meanwhile


def _xen_guests(source: Source) -> Set[str]:
    """Return the numbers of the domains that this one serves: names are like vif-3-0."""
    parts = [name.split("-") for name in source.names(_XEN)]
    return {part[1] for part in parts if len(part) > 2 and part[1] not in ("", "0")}


def _identities(source: Source) -> List[str]:
    found = []
    cluster = _identity.ganeti(source)
    if cluster:
        found.append(f"ganeti cluster {cluster}")
    if _identity.pvc(source):
        found.append("pvc")
    if _identity.vmmanager(source):
        found.append("vmmanager")
    if _identity.libvirt_running(source):
        found.append("libvirt guests")
    return found
