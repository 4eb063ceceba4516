"""``muster requirements``, ``explain`` and ``handover``: the catalogue, for a person."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from saltext.muster import explanation, platforms
from saltext.muster.conflict import Conflict
from saltext.muster.errors import InvalidArgument
from saltext.muster.planning import topics
from saltext.muster.requirement import Row, Rule

#: Where rows stand that no platform has alone.
BETWEEN = "conflicts"


def requirements(arguments: argparse.Namespace) -> int:
    """List the rows of the catalogue."""
    groups = _groups(arguments.platform)
    if arguments.json:
        rows = [data(name, row) for name, group in groups.items() for row in group]
        print(json.dumps({"format": "muster-requirements", "version": 1, "rows": rows}))
        return 0
    for name, group in groups.items():
        print(f"{name}: {len(group)} rows")
        for row in group:
            print("\n".join(_lines(row)))
    return 0


def _groups(platform: str | None) -> dict[str, list[Row]]:
    """Return the rows by platform, and the conflicts that the asked platform is a side of."""
    names = [platform] if platform else platforms.names()
    found = {name: explanation.rows(name) for name in names}
    between: list[Row] = [
        row
        for row in explanation.every().values()
        if isinstance(row, Conflict)
        and (not platform or platform in [side.platform for side in row.sides])
    ]
    return {**found, BETWEEN: between}


def explain(arguments: argparse.Namespace) -> int:
    """Print one row's whole story."""
    print(explanation.explain(arguments.requirement))
    return 0


def handover(arguments: argparse.Namespace) -> int:
    """List the steps that no part of muster does, and the advice that it does not judge."""
    if bool(arguments.file) == bool(arguments.platform):
        raise InvalidArgument("handover: give a cluster file, or --platform with a name")
    if arguments.file:
        return _of_file(arguments.file, arguments.json)
    rows = explanation.rows(arguments.platform)
    steps = [row for row in rows if isinstance(row, Rule) and row.step]
    advice = [row for row in rows if explanation.to_weigh(row)]
    if arguments.json:
        told = {
            "steps": [{"id": row.id, "text": row.text, "step": row.step} for row in steps],
            "weigh": [{"id": row.id, "text": row.text} for row in advice],
        }
        print(json.dumps({"format": "muster-handover", "version": 1, **told}))
        return 0
    count = "1 step is" if len(steps) == 1 else f"{len(steps)} steps are"
    print(f"{arguments.platform}: {count} the operator's")
    for step in steps:
        print(f"  [ ] {step.id}  {step.text}\n      {step.step}")
    if advice:
        print(f"advice for the operator to weigh: {len(advice)}")
    for piece in advice:
        print(f"  [ ] {piece.id}  {piece.text}")
    return 0


def _of_file(path: str, as_data: bool) -> int:
    """Print the steps for the cluster of a file, with its own values."""
    from saltext.muster.cli import subjects

    cluster, refused_by = subjects.planned(path)
    found = topics.sheet("handover", cluster, refused_by)
    print(json.dumps(found.to_data()) if as_data else found.text(), end="" if not as_data else "\n")
    return found.status


def data(platform: str, row: Row) -> dict[str, Any]:
    """Return a row as plain data: its fields that are texts, and what covers it."""
    found: dict[str, Any] = {"platform": platform, "type": type(row).__name__.lower()}
    for item in fields(row):
        value = getattr(row, item.name)
        if isinstance(value, tuple):
            found[item.name] = [each if isinstance(each, str) else asdict(each) for each in value]
        elif isinstance(value, str):
            found[item.name] = value
    return {**found, "covered_by": explanation.covered_by(row)}


def _lines(row: Row) -> Iterable[str]:
    yield f"  {row.id}  {row.text}"
    parts = {
        "minimum": row.minimum,
        "recommended": row.recommended,
        "is": f"{', '.join(row.kinds)}, of a {row.scope}",
        "covered by": explanation.covered_by(row),
        "from": f"{row.source}: {row.place}",
    }
    yield "           " + "; ".join(f"{key} {text}" for key, text in parts.items() if text)
