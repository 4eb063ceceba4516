"""Which program is in charge of a node's firewall, and how nftables is loaded at boot."""

from __future__ import annotations

import re

from saltext.muster.errors import Refused
from saltext.muster.facts import Facts

NFTABLES, FIREWALLD, UFW = "nftables.service", "firewalld.service", "ufw.service"

#: Where distributions keep what nftables.service loads, unless its unit says otherwise.
MAIN = "/etc/nftables.conf"

_UNIT = re.compile(r"^ExecStart=\S*nft\s+(?:\S+\s+)*?-f\s+(/[A-Za-z0-9_./-]+)\s*$", re.MULTILINE)


def in_charge(facts: Facts, table: bool, own_file: bool) -> str:
    """Return the unit that loads the node's firewall: nftables' or firewalld's.

    table and own_file say whether muster's own table and its file are there. Raises Refused
    where two would be in charge, naming both.
    """
    services = facts.get("firewall", "services")
    state = {name: services.get(name, {}) for name in (NFTABLES, FIREWALLD, UFW)}
    used = {
        name: each.get("active") is True or bool(each.get("enabled"))
        for name, each in state.items()
    }
    if used[UFW]:
        raise Refused(
            "ufw is in charge of the firewall, and a packet must pass its rules as well as"
            " muster's: disable it (ufw disable; systemctl disable --now ufw), or write"
            " `firewall: {enforce: false}` in the cluster file"
        )
    if not used[FIREWALLD]:
        return NFTABLES
    others = [text for text, there in _rivals(state, table, own_file) if there]
    if others:
        raise Refused(
            f"firewalld and {' and '.join(others)} are both in charge of the firewall; nothing"
            " was changed: keep one of them (systemctl disable --now firewalld; or nft delete"
            f" table inet muster, take its include out of {MAIN}, systemctl disable nftables)"
        )
    return FIREWALLD


def _rivals(
    state: dict[str, dict[str, bool]], table: bool, own_file: bool
) -> list[tuple[str, bool]]:
    return [
        ("nftables.service", bool(state[NFTABLES].get("enabled"))),
        ("the table inet muster", table),
        ("muster's file for nftables", own_file),
    ]


def main_file(unit: str | None) -> str:
    """Return the file that nftables.service loads, by its unit's text (None = no such unit)."""
    found = _UNIT.findall(unit or "")
    return found[-1] if found else MAIN
