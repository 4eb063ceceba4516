"""Reports for a person: a table of verdicts, and a summary in a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from saltext.muster import changes
from saltext.muster.verdict import PASS, SKIP, STATUSES, Verdict

#: Lines of one node: no node has more verdicts than all catalogues together.
MOST = 2000

#: Characters of a line about one verdict: ten nodes that differ fit into it.
LONGEST = 2000

_WHY = ("reason", "owner", "expires")

_COLOURS = {
    "fail": "31;1",
    "unknown": "35;1",
    "pending": "36;1",
    "warn": "33",
    "waived": "34",
    "skip": "2",
    "pass": "32",
}


def table(reports: Mapping[str, Any], colour: bool = False) -> str:
    """Return the reports of one or more nodes as a table.

    reports maps minion ids to reports as assess.report makes them; they come from minions and
    are treated as hostile: what is no report is said to be unreadable, control characters never
    reach the terminal. colour paints the statuses.
    """
    parts = [_node(str(node), reports[node], colour) for node in sorted(reports)]
    return "\n\n".join(parts)


def summary(report: Mapping[str, Any]) -> str:
    """Return the counts and every verdict that is not a plain pass, for a state's comment."""
    lines = [_counts(report["counts"]) + f"; plan {str(report['plan'])[:12]}"]
    for data in report["verdicts"]:
        if data["status"] not in (PASS, SKIP):
            lines += _row(Verdict.from_data(data), False)
    return "\n".join(lines + _waivers(report))


def parts(report: Any) -> tuple[list[Verdict], list[str]]:
    """Return a report's verdicts and problems; that it is no report is a problem too."""
    if not isinstance(report, Mapping) or not isinstance(report.get("verdicts"), list):
        return [], [f"no report: {str(report)[:300]}"]
    try:
        found = [Verdict.from_data(data) for data in report["verdicts"][:MOST]]
    except ValueError as err:
        return [], [f"unreadable report: {err}"]
    return found, _texts(report.get("problems"))


def _node(node: str, report: Any, colour: bool) -> str:
    if not isinstance(report, Mapping) or not isinstance(report.get("verdicts"), list):
        lines = [clean(line) for line in str(report)[:1000].splitlines()]
        return "\n".join([clean(node), f"  {_paint('unknown', colour)}  no report", *lines])
    try:
        found = [Verdict.from_data(data) for data in report["verdicts"][:MOST]]
    except ValueError as err:
        return f"{clean(node)}\n  {_paint('unknown', colour)}  unreadable report: {err}"
    # salt-call names no minion: the report does.
    name = str(report.get("node") or node) if node == "local" else node
    lines = [_headline(name, report, found), *_origin(report)]
    for problem in _texts(report.get("problems")):
        lines.append(f"  {_paint('fail', colour)}  {clean(problem)}")
    for verdict in found:
        lines += _row(verdict, colour) if verdict.status != SKIP else []
    return "\n".join(lines + _skipped(found, colour) + _waivers(report) + _since(report))


def _skipped(found: Sequence[Verdict], colour: bool) -> list[str]:
    """Return a line for each reason to skip: many rows share one."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in found:
        if verdict.status == SKIP:
            groups.setdefault(verdict.reason, []).append(verdict)
    told = []
    for reason, rows in groups.items():
        ids = " ".join(row.id for row in rows) if len(rows) > 1 else f"{rows[0].id} {rows[0].text}"
        told.append(f"  {_paint(SKIP, colour)}  {clean(ids)}: {clean(reason)}")
    return told


def _origin(report: Mapping[str, Any]) -> list[str]:
    held = report.get("bundle")
    if not isinstance(held, Mapping):
        return []
    return [clean(f"  facts of {held.get('node') or 'no name'}, read {held.get('collected')}")]


def _waivers(report: Mapping[str, Any]) -> list[str]:
    """Return a line for each waiver that its row does not show: unused and expired ones."""
    found = report.get("waivers")
    told = []
    for waiver in found[:MOST] if isinstance(found, list) else ():
        if isinstance(waiver, Mapping) and waiver.get("state") != "used":
            id_, state, reason, owner, expires = (
                str(waiver.get(key, "")) for key in ("requirement", "state", *_WHY)
            )
            when = "since" if state == "expired" else "until"
            text = f"{id_:<8} {state}: {reason} (owner {owner}, {when} {expires})"
            told.append(f"  waiver   {clean(text)}")
    return told


def _since(report: Mapping[str, Any]) -> list[str]:
    try:
        return [f"  {clean(line)}" for line in changes.lines(report["since"])[:MOST]]
    except (AttributeError, KeyError, TypeError):
        return []  # there is none, or it is a hostile one's


def _headline(node: str, report: Mapping[str, Any], found: Sequence[Verdict]) -> str:
    counts = {status: sum(verdict.status == status for verdict in found) for status in STATUSES}
    named, plan = f"cluster {report.get('cluster') or 'none'}", str(report.get("plan") or "")[:12]
    parts = [node, "" if node == named else named, str(report.get("profile") or "")]
    parts.append("" if node == named else f"plan {plan or 'none'}")  # a cluster has no one plan
    return clean("  ".join(filter(None, [*parts, _counts(counts)])))


def _counts(counts: Mapping[str, int]) -> str:
    text = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts.get(status))
    return text or "nothing judged"


def _row(verdict: Verdict, colour: bool) -> list[str]:
    head = f"  {_paint(verdict.status, colour)}  {clean(verdict.id):<8} {clean(verdict.text)}"
    if verdict.status == PASS:
        return [f"{head}: {clean(verdict.seen)}" if verdict.seen else head]
    details = [
        f"seen: {verdict.seen}; wanted: {verdict.wanted}",
        f"reason: {verdict.reason}" if verdict.reason else "",
        f"waived {verdict.was}: {verdict.waiver}" if verdict.waiver else "",
        f"remedy: {verdict.remedy}" if verdict.remedy and not verdict.waiver else "",
    ]
    return [head, *(f"           {clean(line, LONGEST)}" for line in details if line)]


def _paint(status: str, colour: bool) -> str:
    word = f"{status:<7}"
    return f"\x1b[{_COLOURS[status]}m{word}\x1b[0m" if colour else word


def clean(text: str, most: int = 500) -> str:
    """Return text of outside without what could steer a terminal, at most ``most`` characters."""
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return shown if len(shown) <= most else shown[: most - 3] + "..."


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value[:100]] if isinstance(value, list) else []
