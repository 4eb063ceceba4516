"""Who sends, and what is told; jobs on minions are those of tests/acceptance/test_wake.py."""

from __future__ import annotations

import pytest

from saltext.muster.components import magic_packet
from saltext.muster.errors import MusterError
from saltext.muster.master import jobs, waking
from tests.unit.master.support import VALID

MAC = "52:54:00:12:34:56"
SENT = {"link": "br0", "address": "10.77.0.12", "broadcast": "10.77.0.255", "ports": [9, 7]}
NODES = [f"node{number}.example.com" for number in (1, 2, 3)]


class Minions:
    """Answers of minions by id: whether they are up, and what they say of sending."""

    def __init__(self, up, sent=None):
        self.up, self.sent, self.asked = set(up), sent or {}, []

    def run(self, opts, function, arguments, seconds):
        self.asked.append((function, dict(arguments)))
        return {id_: self.answer(function, id_) for id_ in arguments}

    def answer(self, function, id_):
        if id_ not in self.up:
            return jobs.Answer(None, jobs.SILENT)
        if function == "test.ping":
            return jobs.Answer(True)
        return self.sent.get(id_, jobs.Answer(SENT))


@pytest.fixture
def wake(tmp_path, monkeypatch):
    """Run the runner's function with minions in place of jobs, which need a master."""
    extra = "      node3.example.com: {address: 10.77.0.13, role: master}\n"
    text = VALID.replace("waivers:", extra.replace("      ", "  ") + "waivers:")
    (tmp_path / "demo.yaml").write_text(text)
    opts = {"ext_pillar": [{"muster": {"clusters": str(tmp_path)}}]}

    def run(minions, node=NODES[0], told=None, **more):
        monkeypatch.setattr(jobs, "run", minions.run)
        told = {NODES[0]: {"eno1": MAC}} if told is None else told
        arguments = {"cluster": "", "wait": 0, **more}
        return waking.of(opts, lambda *_: told, node, **arguments)

    return run


def rows(data):
    return data["sheets"][0]["tables"][NODES[0]]


def test_the_clusters_master_sends_and_no_other_node_is_asked(wake):
    minions = Minions(NODES)
    data = wake(minions)
    assert (data["retcode"], rows(data)[0]["from"], rows(data)[0]["card"]) == (0, NODES[2], MAC)
    assert minions.asked == [
        ("test.ping", {NODES[2]: ()}),
        ("muster_wake.send", {NODES[2]: ([MAC], "10.77.0.0/24")}),
    ]


def test_another_node_sends_where_the_master_is_down_or_cannot(wake):
    assert rows(wake(Minions([NODES[1]])))[0]["from"] == NODES[1]
    cannot = {NODES[2]: jobs.Answer(None, "its job failed: this node has no address")}
    assert rows(wake(Minions(NODES, cannot)))[0]["from"] == NODES[1]


def test_the_node_itself_is_never_asked_to_send(wake):
    minions = Minions(NODES)
    wake(minions)
    assert not any(NODES[0] in asked for _, asked in minions.asked)


def test_without_any_sender_all_that_was_tried_is_told(wake):
    cannot = {NODES[1]: jobs.Answer(None, "its job failed: no way")}
    with pytest.raises(MusterError) as found:
        wake(Minions([NODES[1]], cannot))
    said = str(found.value)
    assert said.startswith(f"nobody can wake {NODES[0]}: no other node of 10.77.0.0/24 is up")
    assert f"{NODES[1]}: its job failed: no way" in said
    assert f"wakeonlan {MAC}" in said


def test_the_salt_master_sends_itself_where_it_is_in_the_network(wake, monkeypatch):
    sent = []
    here = {"addresses": {"addresses": [{"address": "10.77.0.1", "prefix": 24, "link": "eth0"}]}}
    monkeypatch.setattr(waking.facts, "collect", lambda names: here)
    monkeypatch.setattr(magic_packet, "send", lambda way, macs: sent.append((way, macs)))
    assert rows(wake(Minions([])))[0]["from"] == "the Salt master"
    assert sent == [(magic_packet.Way("eth0", "10.77.0.1", "10.77.0.255"), [MAC])]


def test_a_bonds_cards_are_all_called(wake):
    told = {NODES[0]: {"eno1": MAC, "eno2": "52:54:00:12:34:57"}}
    assert [row["card"] for row in rows(wake(Minions(NODES), told=told))] == list(
        told[NODES[0]].values()
    )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"node": "no.example.com"}, "no valid cluster file with a node 'no.example.com'"),
        ({"cluster": "x"}, "no valid cluster file of a cluster 'x'"),
        ({"told": {}}, "the card of node1.example.com is not known: neither"),
        ({"told": {NODES[0]: {"e": "x"}}}, "what it told is of no use"),
        ({"wait": -1}, "wait: wanted 0 to 3600 seconds, seen '-1'"),
        ({"wait": "x"}, "wait: wanted"),
        ({"wait": True}, "wait: wanted"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_sent(wake, more, message):
    minions = Minions(NODES)
    with pytest.raises(MusterError, match=message):
        wake(minions, **more)
    assert minions.asked == []


def test_a_node_that_answers_is_waited_for_no_longer(wake):
    data = wake(Minions(NODES), wait=600)
    assert data["sheets"][0]["notes"][0].startswith(f"{NODES[0]} answers after")


def test_a_node_that_does_not_answer_is_a_failure(wake):
    data = wake(Minions(NODES[1:]), wait=1)
    assert data["retcode"] == 2
    assert "did not answer within 1 s" in data["sheets"][0]["findings"][0]["message"]


def test_without_a_node_the_cards_are_listed_and_nothing_is_sent(wake):
    minions = Minions(NODES)
    told = {NODES[0]: {"eno1": MAC}, NODES[1]: {"eno1": "ff:ff:ff:ff:ff:ff"}}
    sheet = wake(minions, node="", told=told)["sheets"][0]
    assert [row["cards"] for row in sheet["tables"]["nodes"]] == [[MAC], [], []]
    assert "multicast" in sheet["findings"][0]["message"]
    assert minions.asked == []


def test_what_a_sender_says_is_shown_as_text_alone(wake):
    odd = {NODES[2]: jobs.Answer({"link": ["x"], "address": None, "ports": "9"})}
    row = rows(wake(Minions(NODES, odd)))[0]
    assert (row["interface"], row["udp"]) == ("['x']", [])
