"""Rows that are decided from a cluster file alone: each proved, or what contradicts it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from saltext.muster import platforms
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked
from saltext.muster.requirement import Row, waive
from saltext.muster.verdict import FAIL, PASS, SKIP, WARN, Verdict

#: Findings of one status kept of a row: a mistake that all nodes share is told often enough.
MOST = 100

#: What ``Row.proof`` names: it gives what contradicts the row, or raises NotAsked.
Test = Callable[[Cluster], Iterable[Finding]]


@dataclass(frozen=True)
class Proved:
    """What a row's proof gave: findings (none = it holds), or why the row is not asked."""

    rule: Row
    findings: tuple[Finding, ...] = ()
    not_asked: str = ""


def rules(platform: str) -> list[Row]:
    """Return a platform's rows that are decided from a cluster file, wholly or in part."""
    module = platforms.load(platform)
    rows = [row for name in ("REQUIREMENTS", "RULES") for row in getattr(module, name, ())]
    return [row for row in rows if row.proof]


def prove(cluster: Cluster) -> Iterator[Proved]:
    """Give what the proof of each row says of a cluster."""
    for rule in rules(cluster.platform):
        try:
            found = tuple(_named(rule, item) for item in _bounded(load(rule.proof)(cluster)))
        except NotAsked as why:
            yield Proved(rule, (), str(why))
        else:
            yield Proved(rule, found)


def load(path: str) -> Test:
    """Return the function that ``module:function`` names.

    Proofs are loaded when they are asked for: a node loads a platform's rows on every run, and
    proves nothing.
    """
    module, _colon, name = path.partition(":")
    test: Test = getattr(importlib.import_module(module), name)
    return test


def findings(cluster: Cluster) -> list[Finding]:
    """Return what contradicts the rows of the cluster's platform, without what is waived.

    Whether a waiver has expired is judged where there is a date: in ``verdicts``.
    """
    waived = {waiver.requirement for waiver in cluster.waivers if waiver.nodes is None}
    return [
        item
        for each in prove(cluster)
        for item in each.findings
        if item.status == FAIL or item.row not in waived
    ]


def verdicts(cluster: Cluster, today: date) -> list[Verdict]:
    """Return a verdict on the cluster for each row; a waiver covers a warning, never a fail."""
    waivers: list[Any] = [vars(waiver) for waiver in cluster.waivers if waiver.nodes is None]
    return [waive(_verdict(cluster, each), {"waivers": waivers}, today) for each in prove(cluster)]


def _verdict(cluster: Cluster, each: Proved) -> Verdict:
    rule, found = each.rule, each.findings
    base = Verdict(rule.id, cluster.name, PASS, rule.text)
    if each.not_asked:
        return replace(base, status=SKIP, reason=each.not_asked)
    if not found:
        return base
    worst = next((item for item in found if item.status == FAIL), found[0])
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    wanted = rule.minimum or rule.recommended or rule.text
    status = FAIL if worst.status == FAIL else WARN
    return replace(
        base, status=status, seen=worst.message + more, wanted=wanted, remedy=worst.remedy
    )


def _named(rule: Row, item: Finding) -> Finding:
    return replace(item, row=rule.id, public=item.public or rule.text)


def _bounded(found: Iterable[Finding]) -> list[Finding]:
    """Keep so many failures, then so many warnings: those never push a failure out."""
    kept: dict[str, list[Finding]] = {FAIL: [], WARN: []}
    for item in found:
        if len(kept[item.status]) < MOST:
            kept[item.status].append(item)
        elif item.status == FAIL:
            break
    return kept[FAIL] + kept[WARN]
