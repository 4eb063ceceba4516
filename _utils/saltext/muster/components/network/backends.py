"""Which program configures a node's network at boot: found, not guessed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from saltext.muster.components.network.wanted import Wanted
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts

IFUPDOWN, NETWORKMANAGER, IFCFG, NETPLAN = "ifupdown", "networkmanager", "ifcfg", "netplan"
NETWORKD = "networkd"

#: What muster writes the files of.
WRITTEN = (IFUPDOWN, NETWORKMANAGER, IFCFG, NETPLAN)

#: The facts that tell which one is in charge, besides which programs there are.
PROBES = ("interface_files", "services")

#: What a backend needs to work: a program, or a service that runs.
PROGRAMS = {IFUPDOWN: "ifup", NETPLAN: "netplan"}
SERVICES = {NETWORKMANAGER: "NetworkManager.service", NETWORKD: "systemd-networkd.service"}

_FOLDERS = ("/usr/sbin", "/sbin", "/usr/bin", "/bin")


def there(units: Container[str], exists: Callable[[str], bool]) -> set[str]:
    """Return the backends that work on a node.

    units are the services that run (or are enabled, on a node that does not run); exists says
    whether there is a file of that path.
    """
    found = {
        name
        for name, program in PROGRAMS.items()
        if any(exists(f"{folder}/{program}") for folder in _FOLDERS)
    }
    found |= {name for name, unit in SERVICES.items() if unit in units}
    # ifcfg files are read by NetworkManager's plugin, or by the old service network.
    return found | {IFCFG} if NETWORKMANAGER in found or "network.service" in units else found


def in_charge(wanted: Wanted, facts: Facts, there: set[str]) -> str:
    """Return the name of the backend whose files decide about the wanted devices at boot.

    there are the backends that work on the node. Where no file names any of the devices, it is
    the only one of them. Raises Refused for two of them, for none, and for one that muster does
    not write.
    """
    found = _named(wanted, facts, there)
    if not found:
        return _only(there)
    if len(found) > 1:
        both = "; ".join(f"{name} by {', '.join(files)}" for name, files in sorted(found.items()))
        raise Refused(
            "two programs are in charge of the interfaces that the plan is about:"
            f" {both}; take the interfaces out of the files of one of them, then run again"
        )
    return _written(next(iter(found)))


def load(name: str) -> Any:
    """Return the module of the backend of that name, one of ``WRITTEN``."""
    return importlib.import_module(f"saltext.muster.components.network.{name}")


def _named(wanted: Wanted, facts: Facts, there: set[str]) -> dict[str, list[str]]:
    """Return the files that name one of the devices, by those backends that work."""
    names = {device.name for device in wanted.devices}
    found: dict[str, list[str]] = {}
    for backend in [name for name in (*WRITTEN, NETWORKD) if name in there]:
        entries: Iterable[Mapping[str, Any]] = facts.get("interface_files", backend, "entries")
        files = {str(each["file"]) for each in entries if _link(each) in names}
        if files:
            found[backend] = sorted(files)
    return found


def _link(entry: Mapping[str, Any]) -> str:
    """Return the interface of an entry, of eth0:1 as well."""
    return str(entry["interface"]).split(":", 1)[0]


def _only(there: set[str]) -> str:
    # Where no file names a device, netplan and ifcfg are only ways to tell another backend.
    masters = there - {IFCFG}
    if NETPLAN in masters:
        masters -= {NETWORKMANAGER, NETWORKD}
    if len(masters) == 1:
        return _written(next(iter(masters)))
    seen = ", ".join(sorted(masters)) or "none"
    raise Refused(
        "no file tells which program configures the interfaces that the plan is about, and of"
        f" {', '.join(WRITTEN)} this node has: {seen}; write the interface as it is now into the"
        " files of one of them, or remove the others, then run again"
    )


def _written(name: str) -> str:
    if name in WRITTEN:
        return name
    raise Refused(
        f"{name} configures this node's network by files of its own, which muster does not write;"
        " use ifupdown, NetworkManager or netplan, or waive the requirement in the cluster file"
    )
