"""Lists and counts in sentences."""

import pytest

from saltext.muster.wording import counted, listed


@pytest.mark.parametrize(
    ("names", "text"),
    [("", ""), ("a", "a"), ("abcd", "a, b, c, d"), ("abcde", "a, b, c, d and 1 more")],
)
def test_a_list_names_the_first_and_counts_the_others(names, text):
    assert listed(names) == text


def test_a_list_may_be_of_some_of_all_there_are():
    assert listed(["a", "b"], 5, count=9) == "a, b and 7 more"
    assert listed([], count=2) == " and 2 more"


def test_a_list_may_be_parted_otherwise():
    assert listed("abc", 2, comma="; ") == "a; b and 1 more"


@pytest.mark.parametrize(("number", "text"), [(0, "0 nodes"), (1, "1 node"), (2, "2 nodes")])
def test_one_is_counted_in_the_singular(number, text):
    assert counted(number, "node") == text
