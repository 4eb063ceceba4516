"""Installed packages."""

from __future__ import annotations

from typing import Any

from saltext.muster.catalogue.predicates.base import Test, verdict_of
from saltext.muster.components import packages
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS


def installed_any(*alternatives: str) -> Test:
    """Return a test that, for each word, one of its ``|``-separated packages is installed."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        installed = facts.get("packages", "installed")
        missing = [word for word in alternatives if not set(word.split("|")) & set(installed)]
        missing = [word.replace("|", " or ") for word in missing]
        found = [name for word in alternatives for name in word.split("|") if name in installed]
        have = ", ".join(f"{name} {installed[name]}" for name in found)
        have = have if len(found) < 4 else f"all {len(alternatives)}"
        seen = f"missing: {', '.join(missing)}" if missing else have
        return verdict_of(not missing, seen, ", ".join(alternatives).replace("|", " or "))

    return test


def planned(facts: Facts, plan: Plan) -> Outcome:
    """Every package that the plan names for this release is installed."""
    try:
        names = packages.names(facts, _package_lists(plan))
    except InvalidArgument as err:
        raise Unread(str(err)) from err
    return installed_any(*names)(facts, plan)


def release_known(facts: Facts, plan: Plan) -> Outcome:
    """The plan has package names for this release."""
    system = f"{facts.get('os', 'id')} {facts.get('os', 'version_id')}"
    lists = _package_lists(plan)
    try:
        packages.names(facts, lists)
    except InvalidArgument:
        return Outcome(FAIL, system, ", ".join(sorted(lists)))
    return Outcome(PASS, system, "a release with known names")


def _package_lists(plan: Plan) -> Any:
    component = plan.get("components", {}).get("packages")
    if not component:
        raise Unread("the plan names no packages")
    return component["names"]
