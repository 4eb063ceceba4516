"""A change of the network: what was looked at, how its files differ, and its trial."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_interface
from typing import Any

from saltext.muster.components.network import leaving, proxies, running, snapshot, sysctl
from saltext.muster.components.network.wanted import MANUAL, Wanted
from saltext.muster.converge import Diff
from saltext.muster.facts import Facts
from saltext.muster.trial.spec import Gateway, New, Proof, Trial, Turn

#: The keys of the diff that a node may be lost by.
DISRUPTIVE = ("devices", "addresses", "routes")

#: Lines that may hold a password are not shown.
_SECRET = re.compile(r"psk|passw|passphrase|private-?key|secret|wep-key", re.I)

Edited = Mapping[str, "str | None"]
Turns = tuple[Turn, Turn, tuple[Any, ...]]


@dataclass
class Look:
    """What is wanted of a node and what is there.

    live: it is the running node. texts are the files that were read; edited what the backend's
    must be, where they differ, own what muster's own must be. sysctls are the kernel's values
    that differ: (now, wanted) by name, now None = not there.
    """

    wanted: Wanted
    live: bool
    facts: Facts
    backend: Any
    texts: dict[str, str]
    edited: dict[str, str | None]
    own: dict[str, str | None] = field(default_factory=dict)
    sysctls: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    diff: Diff = field(default_factory=dict)

    @property
    def going(self) -> dict[str, list[str]]:
        """Return the addresses that files gave until now and that are to go, by device."""
        return leaving.gone(self.diff, self.wanted.dropped)

    def add(self, key: str, old: Any, new: Any) -> None:
        """Add what differs to a key of the diff, as mappings."""
        entry = self.diff.setdefault(key, {"old": {}, "new": {}})
        entry["old"].update(old)
        entry["new"].update(new)


def shown(files: Mapping[str, str], edited: Edited) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the lines that go and those that come, by path."""
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for path, text in edited.items():
        before, after = files.get(path, "").split("\n"), (text or "").split("\n")
        lines = [each for each in difflib.ndiff(before, after) if each[2:].strip()]
        for sign, found in (("-", old), ("+", new)):
            found[path] = [_line(each[2:]) for each in lines if each[0] == sign]
    return old, new


def _line(text: str) -> str:
    if _SECRET.search(text):
        return "(a line that may hold a password)"
    return text.encode("ascii", "backslashreplace").decode()[:200]


def trial(look: Look, printed: Mapping[str, str]) -> Trial:
    """Return the change on trial that leads to what is wanted.

    printed is what each of ``snapshot.COMMANDS`` printed.
    """
    wanted = look.wanted
    turns = [
        look.backend.turns(wanted, look.edited, look.facts.data),
        leaving.turns(look.going),
        _settings(look),
    ]
    if "proxies" in look.diff:
        turns.append(proxies.turns(wanted, look.texts.get(proxies.PATH)))
    files = {path: _new(text, look.backend.MODE) for path, text in look.edited.items()}
    files.update({path: _new(text, 0o644) for path, text in look.own.items()})
    return Trial(
        component="network",
        files=files,
        apply=_joined([apply for apply, _undo, _boot in turns]),
        undo=_joined([undo for _apply, undo, _boot in turns]),
        proof=_proof(wanted, look.facts),
        boot=tuple(step for _apply, _undo, boot in turns for step in boot),
        data={
            **snapshot.data(printed, wanted),
            **leaving.data(look.going, wanted, printed["addresses"]),
        },
        seconds=wanted.confirm,
    )


def _settings(look: Look) -> Turns:
    old = {name: values[0] for name, values in look.sysctls.items()}
    new = {name: values[1] for name, values in look.sysctls.items()}
    return Turn(after=sysctl.steps(new)), Turn(after=sysctl.steps(old, may_fail=True)), ()


def _joined(turns: list[Turn]) -> Turn:
    return Turn(
        tuple(step for turn in turns for step in turn.before),
        tuple(step for turn in turns for step in turn.after),
    )


def _new(text: str | None, mode: int) -> New | None:
    return None if text is None else New(text.encode("utf-8", "surrogateescape"), mode)


def _proof(wanted: Wanted, facts: Facts) -> Proof:
    names = tuple(device.name for device in wanted.devices)
    own = [str(ip_interface(each).ip) for device in wanted.devices for each in device.addresses]
    kept = {device.name for device in wanted.devices if device.method == MANUAL}
    kept -= set(running.masters(wanted))
    own += [e["address"] for e in facts.get("addresses", "addresses") if e["link"] in kept]
    gateways = [Gateway(each, device.name) for device in wanted.devices for each in device.gateways]
    return Proof(names, tuple(dict.fromkeys(own)), tuple(gateways))
