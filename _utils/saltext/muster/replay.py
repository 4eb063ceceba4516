"""Judge the facts in a bundle as if its node were here, and tell what changed since another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext.muster import bundle, changes
from saltext.muster.assess import report, requirements, verdicts
from saltext.muster.requirement import Plan


def judged(
    plan: Plan, held: Mapping[str, Any], old: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the report of judging the facts in a bundle by a plan.

    With an older bundle the report tells what changed since, by the same plan.
    """
    rows = requirements(plan)
    found = verdicts(rows, plan, bundle.reader(held))
    data = {**report(plan, found), "bundle": bundle.origin(held)}
    if old is None:
        return data
    before = verdicts(rows, plan, bundle.reader(old))
    since = {**bundle.origin(old), "verdicts": changes.verdicts(before, found)}
    return {**data, "since": {**since, **changes.differences(old, held)}}
