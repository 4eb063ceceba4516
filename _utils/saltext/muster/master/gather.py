"""Put the reports of a cluster's nodes together; what a minion says is not trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from saltext.muster.verdict import STATUSES, UNKNOWN, Verdict, exit_code

#: No node has more verdicts than all catalogues together (321 rows), with room.
MOST_VERDICTS = 2000


def gather(answers: Mapping[str, Any], expected: Iterable[str]) -> dict[str, Any]:
    """Return ``{"reports": {minion id: report}, "retcode": 0 | 2 | 3}``.

    answers maps minion ids to what ``muster.check`` returned there (False = no answer);
    expected are the ids that must have answered. A node that did not, or whose answer is no
    report, is unknown and named.
    """
    reports = {node: sound(node, answer) for node, answer in answers.items()}
    for node in set(expected) - set(reports):
        reports[node] = missing("its key is not accepted, or the minion was never connected")
    statuses = [verdict["status"] for each in reports.values() for verdict in each["verdicts"]]
    statuses += [UNKNOWN for each in reports.values() if each.get("problems")]
    if not reports:
        statuses = [UNKNOWN]
    return {"reports": reports, "retcode": exit_code(statuses)}


def sound(node: str, answer: Any) -> dict[str, Any]:
    """Return the report in a minion's answer, rebuilt from checked parts only."""
    if answer is False or answer is None:
        return missing("the minion did not answer; see systemctl status salt-minion there")
    if not isinstance(answer, Mapping) or not isinstance(answer.get("verdicts"), list):
        return missing(f"its answer is no report: {str(answer)[:300]}")
    try:
        found = [Verdict.from_data(data) for data in answer["verdicts"][:MOST_VERDICTS]]
    except ValueError as err:
        return missing(f"its answer is no report: {err}")
    problems = answer.get("problems")
    texts = [str(text)[:1000] for text in problems[:20]] if isinstance(problems, list) else []
    if not found and not texts:
        texts = ["its report has no verdicts"]
    counts = {s: sum(v.status == s for v in found) for s in STATUSES}
    report: dict[str, Any] = {
        "node": node,
        **{key: str(answer.get(key, ""))[:200] for key in ("cluster", "profile", "plan")},
        "verdicts": [verdict.to_data() for verdict in found],
        "counts": {status: number for status, number in counts.items() if number},
    }
    return {**report, "problems": texts} if texts else report


def missing(why: str) -> dict[str, Any]:
    """Return the report of a node that none came from."""
    return {"verdicts": [], "counts": {}, "problems": [f"unknown: {why}"]}
