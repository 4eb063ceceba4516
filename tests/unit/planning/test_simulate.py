from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from saltext.muster.errors import InvalidArgument
from saltext.muster.master import loading
from saltext.muster.parts import Base, Ceph, CephPool
from saltext.muster.planning import simulate
from saltext.muster.verdict import FAIL, WARN
from tests.support.planned import GIB, cluster, guest, node
from tests.support.simulated import HARDWARE, result, shaped, table, told

EXAMPLES = Path(__file__).parents[3] / "pillar" / "clusters"


@pytest.mark.parametrize(
    ("sites", "verdict", "first"),
    [
        ((2, 1), "fails", "site a down (a0, a1): 1 of 3 coordinators left, 2 needed"),
        ((3, 2), "fails", "site a down (a0, a1, a2): 2 of 5 coordinators left, 3 needed"),
        ((1, 1, 1), "holds", ""),
        ((2, 2, 1), "holds", ""),
    ],
)
def test_shapes_of_sites_come_out_as_the_document_says(sites, verdict, first):
    row = result(simulate.sheet(shaped(*sites)), "one site down", "quorum")
    assert (row["verdict"], row["first"]) == (verdict, first)


def test_a_site_that_must_not_fail_is_wrong_only_where_georedundancy_is_claimed():
    doubted = simulate.sheet(shaped(2, 1))
    assert [row for row, _message in told(doubted, WARN)] == ["PVC-090", ""]
    assert doubted.status == 0
    claimed = simulate.sheet(shaped(2, 1, options={"georedundant": True}))
    assert told(claimed, FAIL)[0] == (
        "PVC-090",
        "one site down, quorum: fails, 1 of 2 cases:"
        " site a down (a0, a1): 1 of 3 coordinators left, 2 needed",
    )
    assert claimed.status == 2


def test_three_nodes_as_the_document_has_them_survive_any_one_but_no_two():
    sheet = simulate.sheet(shaped(3))
    assert result(sheet, "one node down", "quorum")["verdict"] == "holds"
    assert result(sheet, "one node down", "I/O of pool vms")["verdict"] == "holds"
    pairs = result(sheet, "2 nodes down", "I/O of pool vms")
    assert (pairs["cases"], pairs["failing"]) == (3, 3)
    assert pairs["first"] == "a0, a1 down: 1 of 3 copies left, 2 needed for I/O"
    assert result(sheet, "2 nodes down", "data of pool vms")["verdict"] == "holds"
    assert not sheet.findings


@pytest.mark.parametrize(("copies", "mincopies"), [(3, 1), (4, 2)])
def test_pools_that_the_document_lets_survive_two_hosts(copies, mincopies):
    pools = {"vms": CephPool(copies, mincopies)}
    sheet = simulate.sheet(shaped(3, hypervisors=2, pools=pools))
    assert result(sheet, "2 nodes down", "I/O of pool vms")["verdict"] == "holds"
    limit = table(sheet, "what may fail")[1]
    assert (limit["what"], limit["there_are"], limit["may_fail"]) == ("I/O of pool vms", 5, 2)


def test_one_coordinator_is_wrong_in_production_and_doubtful_in_a_lab():
    (found,) = told(simulate.sheet(shaped(1, hypervisors=3)), FAIL)
    assert found[0] == "PVC-089"
    lab = simulate.sheet(shaped(1, tier="test", hypervisors=3))
    assert told(lab, FAIL) == []
    assert told(lab, WARN)[0][0] == "PVC-089"


def test_a_pool_with_fewer_hosts_than_copies_is_degraded_from_the_start():
    sheet = simulate.sheet(shaped(2, tier="test"))
    assert ("", "pool vms is degraded from the start: 3 copies, 2 hosts") in told(sheet, WARN)
    assert ("ceph", "pools", "vms", "mincopies") not in [item.where for item in sheet.findings]


def test_a_pool_that_never_works_is_wrong():
    sheet = simulate.sheet(shaped(3, pools={"vms": CephPool(3, 4)}))
    (found,) = [item for item in sheet.findings if item.status == FAIL]
    limit = table(sheet, "what may fail")[1]
    assert (limit["needed"], limit["may_fail"]) == (None, None)
    assert found.where == ("ceph", "pools", "vms")
    assert found.message == (
        "nothing down, I/O of pool vms: fails, 3 of 3 copies left, 4 needed for I/O"
    )


def test_a_pool_whose_hosts_are_not_told_is_undecided():
    made = cluster("pvc", ["n0", "n1"], ceph=Ceph(pools={"vms": CephPool()}))
    row = result(simulate.sheet(made), "one node down", "I/O of pool vms")
    assert (row["verdict"], row["undecided"], row["failing"]) == ("undecided", 2, 0)
    assert row["first"] == "the disks of n0, n1 are not told: declare `hardware`"


def test_guests_that_fit_by_sums_and_not_by_placement():
    guests = [guest(f"g{n}", memory=9 * GIB, node=f"a{n}") for n in range(3)]
    sheet = simulate.sheet(shaped(3, guests=guests))
    row = result(sheet, "one node down", "memory")
    assert (row["verdict"], row["failing"]) == ("fails", 3)
    assert row["first"] == "a0 down: g0 needs 9 GiB, no node has more than 6 GiB"
    assert not table(sheet, "memory by sums")[0]["exceeded"]
    assert ("PVC-015", f"one node down, memory: fails, 3 of 3 cases: {row['first']}") in told(
        sheet, WARN
    )


def test_guests_that_exceed_the_sum_make_pvc_call_the_cluster_degraded():
    guests = [guest(f"g{n}", memory=11 * GIB, node=f"a{n}") for n in range(3)]
    sheet = simulate.sheet(shaped(3, guests=guests))
    assert (
        "PVC-017",
        "PVC will be degraded: with one node down, running guests have 33 GiB, 32 GiB remain:"
        " 1 GiB too few, beside 0 B of swap",
    ) in told(sheet, WARN)


def test_memory_that_is_not_told_is_undecided():
    sheet = simulate.sheet(cluster("ganeti", ["n0", "n1"], [guest("a", node="n0", secondary="n1")]))
    row = result(sheet, "one node down", "memory")
    assert (row["verdict"], row["undecided"]) == ("undecided", 1)
    assert table(sheet, "memory by sums") == ()


def test_both_nodes_of_a_pair_down_lose_the_guest():
    guests = [guest("a", node="n1", secondary="n2")]
    made = cluster(
        "ganeti", [node(f"n{n}", hardware="big") for n in range(4)], guests, hardware=HARDWARE
    )
    row = result(simulate.sheet(made), "2 nodes down", "guests")
    assert (row["cases"], row["failing"]) == (6, 1)
    assert row["first"] == "n1, n2 down: a lost: both nodes of a pair are down"


def test_the_master_of_ravada_is_a_single_point_of_failure():
    nodes = ["n0", node("m", role="master"), "n2"]
    bases = {"desk": Base(1, ("m",))}
    sheet = simulate.sheet(cluster("ravada", nodes, bases=bases))
    assert result(sheet, "one node down", "master")["first"] == "m down: the only master is down"
    assert (
        result(sheet, "one node down", "bases")["first"] == "m down: no node with base desk is left"
    )
    assert [row for row, _message in told(sheet, WARN)] == ["RAV-042", ""]
    assert sheet.status == 0


def test_a_guest_that_no_node_may_run_is_wrong():
    nodes = [node("n0", drained=True), "n1"]
    sheet = simulate.sheet(cluster("pvc", nodes, [guest("a", node="n0", pinned=True)]))
    (found,) = [item for item in sheet.findings if item.status == FAIL]
    assert (found.where, found.message) == (("guests", "a"), "no node may run guest a: is pinned")


def test_what_stops_when_a_node_is_drained_is_listed():
    guests = [guest("a", node="n0", pinned=True, memory=GIB), guest("b", node="n0")]
    assert table(
        simulate.sheet(cluster("pvc", ["n0", "n1"], guests)), "guests that do not move live"
    ) == [
        {
            "node": "n0",
            "guest": "a",
            "memory_bytes": GIB,
            "when_the_node_is_drained": "stops",
            "why": "is pinned",
        }
    ]


def test_failure_domains_are_simulated_where_several_are_declared():
    nodes = [
        node(f"n{n}", role="coordinator", domain="rack0" if n < 2 else "rack1") for n in range(3)
    ]
    row = result(simulate.sheet(cluster("pvc", nodes)), "one failure domain down", "quorum")
    assert row["first"] == "failure domain rack0 down (n0, n1): 1 of 3 coordinators left, 2 needed"
    some = [replace(each, domain=each.domain.replace("rack1", "")) for each in nodes]
    sheet = simulate.sheet(cluster("pvc", some))
    assert result(sheet, "one failure domain down", "quorum")["cases"] == 1
    assert "Nodes without a failure domain stay up when one fails." in sheet.notes
    one = simulate.sheet(cluster("pvc", [replace(each, domain="rack0") for each in nodes]))
    assert "one failure domain down" not in {row["failure"] for row in table(one, "failures")}


def test_a_cut_between_sites_leaves_the_side_with_the_majority():
    sheet = simulate.sheet(shaped(1, 1, 1))
    row = result(sheet, "network between sites cut", "quorum")
    assert (row["cases"], row["failing"]) == (4, 1)
    assert row["first"] == "a, b, c cut off from each other: no side has 2 coordinators"
    sides = table(sheet, "sides when the network between sites is cut")
    assert sides[:2] == [
        {
            "cut": "a cut off from b, c",
            "side": ["a"],
            "nodes": 1,
            "coordinators": 1,
            "needed": 2,
            "goes_on": False,
            "pools_served": [],
        },
        {
            "cut": "a cut off from b, c",
            "side": ["b", "c"],
            "nodes": 2,
            "coordinators": 2,
            "needed": 2,
            "goes_on": True,
            "pools_served": ["vms"],
        },
    ]


def test_sites_of_which_no_side_ever_has_a_majority_are_told_so():
    nodes = [node("n0", role="coordinator"), node("n1", role="coordinator")]
    nodes += [node("n2", site="a"), node("n3", site="b")]
    sheet = simulate.sheet(cluster("pvc", nodes, [guest("g")]))
    row = result(sheet, "network between sites cut", "quorum")
    assert (row["cases"], row["failing"]) == (1, 1)
    assert not any(
        side["goes_on"] for side in table(sheet, "sides when the network between sites is cut")
    )


def test_a_lab_of_one_node_is_told_to_have_no_second_and_nothing_more():
    pools = {"vms": CephPool(copies=1, mincopies=1)}
    sheet = simulate.sheet(shaped(1, tier="test", guests=[guest("web")], pools=pools))
    assert result(sheet, "one node down", "quorum")["verdict"] == "fails"
    assert sheet.findings == ()
    assert "There is one node: nothing goes on when it is down." in sheet.notes


def test_what_would_help_a_pool_is_advised():
    few = simulate.sheet(shaped(2, hypervisors=0, tier="test"))
    assert "give more nodes disks for storage" in [item.remedy for item in few.findings]
    sites = simulate.sheet(shaped(2, 1))
    assert (
        "make the pool with more copies, and have a storage host for each of them, or have fewer"
        " storage hosts fail together"
    ) in [item.remedy for item in sites.findings]


def test_a_ceph_that_is_external_has_its_monitors_elsewhere():
    made = shaped(3)
    external = replace(made, ceph=replace(made.ceph, external=True))
    assert any("on the coordinators" in note for note in simulate.sheet(made).notes)
    assert not any("on the coordinators" in note for note in simulate.sheet(external).notes)


def test_a_cluster_without_nodes_or_guests_is_told_of_without_a_failure():
    sheet = simulate.sheet(cluster("pvc", []))
    assert {row["verdict"] for row in table(sheet, "failures")} <= {"holds"}
    assert any("not simulated" in note for note in sheet.notes)


def test_no_node_down_at_all_is_refused():
    with pytest.raises(InvalidArgument, match="at least one node"):
        simulate.sheet(shaped(3), down=0)


def test_more_nodes_down_than_there_are_is_all_of_them():
    sheet = simulate.sheet(shaped(3), down=9)
    assert table(sheet, "failures")[-1]["failure"] == "3 nodes down"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_example_fails_and_each_is_told_the_same_way_twice(path):
    found = loading.from_bytes(str(path), path.read_bytes()).cluster
    sheet = simulate.sheet(found)
    assert sheet.status == 0
    assert sheet.to_data() == simulate.sheet(found).to_data()
    assert sheet.text()
