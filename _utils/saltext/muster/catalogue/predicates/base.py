"""What the tests of the catalogue are made of: facts and plan in, outcome out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from saltext.muster.facts import Facts, Undeclared
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

Test = Callable[[Facts, Plan], Outcome]


def verdict_of(good: bool, seen: str, wanted: str, bad: str = FAIL, reason: str = "") -> Outcome:
    """Return pass when good, else the status ``bad``."""
    return Outcome(PASS if good else bad, seen, wanted, reason)


def declared(plan: Plan, *path: str) -> Any:
    """Return what the plan declares at ``path``; raise Undeclared when it declares
    nothing there."""
    value: Any = plan.get("declared", {})
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if value in (None, "", [], {}):
        raise Undeclared(f"the plan declares no {'.'.join(path)}; put the node into a cluster file")
    return value


def at_least(seen: float, minimum: float, recommended: float | None = None) -> str:
    """Return fail below the minimum, warn below what is recommended, else pass."""
    if seen < minimum:
        return FAIL
    return WARN if recommended is not None and seen < recommended else PASS
