"""Explain a requirement to a person."""

from __future__ import annotations

import difflib

from saltext.muster import platforms
from saltext.muster.errors import InvalidArgument
from saltext.muster.requirement import Requirement


def every() -> dict[str, Requirement]:
    """Return all requirements of all platforms, by id."""
    return {row.id: row for name in platforms.names() for row in platforms.load(name).REQUIREMENTS}


def explain(requirement: str) -> str:
    """Return a requirement's whole story in a few lines.

    requirement is an id such as ``GNT-012``. Raises InvalidArgument for an unknown one.
    """
    rows = every()
    row = rows.get(requirement.upper())
    if row is None:
        near = difflib.get_close_matches(requirement.upper(), rows, 3) or sorted(rows)[:3]
        raise InvalidArgument(
            f"there is no requirement {requirement!r}; near it: {', '.join(near)}"
        )
    lines = [
        f"{row.id}: {row.text}",
        f"  source       {row.source}: {row.place}",
        f"  minimum      {row.minimum or 'none given'}",
        f"  recommended  {row.recommended or 'none given'}",
        f"  by hand      {row.by_hand}",
        f"  remedy       {row.remedy}",
        f"  muster       {_does(row)}",
    ]
    return "\n".join(lines)


def _does(row: Requirement) -> str:
    if not row.component:
        return "judges it in preflight; no component changes it"
    return f"component {row.component} brings it about: state.apply muster"
