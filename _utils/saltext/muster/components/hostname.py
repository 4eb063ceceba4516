"""The hostname component: /etc/hostname, and the kernel's name."""

from __future__ import annotations

from saltext.muster.components.border import demand, name_problem
from saltext.muster.converge import Diff
from saltext.muster.facts import Facts, Unread

PATH = "/etc/hostname"


def check(name: str) -> None:
    """Raise InvalidArgument unless ``name`` is a host name that Linux takes (64 bytes)."""
    local = "name: 'localhost' is every host's" if name == "localhost" else ""
    demand("muster_hostname", [name_problem("name", name), local])


def diff(facts: Facts, name: str, live: bool = True) -> Diff:
    """Return what differs from ``name``; the running name is judged on a live node alone.

    Source: GNT-011, GNT-014.
    """
    found: Diff = {}
    keys = ("configured", "running") if live else ("configured",)
    for key in keys:
        seen = facts.get("hostname", key)
        if seen != name:
            found[key] = {"old": seen, "new": name}
    return found


def edit(text: str, name: str) -> str:
    """Return /etc/hostname's text with ``name`` in it; comments stay.

    The first line that is no comment is the name; what follows it is nobody's.
    """
    lines = text.split("\n") if text else []
    for number, line in enumerate(lines):
        if line.strip() and not line.strip().startswith("#"):
            lines[number] = name
            new = "\n".join(lines)
            return new if new.endswith("\n") else new + "\n"
    kept = text if not text or text.endswith("\n") else text + "\n"
    return f"{kept}{name}\n"


def cloud_note(facts: Facts) -> list[str]:
    """Return a note when cloud-init may set another name at the next boot."""
    try:
        cloud = facts.get("hostname", "cloud_init")
    except Unread:
        return []
    if not cloud["installed"] or cloud["preserve_hostname"] is True:
        return []
    return [
        "cloud-init may set another name at the next boot: write 'preserve_hostname: true' into"
        " /etc/cloud/cloud.cfg.d/99-muster.cfg"
    ]
