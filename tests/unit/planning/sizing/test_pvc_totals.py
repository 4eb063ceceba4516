from __future__ import annotations

from dataclasses import replace

import pytest

from saltext.muster.finding import NotAsked
from saltext.muster.parts import Guest, Hardware
from saltext.muster.planning.sizing import pvc_totals
from saltext.muster.verdict import FAIL, WARN
from tests.support import planned

GB, GIB = 10**9, 1024**3

#: The columns of the document's table, node by node: cores, GB of memory, GB of data disks.
MINIMUM, RECOMMENDED, OPTIMAL = (4, 16, (200,)), (8, 48, (400,)), (12, 64, (400, 400))
LATER = (8, 32, (400,))


def cluster(column, tier, edition="0.9.21", count=3, guests=(), **hardware):
    cores, memory, disks = column
    model = Hardware(cores=cores, memory=memory * GB, disks=tuple(each * GB for each in disks))
    nodes = [planned.node(f"node{index}", hardware="model") for index in range(count)]
    made = planned.cluster("pvc", nodes, guests, hardware={"model": replace(model, **hardware)})
    return replace(made, tier=tier, edition=edition)


def status(made):
    return [
        item.status
        for proof in (pvc_totals.cores, pvc_totals.memory, pvc_totals.disks)
        for item in proof(made)
    ]


@pytest.mark.parametrize(
    ("column", "tier"), [(MINIMUM, "test"), (RECOMMENDED, "production"), (OPTIMAL, "heavy")]
)
def test_three_nodes_of_a_column_have_its_totals(column, tier):
    assert status(cluster(column, tier)) == []


def test_the_bare_minimum_is_not_for_production():
    assert status(cluster(MINIMUM, "production")) == [FAIL] * 3


def test_nodes_for_production_are_not_heavy_ones():
    assert status(cluster(RECOMMENDED, "heavy")) == [FAIL] * 3


def test_the_later_edition_has_one_column_and_lets_tests_go_below():
    assert status(cluster(LATER, "production", "0.9.39")) == []
    assert status(cluster(MINIMUM, "production", "0.9.39")) == [FAIL] * 3
    assert status(cluster(MINIMUM, "test", "0.9.39")) == [WARN] * 3


def test_one_large_node_does_not_make_up_for_small_ones_when_it_is_down():
    made = cluster(MINIMUM, "production", cores=8)
    large = {"large": Hardware(cores=32), "small": Hardware(cores=7)}
    nodes = [planned.node("a", hardware="large")]
    nodes += [planned.node(name, hardware="small") for name in "bc"]
    made = replace(made, nodes={node.id: node for node in nodes}, hardware=large)
    (found,) = pvc_totals.cores(made)
    assert "seen 46 / 14" in found.message


def test_more_nodes_have_the_totals_too():
    assert status(cluster(MINIMUM, "production", count=9)) == []


def test_totals_are_not_asked_of_fewer_than_three_nodes():
    for proof in (pvc_totals.cores, pvc_totals.memory, pvc_totals.disks, pvc_totals.allocated):
        with pytest.raises(NotAsked):
            list(proof(cluster(RECOMMENDED, "production", count=2)))


def test_what_hardware_does_not_tell_is_undecided():
    made = cluster(RECOMMENDED, "production", cores=0)
    with pytest.raises(NotAsked, match="cores of node0, node1, node2"):
        list(pvc_totals.cores(made))
    assert list(pvc_totals.memory(made)) == []


def guests(memory, **more):
    return [Guest("web", memory, **more)]


def test_running_guests_may_have_just_the_memory_of_the_other_nodes():
    assert list(pvc_totals.allocated(cluster(LATER, "test", guests=guests(64 * GB)))) == []


def test_a_byte_more_than_the_memory_of_the_other_nodes_degrades():
    made = cluster(LATER, "test", guests=guests(64 * GB + 1), swap=4 * GIB)
    (found,) = pvc_totals.allocated(made)
    assert found.status == WARN
    assert "8 GiB of swap" in found.message


def test_guests_that_do_not_run_are_not_allocated():
    with pytest.raises(NotAsked):
        list(pvc_totals.allocated(cluster(LATER, "test", guests=guests(GIB, running=False))))


def test_unequal_nodes_are_reckoned_without_the_largest():
    models = {"a": Hardware(memory=96 * GIB), "b": Hardware(memory=32 * GIB)}
    models["c"] = Hardware(memory=64 * GIB)
    nodes = [planned.node(name, hardware=name) for name in "abc"]
    made = planned.cluster("pvc", nodes, guests(96 * GIB), hardware=models)
    assert list(pvc_totals.allocated(made)) == []
    assert list(pvc_totals.allocated(replace(made, guests={"web": Guest("web", 97 * GIB)})))


def table(made, name):
    found, _notes = pvc_totals.tables(made)
    return next(list(each.rows) for each in found if each.name == name)


def test_the_rule_of_thumb_stands_beside_exact_numbers():
    rows = table(cluster(LATER, "test"), "rule of thumb")
    assert [row["share"] for row in rows] == ["2/3", "2/3", "1/3"]
    assert [row["by_rule_of_thumb"] for row in rows] == ["16", "64 GB", "400 GB"]
    assert [row["exactly"] for row in rows] == ["16", "64 GB", "400 GB"]


def test_the_rule_of_thumb_of_more_nodes_is_all_but_one():
    rows = table(cluster(LATER, "test", count=5), "rule of thumb")
    assert [row["share"] for row in rows] == ["4/5", "4/5", "1/3"]


def test_swap_is_shown_beside_the_shortfall():
    made = cluster(LATER, "test", guests=guests(70 * GB), swap=4 * GB)
    assert table(made, "PVC memory at n-1") == [
        {
            "left_at_n-1_bytes": 64 * GB,
            "running_guests_bytes": 70 * GB,
            "exceeded": True,
            "short_bytes": 6 * GB,
            "swap_bytes": 8 * GB,
        }
    ]


@pytest.mark.parametrize(("swap", "carried"), [(3 * GB, True), (3 * GB - 1, False)])
def test_swap_is_advice_only_where_there_is_enough_of_it(swap, carried):
    made = cluster(LATER, "test", guests=guests(70 * GB), swap=swap)
    (found,) = pvc_totals.allocated(made)
    assert ("swap carries it" in found.remedy) is carried


def test_a_share_of_memory_has_the_unit_of_its_sum():
    memory = table(cluster(LATER, "test", memory=64 * GIB, count=7), "rule of thumb")[1]
    assert (memory["sum"], memory["by_rule_of_thumb"]) == ("448 GiB", "384 GiB")
    models = {"a": Hardware(memory=64 * GIB), "b": Hardware(memory=128 * GIB)}
    nodes = [planned.node(name, hardware=name[0]) for name in ("a1", "a2", "b")]
    row = table(planned.cluster("pvc", nodes, hardware=models), "rule of thumb")[0]
    assert (row["sum"], row["by_rule_of_thumb"]) == ("256 GiB", "170.7 GiB")


def test_a_shortage_names_the_column_it_is_held_against():
    (old,) = pvc_totals.memory(cluster((8, 1, (400,)), "test", "0.9.21"))
    (new,) = pvc_totals.memory(cluster((8, 1, (400,)), "test", "0.9.39"))
    assert "(tier test)" in old.message
    assert "(edition 0.9.39)" in new.message
    assert "tier" not in new.remedy


def test_a_total_that_is_undecided_hides_no_other():
    found, notes = pvc_totals.tables(cluster(LATER, "test", cores=0))
    totals = next(each for each in found if each.name == "PVC totals")
    assert [row["resource"] for row in totals.rows] == ["memory", "space, 3 copies"]
    assert any("cores" in note for note in notes)
