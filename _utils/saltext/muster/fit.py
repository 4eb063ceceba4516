"""The fit matrix: one server's facts against every profile of every platform."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from saltext.muster import assess, components, platforms, profiles
from saltext.muster.facts import Facts, Undeclared
from saltext.muster.report import clean
from saltext.muster.requirement import Plan, Requirement, judge
from saltext.muster.verdict import FAIL, PENDING, SKIP, UNKNOWN, WARN, Verdict

#: How a server fits a profile, best first.
SUITS, AFTER, BY_HAND = "suits", "after state.apply", "after work by hand"
UNREAD, NO = "unknown", "no"
ANSWERS = (SUITS, AFTER, BY_HAND, UNREAD, NO)

#: Probes of what a server is by itself: a row that reads nothing else cannot be prepared for.
OF_SERVER = {
    "architecture",
    "cpu",
    "disks",
    "filesystems",
    "kernel",
    "memory",
    "motherboard",
    "os",
    "virtualization",
}

#: What a reason is made of.
_REASON = ("answer", "id", "status", "text", "seen", "wanted", "reason")
_TITLES = {
    NO: "Speaks against it:",
    UNREAD: "Could not be read:",
    BY_HAND: "Yours to prepare:",
    AFTER: "Remedied by state.apply, or waiting:",
}

FORMAT = "muster-fit"
VERSION = 1

Collect = Callable[[Iterable[str]], Mapping[str, Any]]


def matrix(collect: Collect, node: str, now: float, platform: str = "") -> dict[str, Any]:
    """Return how the server fits every profile, or those of one platform.

    collect gives the facts of the named probes and is asked once; node is the server's name,
    now the time of judging. A profile's ``reasons`` are the verdicts that speak against it,
    ``warnings`` the rows below what is recommended, ``undeclared`` those that only a cluster
    file lets judge: they are not held against the server.
    """
    wanted = [each for each in profiles.every() if platform in ("", each["platform"])]
    rows = [row for name in platforms.names() for row in platforms.load(name).REQUIREMENTS]
    facts = Facts(collect(sorted({probe for row in rows for probe in row.probes})))
    found = [_fit(profile, facts, node, now) for profile in wanted]
    return {
        "format": FORMAT,
        "version": VERSION,
        "node": node,
        "judged": now,
        "profiles": found,
        "retcode": exit_code([each["answer"] for each in found]),
    }


def exit_code(answers: Sequence[str]) -> int:
    """Return 0 when a profile suits, 3 when one does once it is prepared, else 2."""
    if SUITS in answers:
        return 0
    return 3 if AFTER in answers or BY_HAND in answers else 2


def _fit(profile: profiles.Profile, facts: Facts, node: str, now: float) -> dict[str, Any]:
    plan = profiles.plan(profile, node, now)
    answer, warnings, judged = SUITS, 0, 0
    reasons: list[dict[str, str]] = []
    undeclared: list[str] = []
    for row in assess.requirements(plan):
        verdict = judge(row, facts, plan, assess.today(plan))
        if _needs_cluster_file(row, verdict, facts, plan):
            undeclared.append(row.id)
            continue
        against = _against(row, verdict)
        answer = max(answer, against, key=ANSWERS.index)
        judged += verdict.status != SKIP
        warnings += verdict.status == WARN
        if against != SUITS:
            reasons.append({"answer": against, **_reason(verdict)})
    if not judged:
        answer = UNREAD  # nothing was seen: that is no pass
    return {
        "profile": dict(profile),
        "text": assess.profile_text(plan),
        "answer": answer,
        "reasons": sorted(reasons, key=lambda one: (-ANSWERS.index(one["answer"]), one["id"])),
        "judged": judged,
        "warnings": warnings,
        "undeclared": sorted(undeclared),
    }


def _against(row: Requirement, verdict: Verdict) -> str:
    """Return the best answer that a profile can have with this verdict among its own."""
    if verdict.status == UNKNOWN:
        return UNREAD
    if verdict.status == PENDING or (verdict.status == FAIL and row.component in remedied()):
        return AFTER
    if verdict.status != FAIL:
        return SUITS
    return NO if set(row.probes) <= OF_SERVER else BY_HAND


@lru_cache
def remedied() -> frozenset[str]:
    """Return the names of the components that this muster has."""
    return frozenset(module.name for module in pkgutil.iter_modules(components.__path__))


def _needs_cluster_file(row: Requirement, verdict: Verdict, facts: Facts, plan: Plan) -> bool:
    if verdict.status == SKIP:
        return bool(row.roles) and "role" not in plan["declared"]
    if verdict.status != UNKNOWN:
        return False
    try:
        row.test(facts, plan)
    except Undeclared:
        return True
    except Exception:  # noqa: BLE001 - judged already: it is unknown for another reason
        return "skew" in row.probes
    return False


def _reason(verdict: Verdict) -> dict[str, str]:
    data = verdict.to_data()
    return {key: data[key] for key in _REASON if key in data}


def table(found: Mapping[str, Any]) -> str:
    """Return a matrix for a person: a line for each profile, its tiers beside it, then reasons."""
    answers: dict[str, dict[str, str]] = {}
    for each in found["profiles"]:
        name = each["text"].rpartition(" ")[0]
        answers.setdefault(name, {})[each["profile"]["tier"]] = each["answer"]
    width = max((len(name) for name in answers), default=0)
    lines = [
        f"{clean(found['node'])}: {sum(e['answer'] == SUITS for e in found['profiles'])} of"
        f" {len(found['profiles'])} profiles suit",
        f"  {'':<{width}}  " + "  ".join(f"{tier:<22}" for tier in profiles.TIERS).rstrip(),
    ]
    for name, by_tier in answers.items():
        cells = (f"{by_tier.get(tier, '-'):<22}" for tier in profiles.TIERS)
        lines.append(f"  {name:<{width}}  " + "  ".join(cells).rstrip())
    return "\n".join([*lines, *_reasons(found["profiles"]), *_undeclared(found["profiles"])])


def _reasons(fits: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the reasons, each once, with the profiles that it speaks against."""
    against: dict[tuple[str, ...], list[str]] = {}
    for each in fits:
        for one in each["reasons"]:
            key = tuple(str(one.get(part, "")) for part in _REASON)
            against.setdefault(key, []).append(each["text"])
    lines: list[str] = []
    for answer, title in _TITLES.items():
        chosen = sorted(key for key in against if key[0] == answer)
        lines += ["", title] if chosen else []
        for key in chosen:
            _, id_, status, text, seen, wanted, reason = map(clean, key)
            lines.append(f"  {status:<7}  {id_:<8} {text}")
            lines.append(f"           seen: {seen}; wanted: {wanted}")
            lines += [f"           reason: {reason}"] if reason else []
            lines.append(f"           for {_profiles(against[key], fits)}")
    return lines


def _profiles(names: list[str], fits: Sequence[Mapping[str, Any]]) -> str:
    """Return names of profiles in short: by the platform, or without the tier, where all are."""
    found: dict[str, None] = {}
    every, chosen = [each["text"] for each in fits], set(names)
    for name in names:
        for short in (name.split()[0], name.rpartition(" ")[0], name):
            if all(other in chosen for other in every if f"{other} ".startswith(f"{short} ")):
                found[short] = None
                break
    return ", ".join(found)


def _undeclared(fits: Sequence[Mapping[str, Any]]) -> list[str]:
    ids = sorted({id_ for each in fits for id_ in each["undeclared"]})
    if not ids:
        return []
    return ["", f"{len(ids)} rows need a cluster file and are not counted: {', '.join(ids)}"]
