"""Units of systemd as they were before muster: what is noted of one, and the way back to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from saltext.muster import origins
from saltext.muster.components import border
from saltext.muster.errors import Refused

#: How a unit's note is named.
PREFIX = "unit "

#: Runs a program, as Salt's cmd.run_all does.
Run = Callable[..., Mapping[str, Any]]

_ON, _OFF, _MASKED = "enabled", "disabled", "masked"


def note(run: Run, unit: str, root: str | None = None) -> None:
    """Keep whether a unit is enabled, and on a running node whether it is active.

    To be called within ``origins.kept``, before either is changed.
    """
    origins.note(f"{PREFIX}{unit}", look(run, unit, root))


def look(run: Run, unit: str, root: str | None = None) -> str:
    """Return two words: how a unit is enabled, and whether it is active (``-`` below a root)."""
    enabled = _said(run, [*_systemctl(root), "is-enabled", unit]) or "unknown"
    live = border.is_live(root)
    return f"{enabled} {_said(run, ['systemctl', 'is-active', unit]) if live else '-'}"


def back(run: Run, noted: Mapping[str, str], root: str | None = None) -> list[str]:
    """Bring units back to what was noted of them; return notes.

    Raises Refused with what systemd did not do.
    """
    notes, problems = list[str](), list[str]()
    for name, old in noted.items():
        unit = name.removeprefix(PREFIX)
        now = look(run, unit, root) if name.startswith(PREFIX) else old
        for verb in _verbs(old, now):
            # What another one conflicts with is stopped by systemd itself.
            problem = _problem(run, [*_systemctl(root), verb, unit])
            problems += [problem] if problem else []
        notes += [f"{unit} is {old} again"] if old != now else []
    if problems:
        raise Refused("; ".join([*problems, *notes]))
    return notes


def _verbs(old: str, now: str) -> Iterable[str]:
    """Return systemctl's verbs that lead from what is to what was."""
    (was_enabled, _, was_active), (enabled, _, active) = old.partition(" "), now.partition(" ")
    if active != was_active and active == "active":
        yield "stop"
    if enabled != was_enabled:
        if enabled == _MASKED:
            yield "unmask"
        yield from {_ON: ("enable",), _OFF: ("disable",), _MASKED: ("disable", "mask")}.get(
            was_enabled, ()
        )
    if active != was_active and was_active == "active":
        yield "start"


def _systemctl(root: str | None) -> list[str]:
    return ["systemctl"] if border.is_live(root) else ["systemctl", f"--root={root}"]


def _said(run: Run, command: list[str]) -> str:
    done = run(command, python_shell=False, timeout=60, ignore_retcode=True)
    return (str(done["stdout"]).split() or [""])[0]


def _problem(run: Run, command: list[str]) -> str:
    done = run(command, python_shell=False, timeout=60)
    said = " ".join(str(done["stderr"] or done["stdout"]).split())[:300]
    return f"{' '.join(command)} failed: {said}; do that by hand" if done["retcode"] else ""
