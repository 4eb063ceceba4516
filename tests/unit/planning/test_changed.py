from __future__ import annotations

from dataclasses import replace

import pytest

from saltext.muster.cluster import Network
from saltext.muster.parts import Base, Ceph, CephPool, Guest
from saltext.muster.planning.changed import changes
from tests.support.planned import GIB, cluster, node, split


def told(old, new):
    return [(item.row, item.status, item.where) for item in changes(old, new)]


def pvc(*nodes, guests=(), **more):
    return cluster("pvc", nodes or ["a", "b", "c"], guests, **more)


def test_nothing_changed_is_nothing_told():
    made = pvc(
        node("a", "10.0.0.1", sriov=split(4)),
        "b",
        guests=[Guest("g", GIB, node="a")],
        ceph=Ceph({"vms": CephPool()}),
        networks={"main": Network("10.0.0.0/24")},
    )
    assert told(made, made) == []


def test_the_platform_stays():
    assert told(pvc("a"), cluster("ganeti", ["a"])) == [("", "fail", ("platform",))]


# PVC-071


@pytest.mark.parametrize(
    ("before", "after", "drained", "status"),
    [
        (split(4), split(8), False, "fail"),
        (split(4), split(2), False, "fail"),
        (split(4), {}, False, "fail"),
        (split(4), split(8), True, "warn"),
        (split(4), split(4, total=8, vlans=(10,)), False, None),
        ({}, split(4), False, None),
        (split(0), split(4), False, None),
    ],
)
def test_how_many_functions_a_card_has_is_chosen_early(before, after, drained, status):
    old = pvc(node("a", sriov=before, drained=drained))
    found = told(old, pvc(node("a", sriov=after, drained=drained)))
    where = ("nodes", "a", "sriov", "ens1")
    assert found == ([("PVC-071", status, where)] if status else [])


def test_other_platforms_have_no_row_for_it():
    old, new = (cluster("ganeti", [node("a", sriov=split(count))]) for count in (4, 8))
    assert told(old, new) == [("", "fail", ("nodes", "a", "sriov", "ens1"))]


def test_a_node_that_joins_may_have_any_number():
    assert told(pvc("a"), pvc("a", node("b", sriov=split(8)))) == []


# PVC-040


@pytest.mark.parametrize(
    ("change", "key"),
    [({"copies": 2}, "copies"), ({"mincopies": 1}, "mincopies"), ({"type": "erasure"}, "type")],
)
def test_the_replication_of_a_pool_stays(change, key):
    old, new = (pvc(ceph=Ceph({"vms": pool})) for pool in (CephPool(), CephPool(**change)))
    assert told(old, new) == [("PVC-040", "fail", ("ceph", "pools", "vms", key))]


def test_more_data_and_another_pool_are_no_change_of_replication():
    old = pvc(ceph=Ceph({"vms": CephPool()}))
    new = pvc(ceph=Ceph({"vms": CephPool(data=5), "more": CephPool(copies=2)}))
    assert told(old, new) == []
    assert told(new, pvc()) == []


# GNT-038


def ganeti(count, *guests):
    return cluster("ganeti", ["n1", "n2"], guests, options={"minor_count": count})


@pytest.mark.parametrize(
    ("before", "after", "rows"), [(128, 7, ["GNT-038"]), (128, 8, []), (7, 7, []), (6, 7, [])]
)
def test_minors_below_what_is_used_are_a_doubt(before, after, rows):
    guests = [
        Guest(f"g{at}", GIB, disks=(1, 1), node=nodes[0], secondary=nodes[1])
        for at, nodes in enumerate([("n1", "n2"), ("n2", "n1")])
    ]
    found = told(ganeti(before, *guests), ganeti(after, *guests))
    assert [row for row, _status, _where in found] == rows


def test_disks_without_a_second_half_take_no_minor():
    guests = [Guest("g", GIB, disks=(1,) * 9, node="n1")]
    assert told(ganeti(128, *guests), ganeti(2, *guests)) == []


# Nodes that go

ON_A = Guest("g", GIB, node="a")


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        (ON_A, ON_A, True),
        (ON_A, replace(ON_A, node=""), True),
        (ON_A, replace(ON_A, node="b"), False),
        (ON_A, None, False),
        (Guest("g", GIB, nodes=("a",)), Guest("g", GIB), True),
        (Guest("g", GIB, nodes=("a", "b")), Guest("g", GIB, nodes=("b",)), False),
        (replace(ON_A, node="b", secondary="a"), replace(ON_A, node="b"), True),
        (replace(ON_A, node="b", secondary="a"), replace(ON_A, node="b", secondary="c"), False),
    ],
)
def test_a_node_goes_when_its_guests_are_elsewhere(before, after, refused):
    old = pvc(guests=[before])
    new = pvc("b", "c", guests=[after] if after else [])
    assert told(old, new) == ([("", "fail", ("nodes",))] if refused else [])


def test_some_of_many_guests_are_named():
    guests = [Guest(f"g{at}", GIB, node="a") for at in range(5)]
    found = list(changes(pvc(guests=guests), pvc("b", guests=guests)))
    assert [item.message for item in found] == [
        "a is left out of the file, and had g0, g1, g2, g3 and 1 more"
    ]


# RAV-006


def ravada(bases, *guests):
    nodes = [node("rav1", role="master"), node("rav2", role="node")]
    return cluster("ravada", nodes, guests, bases=bases)


BOTH = {"ubuntu": Base(1, ("rav1", "rav2"))}


@pytest.mark.parametrize(
    ("after", "guests", "where"),
    [
        ({}, (), ("bases",)),
        ({"ubuntu": Base(1, ("rav2",))}, (), ("bases", "ubuntu")),
        ({"ubuntu": Base(1, ("rav1",))}, (), None),
        ({"ubuntu": Base(1, ())}, (), None),
        ({"ubuntu": Base(1, ())}, (Guest("g", GIB, base="ubuntu"),), ("bases", "ubuntu")),
    ],
)
def test_a_base_leaves_the_master_last(after, guests, where):
    found = told(ravada(BOTH), ravada(after, *guests))
    assert found == ([("RAV-006", "warn", where)] if where else [])


def test_a_base_of_the_master_alone_may_go():
    assert told(ravada({"ubuntu": Base(1, ("rav1",))}), ravada({})) == []


# Addresses


def placed(main, storage="", **more):
    networks = {"main": Network("10.0.0.0/24"), "storage": Network("10.0.2.0/24")}
    addresses = {"storage": storage} if storage else {}
    return pvc(node("a", main, addresses=addresses, **more), networks=networks)


def test_an_address_of_a_node_in_use_changes_with_care():
    old = placed("10.0.0.1", "10.0.2.1")
    assert told(old, placed("10.0.0.2", "10.0.2.1")) == [("", "warn", ("nodes", "a", "address"))]
    assert told(old, placed("10.0.0.1", "10.0.2.2")) == [
        ("", "warn", ("nodes", "a", "addresses", "storage"))
    ]
    assert "is to have none" in next(changes(old, placed("10.0.0.1"))).message


def test_a_node_that_is_drained_by_the_same_file_is_not_drained_yet():
    old, new = split(4), split(8)
    found = told(pvc(node("a", sriov=old)), pvc(node("a", sriov=new, drained=True)))
    assert [status for _row, status, _where in found] == ["fail"]


def test_a_drained_or_further_address_changes_freely():
    assert told(placed("10.0.0.1"), placed("10.0.0.2", drained=True)) == []
    assert told(placed("10.0.0.1"), placed("10.0.0.1", "10.0.2.1")) == []


def test_what_is_public_tells_no_value():
    old = pvc(
        node("secret", "10.0.0.1", sriov=split(4)),
        "gone",
        guests=[Guest("hidden", GIB, node="gone")],
        ceph=Ceph({"private": CephPool()}),
        networks={"main": Network("10.0.0.0/24")},
    )
    new = pvc(
        node("secret", "10.0.0.2", sriov=split(5)),
        guests=[Guest("hidden", GIB)],
        ceph=Ceph({"private": CephPool(2)}),
        networks={"main": Network("10.0.0.0/24")},
    )
    found = list(changes(old, new))
    assert len(found) == 4
    for item in found:
        assert item.public and item.remedy
        assert not any(char.isdigit() for char in item.public)
        assert not any(word in item.public for word in ("secret", "gone", "hidden", "private"))
