from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.planning.simulating import failures, quorum
from saltext.muster.planning.simulating.failures import Counted
from tests.support.planned import cluster, node


def shaped(*sites, hypervisors=()):
    """Return a PVC cluster with that many coordinators at each site, and more nodes."""
    names = "abcdefgh"
    found = []
    for site, count in zip(names, sites, strict=False):
        for number in range(count):
            found.append(node(f"{site}{number}", role="coordinator", site=site))
    for number, site in enumerate(hypervisors):
        found.append(node(f"hv{number}", role="hypervisor", site=site))
    return cluster("pvc", found)


@pytest.mark.parametrize("sites", [(2, 1), (3, 2), (1, 2), (3, 0, 0), (2, 2), (3, 1, 1)])
def test_shapes_that_one_site_brings_down(sites):
    lost = quorum.lost_sites(shaped(*sites))
    assert lost[0].case.name == f"site {'abc'[sites.index(max(sites))]}"


@pytest.mark.parametrize("sites", [(1, 1, 1), (2, 2, 1), (1, 1, 1, 1, 1)])
def test_shapes_that_survive_every_site(sites):
    assert quorum.lost_sites(shaped(*sites)) == []


def test_the_majority_site_of_two_plus_one_is_told_in_words():
    found = shaped(2, 1)
    assert [loss.words() for loss in quorum.lost_sites(found)] == [
        "site a down (a0, a1): 1 of 3 coordinators left, 2 needed"
    ]
    assert quorum.shape_words(found) == "2+1"
    assert quorum.shape_words(shaped(1, 2, 2)) == "2+2+1"


def test_hypervisors_do_not_vote():
    found = shaped(1, 1, 1, hypervisors=["a", "a", "b", "d"])
    assert quorum.lost_sites(found) == []
    assert quorum.shape(found) == {"a": 1, "b": 1, "c": 1, "d": 0}
    assert quorum.shape_words(found) == "1+1+1"


def test_half_of_the_coordinators_is_no_majority():
    assert quorum.votes(shaped(4), {"a0"}).holds
    assert not quorum.votes(shaped(4), {"a0", "a1"}).holds


@pytest.mark.parametrize(("coordinators", "may_fail"), [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)])
def test_how_many_coordinators_may_fail(coordinators, may_fail):
    votes = quorum.votes(shaped(coordinators))
    assert votes.total - votes.needed == may_fail


def test_which_side_of_a_cut_goes_on():
    found = shaped(1, 1, 1)
    one, *_others, all_apart = failures.cuts(found)
    assert one.words() == "a cut off from b, c"
    assert quorum.majority(found, one) == 1
    assert quorum.majority(found, all_apart) is None


@given(
    st.lists(st.booleans(), min_size=1, max_size=7),
    st.integers(1, 4),
)
def test_the_quorum_that_choices_of_nodes_cost_is_that_of_all_choices(coordinators, count):
    nodes = [
        node(f"n{place}", role="coordinator" if each else "hypervisor")
        for place, each in enumerate(coordinators)
    ]
    total = sum(coordinators)
    cases = list(itertools.combinations(range(len(nodes)), count))
    lost = [
        down for down in cases if 2 * (total - sum(coordinators[place] for place in down)) <= total
    ]
    found = quorum.lost_by(cluster("pvc", nodes), count)
    assert found == Counted(len(cases), len(lost), lost[0] if lost else ())
