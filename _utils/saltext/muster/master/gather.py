"""Put the reports of clusters' nodes together; what a minion says is not trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from saltext.muster import assess, comparison, platforms
from saltext.muster.cluster import Cluster
from saltext.muster.master import names, servers, whole
from saltext.muster.plan import plan as plan_of
from saltext.muster.requirement import Plan, Requirement, waive, waiver_text, waivers
from saltext.muster.verdict import STATUSES, UNKNOWN, WAIVED, Verdict

#: No node has more verdicts than all catalogues together (321 rows), with room.
MOST_VERDICTS = 2000

#: Problems of one node that are told, and characters of each.
MOST_PROBLEMS, LONGEST = 20, 1000

_NO_KEY = "its key is not accepted, or the minion was never connected"
_NO_ANSWER = "the minion did not answer; see systemctl status salt-minion there"


def gather(
    answers: Mapping[str, Any], clusters: Sequence[Cluster], expected: Iterable[str], now: float
) -> dict[str, Any]:
    """Return ``{"format", "version", "reports", "retcode"}``: of every node, and every cluster.

    answers maps minion ids to what ``muster.check compare=True`` returned there (False = no
    answer); clusters are those that the master's valid cluster files describe; expected are the
    ids that must have answered; now is the master's clock, in seconds since 1970. A node that did
    not answer, or whose answer is no report, is unknown and named. A cluster's report is called
    ``cluster NAME``; it compares the nodes when all of them were asked.
    """
    owners = _owners(clusters)
    reports: dict[str, dict[str, Any]] = {}
    silent: dict[str, str] = {}
    for node, answer in answers.items():
        report = sound(node, answer, owners.get(node), now)
        reports[_called(node)] = report
        if report.get("problems"):
            silent[node] = _silence(answer) or "its answer cannot be used"
    for node in set(expected) - set(answers):
        reports[node] = missing(node, _NO_KEY)
        silent[node] = "it is not connected"
    clashing = servers.clashes(clusters)
    for number, cluster in enumerate(clusters):
        if not any(node in reports for node in cluster.nodes):
            continue
        found = _compared(cluster, answers, silent, assess.today({"now": now}))
        name = f"cluster {cluster.name}"
        name = name if name not in reports else f"{name} #{number + 1}"
        reports[name] = whole.report(cluster, clashing[number], found, now)
    codes = [report["retcode"] for report in reports.values()]
    retcode = next((code for code in (2, 3) if code in codes), 0 if codes else 2)
    head = {"format": f"{assess.FORMAT}s", "version": assess.VERSION}
    return {**head, "reports": reports, "retcode": retcode}


def sound(node: str, answer: Any, cluster: Cluster | None, now: float) -> dict[str, Any]:
    """Return the report in a minion's answer, rebuilt from checked parts only.

    cluster is the one whose file names the node; by its plan and its platform's rows the answer
    is measured. None = no valid file does, or several do.
    """
    if _silence(answer):
        return missing(node, _NO_ANSWER)
    if not isinstance(answer, Mapping) or not isinstance(answer.get("verdicts"), list):
        return missing(node, f"its answer is no report: {comparison.said(answer)}")
    try:
        found = [Verdict.from_data(data) for data in answer["verdicts"][:MOST_VERDICTS]]
    except ValueError as err:
        return missing(node, f"its answer is no report: {err}")
    texts = _problems(answer)
    if cluster is None:
        texts = texts or ["unknown: no valid cluster file of this master, or several, name it"]
        return _report({"id": node}, [replace(each, subject=node) for each in found], texts)
    plan = {**plan_of(cluster, node), "now": now}
    if not found:
        return _report(plan, [], texts or ["its report has no verdicts"])
    if answer.get("plan") != plan["digest"]:
        texts.insert(0, _other_plan(answer.get("plan"), plan["digest"]))
    rows = {row.id: row for row in platforms.load(cluster.platform).REQUIREMENTS}
    texts += _odd(found, rows)
    return _report(plan, _measured(found, rows, plan), texts[:MOST_PROBLEMS])


def _silence(answer: Any) -> str:
    """Return "" for an answer, else that there is none: Salt says that in several ways."""
    told = isinstance(answer, str) and answer.startswith("Minion did not return")
    return "it did not answer" if told or answer is False or answer is None else ""


def missing(node: str, why: str) -> dict[str, Any]:
    """Return the report of a node that none came from."""
    return _report({"id": node}, [], [f"unknown: {why}"])


def _report(plan: Plan, found: Sequence[Verdict], texts: Sequence[str]) -> dict[str, Any]:
    order = sorted(found, key=lambda each: (STATUSES.index(each.status), each.id))
    return assess.report(plan, order, texts)


def _problems(answer: Mapping[str, Any]) -> list[str]:
    given = answer.get("problems")
    texts = given[:MOST_PROBLEMS] if isinstance(given, list) else []
    return [comparison.said(text, LONGEST) for text in texts]


def _other_plan(seen: Any, wanted: str) -> str:
    theirs = comparison.said(seen, 12) or "none"
    return (
        f"unknown: it was judged by plan {theirs}, the master's is {wanted[:12]}: a cluster file or"
        " the library changed; run it again, then salt-run saltutil.sync_all, salt '*'"
        " saltutil.sync_all and restart the daemons"
    )


def _odd(found: Sequence[Verdict], rows: Mapping[str, Requirement]) -> list[str]:
    """Return what of the verdicts no sound minion sends: foreign rows, and rows told twice."""
    ids = [each.id for each in found]
    strange = sorted({id_[:40] for id_ in ids if id_ not in rows})
    twice = sorted({id_ for id_ in rows if ids.count(id_) > 1} if len(set(ids)) < len(ids) else ())
    texts = []
    if strange:
        told = comparison.listed([ascii(id_) for id_ in strange])
        texts.append(f"unknown: its report judges what its platform does not ask for: {told}")
    if twice:
        texts.append(f"unknown: its report judges twice: {comparison.listed(twice)}")
    return texts


def _measured(
    found: Sequence[Verdict], rows: Mapping[str, Requirement], plan: Plan
) -> list[Verdict]:
    """Return one verdict for each row, in the catalogue's words; a row left out is unknown."""
    first: dict[str, Verdict] = {}
    for each in found:
        first.setdefault(each.id, each)
    today = assess.today(plan)
    held = waivers(plan, today)
    return [
        _kept(replace(first[id_], subject=str(plan["id"]), text=row.text), held)
        if id_ in first
        else _left_out(row, plan, today)
        for id_, row in rows.items()
    ]


def _left_out(row: Requirement, plan: Plan, today: date) -> Verdict:
    why = "the node's report leaves this row out"
    found = Verdict(
        row.id, str(plan["id"]), UNKNOWN, row.text, "nothing", row.text, row.remedy, why
    )
    return waive(found, plan, today)


def _kept(verdict: Verdict, held: Mapping[str, Mapping[str, Any]]) -> Verdict:
    """Return a verdict whose waiver, if it has one, is the cluster file's own."""
    if verdict.status != WAIVED:
        return replace(verdict, was="", waiver="")
    if verdict.id in held:
        return replace(verdict, waiver=waiver_text(held[verdict.id]))
    why = "it is called waived, but no waiver of the cluster file holds here"
    return replace(verdict, status=UNKNOWN, was="", waiver="", reason=why)


def _owners(clusters: Sequence[Cluster]) -> dict[str, Cluster]:
    """Return the cluster of each node; ids that several files name have none."""
    owners: dict[str, Cluster] = {}
    twice = set()
    for cluster in clusters:
        for node in cluster.nodes:
            if owners.setdefault(node, cluster) is not cluster:
                twice.add(node)
    return {node: cluster for node, cluster in owners.items() if node not in twice}


def _called(node: str) -> str:
    """Return what a minion's report is called: nobody else's name, nor a cluster's."""
    return node if names.minion_id(node) is None else f"minion {node[:300]!a}"


def _compared(
    cluster: Cluster, answers: Mapping[str, Any], silent: Mapping[str, str], today: date
) -> list[Verdict]:
    left = [node for node in cluster.nodes if node not in answers and node not in silent]
    if left:
        why = f"not all of its nodes were asked: without {comparison.listed(left)}"
        return comparison.skipped(cluster, why)
    rows = comparison.rows(cluster.platform)
    told = {
        node: comparison.heard(answers[node].get("values"), rows)
        for node in cluster.nodes
        if node not in silent
    }
    return comparison.verdicts(cluster, told, today, silent)
