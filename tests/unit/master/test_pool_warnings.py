"""What is kept of nodes' answers; jobs on minions are those of tests/acceptance."""

from __future__ import annotations

import logging

import pytest

from saltext.muster.errors import InvalidArgument
from saltext.muster.master import jobs, pool_warnings
from tests.unit.master.support import VALID

NODE = "node1.example.com"
FULL = {"level": "fail", "free": 3.0, "why": ""}
FILLING = {"level": "warn", "free": 14.1, "why": ""}
GOOD = {"level": "pass", "free": 80.0, "why": ""}


class Master:
    """A master's settings, its clock, and what the node answers when it is asked."""

    def __init__(self, folder, monkeypatch):
        (folder / "demo.yaml").write_text(VALID)
        (folder / "cache").mkdir()
        clusters = {"muster": {"clusters": [str(folder / "demo.yaml")]}}
        self.opts = {"cachedir": str(folder / "cache"), "ext_pillar": [clusters]}
        self.now, self.asked = 1_000_000.0, []
        monkeypatch.setattr(pool_warnings.time, "time", lambda: self.now)
        monkeypatch.setattr(jobs, "run", self.run)

    def run(self, opts, function, arguments, seconds):
        self.asked += list(arguments)
        return dict.fromkeys(arguments, self.answer)

    def tells(self, pools, why="", node=NODE):
        self.now += 100
        self.answer = jobs.Answer(pools, why)
        return pool_warnings.heard(self.opts, node)

    def listed(self):
        data = pool_warnings.of(self.opts)
        rows = data["sheets"][0]["tables"]["pools"]
        return data["retcode"], [(row["pool"], row["level"], row["free"]) for row in rows]


@pytest.fixture
def master(tmp_path, monkeypatch):
    return Master(tmp_path, monkeypatch)


def test_a_pool_is_listed_while_it_is_full(master):
    assert master.listed() == (0, [])
    master.tells({"default": FILLING, "fast": GOOD})
    assert master.listed() == (0, [("default", "warn", "14.1 %")])
    master.tells({"default": FULL, "fast": GOOD})
    assert master.listed() == (2, [("default", "fail", "3.0 %")])
    master.tells({"default": GOOD, "fast": GOOD})
    assert master.listed() == (0, [])


def test_a_pool_that_has_gone_is_not_listed(master):
    master.tells({"default": FULL})
    master.tells({})
    assert master.listed() == (0, [])


def test_each_change_is_logged_once(master, caplog):
    caplog.set_level(logging.WARNING)
    for pools in ({"a": GOOD}, {"a": FILLING}, {"a": FILLING}, {"a": GOOD}):
        master.tells(pools)
    assert [record.getMessage() for record in caplog.records] == [
        f"muster: the pool a of {NODE} has 14.1 % free",
        f"muster: the pool a of {NODE} has 80.0 % free again",
    ]


def test_since_when_a_level_holds_is_kept(master):
    master.tells({"a": FILLING})
    first = pool_warnings.of(master.opts)
    master.tells({"a": {**FILLING, "free": 13.0}})
    then = pool_warnings.of(master.opts)
    rows = [data["sheets"][0]["tables"]["pools"][0] for data in (first, then)]
    assert rows[0]["since"] == rows[1]["since"]
    assert rows[1]["free"] == "13.0 %"


@pytest.mark.parametrize(
    "node",
    ["../x", "*", "", None, 7, ["x"], "no.example.com", "node1.example.com\n", "{{ 1 }}", "a/b"],
)
def test_an_event_that_names_no_node_of_a_cluster_asks_nobody(master, node):
    with pytest.raises(InvalidArgument, match="is left"):
        pool_warnings.heard(master.opts, node)
    assert master.asked == []


def test_a_storm_of_events_asks_a_node_once(master):
    master.tells({"a": GOOD})
    assert "was asked less than" in pool_warnings.heard(master.opts, NODE)
    assert master.asked == [NODE]


@pytest.mark.parametrize(
    "pool",
    [
        {"level": "fine", "free": 3.0},
        {"level": "pass", "free": "80"},
        {"level": "pass", "free": 101},
        {"level": "pass", "free": True},
        {"level": "pass"},
        "pass",
        None,
    ],
)
def test_a_pool_that_is_told_of_in_no_good_way_is_unknown_and_never_good(master, pool):
    master.tells({"a": pool})
    assert master.listed() == (2, [("a", "unknown", "")])


@pytest.mark.parametrize("answer", [None, "x", [], {str(n): GOOD for n in range(101)}])
def test_a_node_that_does_not_answer_well_is_unknown_as_a_whole(master, answer):
    master.tells(answer, "the minion did not answer")
    assert master.listed() == (2, [("", "unknown", "")])


def test_what_is_kept_is_the_masters_alone_and_a_spoiled_file_is_none(master):
    master.tells({"a": FULL})
    folder = pool_warnings._folder(master.opts)
    path = f"{folder}/{NODE}.json"
    with open(path, "w") as file:
        file.write("[1, 2")
    assert master.listed() == (0, [])
    master.tells({"a": FULL})
    assert master.listed()[0] == 2


def test_without_a_cluster_file_that_is_said(master, tmp_path):
    (tmp_path / "demo.yaml").write_text("x")
    with pytest.raises(InvalidArgument, match="no valid cluster file"):
        pool_warnings.of(master.opts)
