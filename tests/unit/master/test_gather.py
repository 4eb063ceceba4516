import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.master.gather import gather


def report(*statuses):
    verdicts = [{"id": f"X-{n}", "subject": "n1", "status": s} for n, s in enumerate(statuses)]
    return {"node": "n1", "cluster": "demo", "plan": "d", "verdicts": verdicts}


@pytest.mark.parametrize(
    ("answers", "expected", "retcode"),
    [
        ({"n1": report("pass", "waived", "warn", "skip")}, ["n1"], 0),
        ({"n1": report("pass"), "n2": report("pending")}, [], 3),
        ({"n1": report("pending"), "n2": report("fail")}, [], 2),
        ({"n1": report("unknown")}, [], 2),
        ({"n1": report("pass")}, ["n1", "n2"], 2),
        ({"n1": report("pass"), "n2": False}, [], 2),
        ({"n1": report("pass"), "n2": "'muster.check' is not available."}, [], 2),
        ({"n1": report()}, [], 2),
        ({}, [], 2),
        ({}, ["n1"], 2),
    ],
)
def test_the_retcode_is_the_worst_of_all_nodes(answers, expected, retcode):
    assert gather(answers, expected)["retcode"] == retcode


def test_a_node_that_did_not_answer_is_named_with_the_reason():
    found = gather({"n1": False}, ["n2"])["reports"]
    assert "did not answer" in found["n1"]["problems"][0]
    assert "not accepted" in found["n2"]["problems"][0]


def test_a_minion_speaks_for_itself_only():
    found = gather({"evil": {**report("pass"), "node": "n1"}}, [])["reports"]
    assert list(found) == ["evil"]
    assert found["evil"]["node"] == "evil"


def test_a_minion_cannot_set_the_retcode():
    assert gather({"n1": {**report("fail"), "retcode": 0, "counts": {}}}, [])["retcode"] == 2


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), anything | st.fixed_dictionaries({"verdicts": anything})))
def test_no_answer_crashes_the_run_or_makes_it_green(answers):
    assert gather(answers, [])["retcode"] == 2
