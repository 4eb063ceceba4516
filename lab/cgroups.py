"""A control group of its own for each node, on hosts with systemd and without."""

from __future__ import annotations

from pathlib import Path

from lab.recipes import NODES, PREFIX, Node

_TREE = Path("/sys/fs/cgroup")
_HOST_HAS_SYSTEMD = Path("/run/systemd/system")


def _parents() -> list[Path]:
    """Return the trees that a node needs a group in."""
    if (_TREE / "cgroup.controllers").exists():
        return [_TREE]
    return [_TREE / "unified", _TREE / "systemd"]


def available() -> bool:
    """Return whether this host has control groups that a container's systemd can use."""
    return any((tree / "cgroup.procs").exists() for tree in (_TREE, _TREE / "unified"))


def wrapper(node: Node) -> list[str]:
    """Return the command that starts a node in a group of its own; empty without systemd.

    Where systemd rules the host, groups are its to make.
    """
    if not _HOST_HAS_SYSTEMD.exists():
        return []
    scope = ["systemd-run", "--quiet", "--scope", "--collect", "--property=Delegate=yes"]
    return [*scope, f"--unit={PREFIX}{node.name}.scope"]


def folders(node: Node) -> list[Path]:
    """Return the groups that a node has to join by itself."""
    if _HOST_HAS_SYSTEMD.exists():
        return []
    return [tree / f"{PREFIX}{node.name}" for tree in _parents()]


def remove() -> None:
    """Remove the groups of all nodes; none has a process any more."""
    for node in NODES.values():
        for folder in folders(node):
            for path in sorted(folder.rglob("*/"), reverse=True):
                path.rmdir()
            if folder.exists():
                folder.rmdir()
