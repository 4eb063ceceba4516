"""Comparisons over the nodes of a cluster: what each node tells, and the master's verdicts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from saltext.muster import platforms, wording
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Comparison, Outcome, Plan, Told, Values, waive
from saltext.muster.verdict import FAIL, PASS, SKIP, STATUSES, UNKNOWN, Verdict

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster

#: What one node may tell: bytes of all rows as JSON, aspects of a row, characters of a text.
BYTES, ASPECTS, TEXT = 64 * 1024, 256, 4000

#: Nodes that a text names at most.
NAMED = 10

_ASPECT = re.compile(r"[A-Za-z0-9_.:+@/%-][A-Za-z0-9_.:+@/% -]{0,99}")
_TOO_MUCH = {"unknown": f"more than {BYTES} bytes were to be told"}
_ODD = {"unknown": "what the node told has no known form"}


def rows(platform: str) -> tuple[Comparison, ...]:
    """Return a platform's comparisons."""
    found: tuple[Comparison, ...] = getattr(platforms.load(platform), "COMPARISONS", ())
    return found


def probes(compared: Iterable[Comparison]) -> set[str]:
    """Return the names of the probes that these rows need on a node."""
    return {probe for row in compared for probe in row.probes}


def values(compared: Iterable[Comparison], facts: Facts, plan: Plan) -> dict[str, Values]:
    """Return what this node tells for each row, by id; bounded, and it raises nothing."""
    found: dict[str, Values] = {}
    left = BYTES
    for row in compared:
        told = _of_row(row, facts, plan)
        size = len(json.dumps({row.id: told}))
        fits = size <= left
        found[row.id] = told if fits else _TOO_MUCH
        left -= size if fits else 0
    return found


def _of_row(row: Comparison, facts: Facts, plan: Plan) -> Values:
    try:
        told = row.values(facts, plan)
    except Unread as unread:
        return {"unknown": str(unread)[:300]}
    except Exception as err:  # noqa: BLE001 - facts of an odd form must not stop the others
        return {"unknown": f"the facts have no known form: {type(err).__name__}"}
    return sound(told)


def heard(data: Any, compared: Iterable[Comparison]) -> dict[str, Values]:
    """Return what a node told of these rows, rebuilt from checked parts; data may be hostile."""
    if not isinstance(data, Mapping):
        return {}
    found: dict[str, Values] = {}
    left = BYTES
    for row in compared:
        if row.id not in data:
            continue
        told = sound(data[row.id])
        left -= sum(len(name) + len(text) for name, text in told.items())
        found[row.id] = told if left >= 0 else _TOO_MUCH
    return found


def sound(told: Any) -> Values:
    """Return a row's values when they have the form and size that they must have."""
    if not isinstance(told, Mapping):
        return _ODD
    if len(told) > ASPECTS:
        return {"unknown": f"the node has more than {ASPECTS} aspects of it"}
    found: dict[str, Told] = {}
    for aspect, text in told.items():
        if not isinstance(aspect, str) or not _ASPECT.fullmatch(aspect):
            return _ODD
        if isinstance(text, Mapping) and set(text) == {"unknown"}:
            found[aspect] = {"unknown": said(text["unknown"])}
        elif not isinstance(text, str):
            return _ODD
        elif len(text) > TEXT:
            found[aspect] = {"unknown": f"its text has more than {TEXT} characters"}
        else:
            found[aspect] = text
    return found


def verdicts(
    cluster: Cluster,
    told: Mapping[str, Mapping[str, Values]],
    today: date,
    silent: Mapping[str, str] | None = None,
) -> list[Verdict]:
    """Judge a cluster's comparisons.

    told is what its nodes told, by minion id and row, as ``heard`` gives it; silent says why
    others told nothing. A comparison that lacks a node is ``unknown`` and names it, unless it
    fails without it. Waivers for the whole cluster cover what is found.
    """
    why = silent or {}
    found = [_judge(row, cluster, told, why, today) for row in rows(cluster.platform)]
    return sorted(found, key=lambda verdict: (STATUSES.index(verdict.status), verdict.id))


def skipped(cluster: Cluster, why: str) -> list[Verdict]:
    """Return the cluster's comparisons as skipped for that reason."""
    return [
        Verdict(row.id, cluster.name, SKIP, row.text, reason=why) for row in rows(cluster.platform)
    ]


def _judge(
    row: Comparison,
    cluster: Cluster,
    told: Mapping[str, Mapping[str, Values]],
    silent: Mapping[str, str],
    today: date,
) -> Verdict:
    base = Verdict(row.id, cluster.name, UNKNOWN, row.text)
    why_not = row.applies(cluster)
    if len(cluster.nodes) < row.least:
        why_not = "the cluster has one node"
    if why_not:
        return replace(base, status=SKIP, reason=why_not)
    given, missing = _given(row, cluster, told, silent)
    outcome = _compared(row, given, cluster)
    reasons = [outcome.reason]
    if missing:
        reasons.append("not told by " + listed([f"{id_} ({why})" for id_, why in missing.items()]))
    status = UNKNOWN if missing and outcome.status != FAIL else outcome.status
    found = replace(
        base,
        status=status,
        seen=bounded(outcome.seen),
        wanted=bounded(outcome.wanted),
        reason=bounded("; ".join(filter(None, reasons))),
    )
    if status == PASS:
        return found
    whole = [vars(waiver) for waiver in cluster.waivers if waiver.nodes is None]
    return waive(replace(found, remedy=outcome.remedy or row.remedy), {"waivers": whole}, today)


def _given(
    row: Comparison,
    cluster: Cluster,
    told: Mapping[str, Mapping[str, Values]],
    silent: Mapping[str, str],
) -> tuple[dict[str, Values], dict[str, str]]:
    """Return what can be compared, by node, and why something of a node cannot."""
    given: dict[str, Values] = {}
    missing: dict[str, str] = {}
    for id_ in cluster.nodes:
        ours = told.get(id_, {}).get(row.id)
        if id_ not in told:
            missing[id_] = silent.get(id_, "it did not answer")
        elif ours is None:
            missing[id_] = "its answer leaves it out"
        elif set(ours) == {"unknown"}:
            missing[id_] = shown(ours["unknown"])
        else:
            given[id_] = ours
            unread = next((a for a, text in ours.items() if not isinstance(text, str)), None)
            if unread is not None:
                missing[id_] = f"{unread}: {shown(ours[unread])}"
    return given, missing


def _compared(row: Comparison, given: Mapping[str, Values], cluster: Cluster) -> Outcome:
    wanted = row.minimum or row.recommended or row.text
    if not given:
        return Outcome(UNKNOWN, "nothing", wanted)
    try:
        return row.compare(given, cluster)
    except Exception as err:  # noqa: BLE001 - whatever nodes tell, the run goes on
        why = f"the comparison failed: {type(err).__name__}"
        return Outcome(UNKNOWN, f"{len(given)} nodes", wanted, why)


def shown(text: Any) -> str:
    """Return a text of a node for a line of muster's own: short, and in quotes when it is odd."""
    text = said(text.get("unknown", "") if isinstance(text, Mapping) else text)
    cut = text if len(text) <= 80 else text[:77] + "..."
    return cut if re.fullmatch(r"[A-Za-z0-9_.:+~/@ -]+", cut) else ascii(cut)


def said(value: Any, most: int = 300) -> str:
    """Return any value as text, at most so many characters, whatever a node made it of."""
    try:
        return str(value)[:most]
    except (RecursionError, ValueError):  # nested too deep, or a number of too many digits
        return f"a {type(value).__name__} that cannot be shown"


def listed(names: Sequence[str], count: int | None = None, most: int = NAMED) -> str:
    """Return names in one text, more of them than other sentences have: see ``wording``."""
    return wording.listed(names, most, count=count)


def bounded(text: str) -> str:
    """Return a text that fits a verdict."""
    return text if len(text) <= TEXT else text[: TEXT - 3] + "..."
