"""Prometheus' text format, held by a small strict parser."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import prometheus
from saltext.muster.verdict import STATUSES

from .test_junit import REPORT, anything, reports, texts

LABEL = r'[a-z]+="((?:[^"\\\n]|\\\\|\\"|\\n)*)"'
SAMPLE = re.compile(rf"([a-z_]+)\{{({LABEL}(?:,{LABEL})*)\}} (-?[0-9.e+]+)")


def parsed(text):
    """Return {(name, labels): value}; fail on anything that the exporter would refuse."""
    assert text.endswith("\n")
    helped, typed, found = [], [], {}
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            helped.append(line.split(" ")[2])
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert kind == "gauge"
            typed.append(name)
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match.group(1) == typed[-1] == helped[-1]
            key = (match.group(1), match.group(2))
            assert key not in found, "the same series twice"
            found[key] = float(match.group(5))
    assert len(set(typed)) == len(typed)
    return found


def test_the_series():
    text = prometheus.text({"n1": {**REPORT, "cluster": "demo", "judged": 1795219200.0}})
    found = parsed(text)
    base = 'node="n1",cluster="demo"'
    assert found["muster_requirement", f'{base},id="A-1",status="fail"'] == 1
    assert found["muster_requirements", f'{base},status="skip"'] == 1
    assert found["muster_problems", base] == 0
    assert found["muster_exit_status", base] == 2
    assert found["muster_judged_timestamp_seconds", base] == 1795219200.0
    assert sum(name == "muster_requirement" for name, _ in found) == 7
    assert sum(name == "muster_requirements" for name, _ in found) == len(STATUSES)


def test_labels_are_escaped():
    text = prometheus.text({'a"b\\c\nd': {"verdicts": [], "problems": ["x"]}})
    assert 'muster_problems{node="a\\"b\\\\c?d",cluster=""} 1' in text
    assert 'muster_exit_status{node="a\\"b\\\\c?d",cluster=""} 2' in text
    parsed(text)


def test_a_node_without_verdicts_is_never_0():
    assert 'muster_exit_status{node="n",cluster=""} 2' in prometheus.text({"n": {"verdicts": []}})


def test_names_that_are_shown_the_same_are_one_series():
    twice = {"verdicts": [{"id": "A", "status": "fail"}, {"id": "A", "status": "pass"}]}
    found = parsed(prometheus.text({"a\x00": twice, "a\x01": twice}))
    assert [labels for name, labels in found if name == "muster_requirement"] == [
        'node="a?",cluster="",id="A",status="fail"'
    ]


@given(st.dictionaries(texts, reports | anything, max_size=4))
def test_hostile_reports_still_parse(given_reports):
    text = prometheus.text(given_reports)
    parsed(text)
    text.encode()
