from __future__ import annotations

import pytest

from saltext.muster.parts import Hardware
from saltext.muster.planning.simulating import sums
from saltext.muster.planning.simulating.storage_loss import Untold
from tests.support.planned import GIB, cluster, guest, node


def of(sizes, *guests, swap=8, **more):
    """Return the sums of nodes of these sizes in GiB and guests of those."""
    models = {
        str(n): Hardware(memory=each * GIB, swap=swap * GIB, reserved=GIB)
        for n, each in enumerate(sizes)
    }
    nodes = [node(f"n{n}", hardware=name) for n, name in enumerate(models)]
    made = [guest(f"g{n}", memory=each * GIB) for n, each in enumerate(guests)]
    return sums.sums(cluster("pvc", nodes, made, hardware=models), **more)


def test_guests_of_the_very_size_that_remains_do_not_exceed_it():
    assert not of([64, 64, 64], 64, 64).degraded
    assert of([64, 64, 64], 64, 64, 1).degraded


def test_one_of_the_largest_nodes_is_left_out():
    assert of([64, 128, 128]).remaining == (64 + 128) * GIB
    assert of([64]).remaining == 0


def test_swap_of_the_nodes_that_remain_stands_beside_the_shortfall():
    found = of([64, 64, 64], 130)
    assert found.swap == 16 * GIB
    words = "running guests have 130 GiB, 128 GiB remain: 2 GiB too few, beside 16 GiB of swap"
    assert found.words() == words
    assert of([64, 64, 64], 128).words() == "running guests have 128 GiB, 128 GiB remain"


def test_net_of_what_services_take():
    assert of([64, 64, 64], 127, net=True).degraded
    assert not of([64, 64, 64], 126, net=True).degraded


def test_guests_that_do_not_run_are_not_counted():
    models = {"m": Hardware(memory=GIB)}
    off = guest("a", memory=9 * GIB, running=False)
    found = sums.sums(cluster("pvc", [node("n0", hardware="m")], [off], hardware=models))
    assert (found.guests, found.degraded) == (0, False)


def test_memory_that_is_not_told_is_no_answer():
    with pytest.raises(Untold, match="memory of n0 is not told"):
        sums.sums(cluster("pvc", ["n0"]))


def test_a_cluster_without_nodes_has_nothing():
    assert sums.sums(cluster("pvc", [])).remaining == 0
