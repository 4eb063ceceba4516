from __future__ import annotations

import pytest

from saltext.muster.components.firewall.wanted import groups, wanted
from saltext.muster.errors import InvalidArgument

from .made import data, made, rule


def test_what_is_accepted_keeps_rows_and_reasons_as_a_comment():
    (each,) = made(rule()).accept
    assert (each.protocol, each.ports, each.about) == ("tcp", "22", "RAV-028: SSH")


def test_a_comment_has_nothing_that_ends_a_text_of_nft():
    (each,) = made(rule(why=['"; flush ruleset\n' + "x" * 300])).accept
    assert not set('"\n\\;') - {";"} & set(each.about)
    assert '"' not in each.about
    assert "\n" not in each.about
    assert len(each.about) <= 127


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"protocol": "sctp"}, "protocol"),
        ({"first": 0}, "ports"),
        ({"first": 23, "last": 22}, "ports"),
        ({"last": 65536}, "ports"),
        ({"first": True, "last": True}, "ports"),
        ({"protocol": "icmp"}, "ports"),
        ({"peers": []}, "peers"),
        ({"peers": ["any", "192.0.2.1"]}, "peers"),
        ({"peers": ["192.0.2.1; drop"]}, "peers"),
        ({"peers": ["fe80::1%eth0"]}, "peers"),
        ({"peers": "any"}, "peers"),
        ({"interface": 'eth0" accept'}, "interface"),
        ({"interface": "a" * 16}, "interface"),
        ({"interface": None}, "interface"),
        ({"rows": "RAV-028"}, "rows"),
        ({"why": [1]}, "why"),
    ],
)
def test_what_is_no_rule_is_refused(change, words):
    with pytest.raises(InvalidArgument, match=rf"rules\[0\]: {words}"):
        wanted(data(rule(**change)))


def test_all_problems_are_told_at_once():
    with pytest.raises(InvalidArgument) as told:
        wanted({**data(rule(protocol="x"), "y", admin=["z"]), "confirm": 5})
    for words in ("rules[0]: protocol", "rules[1]", "admin", "confirm: 5"):
        assert words in str(told.value)


def test_a_list_of_many_peers_is_kept_once_however_many_rules_have_it():
    many = [f"192.0.2.{n}" for n in range(20)] + [f"2001:db8::{n:x}" for n in range(20)]
    found = groups(made(rule(peers=many), rule(first=80, peers=many)).accept, 8)
    assert sorted(version for version, _ in found) == [4, 6]
