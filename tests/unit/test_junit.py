"""JUnit XML: it parses, whatever a verdict holds."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import junit
from saltext.muster.verdict import STATUSES

REPORT = {
    "node": "n1",
    "profile": "ganeti kvm",
    "verdicts": [
        {"id": "A-1", "status": "fail", "text": "t", "seen": "s", "wanted": "w", "remedy": "r"},
        {"id": "A-2", "status": "unknown", "reason": "why"},
        {"id": "A-3", "status": "pending", "reason": "a reboot"},
        {"id": "A-4", "status": "warn", "seen": "s", "wanted": "w", "remedy": "r"},
        {"id": "A-5", "status": "waived", "was": "fail", "waiver": "because (owner o, until d)"},
        {"id": "A-6", "status": "skip", "reason": "not here"},
        {"id": "A-7", "status": "pass", "seen": "s"},
    ],
}


def parsed(reports):
    return ElementTree.fromstring(junit.xml(reports))


def test_a_row_is_a_case_and_what_is_not_met_a_failure():
    root = parsed({"n1": REPORT, "n2": {**REPORT, "node": "n2"}})
    assert root.attrib == {
        "name": "muster", "tests": "14", "failures": "6", "errors": "0", "skipped": "4",
    }  # fmt: skip
    assert [suite.get("name") for suite in root] == ["n1", "n2"]
    children = {case.get("name"): [child.tag for child in case] for case in root[0]}
    assert children == {
        "A-1 t": ["failure"], "A-2": ["failure"], "A-3": ["failure"], "A-4": ["system-out"],
        "A-5": ["skipped"], "A-6": ["skipped"], "A-7": ["system-out"],
    }  # fmt: skip
    failure = root[0][0][0]
    assert (failure.get("type"), failure.get("message")) == ("fail", "seen: s; wanted: w")
    assert "remedy: r" in failure.text
    assert "waived fail: because (owner o, until d)" in root[0][4][0].get("message")


def test_a_problem_of_a_node_is_an_error():
    root = parsed({"n1": {"verdicts": [], "problems": ["there is no plan"]}, "n2": "nothing"})
    assert (root.get("tests"), root.get("errors"), root.get("failures")) == ("2", "2", "0")
    assert root[0][0][0].get("message") == "there is no plan"
    assert root[1][0][0].get("message") == "no report: nothing"


texts = st.text(st.characters(), max_size=50)
verdicts = st.fixed_dictionaries(
    {"id": texts.filter(bool), "status": st.sampled_from(STATUSES)},
    optional=dict.fromkeys(("text", "seen", "wanted", "remedy", "reason", "waiver"), texts),
)
anything = st.recursive(
    st.none() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
reports = st.fixed_dictionaries(
    {"verdicts": st.lists(verdicts, max_size=4) | anything},
    optional={"node": texts, "profile": texts, "problems": st.lists(texts, max_size=2) | anything},
)


@given(st.dictionaries(texts, reports | anything, max_size=4))
def test_hostile_reports_are_still_xml(given_reports):
    text = junit.xml(given_reports)
    root = ElementTree.fromstring(text)
    assert len(root) == len(given_reports)
    assert int(root.get("tests")) == sum(len(suite) for suite in root)
    text.encode()
