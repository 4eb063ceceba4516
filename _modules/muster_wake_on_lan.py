"""Network cards wake by the magic packet.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts, files, origins
from saltext.muster.components import border, wake_on_lan
from saltext.muster.errors import Refused
from saltext.muster.probes.source import Source, Unreadable

__salt__: dict[str, Any]

__virtualname__ = "muster_wake_on_lan"

_border = border.translated(SaltInvocationError, CommandExecutionError)

#: How the ways by which a card woke before are noted.
_WAYS = "waking of "

_NET = "/sys/class/net"
_COUNTS = re.compile(r"^E:ID_NET_LINK_FILE=(\S+)$", re.M)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_wake_on_lan: .link files are systemd's"
    return __virtualname__


@_border
def diff(
    interfaces: list[str], root: str | None = None, skip: Iterable[str] = ()
) -> dict[str, dict[str, Any]]:
    """
    Return ``boot`` and ``running`` as far as cards do not wake by the magic packet.

    interfaces
        Names of cards, such as ``[eno1]``; of several, those of a bond, one that can is enough.

    root
        A folder below which files are read in place of ``/``; the cards are left alone.

    skip
        Keys of the diff that are waived: a card that cannot wake is no error then.

    Raises CommandExecutionError when no card can wake.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_wake_on_lan.diff '[eno1]'
    """
    try:
        cards = _cards(interfaces, root)
    except Refused:
        if not {wake_on_lan.BOOT, wake_on_lan.RUNNING} <= set(skip):
            raise
        return {}  # nothing is asked of cards that are not what they should be
    if not border.is_live(root):
        return wake_on_lan.diff(cards, None, list(skip))
    if not shutil.which("ethtool"):
        # In test mode its package is not there yet.
        seen = dict.fromkeys(interfaces, "not known: ethtool is not installed")
        return {**wake_on_lan.diff_boot(cards), **wake_on_lan.diff_running(seen)}
    return wake_on_lan.diff(cards, _nics(), list(skip))


@_border
@origins.keeping("wake_on_lan")
def apply(interfaces: list[str], root: str | None = None, skip: Iterable[str] = ()) -> list[str]:
    """
    Make cards wake by the magic packet, now and after each boot; return notes.

    interfaces
        Names of cards, such as ``[eno1]``.

    root
        A folder below which files are written in place of ``/``; the cards are left alone.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when another .link file counts, or ethtool says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_wake_on_lan.apply '[eno1]'
    """
    cards = _cards(interfaces, root)
    differs = diff(interfaces, root, skip)
    todo = {key: entry["new"] for key, entry in differs.items() if key not in skip}
    notes: list[str] = []
    with border.noting(notes):
        for card in cards:
            if card.name in todo.get(wake_on_lan.BOOT, ()):
                notes += _write(card, root)
        for name in todo.get(wake_on_lan.RUNNING, ()):
            nics = _nics()
            origins.note(f"{_WAYS}{name}", wake_on_lan.ways(nics, name))
            _switch(name, wake_on_lan.letters(nics, name))
    return notes


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Have cards wake in the ways that they did before muster; return notes.

    noted
        What ``apply`` noted, such as ``{waking of eno1: d}``: ethtool's letters.

    root
        A folder in place of ``/``: the cards are left alone then.

    Raises CommandExecutionError when ethtool says no.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_wake_on_lan.undo '{waking of eno1: d}'
    """
    notes: list[str] = []
    for name, letters in noted.items() if border.is_live(root) else ():
        card = name.removeprefix(_WAYS)
        wake_on_lan.check([card])
        if card != name and os.path.exists(f"{_NET}/{card}") and wake_on_lan.are_letters(letters):
            with border.noting(notes):
                _switch(card, letters)
            notes.append(f"{card} has Wake-on: {letters} again")
    return notes


def _cards(interfaces: list[str], root: str | None) -> list[wake_on_lan.Card]:
    wake_on_lan.check(interfaces)
    border.demand("muster_wake_on_lan", [border.root_problem(root)])
    try:
        return [_card(Source(root or "/"), name, root) for name in interfaces]
    except Unreadable as err:
        raise Refused(f"{err}; make it readable, then run again") from err


def _nics() -> dict[str, Any]:
    found: dict[str, Any] = facts.Facts(facts.collect(("wol",))).get("wol", "nics")
    return found


def _card(source: Source, name: str, root: str | None) -> wake_on_lan.Card:
    """Read a card's permanent address and the .link files that concern it."""
    folder = f"{_NET}/{name}"
    if not source.exists(f"{folder}/ifindex"):
        raise Refused(f"there is no network card {name}; name the node's own in the cluster file")
    # A port of a bond has the bond's address, and tells its own elsewhere.
    mac = source.text_or(f"{folder}/bonding_slave/perm_hwaddr").strip()
    if not mac:
        mac = source.text(f"{folder}/address").strip()
        if source.text_or(f"{folder}/addr_assign_type", "0").strip() != "0":
            raise Refused(
                f"{name} has the address {mac}, which is not the card's own: without that one"
                " systemd would not know the card at the next boot; see ethtool -P"
            )
    index = source.text(f"{folder}/ifindex").strip()
    known = source.text_or(f"/run/udev/data/n{index}" if index.isdecimal() else os.devnull)
    counts = _COUNTS.search(known)
    own = files.read(files.below(root, wake_on_lan.path(name)))
    base_path = wake_on_lan.base_path(name, counts.group(1) if counts else "", own)
    return wake_on_lan.Card(name, mac, base_path, _whole(source, base_path), own)


def _whole(source: Source, path: str) -> str:
    """Return the text of a .link file and of its drop-ins, in the order in which they count."""
    file = path.rpartition("/")[2]
    extras = {
        extra.rpartition("/")[2]: extra
        for folder in reversed(wake_on_lan.FOLDERS)
        for extra in source.glob(f"{folder}/{file}.d/*.conf")
    }
    paths = [path, *(extras[name] for name in sorted(extras))]
    return "\n".join(source.text(each) for each in paths)


def _write(card: wake_on_lan.Card, root: str | None) -> list[str]:
    if wake_on_lan.earlier(card):
        raise Refused(
            f"{card.base_path} counts for {card.name} and comes before what muster would write:"
            " add WakeOnLan=magic to its [Link] section, then run again"
        )
    path = files.below(root, wake_on_lan.path(card.name))
    return files.edit(path, lambda _: wake_on_lan.text(card))


def _switch(name: str, letters: str) -> None:
    if not shutil.which("ethtool"):
        raise Refused("ethtool is not installed: install its package, then run again")
    command = ["ethtool", "-s", name, "wol", letters]
    done = __salt__["cmd.run_all"](command, python_shell=False, timeout=30)
    if done["retcode"]:
        said = (done["stderr"] or done["stdout"])[:300]
        raise Refused(f"{' '.join(command)} failed: {said}; see ethtool {name}, then run again")
