from __future__ import annotations

import pytest

from saltext.muster.components import magic_packet
from saltext.muster.master.cards import Cards, known
from tests.unit.master.support import data, of

MAC, OTHER = "52:54:00:12:34:56", "52:54:00:12:34:57"
NODE1, NODE2 = "node1.example.com", "node2.example.com"


def found(told, **macs):
    tree = data()
    for name, mac in macs.items():
        tree["nodes"][f"{name}.example.com"]["mac"] = mac
    cluster = of(tree).cluster
    asked = []

    def fetch(ids, function, kind):
        asked.append((ids, function, kind))
        return told

    cards = known(cluster, fetch)
    return cards, asked


def test_a_node_is_woken_by_the_cards_that_it_told():
    cards, asked = found({NODE1: {"eno1": MAC, "eno2": OTHER}})
    assert cards == {NODE1: Cards((MAC, OTHER), "the node itself"), NODE2: Cards()}
    assert asked == [([NODE1, NODE2], magic_packet.MINE, "list")]


def test_the_cluster_file_wins_and_its_node_is_not_asked():
    cards, asked = found({NODE1: {"eno1": OTHER}}, node1=MAC)
    assert cards[NODE1] == Cards((MAC,), "the cluster file")
    assert asked[0][0] == [NODE2]


def test_a_card_of_two_nodes_is_neithers_unless_the_file_says_so():
    cards, _ = found({NODE1: {"eno1": MAC}, NODE2: {"eno1": MAC}})
    assert all(
        not each.macs and "told of another node too" in each.problem for each in cards.values()
    )
    cards, _ = found({NODE2: {"eno1": MAC}}, node1=MAC)
    assert cards[NODE1].macs == (MAC,)
    assert not cards[NODE2].macs


@pytest.mark.parametrize(
    "told",
    [{"eno1": "ff:ff:ff:ff:ff:ff"}, {"eno1": "00:00:00:00:00:00"}, {}, [MAC], "x", {"a b": MAC}],
)
def test_what_is_no_card_wakes_nobody(told):
    cards, _ = found({NODE1: told})
    assert not cards[NODE1].macs
    assert cards[NODE1].problem.startswith("what it told is of no use: ")


@pytest.mark.parametrize("told", [None, [], "nothing", {"node3.example.com": {"eno1": MAC}}])
def test_an_answer_that_is_none_is_no_card(told):
    cards, _ = found(told)
    assert cards == {NODE1: Cards(), NODE2: Cards()}


@pytest.mark.parametrize(
    ("mac", "message"),
    [
        ("ff:ff:ff:ff:ff:ff", "is a multicast or broadcast address"),
        ("00:00:00:00:00:00", "all of it is zero"),
        ("52-54-00-12-34-56", "is no MAC address"),
        (52, "text"),
    ],
)
def test_the_cluster_files_card_is_checked(mac, message):
    tree = data()
    tree["nodes"][NODE1]["mac"] = mac
    problems = [problem.text() for problem in of(tree).problems]
    assert len(problems) == 1
    assert f"nodes['{NODE1}'].mac" in problems[0] or "mac" in problems[0]
    assert message in problems[0]


def test_a_card_in_upper_case_is_the_same_card():
    tree = data()
    tree["nodes"][NODE1]["mac"] = MAC.upper().replace("12", "AB")
    assert of(tree).cluster.nodes[NODE1].mac == MAC.replace("12", "ab")


def test_one_card_is_not_two_nodes_and_no_ranges():
    tree = data()
    for node in tree["nodes"].values():
        node["mac"] = MAC
    assert f"{MAC} is the card of {NODE1} too" in of(tree).problems[0].text()
    tree = data()
    tree["nodes"] = {"node[1-2].example.com": {"mac": MAC}}
    tree["networks"]["main"]["offset"] = 10
    assert "mac" in of(tree).problems[0].text()
