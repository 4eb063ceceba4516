"""The node's firewall: one table of nftables, or a zone of firewalld where that is in charge.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, enablement
from saltext.muster.components.firewall import (
    by_firewalld,
    by_nftables,
    charge,
    connections,
    guard,
    nft,
    sessions,
    system,
)
from saltext.muster.components.firewall.wanted import Wanted, wanted
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused
from saltext.muster.trial import spec

__salt__: dict[str, Any]

__virtualname__ = "muster_firewall"

_border = border.translated(SaltInvocationError, CommandExecutionError)

_SEEN = ("firewall", "interface_files")
_GUARDED = ("sshd", "sockets", "addresses")
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_firewall: nftables is Linux's alone"
    return __virtualname__


@_border
def diff(
    rules: list[dict[str, Any]],
    admin: list[str],
    masters: list[str],
    confirm: int = 60,
    root: str | None = None,
) -> dict[str, dict[str, Any]]:
    """
    Return what differs from the wanted firewall: ``rules`` as they run, ``files``, ``boot``.

    rules
        What is let in, as the plan's ``components.firewall`` has it.

    admin
        Networks that the node is administered from.

    masters
        Addresses of Salt masters.

    confirm
        Seconds that a change waits to be confirmed.

    root
        A folder below which files are read in place of ``/``; the running firewall is left alone.

    Raises CommandExecutionError where two programs are in charge of the firewall.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_firewall.diff '[]' '[]' '[]'
    """
    found, _ = _differs(_wanted(rules, admin, masters, confirm), _node(root))
    return found


@_border
def apply(
    rules: list[dict[str, Any]],
    admin: list[str],
    masters: list[str],
    confirm: int = 60,
    root: str | None = None,
    skip: Iterable[str] = (),
) -> list[str]:
    """
    Bring the firewall to what is wanted, on trial; return notes.

    rules
        What is let in, as the plan's ``components.firewall`` has it.

    admin
        Networks that the node is administered from.

    masters
        Addresses of Salt masters.

    confirm
        Seconds that the change waits to be confirmed.

    root
        A folder below which files are written in place of ``/``; what runs is left alone.

    skip
        Keys of the diff that are waived; nothing is done when no other one differs.

    Raises CommandExecutionError when somebody would be shut out, when nft or firewalld do not
    take the rules, or when the change was put back.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_firewall.apply '[]' '["192.0.2.0/24"]' '["192.0.2.1"]'
    """
    asked, node = _wanted(rules, admin, masters, confirm), _node(root)
    differs, in_charge = _differs(asked, node)
    if not {key for key, entry in differs.items() if "pending" not in entry} - set(skip):
        return []
    backend = by_firewalld if in_charge == charge.FIREWALLD else by_nftables
    seen = facts.Facts(facts.collect(_SEEN, root or "/"))
    if not node.live:
        with origins.kept("firewall", root):
            notes = node.write(backend.wanted_files(asked, seen, node))
            if "boot" in differs:
                enablement.note(__salt__["cmd.run_all"], in_charge, root)
                node.enable(in_charge)
        return notes
    live = connections.of(files.read(path) or "" for path in _TABLES)
    told = _guard(asked, live)
    trial, notes = backend.trial(asked, seen, set(differs), live, node)
    kept: list[str] = __salt__["muster_trial.run"](spec.to_data(trial))
    return [*kept, *notes, *told]


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Bring units below a folder back; on a running node the trial's own way back does all.

    noted
        What ``apply`` noted of units, such as ``{unit nftables.service: disabled -}``.

    root
        A folder in place of ``/``.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_firewall.undo '{}'
    """
    return enablement.back(__salt__["cmd.run_all"], noted, root)


def _wanted(rules: Any, admin: Any, masters: Any, confirm: Any) -> Wanted:
    return wanted({"rules": rules, "admin": admin, "masters": masters, "confirm": confirm})


def _node(root: str | None) -> system.Node:
    border.demand("muster_firewall", [border.root_problem(root)])
    return system.Node(root, _run)


def _differs(asked: Wanted, node: system.Node) -> tuple[Diff, str]:
    """Return the diff, with what waits for consent, and who is in charge."""
    seen = facts.Facts(facts.collect(_SEEN, node.root or "/"))
    running = by_nftables.running(node)
    own = node.read(nft.FILE) is not None
    in_charge = charge.in_charge(seen, running is not None, own)
    if in_charge == charge.FIREWALLD:
        found = by_firewalld.diff(asked, seen, node)
    else:
        found = by_nftables.diff(asked, seen, running, node)
    # What is loaded at boot alone disturbs nobody now.
    why = __salt__["muster.live"]()["why"] if "rules" in found else ""
    for entry in found.values() if why else ():
        entry["pending"] = (
            f"{why}, and a firewall may cut off what guests and cluster need: look at the"
            " changes, then run again with pillar='{muster_consent: true}'"
        )
    return found, in_charge


def _guard(asked: Wanted, live: list[connections.Connection]) -> list[str]:
    """Raise Refused when somebody would be shut out; return notes of who will be later."""
    seen = facts.Facts(facts.collect(_GUARDED))
    own = [each["address"] for each in seen.get("addresses", "addresses")]
    found = list(guard.problems(asked, seen, live, own, _logged_in()))
    if found:
        raise Refused(f"nothing was changed, as the firewall would lock out: {'; '.join(found)}")
    return guard.told(asked, seen, live, own)


def _logged_in() -> list[str] | None:
    """Return from where people are logged in; None when logind does not tell."""
    listed = _run(sessions.LIST)
    if listed.status:
        return None
    ids = sessions.ids(listed.output)
    shown = _run((*sessions.SHOW, *ids)) if ids else None
    if shown is None:
        return []
    return None if shown.status else sessions.peers(shown.output)


def _run(argv: Iterable[str], text: str = "") -> system.Done:
    """Run a program with ``text`` as its input; a missing one is a result too."""
    done: Mapping[str, Any] = __salt__["cmd.run_all"](
        list(argv),
        python_shell=False,
        stdin=text,
        timeout=60,
        ignore_retcode=True,
        env={"LC_ALL": "C.UTF-8"},
        output_loglevel="quiet",
    )
    return system.Done(int(done["retcode"]), str(done["stdout"]), str(done["stderr"]))
