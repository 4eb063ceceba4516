from __future__ import annotations

import pytest

from saltext.muster.parts import Physical
from saltext.muster.planning import sriov
from tests.support.planned import cluster, guest, node, split


def lines(found, table):
    return next(each.rows for each in found.tables if each.name == table)


def test_a_cluster_without_functions_has_no_tables():
    assert sriov.tables(cluster("pvc", ["a", "b"], [guest("g")])) == ()


def test_each_card_shows_its_functions_and_who_is_left():
    nodes = [node("a", sriov=split(4, total=8, vlans=(10, 20))), node("b", sriov=split(4))]
    guests = [guest("g", 0, 1, node="a"), guest("h", 3, nodes=("b",)), guest("i", 2)]
    rows = lines(sriov.sheet(cluster("pvc", nodes, guests)), "virtual functions")
    assert [(row["node"], row["functions"], row["used"], row["free"]) for row in rows] == [
        ("a", 4, 2, 2),
        ("b", 4, 1, 3),
    ]
    assert rows[0]["vlans"] == [10, 20, 0, 0]
    assert (rows[0]["at_most"], rows[1]["at_most"]) == (8, None)


def test_a_function_that_is_not_there_is_not_counted_as_used():
    found = cluster("pvc", [node("a", sriov=split(2))], [guest("g", 5, node="a")])
    assert lines(sriov.sheet(found), "virtual functions")[0]["used"] == 0


def test_a_guest_shows_where_its_functions_are_free():
    nodes = [node(id_, sriov=split(2)) for id_ in "abc"] + [node("d", sriov=split(2), drained=True)]
    guests = [guest("g", 0, node="a"), guest("h", 0, node="b", pinned=True)]
    rows = lines(sriov.sheet(cluster("pvc", nodes, guests)), "guests with virtual functions")
    assert [(row["guest"], row["may_move_to"], row["free_there"]) for row in rows] == [
        ("g", 3, 1),
        ("h", 0, 0),
    ]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (guest("g", 0), "live"),
        (guest("g", 0, migration="shutdown"), "by shutdown"),
        (guest("g", 0, mode="hostdev"), "by shutdown"),
        (guest("g", 0, pinned=True), "not"),
    ],
)
def test_how_a_guest_moves(made, told):
    assert sriov.moves(made) == told


@pytest.mark.parametrize(
    ("physical", "told"),
    [
        (Physical(8, total=8), []),
        (Physical(9, total=8), ["9 virtual functions of 8"]),
        (Physical(9, total=0), []),
        (Physical(2, vlans=(1, 2)), []),
        (Physical(2, vlans=(1, 2, 3)), ["3 VLANs for 2"]),
    ],
)
def test_a_card_has_no_more_functions_than_it_can(physical, told):
    found = list(sriov.impossible(cluster("pvc", [node("a", sriov={"ens1": physical})])))
    assert [item.status for item in found] == ["fail"] * len(told)
    for item, text in zip(found, told, strict=True):
        assert text in item.message
        assert item.where == ("nodes", "a", "sriov", "ens1")
        assert not any(char.isdigit() for char in item.public)


def test_untagged_functions_are_like_those_with_vlan_0():
    assert sriov.alike(Physical(3, vlans=(10,)), Physical(3, vlans=(10, 0, 0)))
    assert not sriov.alike(Physical(3, vlans=(10,)), Physical(3, vlans=(10, 0, 1)))
    assert not sriov.alike(Physical(3), Physical(4))


def test_places_are_in_the_order_of_the_file():
    found = sriov.Places(cluster("pvc", ["c", "a", "b"]))
    assert found.of(guest("g")) == ("c", "a", "b")
    assert found.of(guest("g", nodes=("b", "c"))) == ("c", "b")
    assert found.of(guest("g", nodes=("b",), node="a")) == ("a", "b")
    assert found.of(guest("g", nodes=("b", "a"), node="a", pinned=True)) == ("a",)
    assert found.of(guest("g", node="a", secondary="b")) == ("a", "b")
    assert found.of(guest("g", nodes=("nowhere", "b"))) == ("b",)
