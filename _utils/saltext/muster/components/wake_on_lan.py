"""The wake_on_lan component: cards wake by the magic packet, now and after each boot.

What is set at boot is set by systemd's .link file of a card. Only the first file that matches a
card counts, so muster's own one repeats the settings of the file that matched before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from saltext.muster.components.border import demand
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused

FOLDER = "/etc/systemd/network"
FOLDERS = (FOLDER, "/run/systemd/network", "/usr/lib/systemd/network", "/lib/systemd/network")
PREFIX = "50-muster-"
#: The file that matches every card where there is no other; it is systemd's own.
DEFAULT = "/usr/lib/systemd/network/99-default.link"

BOOT, RUNNING = "boot", "running"
MAGIC = "Wake-on: g"

_NAME = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}", re.ASCII)
_MAC = re.compile("(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,200}\.link", re.ASCII)
_BASE = re.compile(r"^# In place of (/\S+)$", re.M)
_SETTING = re.compile(r"^\s*([A-Za-z0-9-]+)\s*=\s*(.*?)\s*$")
_MATCH, _LINK = "[Match]", "[Link]"
_OFF = "WakeOnLan"

#: ethtool's letters that can be set; s, a password, needs more than its letter.
_LETTERS = "pumbagf"
_NONE = "d"


@dataclass(frozen=True)
class Card:
    """A card as it is: its permanent address, and the .link file that counts ("" = not told).

    base is the text of that file, or of the one that muster's own stands in place of, and
    base_path where that lies. own is the text of muster's own file, None = there is none.
    """

    name: str
    mac: str
    base_path: str
    base: str
    own: str | None


def check(interfaces: Any) -> None:
    """Raise InvalidArgument unless these are names of cards."""
    if not isinstance(interfaces, (list, tuple)) or not interfaces:
        demand("muster_wake_on_lan", [f"interfaces: {interfaces!r:.90} is no list of names"])
    demand("muster_wake_on_lan", [name_problem("interfaces", name) for name in interfaces])


def name_problem(where: str, name: Any) -> str:
    """Return "" for a name that a card can have, else what is wrong."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        return ""
    return f"{where}: {name!r:.90} is no name of a network card (15 of a-z, 0-9, _, . and -)"


def path(name: str) -> str:
    """Return where muster's own .link file of a card is."""
    return f"{FOLDER}/{PREFIX}{name}.link"


def base_path(name: str, counting: str, own: str | None) -> str:
    """Return the .link file that is to be repeated.

    counting is the one that udev took for the card; where that is muster's own, its text tells
    in place of which other it stands. Raises Refused when udev named none that may be read.
    """
    if counting == path(name):
        found = _BASE.search(own or "")
        counting = found.group(1) if found else DEFAULT
    folder, _, file = counting.rpartition("/")
    if folder in FOLDERS and _FILE.fullmatch(file):
        return counting
    seen = counting if counting else "none"
    raise Refused(
        f"which .link file counts for {name} is not known: udev tells of {seen:.90}; see"
        f" udevadm info /sys/class/net/{name} | grep LINK_FILE, then run again"
    )


def text(card: Card) -> str:
    """Return muster's own .link file of a card: the settings of the other one, and MagicPacket."""
    if not _MAC.fullmatch(card.mac):
        raise Refused(f"{card.name} has no permanent Ethernet address: seen {card.mac!r:.40}")
    lines = [
        "# Written by muster: changes are replaced.",
        f"# In place of {card.base_path}",
        # Bridges and VLANs have the card's address too, and are of another type.
        *(_MATCH, f"MACAddress={card.mac}", "Type=ether"),
        *("", _LINK, *_settings(card.base, _LINK), f"{_OFF}=magic"),
    ]
    for section in _sections(card.base):
        if section not in (_MATCH, _LINK):
            lines += ["", section, *_settings(card.base, section)]
    return "\n".join(lines) + "\n"


def _sections(base: str) -> list[str]:
    found = [line.strip() for line in base.splitlines() if line.strip().startswith("[")]
    return list(dict.fromkeys(found))


def _settings(base: str, section: str) -> list[str]:
    """Return the settings of a section, without wake on LAN."""
    found, inside = [], False
    for line in base.splitlines():
        if line.strip().startswith("["):
            inside = line.strip() == section
        match = _SETTING.match(line)
        if inside and match and not match.group(1).startswith(_OFF):
            found.append(f"{match.group(1)}={match.group(2)}")
    return found


def earlier(card: Card) -> bool:
    """Say whether the file that counts is taken before muster's own could be."""
    return card.base_path.rpartition("/")[2] < f"{PREFIX}{card.name}.link"


def wakes_at_boot(card: Card) -> bool:
    """Say whether a card wakes by the magic packet after a boot."""
    if not earlier(card):
        return card.own == text(card)
    told = [line for line in _lines(card.base) if line.startswith(f"{_OFF}=")]
    return bool(told) and "magic" in told[-1].partition("=")[2].split()


def _lines(base: str) -> list[str]:
    matches = (_SETTING.match(line) for line in base.splitlines())
    return [f"{match.group(1)}={match.group(2)}" for match in matches if match]


def diff(cards: Sequence[Card], nics: Mapping[str, Any] | None, skip: Sequence[str] = ()) -> Diff:
    """Return ``boot`` and ``running`` as far as cards do not wake by the magic packet.

    nics are those of the fact ``wol`` (None = the cards are not to be looked at). Where one of
    several cards, those of a bond, can wake, that is enough. What is in skip is waived: only
    otherwise a card that cannot wake raises Refused. Source: RAV-031.
    """
    able = [card for card in cards if nics is None or "g" in _letters(nics, card.name)[0]]
    if not able and not {BOOT, RUNNING} <= set(skip):
        raise Refused("; ".join(_unable(nics or {}, card.name) for card in cards))
    off = {card.name: _letters(nics, card.name)[1] for card in able} if nics else {}
    off = {name: f"Wake-on: {letters}" for name, letters in off.items() if "g" not in letters}
    return {**diff_boot(able), **diff_running(off)}


def diff_boot(cards: Sequence[Card]) -> Diff:
    """Return ``boot`` unless all of the cards wake after a boot."""
    asleep = [card for card in cards if not wakes_at_boot(card)]
    old = {card.name: _at_boot(card) for card in asleep}
    new = {card.name: path(card.name) for card in asleep}
    return {BOOT: {"old": old, "new": new}} if asleep else {}


def diff_running(off: Mapping[str, str]) -> Diff:
    """Return ``running`` for cards that do not wake, with what is seen of each."""
    return {RUNNING: {"old": dict(off), "new": dict.fromkeys(off, MAGIC)}} if off else {}


def letters(nics: Mapping[str, Any], name: str) -> str:
    """Return what ``ethtool -s NIC wol`` is to be given: what is on already, and g."""
    now = _letters(nics, name)[1]
    return "".join(letter for letter in _LETTERS if letter in now or letter == "g")


def ways(nics: Mapping[str, Any], name: str) -> str:
    """Return what ``ethtool -s NIC wol`` is to be given for what is on now; d = nothing."""
    now = _letters(nics, name)[1]
    return "".join(letter for letter in _LETTERS if letter in now) or _NONE


def are_letters(value: str) -> bool:
    """Say whether ``ethtool -s NIC wol`` can be given this."""
    return bool(value) and set(value) <= set(_LETTERS + _NONE)


def _letters(nics: Mapping[str, Any], name: str) -> tuple[str, str]:
    """Return which ways of waking a card knows, and which are on."""
    card = nics.get(name, {})
    return str(card.get("supports", "")), str(card.get("wake_on", ""))


def _unable(nics: Mapping[str, Any], name: str) -> str:
    card = nics.get(name)
    if card is None:
        return f"there is no physical Ethernet card {name}; name the node's own in the cluster file"
    if "unknown" in card:
        return f"{name}: {card['unknown']}; waive RAV-031 if it shall not wake"
    return (
        f"{name} knows no magic packet (it supports {card.get('supports')}): enable wake on LAN"
        " in the firmware's setup, or waive RAV-031"
    )


def _at_boot(card: Card) -> str:
    return f"{card.base_path} without magic" if earlier(card) or card.own is None else "other text"
