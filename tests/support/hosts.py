"""Captured hosts: layers of files and command outputs, and small changes of them.

A layer is a folder of tests/data/hosts with YAML files, one a domain, each with ``origin`` (where
it is from), ``files`` ({path: text or bytes; a path that ends in "/" is a folder}), ``links``
({path: target}) and ``commands`` ({argv joined by blanks: output}). A later layer wins.
"""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from saltext.muster import facts
from saltext.muster.master import loading
from saltext.muster.plan import plan
from saltext.muster.probes.source import Absent, Source, Unreadable
from saltext.muster.verdict import Verdict

DATA = Path(__file__).parents[1] / "data"

#: 2026-11-21, 00:00 UTC.
NOW = 1795219200.0

#: Files in folders of these names are executable.
_PROGRAMS = ("bin", "sbin", "libexec")

SKEW = {"low": -0.2, "high": 0.3}

#: What each profile's host runs; its cluster file is tests/data/clusters/<profile>.yaml.
SYSTEMS = {
    "vmmanager-kvm": "almalinux-8.9",
    "vmmanager-routing": "almalinux-8.9",
    "vmmanager-fabric": "almalinux-8.9",
    "vmmanager-lxd": "ubuntu-20.04",
    "ravada": "debian-12",
    "ravada-master": "debian-12",
    "pvc": "debian-11",
    "pvc-new": "debian-12",
    "ganeti": "debian-12",
    "ganeti-xen": "debian-10",
}

#: Profiles that differ from another one in little: its layer comes first.
BASES = {
    "vmmanager-routing": "vmmanager-kvm",
    "vmmanager-fabric": "vmmanager-kvm",
    "ravada-master": "ravada",
    "pvc-new": "pvc",
    "ganeti-xen": "ganeti",
}


@dataclass(frozen=True)
class Case:
    """A row judged on the sound host of a profile with one small change.

    files, links and commands change the host (None = not there; a command whose output is
    {"error": text} fails so); plan and facts change single values at slashed paths; system takes
    another release; now is a UNIX time.
    """

    row: str
    profile: str
    status: str
    seen: str = ""
    files: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, str | None] = field(default_factory=dict)
    commands: Mapping[str, Any] = field(default_factory=dict)
    plan: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    system: str = ""
    now: float = NOW


def layers(profile: str, system: str = "") -> list[str]:
    """Return the layers that the host of a profile is made of."""
    release = system or SYSTEMS[profile]
    family = "debian" if release.startswith(("debian", "ubuntu")) else "redhat"
    profiles = [BASES[profile]] if profile in BASES else []
    return ["server", family, release, *profiles, profile]


@lru_cache
def layer(name: str) -> dict[str, dict[str, Any]]:
    """Return the files, links and commands of one layer."""
    found: dict[str, dict[str, Any]] = {"files": {}, "links": {}, "commands": {}}
    for path in sorted((DATA / "hosts" / name).glob("*.yaml")):
        data = yaml.safe_load(path.read_text())
        assert data.get("origin"), f"{path} does not say where it is from"
        for key, values in found.items():
            values.update(data.get(key) or {})
    return found


class Host:
    """A captured host below a folder; changed copies share its files by hard links."""

    def __init__(self, root: Path, commands: Mapping[str, Any]) -> None:
        self.root, self.commands = root, commands

    def source(self, targets: Iterable[str] = ()) -> Source:
        """Return what probes read this host by."""
        return Source(str(self.root), self.run, list(targets))

    def run(self, argv: list[str]) -> str:
        """Return what a command printed on this host."""
        output = self.commands.get(" ".join(argv))
        if output is None:
            raise Absent(f"{argv[0]} is not installed")
        if isinstance(output, Mapping):
            raise Unreadable(f"{' '.join(argv)}: {output['error']}")
        return str(output)

    def changed(self, root: Path, files: Any = (), links: Any = (), commands: Any = ()) -> Host:
        """Return a copy below ``root`` with other files, links and outputs."""
        shutil.copytree(self.root, root, symlinks=True, copy_function=os.link)
        _write(root, dict(files), dict(links))
        return Host(root, {**self.commands, **dict(commands)})


@lru_cache
def host(profile: str, system: str = "") -> Host:
    """Return the sound host of a profile."""
    root = Path(tempfile.mkdtemp(prefix=f"{profile}-", dir=_home()))
    commands: dict[str, Any] = {}
    for name in layers(profile, system):
        found = layer(name)
        _write(root, found["files"], found["links"])
        commands.update(found["commands"])
    return Host(root, commands)


@lru_cache
def sound_plan(profile: str) -> dict[str, Any]:
    """Return the plan of the profile's first node, by its cluster file."""
    cluster = loading.load(str(DATA / "clusters" / f"{profile}.yaml"))
    return plan(cluster, next(iter(cluster.nodes)))


def changed_plan(profile: str, changes: Mapping[str, Any], now: float = NOW) -> dict[str, Any]:
    """Return the profile's plan with the values at slashed paths replaced (None = left out)."""
    return changed({**sound_plan(profile), "now": now}, changes)


def changed(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of ``data`` with the values at slashed paths replaced (None = left out)."""
    found: dict[str, Any] = copy.deepcopy(dict(data))
    for path, value in changes.items():
        *parents, last = path.split("/")
        inner = found
        for key in parents:
            inner = inner.setdefault(key, {})
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return found


def judged(case: Case, root: Path) -> Verdict:
    """Judge a case's row; root is a folder, not there yet, for the changed host."""
    from saltext.muster import assess, explanation

    row = explanation.every()[case.row]
    node = host(case.profile, case.system)
    if case.files or case.links or case.commands:
        node = node.changed(root, case.files, case.links, case.commands)
    wanted = [name for name in row.probes if name != "skew"]
    planned = changed_plan(case.profile, case.plan, case.now)
    found = facts.collect(wanted, source=node.source(assess.targets(planned)))
    known = changed({**found, "skew": SKEW}, case.facts)
    (verdict,) = assess.verdicts([row], planned, lambda probes: known)
    return verdict


def _home() -> str:
    global _FOLDER
    if _FOLDER is None:
        _FOLDER = tempfile.TemporaryDirectory(prefix="muster-hosts-")
    return _FOLDER.name


_FOLDER: tempfile.TemporaryDirectory[str] | None = None


def _write(root: Path, files: Mapping[str, Any], links: Mapping[str, str | None]) -> None:
    for path, text in files.items():
        here = root / path.strip("/")
        if text is None or here.is_symlink() or here.is_file():
            _remove(here)
        if text is None:
            continue
        if path.endswith("/"):
            here.mkdir(parents=True, exist_ok=True)
            continue
        here.parent.mkdir(parents=True, exist_ok=True)
        here.write_bytes(text if isinstance(text, bytes) else str(text).encode())
        if here.parent.name in _PROGRAMS:
            here.chmod(0o755)
        if here.parent.name == ".ssh":
            here.chmod(0o600)
            here.parent.chmod(0o700)
    for path, target in links.items():
        here = root / path.strip("/")
        _remove(here)
        if target is not None:
            here.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(target, here)


def _remove(here: Path) -> None:
    if here.is_dir() and not here.is_symlink():
        shutil.rmtree(here)
    elif here.is_symlink() or here.exists():
        here.unlink()
