import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import verdict
from saltext.muster.verdict import STATUSES, Verdict


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([], 0),
        (["pass", "warn", "skip", "waived"], 0),
        (["pass", "pending"], 3),
        (["pending", "fail"], 2),
        (["unknown"], 2),
    ],
)
def test_exit_code_tells_the_worst(statuses, code):
    assert verdict.exit_code(statuses) == code


@given(st.lists(st.sampled_from(STATUSES)))
def test_exit_code_is_zero_only_without_fail_unknown_and_pending(statuses):
    bad = {"fail", "unknown", "pending"} & set(statuses)
    assert (verdict.exit_code(statuses) == 0) is (not bad)


@given(st.builds(Verdict, st.text(min_size=1), st.text(), st.sampled_from(STATUSES), st.text()))
def test_data_gives_the_verdict_back(found):
    assert Verdict.from_data(found.to_data()) == found


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"id": "X", "status": "fine"},
        {"id": "", "status": "pass"},
        {"id": "X", "status": "pass", "seen": 3},
        {"id": "X", "status": "pass", "seen": "x" * 4001},
        {"id": "X", "status": "pass", "subject": "n", "extra": "y"},
        {"id": "X", "status": ["pass"]},
    ],
)
def test_data_of_outside_that_is_no_verdict_is_refused(data):
    with pytest.raises(ValueError, match=r"verdict"):
        Verdict.from_data(data)


def test_count_is_worst_first_without_zeros():
    assert list(verdict.count(["pass", "fail", "pass"]).items()) == [("fail", 1), ("pass", 2)]
