"""The firewall by firewalld: how it differs, and the change on trial."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence

from saltext.muster import files
from saltext.muster.components.firewall import charge, zone
from saltext.muster.components.firewall.by_nftables import dhcp6
from saltext.muster.components.firewall.connections import Connection
from saltext.muster.components.firewall.system import Node, demanded
from saltext.muster.components.firewall.wanted import Wanted
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts
from saltext.muster.trial.spec import New, Proof, Step, Trial, Turn

_REMEDY = "see journalctl -u firewalld; start it, or disable it so that nftables is used"
_RELOAD = Step(("firewall-cmd", "--reload"), seconds=60)

#: What a zone may let in besides rich rules: muster's own has nothing of it.
_NOTHING = (
    "services", "ports", "protocols", "sources", "forward-ports", "source-ports", "icmp-blocks",
)  # fmt: skip


def _ask(node: Node, *words: str) -> str:
    done = node.run(("firewall-cmd", *words), "")
    return demanded(done, f"firewall-cmd {' '.join(words)}", _REMEDY)


def diff(wanted: Wanted, facts: Facts, node: Node) -> Diff:
    """Return what differs in firewalld as it runs, in its files, and in its start at boot.

    Source: VMM-052 to 059, RAV-027, RAV-028, RAV-030, PVC-050, PVC-104.
    """
    found = _running(wanted, dhcp6(facts), node) if node.live else {}
    wrong = [
        path for path, text in wanted_files(wanted, facts, node).items() if node.read(path) != text
    ]
    if wrong:
        found["files"] = {"old": f"not as wanted: {', '.join(wrong)}", "new": "muster's zone"}
    if not facts.get("firewall", "services", charge.FIREWALLD).get("enabled"):
        found["boot"] = {"old": "not enabled", "new": f"{charge.FIREWALLD} enabled"}
    return found


def _running(wanted: Wanted, by_dhcp6: bool, node: Node) -> Diff:
    """Return the key ``rules``: the default zone, the zone's rules, its sets."""
    default = _ask(node, "--get-default-zone").strip()
    want = {zone.spoken(rule) for rule in zone.rules(wanted, by_dhcp6)}
    if default != zone.ZONE:
        whole = f"zone {zone.ZONE} with {len(want)} rules is the default one"
        return {"rules": {"old": f"zone {default} is the default one", "new": whole}}
    values, rich = zone.told(_ask(node, f"--info-zone={zone.ZONE}"))
    opened = [f"{name}: {values[name]}" for name in _NOTHING if values.get(name)]
    if values.get("target") != "DROP":
        opened.append(f"target: {values.get('target')}")
    for name, (family, entries) in zone.sets(wanted).items():
        done = node.run(("firewall-cmd", f"--info-ipset={name}"), "")
        if done.status or zone.set_told(done.output) != (family, set(entries)):
            opened.append(f"set {name} is not as wanted")
    old = [*opened, *sorted(set(rich) - want)]
    new = sorted(want - set(rich))
    return {"rules": {"old": old[:10], "new": new[:10]}} if old or new else {}


def wanted_files(wanted: Wanted, facts: Facts, node: Node) -> dict[str, str | None]:
    """Return the wanted texts of files by path, None for one that is no longer used."""
    settings = node.read(zone.SETTINGS) or ""
    found = zone.files(wanted, dhcp6(facts), settings, node.names(zone.SETS))
    return {path: text or None for path, text in found.items()}


def trial(
    wanted: Wanted, facts: Facts, differs: set[str], live: Sequence[Connection], node: Node
) -> tuple[Trial, list[str]]:
    """Return the change, and notes for who reads of it.

    differs are the keys of the diff; live connections last by firewalld's own doing. Raises
    Refused when firewalld would not take the files, or would lose what it runs with.
    """
    new = wanted_files(wanted, facts, node)
    reload = (_RELOAD,) if {"rules", "files"} & differs else ()
    if reload:
        _no_loss(node)
        _check(new, node)
    boot = "boot" in differs
    on = (Step(("systemctl", "enable", charge.FIREWALLD)),) if boot else ()
    off = (Step(("systemctl", "disable", charge.FIREWALLD)),) if boot else ()
    change = Trial(
        component="firewall",
        files={
            path: None if text is None else New(text.encode("utf-8", "surrogateescape"))
            for path, text in new.items()
            if node.read(path) != text
        },
        apply=Turn(after=reload + on),
        undo=Turn(after=reload + off),
        proof=Proof(),
        boot=off,
        seconds=wanted.confirm,
    )
    return change, _notes(wanted, node)


def _no_loss(node: Node) -> None:
    """Raise Refused when a reload would lose settings that firewalld runs with."""
    now = zone.settled(_ask(node, "--list-all-zones"))
    kept = zone.settled(_ask(node, "--permanent", "--list-all-zones"))
    lost = sorted(name for name in now if now[name] != kept.get(name))
    if lost:
        raise Refused(
            f"firewalld runs with other settings of the zones {', '.join(lost)} than its files"
            " have, and a reload would lose them; nothing was changed: keep them by"
            " `firewall-cmd --runtime-to-permanent`, or drop them by `firewall-cmd --reload`"
        )


def _check(new: dict[str, str | None], node: Node) -> None:
    """Raise Refused unless firewalld takes its files as they will be, in a copy of its folder."""
    folder = tempfile.mkdtemp(prefix="muster-firewalld-")
    copy = os.path.join(folder, "firewalld")
    try:
        shutil.copytree(zone.FOLDER, copy)
        for path, text in new.items():
            target = copy + path[len(zone.FOLDER) :]
            if text is not None:
                files.write(target, text, 0o600, backup=False)
            elif os.path.exists(target):
                os.unlink(target)
        argv = ("firewall-offline-cmd", f"--system-config={copy}", "--check-config")
        demanded(
            node.run(argv, ""), "firewalld refuses its files", "nothing was changed: mend them"
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _notes(wanted: Wanted, node: Node) -> list[str]:
    """Tell what other zones are left with: interfaces that somebody put there."""
    ends = zone.bound(_ask(node, "--get-active-zones"))
    notes = [
        f"{', '.join(names)} stay in the zone {name}"
        for name, names in ends.items()
        if names and name != zone.ZONE
    ]
    apart = sorted({each.interface for each in wanted.accept if each.interface})
    if apart:
        notes.append(f"what comes by {', '.join(apart)} is left to the zone of that interface")
    return notes
