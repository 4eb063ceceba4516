"""Reports as a textfile for Prometheus' node exporter."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from saltext.muster import report
from saltext.muster.verdict import STATUSES, UNKNOWN, Verdict, exit_code

_HELP = {
    "muster_requirement": "A requirement judged on a node; 1, the verdict is the label status.",
    "muster_requirements": "How many requirements of a node have that status.",
    "muster_problems": "How many things kept muster from judging the node at all.",
    "muster_exit_status": "0 all met, 3 something is pending, 2 something is wrong or unread.",
    "muster_judged_timestamp_seconds": "When the node was judged, by the plan's clock.",
}


def text(reports: Mapping[str, Any]) -> str:
    """Return reports by node in Prometheus' text format; hostile texts are escaped.

    No series is there twice: for one, the exporter would refuse the whole file.
    """
    series: dict[str, dict[str, str]] = {name: {} for name in _HELP}
    for node in sorted(reports, key=str):
        for name, labels, value in _node(str(node), reports[node]):
            shown = ",".join(f'{key}="{_escaped(label)}"' for key, label in labels.items())
            series[name].setdefault(f"{name}{{{shown}}}", value)
    lines = []
    for name, about in _HELP.items():
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        lines += [f"{key} {value}" for key, value in series[name].items()]
    return "\n".join([*lines, ""])


def _node(node: str, data: Any) -> Iterator[tuple[str, dict[str, str], str]]:
    found, problems = report.parts(data)
    values: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    labels = {"node": node, "cluster": str(values.get("cluster") or "")}
    for verdict in _once(found):
        more = {"id": verdict.id, "status": verdict.status}
        yield "muster_requirement", {**labels, **more}, "1"
    statuses = [verdict.status for verdict in found]
    for status in STATUSES:
        yield "muster_requirements", {**labels, "status": status}, str(statuses.count(status))
    yield "muster_problems", labels, str(len(problems))
    wrong = [UNKNOWN] if problems or not found else []
    yield "muster_exit_status", labels, str(exit_code([*statuses, *wrong]))
    judged = values.get("judged")
    if isinstance(judged, (int, float)) and math.isfinite(judged) and judged > 0:
        yield "muster_judged_timestamp_seconds", labels, repr(float(judged))


def _once(found: list[Verdict]) -> list[Verdict]:
    """Return one verdict for each requirement: the first, which is the worst."""
    first: dict[str, Verdict] = {}
    for verdict in found:
        first.setdefault(verdict.id, verdict)
    return list(first.values())


def _escaped(label: str) -> str:
    shown = report.clean(label)
    return shown.replace("\\", "\\\\").replace('"', '\\"')
