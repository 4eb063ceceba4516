"""The kvm_spice component: the program name kvm-spice on systems like Debian."""

from __future__ import annotations

import os

from saltext.muster import files
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts

PATH = "/usr/bin/kvm-spice"
TARGET = "/usr/bin/kvm"


def needed(facts: Facts) -> bool:
    """Say whether this distribution needs the link: those like Debian, but not Ubuntu's."""
    names = {facts.get("os", "id"), *facts.get("os", "id_like")}
    return facts.get("os", "family") == "debian" and "ubuntu" not in names


def diff(facts: Facts) -> Diff:
    """Return ``link`` when kvm-spice is needed and resolves to no program.

    Source: RAV-017, RAV-018.
    """
    if not needed(facts) or facts.get("kvm_spice", "executable"):
        return {}
    link = facts.get("kvm_spice", "link")
    old = f"link to {link}" if link else _other(facts)
    return {"link": {"old": old, "new": f"link to {TARGET}"}}


def _other(facts: Facts) -> str:
    return "no link and no program" if facts.get("kvm_spice", "exists") else "absent"


def make(path: str, target: str, program: str) -> None:
    """Make ``path`` a link to ``target``, replacing only a link.

    path and program (where target lies) are paths of this machine. Raises Refused when a real
    file is in the way or when the program is missing.
    """
    if not (os.path.isfile(program) and os.access(program, os.X_OK)):
        raise Refused(
            f"{target} is missing or no program: install qemu-system-x86 (or qemu-kvm) first,"
            " then run again"
        )
    if os.path.lexists(path) and not os.path.islink(path):
        raise Refused(
            f"{path} is a file, not a link, and is never overwritten: find out whose it is"
            " (dpkg -S), move it away, then run again"
        )
    files.link(path, target)
