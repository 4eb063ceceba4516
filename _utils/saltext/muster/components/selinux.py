"""The selinux component: its configured and its running mode."""

from __future__ import annotations

import re

from saltext.muster.components.border import demand
from saltext.muster.converge import Diff
from saltext.muster.facts import Facts, Unread

PATH = "/etc/selinux/config"
ENFORCE = "/sys/fs/selinux/enforce"
MODES = ("enforcing", "permissive", "disabled")

_LINE = re.compile(r"^SELINUX=[^\r\n]*", re.M)


def check(mode: str) -> None:
    """Raise InvalidArgument unless ``mode`` is one of MODES."""
    wrong = "" if mode in MODES else f"mode: {mode!r:.90} is none of {', '.join(MODES)}"
    demand("muster_selinux", [wrong])


def diff(facts: Facts, mode: str, live: bool = True) -> Diff:
    """Return what differs from ``mode``; the running mode is judged on a live node alone.

    What only a reboot can change is pending. Source: VMM-032 to VMM-034.
    """
    found: Diff = {}
    configured = _configured(facts)
    if configured != mode and (configured, mode) != ("absent", "disabled"):
        found["configured"] = {"old": configured, "new": mode}
    if not live:
        return found
    running = facts.get("selinux", "running")
    if running != mode:
        found["running"] = {"old": running, "new": mode}
        if "disabled" in (running, mode):
            found["running"]["pending"] = _pending(facts, mode)
    return found


def edit(text: str, mode: str) -> str:
    """Return /etc/selinux/config's text with ``mode``; SELINUXTYPE and comments stay.

    All lines of that name are set: the first valid one counts, the others would mislead.
    """
    new, count = _LINE.subn(f"SELINUX={mode}", text)
    if count:
        return new
    kept = text if not text or text.endswith("\n") else text + "\n"
    return f"{kept}SELINUX={mode}\n"


def _configured(facts: Facts) -> str:
    try:
        return str(facts.get("selinux", "configured"))
    except Unread as unread:
        return str(unread)


def _pending(facts: Facts, mode: str) -> str:
    if mode == "disabled":
        return "SELinux is turned off by a reboot alone: reboot the node when that suits"
    try:
        option = facts.get("selinux", "cmdline")
    except Unread:
        option = ""
    first = f"take {option} off the kernel's command line, then " if option == "selinux=0" else ""
    return (
        f"SELinux is turned on by a reboot alone: {first}reboot the node when that suits"
        " (Debian's kernel takes SELinux only with security=selinux on its command line)"
    )
