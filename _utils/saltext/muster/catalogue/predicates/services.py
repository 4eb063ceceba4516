"""Services, programs and packages beyond the minimal system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saltext.muster.catalogue.predicates import software
from saltext.muster.catalogue.predicates.base import Test
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN
from saltext.muster.wording import listed

_LOOPBACK = ("127.", "::1", "::ffff:127.")
_SHOWN = 12


def none_additional(bad: str = FAIL) -> Test:
    """Return a test that nothing beyond the minimal system and the platform serves.

    A known additional service is ``bad``; what merely is not in the minimal set is a warning.
    """

    def test(facts: Facts, plan: Plan) -> Outcome:
        known, others = _sorted(_serving(facts, plan))
        wanted = "services of the minimal system and of the platform alone"
        if known:
            remedy = f"remove or disable {_few(known)}; run it in a guest instead"
            return Outcome(bad, _few(known + others), wanted, "", remedy)
        if others:
            why = "not known to be of the minimal system or the platform"
            return Outcome(WARN, _few(others), wanted, why)
        units = len(facts.get("services", "enabled"))
        return Outcome(PASS, f"{units} enabled units, none of them additional", wanted)

    return test


def none_installed(facts: Facts, plan: Plan) -> Outcome:
    """No web server, database or the like is installed, and none runs."""
    packages = [
        f"{name} ({kind})"
        for name in sorted(facts.get("packages", "installed"))
        if (kind := software.kind_of("packages", name))
    ]
    running, _ = _sorted(_running(facts, plan))
    wanted = "no web server, database or other additional service"
    if running:
        return Outcome(FAIL, f"running: {_few(running)}", wanted)
    if packages:
        return Outcome(WARN, f"installed: {_few(packages)}", wanted, "installed, but not running")
    return Outcome(PASS, "none", wanted)


def minimal(facts: Facts, plan: Plan) -> Outcome:
    """The installed packages are those of the minimal system, the platform and the plan."""
    base = _base("packages", facts, plan)
    planned = plan.get("components", {}).get("packages", {}).get("names", {})
    own = {name for names in planned.values() for name in names}
    installed = facts.get("packages", "installed")
    extra = sorted(name for name in installed if name not in base and name not in own)
    wanted = "the minimal edition's packages and the platform's"
    if extra:
        why = f"{len(extra)} of {len(installed)} packages are neither"
        return Outcome(WARN, _few(extra), wanted, why)
    return Outcome(PASS, f"{len(installed)} packages, none beyond it", wanted)


def clean(facts: Facts, plan: Plan) -> Outcome:
    """No additional services and no additional packages (advice)."""
    return all_of(none_additional(WARN), minimal)(facts, plan)


def all_of(*tests: Test) -> Test:
    """Return a test with the outcome of the first of ``tests`` that does not pass."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        outcomes = [each(facts, plan) for each in tests]
        return next((each for each in outcomes if each.status != PASS), outcomes[-1])

    return test


def _base(what: str, facts: Facts, plan: Plan) -> software.Names:
    return software.base(what, facts.get("os", "family"), str(plan.get("platform")))


def _serving(facts: Facts, plan: Plan) -> Iterator[tuple[str, str]]:
    base = _base("units", facts, plan)
    yield from _units(facts.get("services", "enabled"), base, "enabled")
    yield from _running(facts, plan)


def _running(facts: Facts, plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield (what runs beyond the base, the kind of additional service or "")."""
    base = _base("units", facts, plan)
    yield from _units(facts.get("services", "running"), base, "running")
    for name in facts.get("services", "programs"):
        # Programs that are no server are nobody's business: only known ones count.
        if kind := software.kind_of("programs", name):
            yield f"{name}, running", kind
    base = _base("programs", facts, plan)
    yield from _sockets(facts.get("sockets", "listening"), base)


def _units(units: list[str], base: software.Names, state: str) -> Iterator[tuple[str, str]]:
    for unit in units:
        bare = unit.rsplit(".", 1)[0].split("@")[0]
        kind = software.kind_of("units", bare)
        if kind or bare not in base:
            yield f"{unit}, {state}", kind


def _sockets(listening: list[dict[str, Any]], base: software.Names) -> Iterator[tuple[str, str]]:
    for each in listening:
        if each["address"].startswith(_LOOPBACK):
            continue
        where = f"listens on {each['port']}/{each['protocol']}"
        for program in each["programs"] or ["a program that was not seen"]:
            kind = software.kind_of("programs", program)
            if kind or program not in base:
                yield f"{program}, {where}", kind


def _sorted(found: Iterator[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return (known additional services with their kind, what is merely not in the base)."""
    unique = list(dict.fromkeys(found))
    known = [f"{text} ({kind})" for text, kind in unique if kind]
    return known, [text for text, kind in unique if not kind]


def _few(names: list[str]) -> str:
    return listed(names, _SHOWN, comma="; ")
