from __future__ import annotations

import pytest

from saltext.muster.converge import converge, seen


class No(Exception):
    pass


class Thing:
    """Something with keys to converge; each attribute is what one callable gives."""

    def __init__(self, now, wanted, pending=(), stuck=(), waived=(), error=""):
        self.now, self.wanted = dict(now), wanted
        self.pending, self.stuck, self.error = pending, stuck, error
        self.waivers = {key: f"row {key}" for key in waived}
        self.applied = 0

    def diff(self):
        found = {}
        for key, new in self.wanted.items():
            if self.now.get(key) != new:
                found[key] = {"old": self.now.get(key), "new": new}
                if key in self.pending:
                    found[key]["pending"] = "reboot it"
        return found

    def apply(self):
        self.applied += 1
        for key in self.diff():
            if key not in (*self.pending, *self.stuck, *self.waivers):
                self.now[key] = self.wanted[key]
        if self.error:
            raise No(self.error)
        return ["a note"]

    def run(self, test=False):
        return converge("n", "the thing", test, self.diff, self.apply, lambda: self.waivers, (No,))


@pytest.mark.parametrize("test", [True, False])
def test_nothing_to_do(test):
    thing = Thing({"a": 1}, {"a": 1})
    ret = thing.run(test)
    assert ret == {"name": "n", "result": True, "changes": {}, "comment": "the thing is as wanted"}
    assert thing.applied == 0


def test_the_same_changes_in_both_modes_and_none_on_the_second_run():
    thing = Thing({"a": 1}, {"a": 2, "b": 3})
    would = thing.run(test=True)
    assert (would["result"], thing.applied) == (None, 0)
    assert would["comment"] == "the thing would have been changed: a, b"
    did = thing.run()
    assert did["result"] is True
    assert did["changes"] == would["changes"] == {
        "a": {"old": 1, "new": 2},
        "b": {"old": None, "new": 3},
    }  # fmt: skip
    assert did["comment"] == "the thing has been changed: a, b; a note"
    assert thing.run()["changes"] == {}


def test_pending_alone_is_true_with_a_warning_and_nothing_is_applied():
    thing = Thing({}, {"a": 1}, pending=("a",))
    for test in (True, False):
        ret = thing.run(test)
        assert (ret["result"], ret["changes"], thing.applied) == (True, {}, 0)
        assert ret["warnings"] == ["a: pending: reboot it"]


def test_pending_beside_a_change():
    ret = Thing({}, {"a": 1, "b": 2}, pending=("a",)).run()
    assert (ret["result"], set(ret["changes"])) == (True, {"b"})
    assert ret["warnings"] == ["a: pending: reboot it"]


def test_waived_alone_is_true_and_says_so():
    thing = Thing({}, {"a": 1}, waived=("a",))
    ret = thing.run()
    assert (ret["result"], ret["changes"], thing.applied) == (True, {}, 0)
    assert "a (waived by row a)" in ret["comment"]
    assert "warnings" not in ret


def test_waived_beside_a_change():
    ret = Thing({}, {"a": 1, "b": 2}, waived=("a",)).run()
    assert (ret["result"], set(ret["changes"])) == (True, {"b"})
    assert "waived by row a" in ret["comment"]


def test_what_did_not_change_is_told_with_seen_and_wanted():
    ret = Thing({"a": "x"}, {"a": "y", "b": 2}, stuck=("a",)).run()
    assert ret["result"] is False
    assert set(ret["changes"]) == {"b"}
    assert "a is 'x', wanted 'y'" in ret["comment"]


def test_a_refusal_keeps_the_changes_that_were_made():
    ret = Thing({}, {"a": 1, "b": 2}, stuck=("b",), error="the kernel said no").run()
    assert ret["result"] is False
    assert set(ret["changes"]) == {"a"}
    assert "the kernel said no" in ret["comment"]
    assert "b is absent, wanted 2" in ret["comment"]


def test_a_refusal_after_all_changes_is_still_a_failure():
    ret = Thing({}, {"a": 1}, error="not synchronised").run()
    assert (ret["result"], set(ret["changes"])) == (False, {"a"})


def test_an_error_of_the_diff_is_a_failure_with_its_text():
    def diff():
        raise No("cannot be read")

    ret = converge("n", "it", False, diff, list, dict, (No,))
    assert (ret["result"], ret["changes"], ret["comment"]) == (False, {}, "it: cannot be read")


def test_what_was_changed_and_cannot_be_read_again_counts_as_changed_and_fails():
    calls = []

    def diff():
        calls.append(1)
        if len(calls) == 2:
            raise No("the disk is gone")
        return {"a": {"old": 1, "new": 2}}

    ret = converge("n", "it", False, diff, lambda: ["backup in b"], dict, (No,))
    assert (ret["result"], ret["changes"]) == (False, {"a": {"old": 1, "new": 2}})
    assert ret["comment"] == "it: could not be read again: the disk is gone; backup in b"


def test_a_bug_is_not_hidden():
    with pytest.raises(KeyError):
        converge("n", "it", False, lambda: {}["x"], list, dict, (No,))


@pytest.mark.parametrize(
    ("value", "text"), [(None, "absent"), ("", "''"), ("x", "'x'"), (3, "3"), ([], "[]")]
)
def test_seen(value, text):
    assert seen(value) == text
