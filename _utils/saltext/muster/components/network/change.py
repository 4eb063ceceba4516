"""A change of the network: what it would cut off, how its files differ, and its trial."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

from saltext.muster.components.network import running, snapshot, sysctl
from saltext.muster.components.network.wanted import MANUAL, Wanted
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts
from saltext.muster.trial.spec import DATA, Gateway, New, Proof, Step, Trial, Turn

#: The keys of the diff that a node may be lost by.
DISRUPTIVE = ("devices", "addresses", "routes")

_UNDO_SYSCTL = "undo.sysctl"
#: Lines that may hold a password are not shown.
_SECRET = re.compile(r"psk|passw|passphrase|private-?key|secret|wep-key|password", re.I)

Edited = Mapping[str, "str | None"]


@dataclass
class Look:
    """What is wanted of a node and what is there, looked at once; live: of the running node."""

    wanted: Wanted
    live: bool
    facts: Facts
    backend: Any
    edited: dict[str, str | None]
    sysctl_file: dict[str, str | None]
    #: The kernel's values that are not as wanted.
    sysctls: dict[str, str] = field(default_factory=dict)
    diff: Diff = field(default_factory=dict)


def shown(files: Mapping[str, str], edited: Edited) -> dict[str, dict[str, list[str]]]:
    """Return {"old", "new"} of edited files: the lines that go and those that come, by path."""
    old: dict[str, list[str]] = {}
    new: dict[str, list[str]] = {}
    for path, text in edited.items():
        before, after = files.get(path, "").split("\n"), (text or "").split("\n")
        lines = [each for each in difflib.ndiff(before, after) if each[2:].strip()]
        for sign, found in (("-", old), ("+", new)):
            found[path] = [_line(each[2:]) for each in lines if each[0] == sign]
    return {"old": old, "new": new}


def _line(text: str) -> str:
    if _SECRET.search(text):
        return "(a line that may hold a password)"
    return text.encode("ascii", "backslashreplace").decode()[:200]


# -- what a change may not do -----------------------------------------------------------------


def demand(wanted: Wanted, facts: Facts, master: Mapping[str, str]) -> None:
    """Raise Refused for a change that is known to fail or to cut the node off.

    master tells how the master is reached now: address, dev; {} = not known.
    """
    problems = [*_absent(wanted, facts), *_no_way_out(wanted, facts), *_cut_off(wanted, master)]
    if problems:
        raise Refused("; ".join(problems))


def _absent(wanted: Wanted, facts: Facts) -> Iterator[str]:
    links: Mapping[str, Any] = facts.get("links", "links")
    cards = sorted(name for name, link in links.items() if link["kind"] in ("physical", "veth"))
    for device in wanted.devices:
        if device.kind == "nic" and device.name not in links:
            seen = ", ".join(cards[:8]) or "none"
            yield (
                f"there is no interface {device.name} (there are: {seen}); correct the cluster"
                " file: networks, bonds, or the node's own `interface`"
            )
        elif device.name in links and _other_kind(device.kind, links[device.name]["kind"]):
            yield (
                f"{device.name} is a {links[device.name]['kind']}, wanted a {device.kind}; give"
                " the one that is wanted another name in the cluster file"
            )


def _other_kind(wanted: str, have: str) -> bool:
    made = ("bond", "vlan", "bridge")
    return have != wanted and wanted in made


def _no_way_out(wanted: Wanted, facts: Facts) -> Iterator[str]:
    """Tell of default routes on the devices that the plan, which has no gateway, would lose."""
    if not {"devices", "addresses"} & set(running.diff(wanted, facts)):
        return
    names = {device.name for device in wanted.devices}
    planned = {ip_address(g).version for device in wanted.devices for g in device.gateways}
    for version in {4, 6} - planned:
        for route in facts.get("addresses", "routes", f"ipv{version}"):
            lost = route["to"] == "default" and route["table"] == "main" and route["dev"] in names
            # What routers advertise comes again by itself.
            if lost and route["via"] and route["proto"] != "ra":
                yield (
                    f"the plan has no gateway, and the default route via {route['via']} on"
                    f" {route['dev']} would be lost; declare it: networks, main, gateway:"
                    f" {route['via']}"
                )


def _cut_off(wanted: Wanted, master: Mapping[str, str]) -> Iterator[str]:
    """Tell when the plan leaves the node without a way to its master."""
    if not master or master["dev"] not in {device.name for device in wanted.devices}:
        return
    address = ip_address(master["address"])
    for device in wanted.devices:
        # Where PVC sets the addresses, those that are there stay.
        if (
            device.name == master["dev"]
            and device.method == MANUAL
            and not _is_port(wanted, device.name)
        ):
            return
        networks = [ip_interface(each).network for each in device.addresses]
        if any(address.version == each.version and address in each for each in networks):
            return
        if any(ip_address(each).version == address.version for each in device.gateways):
            return
        if any(_leads(route.to, address) for route in device.routes if not route.table):
            return
    yield (
        f"the master {address} is reached by {master['dev']}, and by the plan nothing leads to it"
        " any more: neither an address in its network nor a gateway; correct the cluster file"
    )


def _is_port(wanted: Wanted, name: str) -> bool:
    above = running.masters(wanted)
    return name in above or any(device.parent == name for device in wanted.devices)


def _leads(to: str, address: Any) -> bool:
    return to != "default" and address in ip_network(to, strict=False)


# -- its trial --------------------------------------------------------------------------------


def trial(
    wanted: Wanted,
    facts: Facts,
    backend: Any,
    edited: Edited,
    sysctls: tuple[Edited, Mapping[str, str]],
    printed: Mapping[str, str],
) -> Trial:
    """Return the change on trial that leads to what is wanted.

    edited are the backend's files; sysctls are the edited file and the kernel's values that
    differ, as they are now; printed is what each of ``snapshot.COMMANDS`` printed.
    """
    apply, undo, boot = backend.turns(wanted, edited, facts.data)
    file, old = sysctls
    files = {path: _new(text, backend.MODE) for path, text in edited.items()}
    files.update({path: _new(text, 0o644) for path, text in file.items()})
    data = snapshot.data(printed, wanted)
    if old:
        data[_UNDO_SYSCTL] = sysctl.text(old).encode()
        apply = Turn(apply.before, (*apply.after, _sysctl(sysctl.PATH, False)))
        undo = Turn(undo.before, (*undo.after, _sysctl(f"{DATA}/{_UNDO_SYSCTL}", True)))
    return Trial("network", files, apply, undo, _proof(wanted, facts), boot, data, wanted.confirm)


def _new(text: str | None, mode: int) -> New | None:
    return None if text is None else New(text.encode("utf-8", "surrogateescape"), mode)


def _sysctl(path: str, may_fail: bool) -> Step:
    # -e: a link that is not there has no settings, and gets them when it comes.
    return Step(("sysctl", "-e", "-q", "-p", path), may_fail)


def _proof(wanted: Wanted, facts: Facts) -> Proof:
    names = tuple(device.name for device in wanted.devices)
    own = [str(ip_interface(each).ip) for device in wanted.devices for each in device.addresses]
    kept = {device.name for device in wanted.devices if device.method == MANUAL}
    kept -= set(running.masters(wanted))
    own += [e["address"] for e in facts.get("addresses", "addresses") if e["link"] in kept]
    gateways = [Gateway(each, device.name) for device in wanted.devices for each in device.gateways]
    return Proof(names, tuple(dict.fromkeys(own)), tuple(gateways))
