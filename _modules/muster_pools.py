"""libvirt's storage pools, made by libvirt itself.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

import salt.utils.path
from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, origins
from saltext.muster.components import border, pools
from saltext.muster.errors import Refused
from saltext.muster.probes import pools as probe

__salt__: dict[str, Any]

__virtualname__ = "muster_pools"

_border = border.translated(SaltInvocationError, CommandExecutionError)

#: Seconds for a question to libvirt, and for what may mount a file system.
ASK, ACT = 20, 60

#: A node has a few pools; each is a process.
_MOST = 40

#: Keys of the diff that a new pool needs as well.
_RUNS = ("started", "autostart")

_COMMAND = ("virsh", "-q", "-c", "qemu:///system")


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_pools: libvirt's system daemon is Linux's alone"
    return __virtualname__


@_border
def diff(wanted: list[dict[str, Any]], root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return which storage pools are absent (``defined``), stopped or not started at boot.

    wanted
        The pools, as the plan's ``components.pools`` has them: name, type, path, source.

    root
        A folder below which libvirt's files are read in place of asking libvirt.

    Raises CommandExecutionError where a pool of the name has another type or path, unless the row
    is waived, and where libvirt does not answer.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_pools.diff '[{name: default, type: dir, path: /var/lib/libvirt/images}]'
    """
    asked, here = _both(wanted, root)
    clashes = pools.clashes(here, asked)
    if clashes and "defined" not in __salt__["muster.waived"]("pools"):
        raise Refused("; ".join(clashes))
    return pools.diff(here, asked)


@_border
def apply(
    wanted: list[dict[str, Any]], root: str | None = None, skip: Iterable[str] = ()
) -> list[str]:
    """
    Define, start and autostart what is absent or stopped; return notes.

    wanted
        The pools, as the plan's ``components.pools`` has them: name, type, path, source.

    root
        Must be the running node: only libvirt makes pools.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when libvirt refuses, or a pool is not declared well enough.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_pools.apply '[{name: default, type: dir, path: /var/lib/libvirt/images}]'
    """
    todo = set(diff(wanted, root)) - set(skip)
    if not todo:
        return []
    if not border.is_live(root):
        raise Refused(f"{root} is no running node: only a node's own libvirt makes pools there")
    _demand_virsh()
    asked, here = _both(wanted, root)
    notes: list[str] = []
    with origins.kept("pools", root), border.noting(notes):
        new = [pool for pool in asked if pool.name not in here and "defined" in todo]
        for pool in new:
            notes += _define(pool)
        here = _here(root)
        for pool in asked:
            if pool.name in here:
                _start(pool, here[pool.name], todo | set(_RUNS if pool in new else ()))
    return notes


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Take away the pools that muster made, as far as they hold no volumes; return notes.

    noted
        What was there before muster, by name, as it was noted then.

    root
        A folder below which folders are removed in place of ``/``; libvirt is left alone.

    Raises CommandExecutionError with the pools that stay because they hold volumes.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_pools.undo '{"pool default": absent}'
    """
    border.demand("muster_pools", [border.root_problem(root)])
    pools.check_noted(noted)
    notes: list[str] = []
    stay: list[str] = []
    if border.is_live(root):
        _leave(noted, notes, stay)
    notes += _remove_folders(noted, root)
    if stay:
        raise Refused("; ".join([*stay, *notes]))
    return notes


def _both(
    wanted: list[dict[str, Any]], root: str | None
) -> tuple[list[pools.Pool], dict[str, dict[str, Any]]]:
    border.demand("muster_pools", [border.root_problem(root)])
    return pools.wanted(wanted), _here(root)


def _here(root: str | None) -> dict[str, dict[str, Any]]:
    """Return the pools that are there; none where libvirt is not installed (yet)."""
    if not border.is_live(root):
        found: dict[str, dict[str, Any]] = facts.Facts(facts.collect(("pools",), str(root))).get(
            "pools", "pools"
        )
        return found
    if not salt.utils.path.which(_COMMAND[0]):
        return {}
    names = _names("--all")
    if len(names) > _MOST:
        raise Refused(f"libvirt has {len(names)} pools, more than {_MOST}; look at them")
    active, autostarted = set(_names()), set(_names("--all", "--autostart"))
    return {
        name: {**_seen(name), "active": name in active, "autostart": name in autostarted}
        for name in names
    }


def _names(*which: str) -> list[str]:
    found = _virsh("pool-list", "--name", *which).splitlines()
    return [name.rstrip() for name in found if name.strip()]


def _seen(name: str) -> dict[str, str]:
    found = probe.parse(_virsh("pool-dumpxml", "--pool", name, "--inactive"))
    if found is None:
        raise Refused(f"virsh pool-dumpxml {name} told no definition of a pool; look at it")
    return found


def _define(pool: pools.Pool) -> list[str]:
    """Define a pool, and make its folder where that is absent; on failure nothing is left."""
    text = pools.definition(pool)
    makes = pool.kind in pools.FOLDERS and not os.path.isdir(pool.path)
    for folder in (pools.DEFINED, pools.AUTOSTART, *([pool.path] if makes else [])):
        _note_folders(folder)
    origins.note(f"pool {pool.name}", "absent")
    _virsh("pool-define", "/dev/stdin", stdin=text)
    if not makes:
        return []
    try:
        # Only for an absent folder: --no-overwrite is no option for such a pool (libvirt 9: "No
        # source device specified"), and without it libvirt would set an old folder's rights.
        _virsh("pool-build", "--pool", pool.name)
    except Refused:
        _virsh("pool-undefine", "--pool", pool.name)
        raise
    return [f"{pool.path} is new"]


def _note_folders(path: str) -> None:
    for folder in pools.parents(path):
        if not os.path.lexists(folder):
            origins.note(f"folder {folder}", "absent")


def _start(pool: pools.Pool, seen: dict[str, Any], todo: set[str]) -> None:
    if not seen["active"] and "started" in todo:
        if seen["type"] in pools.FOLDERS and not os.path.isdir(seen["path"]):
            raise Refused(
                f"the pool {pool} has no folder here: mount its file system, or make the folder"
                f" (virsh pool-build {pool.name}), then run again"
            )
        origins.note(f"started {pool.name}", "no")
        _virsh("pool-start", "--pool", pool.name, wait=ACT)
    if not seen["autostart"] and "autostart" in todo:
        origins.note(f"autostart {pool.name}", "no")
        _virsh("pool-autostart", "--pool", pool.name)


def _leave(noted: dict[str, str], notes: list[str], stay: list[str]) -> None:
    """Bring libvirt's pools back to what was noted."""
    here = _here(None)
    for name, seen in here.items():
        if f"pool {name}" in noted:
            volumes = _volumes(name, seen)
            if volumes:
                stay.append(
                    f"the pool {name} stays, as it holds {volumes}: move or delete them, then run"
                    f" again, or take it away by hand (virsh pool-destroy {name}; virsh"
                    f" pool-undefine {name}: its volumes stay in {seen['path']})"
                )
                continue
            _stop(name, seen)
            _virsh("pool-undefine", "--pool", name)
            notes.append(f"the pool {name} is gone")
            continue
        if f"autostart {name}" in noted and seen["autostart"]:
            _virsh("pool-autostart", "--pool", name, "--disable")
        if f"started {name}" in noted:
            _stop(name, seen)


def _stop(name: str, seen: dict[str, Any]) -> None:
    if seen["active"]:
        _virsh("pool-destroy", "--pool", name, wait=ACT)


def _volumes(name: str, seen: dict[str, Any]) -> str:
    """Return the volumes of a pool in a few words, "" = none; libvirt must look for new ones."""
    if seen["active"]:
        _virsh("pool-refresh", "--pool", name, wait=ACT)
        lines = _virsh("vol-list", "--pool", name).splitlines()
        found = [line.split()[0] for line in lines if line.strip()]
    elif seen["type"] == "dir" and os.path.isdir(seen["path"]):
        found = sorted(os.listdir(seen["path"]))
    else:
        found = []
    return pools.counted(found)


def _remove_folders(noted: dict[str, str], root: str | None) -> list[str]:
    """Remove the folders that were made, deepest first, where they are empty."""
    notes = []
    for folder in pools.noted_folders(noted):
        try:
            os.rmdir(folder if border.is_live(root) else f"{root}{folder}")
        except FileNotFoundError:
            continue
        except OSError as err:
            notes.append(f"{folder} stays: {err.strerror}")
            continue
        notes.append(f"{folder} is gone")
    return notes


def _virsh(*arguments: str, stdin: str | None = None, wait: int = ASK) -> str:
    """Ask libvirt something; raise Refused with what it says, or where it says nothing."""
    _demand_virsh()
    done = __salt__["cmd.run_all"](
        [*_COMMAND, *arguments],
        python_shell=False,
        timeout=wait,
        stdin=stdin,
        env={"LC_ALL": "C"},
        ignore_retcode=True,
    )
    if done["retcode"]:
        said = pools.fault(done["stderr"] or done["stdout"], wait)
        raise Refused(f"virsh {' '.join(arguments)}: {said}")
    return str(done["stdout"])


def _demand_virsh() -> None:
    if not salt.utils.path.which(_COMMAND[0]):
        raise Refused("virsh is not there: install libvirt's clients, then run again")
