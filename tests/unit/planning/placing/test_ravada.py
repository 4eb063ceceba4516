from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.planning.placing import ravada
from saltext.muster.planning.placing.starts import Load, Start

MIB = 1024**2
ALL = frozenset("abcd")


def nodes(*pairs):
    """Return loads of a, b, c ... by how many guests run and how much memory is left."""
    return [Load(id_, running, free) for id_, (running, free) in zip("abcd", pairs, strict=False)]


def by_node(*pairs):
    return {load.node: load for load in nodes(*pairs)}


def starts(*sizes, user=""):
    return [Start(f"g{at}", size, ALL, user) for at, size in enumerate(sizes)]


def chosen(rule, *pairs, memory=1):
    found = rule(nodes(*pairs), memory)
    return found.node if found else None


# RAV-036 and RAV-037


@pytest.mark.parametrize("rule", [ravada.documented, ravada.coded, ravada.fewest])
def test_the_node_with_the_fewest_guests_starts_the_next(rule):
    assert chosen(rule, (5, 900), (3, 10), (4, 900)) == "b"


@pytest.mark.parametrize("rule", [ravada.documented, ravada.coded, ravada.fewest])
def test_a_tie_goes_to_free_memory(rule):
    assert chosen(rule, (3, 10 * MIB), (3, 30 * MIB), (3, 20 * MIB)) == "b"


@pytest.mark.parametrize("rule", [ravada.documented, ravada.coded, ravada.fewest])
def test_a_node_without_the_memory_is_left_out(rule):
    assert chosen(rule, (0, 9), (3, 10), memory=10) == "b"
    assert chosen(rule, (0, 9), (0, 8), memory=10) is None
    assert chosen(rule, memory=10) is None


@pytest.mark.parametrize("rule", [ravada.documented, ravada.coded])
def test_fewer_than_2_guests_are_taken_at_once(rule):
    assert chosen(rule, (1, 10), (0, 900)) == "a"
    assert chosen(rule, (2, 10), (0, 900)) == "b"
    assert chosen(rule, (2, 10), (1, 9), (0, 900)) == "b"
    assert chosen(rule, (1, 10), (0, 900), memory=11) == "b"


def test_the_code_stops_searching_at_10_guests_too():
    assert chosen(ravada.documented, (10, 100), (2, 100)) == "b"
    assert chosen(ravada.coded, (10, 100), (2, 100)) == "a"
    assert chosen(ravada.coded, (12, 100), (2, 100)) == "b"
    assert chosen(ravada.coded, (3, 100), (10, 100), (2, 100)) == "a"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=4))
def test_below_10_guests_code_and_document_choose_alike(pairs):
    assert chosen(ravada.documented, *pairs, memory=3) == chosen(ravada.coded, *pairs, memory=3)


# RAV-038


def test_a_storm_all_goes_to_one_node():
    loads = by_node((0, 1000), (0, 1000), (0, 1000))
    placed = ravada.at_once(loads, starts(*[100] * 30), ravada.coded, None)
    assert [load.running for load in placed.after.values()] == [30, 0, 0]
    assert [(load.node, load.free) for load in placed.overcommitted] == [("a", -2000)]
    assert loads["a"].running == 0


def test_reservations_spread_the_same_storm():
    loads = by_node((0, 1000), (0, 1000), (0, 1000))
    placed = ravada.reserved(loads, starts(*[100] * 30), None)
    assert [(load.running, load.free) for load in placed.after.values()] == [(10, 0)] * 3
    assert not placed.refused
    assert not placed.overcommitted


def test_one_by_one_each_start_sees_those_before_it():
    loads = by_node((0, 1000), (0, 1000))
    placed = ravada.one_by_one(loads, starts(*[100] * 6), ravada.documented, None)
    assert list(placed.nodes.values()) == ["a", "a", "b", "b", "a", "b"]


def test_what_has_no_room_is_refused():
    loads = by_node((5, 150), (5, 50))
    placed = ravada.one_by_one(loads, starts(100, 100), ravada.documented, None)
    assert placed.refused == ["g1"]
    assert ravada.reserved(loads, starts(100, 100), None).refused == ["g1"]


def test_the_only_node_is_taken_without_a_look_at_memory():
    placed = ravada.one_by_one(by_node((5, 50)), starts(100), ravada.coded, None)
    assert placed.nodes == {"g0": "a"}
    assert [load.free for load in placed.overcommitted] == [-50]
    assert ravada.reserved(by_node((5, 50)), starts(100), None).refused == ["g0"]


def test_guests_are_packed_when_spreading_leaves_no_room():
    loads = by_node((0, 100), (0, 60), (5, 60))
    asked = [
        Start("g0", 60, ALL),
        Start("g1", 60, ALL),
        Start("g2", 60, frozenset("a")),
    ]
    assert not ravada.reserved(loads, asked, None).refused


# RAV-039


def test_a_user_stays_on_one_node():
    loads = by_node((0, 1000), (5, 1000), (7, 1000))
    placed = ravada.one_by_one(loads, starts(100, 100, user="u"), ravada.coded, {"u": "c"})
    assert list(placed.nodes.values()) == ["c", "c"]
    placed = ravada.one_by_one(loads, starts(100, 100, user="u"), ravada.coded, None)
    assert list(placed.nodes.values()) == ["a", "a"]


def test_the_first_start_of_a_user_settles_the_others():
    loads = by_node((4, 1000), (5, 1000))
    placed = ravada.one_by_one(loads, starts(*[100] * 4, user="u"), ravada.coded, {})
    assert set(placed.nodes.values()) == {"a"}


def test_the_users_node_is_overcommitted_by_ravada_and_not_by_reservations():
    loads = by_node((4, 250), (5, 1000))
    asked = starts(*[100] * 4, user="u")
    assert [
        load.node
        for load in ravada.one_by_one(loads, asked, ravada.coded, {"u": "a"}).overcommitted
    ] == ["a"]
    placed = ravada.reserved(loads, asked, {"u": "a"})
    assert list(placed.nodes.values()) == ["a", "a", "b", "b"]


def test_starts_without_a_user_do_not_follow_each_other():
    loads = by_node((4, 1000), (4, 1000))
    placed = ravada.one_by_one(loads, starts(*[100] * 2), ravada.coded, {})
    assert set(placed.nodes.values()) == {"a", "b"}


# Properties

LOADS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30)), min_size=1, max_size=4).map(
    lambda pairs: by_node(*pairs)
)
STARTS = st.lists(
    st.tuples(st.integers(1, 12), st.frozensets(st.sampled_from("abcd")), st.sampled_from("uv")),
    max_size=6,
).map(
    lambda rows: [
        Start(f"g{at}", size, where or ALL, user) for at, (size, where, user) in enumerate(rows)
    ]
)
USERS = st.sampled_from([None, {}, {"u": "a"}, {"u": "b", "v": "c"}])


def sound(loads, asked, placed):
    """Each guest is on a node that it may be on or nowhere, and the loads count them."""
    for start in asked:
        assert placed.nodes[start.guest] in ({""} | (start.nodes & set(loads)))
    for id_, load in loads.items():
        mine = [start for start in asked if placed.nodes[start.guest] == id_]
        after = placed.after[id_]
        assert after.running == load.running + len(mine)
        assert after.free == load.free - sum(start.memory for start in mine)


@given(LOADS, STARTS, USERS)
def test_every_way_accounts_for_each_guest(loads, asked, users):
    for rule in (ravada.documented, ravada.coded):
        sound(loads, asked, ravada.one_by_one(loads, asked, rule, users))
        sound(loads, asked, ravada.at_once(loads, asked, rule, users))
    sound(loads, asked, ravada.reserved(loads, asked, users))


@given(LOADS, STARTS, USERS)
def test_reservations_never_exceed_a_node(loads, asked, users):
    placed = ravada.reserved(loads, asked, users)
    assert not placed.overcommitted
    assert placed.nodes.keys() == {start.guest for start in asked}


@given(LOADS, st.lists(st.integers(1, 12), max_size=6))
def test_reservations_refuse_nobody_where_the_tightest_fit_has_room(loads, sizes):
    free = [load.free for load in loads.values()]
    fits = True
    for memory in sorted(sizes, reverse=True):
        room = [left for left in free if left >= memory]
        fits = fits and bool(room)
        if room:
            free[free.index(min(room))] -= memory
    placed = ravada.reserved(loads, starts(*sizes), None)
    assert not (fits and placed.refused)


@given(LOADS, st.integers(1, 12), st.integers(0, 6))
def test_reservations_place_as_many_equal_guests_as_any_way_can(loads, memory, count):
    room = sum(load.free // memory for load in loads.values())
    placed = ravada.reserved(loads, starts(*[memory] * count), None)
    assert len(placed.refused) == max(0, count - room)


@given(LOADS.filter(lambda loads: len(loads) > 1), st.integers(1, 12), st.integers(1, 6))
def test_a_storm_lands_on_one_node_that_has_room_for_one(loads, memory, count):
    placed = ravada.at_once(loads, starts(*[memory] * count), ravada.coded, None)
    taken = set(placed.nodes.values())
    assert len(taken) == 1
    assert taken == {""} or loads[taken.pop()].free >= memory


@given(LOADS, st.integers(1, 12))
def test_the_documents_choice_is_as_by_its_words(loads, memory):
    ready = [load for load in loads.values() if load.free >= memory]
    wanted = next((load for load in ready if load.running < 2), None)
    for load in ready if wanted is None else ():
        others = itertools.filterfalse(lambda each, load=load: each is load, ready)
        if all((load.running, -load.free) <= (each.running, -each.free) for each in others):
            wanted = load
            break
    assert ravada.documented(list(loads.values()), memory) == wanted
