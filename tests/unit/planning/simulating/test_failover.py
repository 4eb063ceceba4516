from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saltext.muster.parts import Base, Hardware
from saltext.muster.planning.simulating.failover import Failover, first_over
from saltext.muster.planning.simulating.moves import Reach
from tests.support.planned import cluster, guest, node, split

NODES = ("n0", "n1", "n2", "n3")


def failover(sizes, guests, platform="vmmanager", nodes=None, **more):
    """Return the failover of nodes with so much memory; 0 = not told."""
    models = {str(size): Hardware(memory=size) for size in sizes if size}
    plain = [
        node(f"n{n}", hardware=str(size) if size else "", **(nodes or {}).get(f"n{n}", {}))
        for n, size in enumerate(sizes)
    ]
    made = cluster(platform, plain, guests, hardware=models, **more)
    return Failover(made, Reach(made))


def g(name, memory, home="", **more):
    return guest(name, memory=memory, node=home, **more)


def test_a_node_less_by_sums_enough_and_by_placement_not():
    guests = [g(f"a{n}", 6, f"n{n}") for n in range(3)]
    found = failover([10, 10, 10], guests).after(["n0"])
    assert found.fits is False  # 18 of 20 remain, but nobody has 6 free
    assert found.why == "a0 needs 6 B, no node has more than 4 B"


def test_what_is_free_on_nodes_that_a_guest_may_not_be_on_is_not_meant():
    guests = [g("a", 6, "n0", nodes=("n0", "n1")), g("b", 6, "n1")]
    found = failover([10, 10, 10], guests).after(["n0"])
    assert found.why == "a needs 6 B, no node that it may be on has more than 4 B"


def test_guests_stay_where_they_are():
    guests = [g("a", 3, "n0"), g("b", 3, "n1"), g("c", 6, "n2")]
    assert failover([6, 6, 6], guests).after(["n2"]).fits is False
    loose = [g("a", 3), g("b", 3), g("c", 6)]
    assert failover([6, 6, 6], loose).after(["n2"]).fits is True


def test_the_very_size_that_is_free_is_enough():
    assert failover([4, 4], [g("a", 4, "n0")]).after(["n0"]).fits is True
    assert failover([4, 3], [g("a", 4, "n0")]).after(["n0"]).fits is False


def test_nothing_is_placed_on_a_drained_node():
    drained = {"n2": {"drained": True}}
    guests = [g("a", 4, "n0"), g("b", 4, "n1")]
    assert failover([4, 4, 8], guests, nodes=drained).after(["n0"]).fits is False
    assert failover([4, 4, 8], guests).after(["n0"]).fits is True


def test_guests_of_a_drained_node_need_a_place_at_once():
    drained = {"n0": {"drained": True}}
    assert failover([4, 3], [g("a", 4, "n0")], nodes=drained).after().fits is False
    found = failover([4, 4, 4], [g("a", 4, "n0"), g("b", 4, "n1")], nodes=drained)
    assert found.after().fits is True
    assert found.after(["n1"]).fits is False
    assert failover([4, 3, 3], [g("a", 4, "n0")], nodes=drained).after(["n2"]).fits is False


def test_a_node_that_has_more_guests_than_memory():
    found = failover([4, 9], [g("a", 3, "n0"), g("b", 3, "n0")])
    assert found.after().why == "n0 lacks 2 B for its own guests"
    assert found.after(["n1"]).fits is False
    assert found.after(["n0"]).fits is True


def test_memory_that_is_not_told_leaves_open_what_does_not_fit_elsewhere():
    found = failover([4, 4, 0], [g("a", 4, "n0"), g("b", 2, "n1")])
    assert found.after(["n1"]).fits is None
    assert "the memory of n2 is not told" in found.after(["n0"]).why
    assert failover([4, 4, 0], [g("a", 4, "n0")]).after(["n0"]).fits is True


def test_a_pair_goes_to_its_secondary_alone():
    pair = [g("a", 3, "n0", secondary="n1"), g("b", 3, "n1", secondary="n2")]
    assert failover([4, 4, 4], pair, "ganeti").after(["n0"]).fits is False
    assert failover([4, 6, 4], pair, "ganeti").after(["n0"]).fits is True


def test_a_clone_goes_where_its_base_is():
    bases = {"desk": Base(1, ("n0", "n1"))}
    guests = [g("a", 4, "n0", base="desk")]
    assert failover([4, 3, 9], guests, "ravada", bases=bases).after(["n0"]).fits is False


def test_a_guest_that_nobody_may_take_needs_no_memory():
    assert failover([4, 4], [g("a", 4, "n0", pinned=True), g("b", 4, "n1")]).after(["n0"]).fits


def test_guests_that_do_not_run_need_no_memory():
    assert failover([4, 4], [g("a", 4, "n0", running=False), g("b", 4, "n1")]).after(["n1"]).fits


def test_a_virtual_function_must_be_free_on_the_target():
    sriov = {f"n{n}": {"sriov": split(1)} for n in range(3)}
    guests = [guest(f"a{n}", 0, memory=1, node=f"n{n}") for n in range(2)]
    found = failover([9, 9, 9], guests, nodes=sriov)
    assert found.after(["n0"]).where == {"a0": "n2"}
    assert found.after(["n0", "n2"]).fits is False
    assert found.after(["n0", "n1"]).why == "2 guests need ens1v0, it is free on 1 node"


def test_where_the_first_placement_does_not_work_out_another_is_sought():
    """Spread out, 3 and 3 block both nodes for what is on the third."""
    guests = [g("a", 3), g("b", 3), g("c", 6, "n2")]
    found = failover([6, 6, 6], guests)
    assert found.after(["n2"]).fits is True


def every(nodes, count):
    return itertools.combinations(nodes, count)


@st.composite
def small(draw, *, plain=False):
    """Draw up to 4 nodes and 6 guests."""
    count = draw(st.integers(1, 4))
    nodes = NODES[:count]
    sizes = draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    guests = []
    for number in range(draw(st.integers(0, 6))):
        home = draw(st.sampled_from(["", *nodes]))
        allowed = () if plain else tuple(sorted(draw(st.sets(st.sampled_from(nodes)))))
        allowed = tuple(sorted({*allowed, home} - {""})) if allowed else ()
        pinned = draw(st.booleans()) and bool(home) and draw(st.booleans())
        guests.append(g(f"g{number}", draw(st.integers(0, 5)), home, nodes=allowed, pinned=pinned))
    return dict(zip(nodes, sizes, strict=True)), guests


def home_of(each):
    return each.node or (each.nodes[0] if len(each.nodes) == 1 else "")


def fits(sizes, guests, down):
    """Try all placements: who is on a node that is up stays, the others go where they may."""
    ways = []
    for each in guests:
        home = home_of(each)
        allowed = [id_ for id_ in sizes if not each.nodes or id_ in each.nodes]
        allowed = [home] if each.pinned and home else allowed
        up = [home] if home and home not in down else [id_ for id_ in allowed if id_ not in down]
        if up:
            ways.append([(id_, each.memory) for id_ in up])
        elif not each.nodes and not each.pinned:
            return False  # any node would do, and none is up
    for way in itertools.product(*ways):
        if all(sum(memory for id_, memory in way if id_ == node) <= sizes[node] for node in sizes):
            return True
    return False


@given(small(), st.integers(0, 2))
@settings(max_examples=100)
def test_memory_holds_exactly_when_one_of_all_placements_fits(drawn, count):
    sizes, guests = drawn
    found = failover(list(sizes.values()), guests)
    for down in every(sizes, count):
        assert found.after(down).fits == fits(sizes, guests, down), down


@given(small(plain=True), st.integers(1, 3))
@settings(max_examples=150)
def test_what_counting_shows_of_all_choices_is_so(drawn, count):
    sizes, guests = drawn
    found = failover(list(sizes.values()), guests)
    failing = [down for down in every(sizes, count) if not fits(sizes, guests, down)]
    if found.always(count):
        assert not failing
    heavy = found.first_too_heavy(count)
    if heavy:
        assert heavy in failing


@given(st.lists(st.integers(0, 9), max_size=6), st.integers(1, 4), st.integers(-1, 20))
def test_the_first_heavy_choice_is_the_first_of_all(weights, count, limit):
    heavy = [
        places
        for places in itertools.combinations(range(len(weights)), count)
        if sum(weights[place] for place in places) > limit
    ]
    assert first_over(weights, count, limit) == (heavy[0] if heavy else ())


def test_counting_shows_that_large_clusters_with_room_always_hold():
    guests = [g(f"g{n}", 2, f"n{n}") for n in range(10)]
    found = failover([5] * 10, guests)
    assert found.always(2)
    assert not found.always(6)
    assert found.first_too_heavy(2) == ()
    assert found.first_too_heavy(7) == tuple(f"n{n}" for n in range(7))


@pytest.mark.parametrize("more", [{"nodes": ("n0", "n1")}, {"secondary": "n1"}])
def test_counting_shows_nothing_of_guests_that_may_not_be_anywhere(more):
    found = failover([9, 9, 9], [g("a", 1, "n0", **more)])
    assert not found.always(1)
    assert found.first_too_heavy(1) == ()
