"""How tries are given to minions, and what of their answers is believed.

Jobs themselves are replaced: no test machine has hundreds of minions, nor any that lie. Real
jobs are in tests/lab/test_reach.py.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.errors import InvalidArgument
from saltext.muster.master import jobs, reaching
from saltext.muster.master.jobs import Answer
from saltext.muster.planning.connecting import reached
from saltext.muster.reach import asked
from tests.support import talking
from tests.support.planned import cluster

CLUSTER = talking.vmmanager(talking.numbered(3))


@pytest.fixture
def calls(monkeypatch):
    """What minions were asked; each answers with what the test wants of it."""
    made = []

    def run(opts, function, arguments, seconds):
        made.append((function, arguments))
        state = {"state": asked.ECHO, "why": ""}
        result = {"result": asked.OPEN, "why": "", "ms": 1, "source": ""}
        each = state if function == "muster_reach.listen" else result
        return {id_: Answer([each] * len(args[0])) for id_, args in arguments.items()}

    monkeypatch.setattr(jobs, "run", run)
    monkeypatch.setattr(reaching.validate, "clusters", lambda opts: ([CLUSTER], []))
    return made


def test_every_node_gets_its_own_tries_alone(calls):
    data = reaching.of({}, "", "", 5)
    assert data["retcode"] == 0
    functions = [function for function, _arguments in calls]
    assert functions == ["muster_reach.listen", "muster_reach.reach"]
    listened, tried = (arguments for _function, arguments in calls)
    assert set(tried) == set(CLUSTER.nodes)
    for id_, (items, token, seconds) in tried.items():
        assert CLUSTER.nodes[id_].address not in {item[1] for item in items}
        assert asked.tries(items, token, seconds)
    for id_, (items, token, seconds) in listened.items():
        assert {item[1] for item in items} == {CLUSTER.nodes[id_].address}
        assert asked.doors(items, token, seconds)
        assert seconds > 5, "answers end before the tries do"


def test_more_tries_than_a_call_bears_are_several_calls(calls, monkeypatch):
    monkeypatch.setattr(asked, "MOST", 4)
    data = reaching.of({}, "", "", 5)
    assert data["retcode"] == 0
    tried = [arguments for function, arguments in calls if function == "muster_reach.reach"]
    assert len(tried) > 1
    assert all(len(args[0]) <= 4 for arguments in tried for args in arguments.values())
    count = sum(len(args[0]) for arguments in tried for args in arguments.values())
    assert count == len(reached.wanted(CLUSTER))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(None, jobs.SILENT), "did not answer"),
        (Answer("no such function"), "no such function"),
        (Answer([]), "its answer is none"),
        (Answer([{}] * 9999), "its answer is none"),
    ],
)
def test_a_minion_without_a_sound_answer_is_named(calls, monkeypatch, answer, words):
    run = jobs.run

    def lying(opts, function, arguments, seconds):
        found = run(opts, function, arguments, seconds)
        return {id_: answer if id_ == "node1" else told for id_, told in found.items()}

    monkeypatch.setattr(jobs, "run", lying)
    data = reaching.of({}, "", "", 5)
    assert data["retcode"] == 2
    (finding,) = data["sheets"][0]["findings"]
    assert finding["message"].startswith("node1: ")
    assert words in finding["message"]


def test_an_address_that_a_node_does_not_have_is_told(calls, monkeypatch):
    run = jobs.run

    def other(opts, function, arguments, seconds):
        found = run(opts, function, arguments, seconds)
        if function == "muster_reach.listen":
            state = {"state": asked.UNKNOWN, "why": "the node does not have the address"}
            found["node1"] = Answer([state] * len(arguments["node1"][0]))
        return found

    monkeypatch.setattr(jobs, "run", other)
    data = reaching.of({}, "", "", 5)
    assert data["retcode"] == 2
    assert "does not have the address" in data["sheets"][0]["findings"][0]["message"]


@given(
    st.dictionaries(st.sampled_from(["result", "why", "source", "state"]), st.text() | st.none())
)
def test_only_known_words_are_believed(answer):
    told = reaching._told(answer)
    assert told.result in (*asked.RESULTS, reached.NOT_TOLD)
    assert len(told.why) <= 300
    assert reaching._state(answer)[0] in asked.STATES


@pytest.mark.parametrize("timeout", [0, 3, 61, True, "5", None, 5.0])
def test_a_timeout_is_a_number_of_seconds(calls, timeout):
    with pytest.raises(InvalidArgument, match="timeout: wanted 4 to 60 seconds"):
        reaching.of({}, "", "", timeout)
    assert not calls


@pytest.mark.parametrize(("name", "node"), [("nope", ""), ("", "nobody"), ("nope", "nobody")])
def test_a_cluster_or_node_that_is_not_there_is_told_with_those_that_are(calls, name, node):
    with pytest.raises(InvalidArgument, match=f"valid are those of: {CLUSTER.name}"):
        reaching.of({}, name, node, 5)
    assert not calls


def test_a_cluster_of_one_node_asks_nobody(calls, monkeypatch):
    alone = cluster("vmmanager", talking.numbered(1), networks=talking.MAIN)
    monkeypatch.setattr(reaching.validate, "clusters", lambda opts: ([alone], []))
    assert reaching.of({}, "", "", 5)["retcode"] == 0
    assert not calls


def test_a_minion_that_is_silent_is_asked_once(calls, monkeypatch):
    run = jobs.run

    def silent(opts, function, arguments, seconds):
        found = run(opts, function, arguments, seconds)
        return {**found, **{id_: Answer(None, jobs.SILENT) for id_ in found if id_ == "node1"}}

    monkeypatch.setattr(jobs, "run", silent)
    assert reaching.of({}, "", "", 5)["retcode"] == 2
    assert ["node1" in arguments for _function, arguments in calls] == [True, False]
