from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.parts import Base
from saltext.muster.planning.simulating import moves
from saltext.muster.planning.simulating.moves import RESTARTS, STOPS, Fates, Hold, Reach
from tests.support.planned import cluster, guest, node, split

NODES = ("n0", "n1", "n2")


def held(*guests, nodes=NODES, platform="pvc", **more):
    return list(moves.holds(cluster(platform, nodes, guests, **more)))


def others(one, nodes=NODES, platform="pvc", **more):
    return Reach(cluster(platform, nodes, [one], **more)).others(one)


def test_a_guest_that_may_be_anywhere_is_not_held():
    assert held(guest("a", node="n0"), guest("b")) == []
    assert others(guest("a", node="n0")) is None


@pytest.mark.parametrize(
    ("more", "platform", "why"),
    [
        ({"pinned": True}, "pvc", "is pinned"),
        ({"nodes": ("n0",)}, "pvc", "may run on n0 only"),
        ({}, "ganeti", "its disks are on this node alone: no secondary is told"),
        ({"nodes": ("n0", "n2")}, "pvc", "no other node that it may run on is in service"),
    ],
)
def test_guests_that_stop_with_their_node(more, platform, why):
    nodes = ["n0", "n1", node("n2", drained=True)]
    found = held(guest("a", node="n0", **more), nodes=nodes, platform=platform)
    assert found == [Hold("n0", "a", STOPS, why)]


def test_under_routing_no_guest_of_vmmanager_moves():
    (found,) = held(guest("a", node="n0"), platform="vmmanager", network_type="routing")
    assert found == Hold("n0", "a", STOPS, "its address is routed to its node (NET-010)")
    assert held(guest("a", node="n0"), platform="vmmanager", network_type="switching") == []


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (guest("a", node="n0", migration="shutdown"), "migration: shutdown"),
        (guest("a", 0, mode="hostdev", node="n0"), "has ens1v0 by hostdev"),
    ],
)
def test_guests_that_are_shut_down_to_move(one, why):
    nodes = [node(id_, sriov=split(2)) for id_ in NODES]
    assert held(one, nodes=nodes) == [Hold("n0", "a", RESTARTS, why)]


def test_a_virtual_function_is_wanted_as_it_is_at_home():
    nodes = [
        node("n0", sriov=split(2, pci="0000:03:00.0", vlans=(10, 20))),
        node("n1", sriov=split(2, pci="0000:04:00.0", vlans=(10, 20))),
        node("n2", sriov=split(1, pci="0000:03:00.0", vlans=(10,))),
        node("n3", sriov=split(2, pci="0000:03:00.0", vlans=(11, 20))),
        node("n4"),
    ]
    assert others(guest("a", 0, node="n0"), nodes) == {"n1", "n2"}
    assert others(guest("a", 1, node="n0"), nodes) == {"n1", "n3"}
    assert others(guest("a", 0, mode="hostdev", node="n0"), nodes) == {"n2"}
    (found,) = held(guest("a", 1, mode="hostdev", node="n1"), nodes=nodes)
    assert found.reason == "no other node that it may run on has ens1v1 as this one has"


def test_a_pair_moves_to_its_secondary_alone():
    assert others(guest("a", node="n0", secondary="n1"), platform="ganeti") == {"n1"}


def test_a_clone_goes_where_its_base_is():
    bases = {"desk": Base(1, ("n0", "n2"))}
    assert others(guest("a", node="n0", base="desk"), platform="ravada", bases=bases) == {"n2"}


def test_a_guest_whose_node_is_not_told_may_be_on_any_that_is_allowed():
    assert others(guest("a", pinned=True, nodes=("n0", "n1"))) == {"n0", "n1"}
    assert others(guest("a"), platform="ganeti") is None


def test_guests_that_do_not_run_are_not_held():
    assert held(guest("a", node="n0", pinned=True, running=False)) == []


def test_guests_are_listed_by_node_in_the_order_of_the_file():
    found = held(*(guest(f"g{n}", node=f"n{n}", pinned=True) for n in (2, 0, 1)))
    assert [each.node for each in found] == ["n0", "n1", "n2"]


def test_what_is_gone_is_told_of_pairs_and_others():
    pair = guest("db", node="n0", secondary="n1")
    fates = Fates(cluster("ganeti", NODES, [pair, guest("web", node="n0")]))
    assert fates.words(["n1"]) == ""
    assert fates.words(["n0"]) == "web cannot be started anywhere"
    both = "db lost: both nodes of a pair are down; web cannot be started anywhere"
    assert fates.words(["n0", "n1"]) == both


def test_a_guest_pinned_to_a_drained_node_is_homeless():
    fates = Fates(
        cluster("pvc", [node("n0", drained=True), "n1"], [guest("a", node="n0", pinned=True)])
    )
    assert [each.name for each in fates.homeless] == ["a"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", *NODES]),
            st.sets(st.sampled_from(NODES)),
            st.sampled_from(["", *NODES]),
            st.booleans(),
        ),
        max_size=4,
    ),
    st.sets(st.sampled_from(NODES)),
)
def test_guests_that_are_gone_are_those_without_a_node_that_is_up(drawn, down):
    guests = [
        guest(
            f"g{n}",
            node=home,
            nodes=tuple(sorted({*nodes, home} - {""})) if nodes else (),
            pinned=pin,
        )
        if not pair or not home or pair == home
        else guest(f"g{n}", node=home, secondary=pair, pinned=pin)
        for n, (home, nodes, pair, pin) in enumerate(drawn)
    ]
    found = Fates(cluster("pvc", NODES, guests)).gone(sorted(down))

    def places(each):
        if each.pinned and each.node:
            return {each.node}
        if each.secondary:
            return {each.node, each.secondary}
        return set(each.nodes) or set(NODES)

    expected = {each.name for each in guests if not places(each) - down}
    assert {each.name for each in found} == expected
