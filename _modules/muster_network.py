"""The node's network: devices, addresses, routes and sysctls, changed on trial.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import fnmatch
import glob
import logging
import os
import re
import select
import socket
import sys
import time
from collections.abc import Container, Iterable
from dataclasses import replace
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border
from saltext.muster.components.network import (
    backends,
    change,
    given,
    guard,
    layers,
    leaving,
    proxies,
    running,
    snapshot,
    sysctl,
    taken,
)
from saltext.muster.components.network import wanted as wanted_
from saltext.muster.errors import Refused
from saltext.muster.trial import spec

__salt__: dict[str, Any]
__opts__: dict[str, Any]

log = logging.getLogger(__name__)

__virtualname__ = "muster_network"

_border = border.translated(SaltInvocationError, CommandExecutionError)

#: No node has more files of a backend.
_MOST = 1000

#: PVC's daemon, which gives the node its addresses.
_DAEMON = "pvcnoded.service"

#: What muster alone writes.
_OWN = (sysctl.PATH, proxies.PATH)

_CONSENT = (
    "see that nobody suffers, then give consent for one run with pillar='{muster_consent: true}'"
)

_MASTER = re.compile(r"[a-z]+://\[?([0-9A-Fa-f:.]+)\]?:[0-9]+")


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_network: only Linux's network is changed"
    return __virtualname__


@_border
def diff(wanted: dict[str, Any], root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return what of the network differs: devices, addresses, routes, files, sysctls, proxies.

    wanted
        The component ``network`` of a plan: ``devices``, ``tables``, ``sysctls``, ``split``,
        ``confirm`` (seconds).

    root
        A folder below which files are read in place of ``/``; the running network is left alone.

    Raises CommandExecutionError for a change that would cut the node off, and where it cannot be
    told which program configures the network. GNT-051, GNT-053, NET-004, VMM-041, PVC-042.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_network.diff '{devices: [{name: eth0, mtu: 1500}]}'
    """
    look = _look(wanted, root)
    if not look.live or not look.diff:
        return look.diff
    disruptive = any(key in look.diff for key in change.DISRUPTIVE)
    why = __salt__["muster.live"]()["why"] if disruptive else ""
    if why:
        waits = f"the network would be changed, but {why}: {_CONSENT}"
        return {key: {**entry, "pending": waits} for key, entry in look.diff.items()}
    files = {**look.texts, **look.edited}.values()
    guard.demand(look.wanted, look.facts, _way_to_master(), files)
    _demand_free(look)
    return look.diff


@_border
def apply(wanted: dict[str, Any], root: str | None = None, skip: Iterable[str] = ()) -> list[str]:
    """
    Change the network on trial: kept when the node is reachable after it; return notes.

    wanted
        The component ``network`` of a plan: ``devices``, ``tables``, ``sysctls``, ``split``,
        ``confirm`` (seconds).

    root
        A folder below which files are written in place of ``/``; the running network is left
        alone, and nothing is on trial.

    skip
        Keys of the diff to leave as they are. The network changes as one: where anything else
        differs, all of it is brought to what is wanted.

    Raises CommandExecutionError when it was not confirmed in time, and all was put back.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_network.apply '{devices: [{name: eth0, mtu: 1500}]}'
    """
    todo = {key for key, e in diff(wanted, root).items() if key not in skip and "pending" not in e}
    if not todo:
        return []
    look = _look(wanted, root)
    if not look.live:
        return _write(look, root)
    missing = look.backend.needs(look.wanted)
    if missing:
        raise Refused("; ".join(missing))
    printed = {name: _printed(command) for name, command in snapshot.COMMANDS.items()}
    trial = change.trial(look, printed)
    notes: list[str] = __salt__["muster_trial.run"](spec.to_data(trial))
    return notes + reconnect(leaving.lost(look.diff))


@_border
def reconnect(lost: list[str]) -> list[str]:
    """
    See that the minion makes new connections in place of those from addresses that are gone.

    lost
        Addresses, without prefix lengths, that the node had until now.

    Returns notes: what to do where it could not be done.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_network.reconnect '[192.0.2.11]'
    """
    border.demand("muster_network", [border.address_problem("lost", each) for each in lost])
    if not lost:
        return []
    for command in leaving.requests_ended(lost, int(__opts__.get("master_port", 4506))):
        __salt__["cmd.run_all"](list(command), python_shell=False, timeout=10, ignore_retcode=True)
    command = leaving.ended(lost, os.getpid())
    done = __salt__["cmd.run_all"](list(command), python_shell=False, timeout=30)
    if done["retcode"]:
        said = " ".join(str(done["stderr"]).split())[:300]
        return [f"restart salt-minion.service, it may be silent for minutes: {said}"]
    return []


def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Do nothing: below a folder files are all; on a running node the trial's way back does all.

    noted
        What ``apply`` noted: nothing.

    root
        A folder in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_network.undo '{}'
    """
    return []


def _look(wanted: Any, root: str | None) -> change.Look:
    border.demand("muster_network", [border.root_problem(root)])
    live = border.is_live(root)
    names = (*backends.PROBES, *(running.PROBES if live else ()))
    found = facts.Facts(facts.collect(names, root or "/"))
    enabled = found.get("services", "enabled")
    want = wanted_.settled(wanted_.wanted(wanted), _DAEMON in enabled)
    units = found.get("services", "running") if live else enabled
    there = backends.there(units, lambda path: os.path.exists(files.below(root, path)))
    backend = backends.load(backends.in_charge(want, found, there))
    want = layers.with_addresses_of_hardware(want, found) if live else want
    texts = _texts((*backend.GLOBS, *sysctl.GLOBS, proxies.PATH), root)
    mine = {path: text for path, text in texts.items() if _is_of(backend.GLOBS, path)}
    edited = backend.edit(want, mine)
    want = replace(want, dropped=given.dropped(backend.NAME, want, mine, edited))
    look = change.Look(want, live, found, backend, texts, edited)
    if live:
        look.diff.update(running.diff(want, found))
    if look.edited:
        look.add("files", *change.shown(texts, look.edited))
    _look_at_sysctls(look)
    _look_at_proxies(look, enabled)
    return look


def _is_of(globs: Iterable[str], path: str) -> bool:
    # fnmatch's * takes slashes too: what lies deeper was not found by the pattern either.
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in globs)


def _look_at_sysctls(look: change.Look) -> None:
    values = sysctl.values(look.wanted, look.backend.NAME == backends.IFUPDOWN)
    if look.live:
        have = {name: _kernel(name) for name in values}
        look.sysctls = {n: (have[n], values[n]) for n in sorted(values) if have[n] != values[n]}
        for name, (old, new) in look.sysctls.items():
            look.add("sysctls", {name: old}, {name: new})
    edited = sysctl.edit(look.wanted, look.texts)
    if edited:
        look.add("sysctls", *change.shown(look.texts, edited))
    look.own.update(edited)


def _look_at_proxies(look: change.Look, enabled: Iterable[str]) -> None:
    edited = proxies.edit(look.wanted, look.texts.get(proxies.PATH))
    if edited:
        look.add("proxies", *change.shown(look.texts, edited))
    missing = proxies.missing(look.wanted, look.facts, enabled) if look.live else []
    if missing:
        look.add("proxies", {"missing": missing}, {"missing": []})
    look.own.update(edited)


def _texts(globs: Iterable[str], root: str | None) -> dict[str, str]:
    """Return the texts of all files that the patterns name, by path."""
    found: dict[str, str] = {}
    base = "" if border.is_live(root) else str(root).rstrip("/")
    for pattern in globs:
        for path in sorted(glob.glob(glob.escape(base) + pattern, recursive=True)):
            name = path[len(base) :]
            if name not in _OWN and os.path.islink(path) and os.readlink(path) == os.devnull:
                # Taken out of force, and that is a foreign file's good right.
                found[name] = ""
                continue
            real = files.below(root, name)
            text = files.read(real) if os.path.isfile(real) else None
            if text is not None:
                found[name] = text
            if len(found) > _MOST:
                raise Refused(f"{pattern}: more than {_MOST} files; look at them")
    return found


def _kernel(name: str) -> str | None:
    try:
        with open(sysctl.path(name), encoding="ascii") as file:
            return " ".join(file.read(4096).split())
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    except OSError as err:
        raise Refused(
            f"the kernel does not tell {name} ({err.strerror}), so it cannot be seen to be as"
            " wanted; take it out of `sysctls` in the cluster file, or correct its name"
        ) from err


def _printed(command: Iterable[str]) -> str:
    done = __salt__["cmd.run_all"](list(command), python_shell=False, timeout=30)
    if done["retcode"]:
        said = str(done["stderr"] or done["stdout"])[:300]
        raise Refused(f"{' '.join(command)} failed: {said}; the way back would not be known")
    return str(done["stdout"])


def _demand_free(look: change.Look) -> None:
    """Refuse addresses that another host answers for."""
    links = look.facts.get("links", "links")
    own = {link["mac"] for link in links.values()}
    problems = []
    for address, device, by in taken.questions(look.wanted, look.facts):
        mac = _holder(address, by, own)
        problems += [taken.problem(address, device, by, mac)] if mac else []
    if problems:
        raise Refused("; ".join(problems))


def _holder(address: str, device: str, own: Container[str]) -> str:
    """Return the hardware address of another host that answers for an address, or ""."""
    kind = socket.htons(taken.PROTOCOL)
    try:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, kind) as wire:
            wire.bind((device, taken.PROTOCOL))
            for _try in range(taken.TRIES):
                wire.send(taken.probe(wire.getsockname()[4], address))
                until = time.monotonic() + taken.WAIT
                while (left := until - time.monotonic()) > 0:
                    if not select.select([wire], [], [], left)[0]:
                        break
                    mac = taken.holder(wire.recv(2048), address)
                    if mac and mac not in own:
                        return mac
    except OSError as err:
        log.warning("muster: nobody could be asked for %s on %s: %s", address, device, err)
    return ""


def _way_to_master() -> dict[str, str]:
    """Return the master's address and the device that leads to it; {} where that is not known."""
    match = _MASTER.fullmatch(str(__opts__.get("master_uri", "")))
    if not match:
        return {}
    command = ["ip", "route", "get", match.group(1)]
    done = __salt__["cmd.run_all"](command, python_shell=False, timeout=10, ignore_retcode=True)
    words = str(done["stdout"]).split()
    if done["retcode"] or "dev" not in words[:-1]:
        return {}
    return {"address": match.group(1), "dev": words[words.index("dev") + 1]}


def _write(look: change.Look, root: str | None) -> list[str]:
    """Write files below a root: there is nothing to lose, so nothing is on trial."""
    with origins.kept("network", root):
        for path, text in {**look.edited, **look.own}.items():
            mode = 0o644 if path in look.own else look.backend.MODE
            target = files.below(root, path)
            if text is None:
                files.remove(target)
            else:
                # No backup: what lies beside an interface's file may be read as one.
                files.write(target, text, mode, backup=False)
    return []
