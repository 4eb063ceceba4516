from __future__ import annotations

import itertools
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.planning.simulating import failures
from saltext.muster.planning.simulating.failures import Case, Counted, Covers
from tests.support.planned import cluster, node

SITES = st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=1, max_size=6)


def spread(*sites):
    return cluster("pvc", [node(f"n{place}", site=site) for place, site in enumerate(sites)])


def walked(nodes, count, fails):
    """Count failing choices one by one."""
    failed = [down for down in itertools.combinations(range(nodes), count) if fails(down)]
    return Counted(comb(nodes, count), len(failed), failed[0] if failed else ())


@given(st.lists(st.integers(0, 3), max_size=7), st.integers(0, 7), st.data())
def test_choices_counted_by_kind_are_those_walked_through(kinds, count, data):
    limits = data.draw(st.tuples(*[st.integers(0, 4)] * 4))

    def fails(down):
        return any(down.get(kind, 0) > limit for kind, limit in enumerate(limits))

    def fails_one_by_one(down):
        chosen = [kinds[place] for place in down]
        return fails({kind: chosen.count(kind) for kind in chosen})

    assert failures.choose(kinds, count, fails) == walked(len(kinds), count, fails_one_by_one)


@given(
    st.integers(1, 7).flatmap(
        lambda nodes: st.tuples(
            st.just(nodes),
            st.integers(1, nodes),
            st.sets(st.frozensets(st.integers(0, nodes - 1), min_size=1, max_size=4), max_size=5),
        )
    )
)
def test_choices_that_cover_a_set_are_those_walked_through(case):
    nodes, count, sets = case
    counted = failures.covering(Covers(sets), nodes, count)
    assert counted == walked(nodes, count, lambda down: any(each <= set(down) for each in sets))


def test_choices_of_three_among_very_many_name_the_first_and_are_not_counted():
    counted = failures.covering(Covers([frozenset({5, 900})]), 1000, 3)
    assert counted == Counted(comb(1000, 3), None, (0, 5, 900))


def test_no_choice_of_more_nodes_than_there_are():
    assert failures.choose(["a", "a"], 3, lambda down: True) == Counted(0, 0)


def test_all_pairs_of_a_thousand_nodes_are_counted():
    kinds = [place < 5 for place in range(1000)]
    found = failures.choose(kinds, 2, lambda down: down.get(True, 0) == 2)
    assert found == Counted(499_500, 10, (0, 1))


def test_sites_come_in_the_order_of_the_file_and_leave_out_nodes_without_one():
    assert failures.sites(spread("west", "", "east", "west")) == [
        Case("site west", ("n0", "n3")),
        Case("site east", ("n2",)),
    ]


def test_domains_are_told_by_their_names():
    found = failures.domains(cluster("pvc", [node("n0", domain="rack1"), node("n1")]))
    assert [each.words() for each in found] == ["failure domain rack1 down (n0)"]


def test_a_case_of_many_nodes_names_the_first_of_them():
    case = Case("site a", tuple(f"n{number}" for number in range(6)))
    assert case.words() == "site a down (n0, n1, n2, n3 and 2 more)"
    assert Case("", ("n0", "n1")).words() == "n0, n1 down"


def test_two_sites_are_cut_in_one_way():
    (cut,) = failures.cuts(spread("a", "b", "a"))
    assert (cut.sites, cut.nodes) == ((("a",), ("b",)), (("n0", "n2"), ("n1",)))
    assert cut.words() == "a cut off from b"
    assert failures.Cut((("a",), ("b",), ("c",)), ()).words() == "a, b, c cut off from each other"


@pytest.mark.parametrize(("sites", "ways"), [(1, 0), (2, 1), (3, 3 + 1), (4, 7 + 1), (8, 127 + 1)])
def test_few_sites_are_cut_in_every_way(sites, ways):
    assert len(failures.cuts(spread(*map(str, range(sites))))) == ways


def test_many_sites_are_each_cut_off_from_the_rest():
    names = [f"s{number}" for number in range(failures.MOST_SITES_CUT + 1)]
    found = failures.cuts(spread(*names))
    assert [cut.sites[0] for cut in found[:-1]] == [(name,) for name in names]
    assert found[-1].sites == tuple((name,) for name in names)


@given(SITES)
def test_each_cut_has_every_site_on_one_side_and_no_cut_comes_twice(sites):
    found = failures.cuts(spread(*sites))
    named = set(sites) - {""}
    for cut in found:
        assert sorted(name for side in cut.sites for name in side) == sorted(named)
        assert sum(map(len, cut.nodes)) == sum(1 for site in sites if site)
    assert len({frozenset(cut.sites) for cut in found}) == len(found)
