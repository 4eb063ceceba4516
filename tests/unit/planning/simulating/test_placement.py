from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from saltext.muster.planning.simulating import placement
from saltext.muster.planning.simulating.placement import Item, Rooms
from tests.support.planned import GIB

NODES = ("n0", "n1", "n2", "n3")
SLOTS = (("ens1", 0), ("ens1", 1))


def items(*sizes, **more):
    return [Item(f"g{number}", size, **more) for number, size in enumerate(sizes)]


def rooms(*sizes, **slots):
    return Rooms(dict(zip(NODES, sizes, strict=False)), slots)


def right(where, given, free):
    """Say whether a placement keeps to memory, allowed nodes and virtual functions."""
    for node in set(where.values()):
        here = [item for item in given if where[item.name] == node]
        taken = [slot for item in here for slot in item.slots]
        if sum(item.memory for item in here) > free.memory[node]:
            return False
        if len(taken) > len(set(taken)) or not set(taken) <= free.slots.get(node, frozenset()):
            return False
    return all(item.nodes is None or where[item.name] in item.nodes for item in given)


def fits(given, free):
    """Try every placement."""
    names = [item.name for item in given]
    return any(
        right(dict(zip(names, nodes, strict=True)), given, free)
        for nodes in itertools.product(free.memory, repeat=len(given))
    )


@st.composite
def problems(draw):
    count = draw(st.integers(1, 4))
    slots = st.frozensets(st.sampled_from(SLOTS))
    allowed = st.none() | st.frozensets(st.sampled_from(NODES), max_size=3)
    item = st.tuples(st.integers(0, 6), allowed, st.just(frozenset()) | slots)
    made = draw(st.lists(item, max_size=6))
    free = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    there = {node: draw(slots) for node in NODES[:count]}
    given = [Item(f"g{number}", *each) for number, each in enumerate(made)]
    return given, Rooms(dict(zip(NODES, free, strict=False)), there)


@given(problems())
@settings(max_examples=150)
def test_guests_fit_exactly_when_one_of_all_placements_does(problem):
    given, free = problem
    found = placement.place(given, free)
    assert found.fits == fits(given, free)
    if found.fits:
        assert set(found.where) == {item.name for item in given}
        assert right(found.where, given, free)
    else:
        assert found.why


@given(problems())
@settings(max_examples=100)
def test_few_steps_give_the_same_answer_or_none(problem):
    given, free = problem
    found = placement.place(given, free, most=5)
    assert found.fits is None or found.fits == fits(given, free)


def test_nothing_to_place_fits_nowhere_else():
    assert placement.place([], Rooms({})).fits is True


def test_a_guest_without_any_node():
    assert placement.place(items(1), Rooms({})).why == "there is no node for g0"
    assert placement.place(items(1, nodes=frozenset({"gone"})), rooms(5)).fits is False


def test_a_guest_larger_than_every_node():
    found = placement.place(items(4 * GIB), rooms(3 * GIB, 2 * GIB))
    assert (found.fits, found.why) == (False, "g0 needs 4 GiB, no node has more than 3 GiB")


def test_a_guest_of_the_very_size_of_a_node_fits():
    assert placement.place(items(3), rooms(3)).where == {"g0": "n0"}


def test_more_memory_than_there_is():
    found = placement.place(items(2 * GIB, 2 * GIB), rooms(2 * GIB, GIB))
    assert found.why == "2 guests: 4 GiB needed, 3 GiB free on 2 nodes"


def test_more_memory_than_the_allowed_nodes_have():
    found = placement.place(
        items(2 * GIB, 2 * GIB, nodes=frozenset({"n0"})), rooms(3 * GIB, 9 * GIB)
    )
    assert found.why == "2 guests: 4 GiB needed, 3 GiB free on 1 node"


def test_more_large_guests_than_places_for_them_though_the_sum_would_do():
    found = placement.place(items(*[6 * GIB] * 4), rooms(*[10 * GIB] * 3))
    assert found.why == "4 guests have 6 GiB or more, there is room for 3 of them"


def test_more_guests_with_a_virtual_function_than_nodes_where_it_is_free():
    with_slot = items(1, 1, slots=frozenset({("ens1", 0)}))
    found = placement.place(with_slot, rooms(5, 5, n0=frozenset({("ens1", 0)})))
    assert found.why == "2 guests need ens1v0, it is free on 1 node"


def test_a_placement_that_no_greedy_way_finds():
    sizes = (7, 6, 6, 5, 5, 4, 3)  # 7+5, 6+6 and 5+4+3
    found = placement.place(items(*sizes), rooms(12, 12, 12))
    assert found.fits is True
    assert right(found.where, items(*sizes), rooms(12, 12, 12))


def test_a_search_to_the_end_proves_that_nothing_fits():
    found = placement.place(items(6, 4, 4, 4), rooms(9, 9))
    assert (found.fits, found.why) == (False, "none of all placements of 4 guests fits")


def test_a_search_that_takes_too_long_is_undecided():
    even, odd = items(*range(100, 118, 2)), rooms(323, 325, 325)
    found = placement.place(even, odd, most=10)
    assert (found.fits, found.why) == (None, "undecided after 10 steps")
    assert placement.place(even, odd).fits is False
