from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import proving
from saltext.muster.catalogue.pvc import network_rules
from saltext.muster.catalogue.pvc import sriov_proofs as proofs
from saltext.muster.finding import NotAsked
from saltext.muster.parts import Physical
from tests.support.planned import cluster, guest, node, split

ROWS = {"PVC-072", "PVC-073", "PVC-074", "PVC-075", "PVC-076", "PVC-077", "PVC-108"}
NODES = ("a", "b", "c")


def three(*guests, **more):
    """Three nodes with four functions each."""
    return cluster("pvc", [node(id_, sriov=split(4, **more)) for id_ in NODES], guests)


def told(proof, found):
    return [item.message for item in proof(found)]


def test_a_cluster_without_guests_of_functions_is_not_asked():
    for rule in network_rules.RULES:
        if rule.id in ROWS:
            with pytest.raises(NotAsked):
                list(proving.load(rule.proof)(cluster("pvc", NODES, [guest("g")])))


def test_a_sound_plan_contradicts_no_row():
    guests = [guest(f"g{number}", number, node=id_) for number, id_ in enumerate(NODES)]
    guests.append(guest("h", 3, node="a", mode="hostdev", migration="shutdown"))
    found = three(*guests, pci="0000:03:00.0")
    for rule in network_rules.RULES:
        if rule.id in ROWS:
            assert told(proving.load(rule.proof), found) == []


# PVC-072


def test_nodes_that_share_a_guest_are_split_alike():
    nodes = [node("a", sriov=split(4)), node("b", sriov=split(2)), node("c", sriov=split(4))]
    shared = cluster("pvc", nodes, [guest("g", 0, node="a"), guest("h", 1, node="c")])
    found = list(proofs.configured_alike(shared))
    assert [item.where for item in found] == [("nodes", "b", "sriov", "ens1")]
    assert "a has 4 functions, b has 2 functions" in found[0].message
    limited = cluster("pvc", nodes, [guest("g", 0, nodes=("a", "c")), guest("h", 1, nodes=("b",))])
    assert told(proofs.configured_alike, limited) == []


def test_vlans_differ_by_function():
    nodes = [node("a", sriov=split(2, vlans=(10, 20))), node("b", sriov=split(2, vlans=(20, 10)))]
    found = told(proofs.configured_alike, cluster("pvc", nodes, [guest("g", 0, node="b")]))
    assert found == [
        "wanted ens1 split alike where guest g may run: b has 2 functions with VLANs 20 10, "
        "a has 2 functions with VLANs 10 20"
    ]


def test_a_node_without_the_card_is_not_a_matter_of_configuration():
    found = cluster("pvc", [node("a", sriov=split(4)), node("b")], [guest("g", 0, node="a")])
    assert told(proofs.configured_alike, found) == []


# PVC-073 and PVC-074


def test_one_function_of_guests_on_two_nodes_that_may_meet():
    found = told(proofs.never_meet, three(guest("g", 1, node="a"), guest("h", 1, node="b")))
    assert found == ["guests g and h both have ens1v1, and both may run on a, b, c"]


def test_guests_that_never_meet_may_have_one_function():
    guests = [guest("g", 1, node="a", pinned=True), guest("h", 1, nodes=("b", "c"))]
    assert told(proofs.never_meet, three(*guests)) == []


def test_guests_on_one_node_are_a_matter_of_sharing():
    found = three(guest("g", 1, node="a"), guest("h", 1, node="a"))
    assert told(proofs.never_meet, found) == []
    assert told(proofs.one_guest_each, found) == ["guests g and h both have ens1v1 on a"]


def test_a_guest_that_has_a_function_twice():
    found = list(proofs.one_guest_each(three(guest("g", 1, 1, node="a"))))
    assert [item.message for item in found] == ["guest g has ens1v1 twice"]
    assert found[0].where == ("guests", "g", "vfs", 1)


def test_the_only_node_allowed_is_where_a_guest_runs():
    found = three(guest("g", 1, nodes=("a",)), guest("h", 1, node="a"))
    assert told(proofs.one_guest_each, found) == ["guests g and h both have ens1v1 on a"]


# PVC-075


def test_a_guest_is_limited_to_nodes_that_have_its_functions():
    nodes = [node("a", sriov=split(4)), node("b"), node("c", sriov=split(1))]
    free = cluster("pvc", nodes, [guest("g", 1, node="a")])
    assert told(proofs.limited, free) == ["guest g has ens1v1, which is not on b, c"]
    limited = cluster("pvc", nodes, [guest("g", 1, nodes=("a",)), guest("h", 0, nodes=("a", "c"))])
    assert told(proofs.limited, limited) == []


def test_the_last_function_of_a_card_is_one_less_than_their_number():
    assert told(proofs.limited, three(guest("g", 3))) == []
    assert told(proofs.limited, three(guest("g", 4))) == [
        "guest g has ens1v4, which is not on a, b, c"
    ]


def test_many_nodes_are_counted():
    found = cluster("pvc", [f"n{number}" for number in range(9)], [guest("g", 0)])
    assert "not on n0, n1, n2, n3 and 5 more" in told(proofs.limited, found)[0]


# PVC-076


def test_a_taken_function_keeps_a_guest_from_a_target():
    found = told(
        proofs.free_on_targets,
        three(guest("g", 1, node="a"), guest("h", 1, node="b", pinned=True)),
    )
    assert found == ["guest g cannot move to b (guest h has ens1v1)"]


def test_a_guest_that_can_move_nowhere_is_told_so():
    guests = [guest("g", 1, node="a"), *(guest(id_, 1, node=id_, pinned=True) for id_ in "bc")]
    found = told(proofs.free_on_targets, three(*guests))
    assert found == ["guest g cannot move to b, c (guest b has ens1v1): it can move nowhere"]


def test_another_vlan_keeps_a_guest_from_a_target():
    nodes = [node("a", sriov=split(2, vlans=(10,))), node("b", sriov=split(2))]
    found = told(proofs.free_on_targets, cluster("pvc", nodes, [guest("g", 0, node="a")]))
    assert found == [
        "guest g cannot move to b (ens1v0 has no VLAN, not VLAN 10): it can move nowhere"
    ]


def test_a_drained_node_is_no_target():
    nodes = [node("a", sriov=split(2)), node("b", sriov=split(2), drained=True)]
    guests = [guest("g", 0, node="a"), guest("h", 0, node="b", pinned=True)]
    assert told(proofs.free_on_targets, cluster("pvc", nodes, guests)) == []


def test_pinned_guests_and_hostdev_ask_for_no_free_macvtap_function():
    guests = [guest("g", 0, node="a", pinned=True), guest("h", 0, node="b", mode="hostdev")]
    with pytest.raises(NotAsked, match="macvtap"):
        list(proofs.free_on_targets(three(*guests)))


# PVC-077 and PVC-108


def hostdev(**addresses):
    nodes = [node(id_, sriov={"ens1": Physical(4, pci=pci)}) for id_, pci in addresses.items()]
    return cluster("pvc", nodes, [guest("g", 0, node="a", mode="hostdev", migration="shutdown")])


def test_hostdev_asks_for_one_bus_address():
    assert told(proofs.same_device, hostdev(a="0000:03:00.0", b="0000:03:00.0")) == []
    found = list(proofs.same_device(hostdev(a="0000:03:00.0", b="0000:04:00.0")))
    assert [item.status for item in found] == ["fail"]
    assert found[0].message == (
        "guest g needs ens1 at 0000:03:00.0 as on a, seen 0000:04:00.0 on b"
    )


def test_an_address_that_is_not_told_is_a_doubt():
    found = list(proofs.same_device(hostdev(a="0000:03:00.0", b="", c="0000:05:00.0")))
    assert [(item.status, item.where[1]) for item in found] == [("warn", "b"), ("fail", "c")]


def test_one_node_alone_needs_no_address():
    assert told(proofs.same_device, hostdev(a="")) == []


def test_hostdev_does_not_migrate_live():
    found = three(guest("g", 0, node="a", mode="hostdev"), pci="0000:03:00.0")
    assert [item.status for item in proofs.same_device(found)] == ["fail"]
    assert [item.status for item in proofs.migration_method(found)] == ["warn"]


def test_a_pinned_hostdev_guest_needs_no_method():
    found = three(guest("g", 0, node="a", mode="hostdev", pinned=True), pci="0000:03:00.0")
    assert told(proofs.same_device, found) == []
    assert told(proofs.migration_method, found) == []


def test_a_method_left_behind_by_hostdev_is_a_doubt():
    found = three(guest("g", 0, node="a", migration="shutdown"), guest("h", migration="shutdown"))
    assert told(proofs.migration_method, found) == [
        "guest g has no hostdev function, and is still shut down to move"
    ]


# Against brute force

GUESTS = st.lists(
    st.tuples(
        st.sets(st.integers(0, 3), min_size=1, max_size=2),
        st.sampled_from(["", *NODES]),
        st.sets(st.sampled_from(NODES), max_size=2),
        st.booleans(),
    ),
    max_size=5,
)
SPLITS = st.lists(st.integers(0, 4), min_size=3, max_size=3)


def made(guests, counts=(4, 4, 4)):
    nodes = [
        node(id_, sriov=split(count) if count else {})
        for id_, count in zip(NODES, counts, strict=True)
    ]
    plain = [
        guest(f"g{at}", *sorted(numbers), node=own, nodes=tuple(sorted(allowed)), pinned=pinned)
        for at, (numbers, own, allowed, pinned) in enumerate(guests)
    ]
    return cluster("pvc", nodes, plain)


def may_run(each):
    """Return where a guest may run, and where it is ("" = not told), by the words of the model."""
    own = each.node or (each.nodes[0] if len(each.nodes) == 1 else "")
    if each.pinned and own:
        return {own}, own
    return ({*each.nodes, own} - {""} if each.nodes else set(NODES)), own


def pairs(found):
    """Give each two guests that have a function in common."""
    for one, other in itertools.combinations(found.guests.values(), 2):
        if {each.number for each in one.vfs} & {each.number for each in other.vfs}:
            yield one, other


@given(GUESTS.filter(bool))
def test_meeting_guests_are_found_as_by_trying_all_nodes(guests):
    found = made(guests)
    meeting = sharing = False
    for one, other in pairs(found):
        (places, own), (others, its) = may_run(one), may_run(other)
        together = bool(own) and own == its
        sharing = sharing or together
        meeting = meeting or (bool(places & others) and not together)
    assert bool(told(proofs.never_meet, found)) == meeting
    assert bool(told(proofs.one_guest_each, found)) == sharing


@given(GUESTS.filter(bool), SPLITS)
def test_missing_and_unlike_functions_are_found_as_by_trying_all_nodes(guests, counts):
    found = made(guests, counts)
    have = dict(zip(NODES, counts, strict=True))
    missing = {
        each.name
        for each in found.guests.values()
        for id_ in may_run(each)[0]
        if any(virtual.number >= have[id_] for virtual in each.vfs)
    }
    unlike = any(
        len({have[id_] for id_ in may_run(each)[0]} - {0}) > 1 for each in found.guests.values()
    )
    assert {item.where[1] for item in proofs.limited(found)} == missing
    assert bool(told(proofs.configured_alike, found)) == unlike


@given(GUESTS.filter(lambda guests: any(not guest[3] for guest in guests)), SPLITS)
def test_guests_without_a_free_function_are_found_as_by_trying_all_nodes(guests, counts):
    found = made(guests, counts)
    have = dict(zip(NODES, counts, strict=True))
    wanted = set()
    for each in found.guests.values():
        places, own = may_run(each)
        for id_ in places - {own} if not each.pinned else ():
            there = all(virtual.number < have[id_] for virtual in each.vfs)
            others = [other for other in found.guests.values() if other is not each]
            held = {v.number for o in others if may_run(o)[1] == id_ for v in o.vfs}
            if there and held & {virtual.number for virtual in each.vfs}:
                wanted.add(each.name)
    assert {item.where[1] for item in proofs.free_on_targets(found)} == wanted
