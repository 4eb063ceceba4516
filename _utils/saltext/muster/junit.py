"""Reports as JUnit XML, for what shows test results: a suite for each node."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from saltext.muster import report
from saltext.muster.verdict import FAIL, PASS, PENDING, SKIP, UNKNOWN, WAIVED, Verdict

#: What makes a test fail: all that makes the exit status other than 0.
_WRONG = (FAIL, UNKNOWN, PENDING)

#: Characters that XML 1.0 has not, not even escaped.
_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def xml(reports: Mapping[str, Any]) -> str:
    """Return reports by node as one JUnit document; hostile texts are escaped.

    A row is a test case: ``fail``, ``unknown`` and ``pending`` are failures of that type,
    ``skip`` and ``waived`` are skipped, a problem of the whole node is an error.
    """
    root = ElementTree.Element("testsuites", name="muster")
    for node in sorted(reports, key=str):
        root.append(_suite(str(node), reports[node]))
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _suite(node: str, data: Any) -> ElementTree.Element:
    found, problems = report.parts(data)
    name = (data.get("node") if isinstance(data, Mapping) else "") or node
    suite = ElementTree.Element("testsuite", name=_allowed(str(name)))
    for problem in problems:
        case = ElementTree.SubElement(suite, "testcase", name="muster", classname=_allowed(node))
        ElementTree.SubElement(case, "error", message=_allowed(problem))
    profile = data.get("profile") if isinstance(data, Mapping) else ""
    for verdict in found:
        suite.append(_case(verdict, str(profile or "muster")))
    counts = {
        "tests": len(suite),
        "failures": sum(verdict.status in _WRONG for verdict in found),
        "errors": len(problems),
        "skipped": sum(verdict.status in (SKIP, WAIVED) for verdict in found),
    }
    for key, number in counts.items():
        suite.set(key, str(number))
    return suite


def _case(verdict: Verdict, profile: str) -> ElementTree.Element:
    name = _allowed(f"{verdict.id} {verdict.text}".strip())
    case = ElementTree.Element("testcase", name=name, classname=_allowed(profile))
    seen = f"seen: {verdict.seen}; wanted: {verdict.wanted}"
    if verdict.status in _WRONG:
        failure = ElementTree.SubElement(case, "failure", type=verdict.status)
        failure.set("message", _allowed(seen))
        details = [verdict.reason and f"reason: {verdict.reason}", f"remedy: {verdict.remedy}"]
        failure.text = _allowed("\n".join(filter(None, details)))
    elif verdict.status in (SKIP, WAIVED):
        why = verdict.reason
        if verdict.status == WAIVED:
            why = f"waived {verdict.was}: {verdict.waiver}; {seen}"
        ElementTree.SubElement(case, "skipped", message=_allowed(why))
    else:
        out = ElementTree.SubElement(case, "system-out")
        told = seen if verdict.status == PASS else f"{verdict.status}: {seen} {verdict.remedy}"
        out.text = _allowed(told)
    return case


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
