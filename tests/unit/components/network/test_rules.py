"""The lines that bring a node's rules back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.network import rules
from saltext.muster.components.network.wanted import BRIDGE, Device, Rule, Wanted

BARE = Wanted((Device("eth0"), Device("vmbr0", BRIDGE, ("eth0",))))
#: As ip of iproute2 6.1 tells those of a kernel that nobody gave any.
KERNELS = [
    {"priority": 0, "src": "all", "table": "local", "protocol": "kernel"},
    {"priority": 32766, "src": "all", "table": "main", "protocol": "kernel"},
    {"priority": 32767, "src": "all", "table": "default", "protocol": "kernel"},
]


def lines(entries, wanted=BARE, version=4):
    return [" ".join(map(str, words)) for words in rules.back(entries, version, wanted)]


def entry(priority, table="100", **more):
    return {"priority": priority, "src": "192.0.2.0", "srclen": 24, "table": table, **more}


def test_a_rule_that_the_plan_does_not_tell_comes_back():
    """A bridge takes a card's stanza over with its rules, and its way back takes them away."""
    assert lines([KERNELS[0], entry(1000), *KERNELS[1:]]) == [
        "rule add priority 1000 from 192.0.2.0/24 table 100"
    ]


@pytest.mark.parametrize("told", [True, False])
def test_the_kernels_own_stay(told):
    """By another protocol they would be there twice; an old ip does not tell it."""
    shown = [{k: v for k, v in each.items() if told or k != "protocol"} for each in KERNELS]
    assert lines(shown) == []


def test_the_rules_of_the_plan_go_first():
    wanted = Wanted((Device("eth0", rules=(Rule(7, 9, "192.0.2.0/24"), Rule(7, 8, to="::/0"))),))
    assert lines([entry(9, "7")], wanted) == [
        "rule del priority 9 from 192.0.2.0/24 table 7",
        "rule add priority 9 from 192.0.2.0/24 table 7",
    ]
    assert lines([], wanted, version=6) == ["rule del priority 8 to ::/0 table 7"]


def test_rules_of_one_priority_come_back_in_their_order():
    first, second = entry(1000), {"priority": 1000, "src": "192.0.2.7", "table": "9"}
    words = [
        "priority 1000 from 192.0.2.0/24 table 100",
        "priority 1000 from 192.0.2.7 table 9",
    ]
    verbs = [f"rule {verb} {each}" for verb in ("del", "add") for each in words]
    assert lines([first, entry(5), second]) == [
        *verbs[:3],
        "rule add priority 5 from 192.0.2.0/24 table 100",
        verbs[3],
    ]


def test_what_is_not_known_is_neither_made_nor_taken_for_another():
    strange = entry(1000, flow_from="3", flow_to="4")
    assert lines([strange, entry(1000)]) == ["rule add priority 1000 from 192.0.2.0/24 table 100"]


#: What ip of iproute2 6.1 printed for a rule -> the words by which it took it again.
TOLD = [
    (
        {"priority": 9, "not": None, "src": "10.9.0.0", "srclen": 16, "tos": "0x10",
         "fwmark": "0x7", "fwmask": "0xff", "iif": "lo", "table": "main",
         "suppress_prefixlen": 0, "protocol": "static"},
        "not priority 9 from 10.9.0.0/16 fwmark 0x7/0xff tos 0x10 iif lo table main"
        " suppress_prefixlength 0 protocol static",
    ),
    (
        {"priority": 9, "src": "all", "uid_start": 5, "uid_end": 9, "ipproto": "tcp",
         "sport": 80, "dport_start": 5, "dport_end": 9, "table": "77", "protocol": "unspec"},
        "priority 9 from all uidrange 5-9 dport 5-9 ipproto tcp sport 80 table 77"
        " protocol unspec",
    ),
    (
        {"priority": 9, "src": "all", "dst": "10.3.0.0", "dstlen": 16, "action": "prohibit"},
        "priority 9 from all to 10.3.0.0/16 prohibit",
    ),
    ({"priority": 9, "src": "all", "goto": 32767}, "priority 9 from all goto 32767"),
    (
        {"priority": 9, "src": "all", "oif": "nope", "oif_detached": None, "l3mdev": None},
        "priority 9 from all oif nope l3mdev",
    ),
    ({"priority": 9, "src": "all", "nop": None}, "priority 9 from all nop"),
    (
        {"priority": 9, "src": "10.1.0.0", "srclen": 16, "tun_id": 5, "table": "5",
         "suppress_ifgroup": "default"},
        "priority 9 from 10.1.0.0/16 tun_id 5 table 5 suppress_ifgroup default",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("shown", "words"), TOLD)
def test_each_kind_of_rule_comes_back(shown, words):
    assert lines([shown]) == [f"rule add {words}"]


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), unique=True, max_size=9))
def test_each_rule_is_added_once_and_in_order_whatever_there_is(pairs):
    entries = [entry(priority, str(table)) for priority, table in pairs]
    added = [line for line in lines(entries) if line.startswith("rule add")]
    assert added == [
        f"rule add priority {priority} from 192.0.2.0/24 table {table}" for priority, table in pairs
    ]
