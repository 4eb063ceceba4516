from __future__ import annotations

from saltext.muster.components.firewall.system import Done
from saltext.muster.components.ssh import pins
from saltext.muster.components.ssh.mine import Mine
from tests.unit.components.ssh.made import key

ROWS = [
    {"id": "rv1", "address": "10.0.0.1", "names": ["rv1.example.com", "rv1"]},
    {"id": "rv2", "address": "10.0.0.2", "names": ["rv2.example.com", "rv2"]},
]


def mine(told):
    """A mine that tells more than it was asked for, as a target that is no list would."""
    return Mine({"mine.get": lambda ids, function, tgt_type: told}, "rvm")


def nodes(**told):
    return pins.hosts(ROWS, mine({id_: [each.text for each in k] for id_, k in told.items()}))


def keyscan(*shown):
    """The program ssh-keyscan, which prints who shows which key."""
    return lambda argv, text: Done(0, "\n".join(shown), "")


def test_keys_are_taken_of_the_asked_minions_alone():
    found = nodes(rv1=[key(1)], rv9=[key(9)])
    assert [(host.id, host.keys) for host in found] == [("rv1", (key(1),)), ("rv2", ())]
    assert pins.missing(found) == ["rv2"]


def test_a_mine_that_tells_nothing():
    assert pins.missing(pins.hosts(ROWS, mine(False))) == ["rv1", "rv2"]
    assert pins.missing(pins.hosts(ROWS, mine({"rv1": "x", "rv2": {"a": 1}}))) == ["rv1", "rv2"]


def test_a_node_that_shows_another_key_than_it_sent():
    found = nodes(rv1=[key(1)], rv2=[key(2)])
    seen = pins.shown(found, keyscan(f"10.0.0.1 {key(1).text}", f"10.0.0.2 {key(7).text}"))
    assert pins.stale(found, seen) == ["rv2"]


def test_a_node_that_does_not_answer_is_not_stale():
    found = nodes(rv1=[key(1)], rv2=[key(2)])
    assert pins.stale(found, pins.shown(found, keyscan("# 10.0.0.1:22 SSH-2.0", ""))) == []


def test_answers_for_other_addresses_are_left():
    found = nodes(rv1=[key(1)])
    assert pins.shown(found, keyscan(f"10.0.0.2 {key(7).text}", "10.0.0.1 rubbish")) == {}


def test_each_node_is_asked_for_one_key_of_the_best_type_that_it_sent():
    asked = []

    def run(argv, text):
        asked.append((argv[-3], text))
        return Done(0, "", "")

    pins.shown(nodes(rv1=[key(1), key(2, "ssh-rsa")], rv2=[key(3, "ecdsa-sha2-nistp256")]), run)
    assert asked == [("ed25519", "10.0.0.1\n"), ("ecdsa", "10.0.0.2\n")]


def test_what_is_told_names_who_must_do_what():
    absent, other = pins.problems(["rv1"], ["rv2"], 30)
    assert "rv1 sent no host key" in absent
    assert "run state.apply there" in absent
    assert "rv2 shows another host key" in other
    assert "somebody else answers" in other
    assert pins.problems([], [], 30) == []
