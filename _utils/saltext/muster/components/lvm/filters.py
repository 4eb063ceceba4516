"""LVM's filter in lvm.conf: DRBD's devices are rejected before anything else is asked."""

from __future__ import annotations

from dataclasses import dataclass

from saltext.muster.catalogue.predicates import storage
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts, Unread
from saltext.muster.probes import _lvmconf
from saltext.muster.verdict import PASS

CONF, LOCAL = "/etc/lvm/lvm.conf", "/etc/lvm/lvmlocal.conf"
KEY = "devices/global_filter"
HEADER = "# Written by muster.\n"

#: LVM tries each of a device's names, and one that is accepted is enough: so the links below
#: /dev/drbd/ are rejected with the devices.
REJECT = "r|/dev/drbd.*|"
WANTED = f'"{REJECT}" in front of global_filter'


def diff(facts: Facts) -> Diff:
    """Return what lets LVM look at DRBD's devices (``filter``). Source: GNT-054."""
    filters, listed = facts.get("lvm", "filters"), facts.get("lvm", "devices_file")
    try:
        if storage.drbd_not_scanned(facts, {}).status == PASS:
            return {}
    except Unread:
        # Whether the devices file is in force cannot be told: what a filter says must do.
        if not storage.first_scanned(filters) and not listed["devices"]:
            return {}
    if not storage.first_scanned(filters) or (listed["there"] and listed["setting"] == "1"):
        named = [name for name in listed["devices"] if name.startswith("/dev/drbd")]
        return _by_hand(named) if named else {}
    old = filters["global_filter"] or "no global_filter"
    return {"filter": {"old": old, "new": WANTED}}


def _by_hand(named: list[str]) -> Diff:
    old = f"the devices file names {', '.join(named[:5])}"
    why = f"muster takes no device out of LVM's list: lvmdevices --deldev {named[0]}"
    return {"filter": {"old": old, "new": "no device of DRBD's in it", "pending": why}}


def rejecting(text: str) -> str:
    """Return a configuration of LVM's with DRBD's devices rejected first by global_filter.

    All else keeps its bytes. Raises Refused when that cannot be written without changing
    another setting.
    """
    old = _lvmconf.parse(text)
    new = _edited(text)
    if _lvmconf.parse(new) != {**old, KEY: [REJECT, *old.get(KEY, [])]}:
        raise Refused(
            f"global_filter could not be written without changing other settings; by hand: {WANTED}"
            " in the section devices"
        )
    return new


@dataclass(frozen=True)
class _Value:
    """Where a value begins and ends; whether it is a list, and where its first element begins."""

    start: int
    end: int
    is_list: bool
    first: int | None


def _edited(text: str) -> str:
    value, section, hint = _places(text)
    quoted = f'"{REJECT}"'
    if value and not value.is_list:
        return (
            f"{text[: value.start]}[ {quoted}, {text[value.start : value.end]} ]{text[value.end :]}"
        )
    if value and value.first is not None:
        return f"{text[: value.first]}{quoted}, {text[value.first :]}"
    if value:
        return f"{text[: value.start + 1]} {quoted} {text[value.start + 1 :].lstrip(' ')}"
    line = f"global_filter = [ {quoted} ]"
    if section is None:
        gap = "" if not text or text.endswith("\n") else "\n"
        return f"{text or HEADER}{gap}devices {{\n\t{line}\n}}\n"
    place = hint or section
    rest = text[place:] if text.startswith("\n", place) else "\n" + text[place:]
    return f"{text[:place]}\n\t{line}{rest}"


def _places(text: str) -> tuple[_Value | None, int | None, int | None]:
    """Return the last value of global_filter, the end of the last "devices {" and of a comment
    in such a section that tells of global_filter."""
    walk = _Walk()
    for match in _lvmconf.TOKEN.finditer(text):
        walk.step(match.group(), match.start(), match.end())
    return walk.value, walk.section, walk.hint


class _Walk:
    """Goes through the tokens as ``_lvmconf.parse`` does, and keeps where they are."""

    def __init__(self) -> None:
        self.value: _Value | None = None
        self.section: int | None = None
        self.hint: int | None = None
        self._sections: list[str] = []
        self._word = ""
        self._assigned = False
        self._open: int | None = None
        self._first: int | None = None

    def step(self, piece: str, start: int, end: int) -> None:
        """Take one token."""
        if piece.startswith("#"):
            if self._sections == ["devices"] and piece.lstrip("# \t").startswith("global_filter"):
                self.hint = end
        elif piece in ("{", "}"):
            self._brace(piece, end)
        elif piece == "=":
            self._assigned = "/".join([*self._sections, self._word]) == KEY
            self._open = self._first = None
        elif self._assigned:
            self._in_value(piece, start, end)
        elif piece not in ("[", "]", ","):
            self._word = piece

    def _brace(self, piece: str, end: int) -> None:
        if piece == "{":
            self._sections.append(self._word)
            if self._sections == ["devices"]:
                self.section, self.hint = end, None
        else:
            del self._sections[-1:]
        self._word, self._assigned = "", False

    def _in_value(self, piece: str, start: int, end: int) -> None:
        if piece == "[":
            self._open = start
        elif piece == "]":
            if self._open is not None:
                self.value = _Value(self._open, end, True, self._first)
            self._assigned = False
        elif piece != ",":
            if self._open is None:
                self.value = _Value(start, end, False, start)
                self._assigned = False
            elif self._first is None:
                self._first = start
