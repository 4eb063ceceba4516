"""Explain a requirement to a person."""

from __future__ import annotations

import difflib

from saltext.muster import comparison, platforms
from saltext.muster.catalogue import conflicts
from saltext.muster.conflict import Conflict, Side
from saltext.muster.errors import InvalidArgument
from saltext.muster.requirement import Requirement, Row, Rule

#: The tuples of a platform module that hold rows.
TUPLES = ("REQUIREMENTS", "COMPARISONS", "RULES")


def rows(platform: str) -> list[Row]:
    """Return all rows of a platform, of every kind."""
    module = platforms.load(platform)
    return [row for name in TUPLES for row in getattr(module, name, ())]


def every() -> dict[str, Row]:
    """Return all rows of all platforms and the conflicts between them, by id."""
    found = {row.id: row for name in platforms.names() for row in rows(name)}
    return {**found, **{row.id: row for row in conflicts.ROWS}}


def covered_by(row: Row) -> str:
    """Return in a few words which part of muster judges or covers a row."""
    if isinstance(row, Requirement):
        return f"component {row.component}" if row.component else "check"
    if isinstance(row, Rule) and row.proof:
        return "salt-run muster.validate"
    if isinstance(row, Rule):
        named = row.part.removeprefix("saltext.").replace(":", ".")
        return named or ("the operator" if row.step or to_weigh(row) else _uncovered(row))
    return "salt-run muster.validate" if isinstance(row, Conflict) else "salt-run muster.check"


def to_weigh(row: Row) -> bool:
    """Say whether a row is advice that the operator weighs: no part of muster does."""
    covered = isinstance(row, Rule) and (row.proof or row.part or row.step)
    return isinstance(row, Rule) and "advice" in row.kinds and not covered


def _uncovered(rule: Rule) -> str:
    """What no part of muster covers is never said to be met."""
    if "fixture" in rule.kinds:
        return "test data"
    return f"not yet: {'planning' if 'plan' in rule.kinds else 'proofs of the cluster file'}"


def explain(requirement: str) -> str:
    """Return a requirement's whole story in a few lines.

    requirement is an id such as ``GNT-012``. Raises InvalidArgument for an unknown one.
    """
    known = every()
    row = known.get(requirement.upper())
    if row is None:
        near = difflib.get_close_matches(requirement.upper(), known, 3) or sorted(known)[:3]
        raise InvalidArgument(
            f"there is no requirement {requirement!r}; near it: {', '.join(near)}"
        )
    lines = {
        "source": f"{row.source}: {row.place}",
        "minimum": row.minimum or "none given",
        "recommended": row.recommended or "none given",
        "by hand": getattr(row, "by_hand", ""),
        "remedy": getattr(row, "remedy", ""),
        "operator": getattr(row, "step", ""),
        "asked for": "; ".join(_side(side) for side in getattr(row, "sides", ())),
        "found when": getattr(row, "found", ""),
        "muster": _does(row),
    }
    told = [f"  {name:<11}  {text}" for name, text in lines.items() if text]
    return "\n".join([f"{row.id}: {row.text}", *told])


def _side(side: Side) -> str:
    return f"{side.says} ({', '.join(side.rows)})" if side.rows else side.says


def _does(row: Row) -> str:
    if not isinstance(row, Requirement):
        return f"covered by: {covered_by(row)}"
    compared = ""
    if any(each.id == row.id for name in platforms.names() for each in comparison.rows(name)):
        compared = "; salt-run muster.check compares it over the nodes"
    if row.proof:
        compared += "; salt-run muster.validate proves what the cluster file decides"
    if not row.component:
        return f"judges it in preflight; no component changes it{compared}"
    return f"component {row.component} brings it about: state.apply muster{compared}"
