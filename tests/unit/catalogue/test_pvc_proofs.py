"""PVC's rows about sizes, nodes and sites that a cluster file decides, each met and not met."""

from __future__ import annotations

import pytest

from saltext.muster import proving
from saltext.muster.catalogue import pvc
from saltext.muster_platforms import pvc as platform
from tests.support import proofs
from tests.support.proofs import Proof
from tests.support.pvc import EIGHT, MANY, TEST, THREE, counts, sites, three
from tests.unit.catalogue import test_pvc_network_proofs, test_pvc_storage_proofs

NODES = [
    Proof("PVC-079", THREE, "pass"),
    Proof("PVC-079", THREE, "fail", counts(1, 1), ("nodes",), "at least 3 nodes, seen 2"),
    Proof("PVC-079", THREE, "skip", counts(1, **TEST), seen="one node is enough for a test"),
    Proof("PVC-079", THREE, "fail", counts(1, tier="heavy"), ("nodes",), "seen 1"),
    Proof("PVC-080", THREE, "pass"),
    Proof("PVC-080", THREE, "pass", counts(5)),
    Proof("PVC-080", THREE, "pass", counts(1, **TEST)),
    Proof("PVC-080", THREE, "pass", counts(3, 20)),
    Proof("PVC-080", THREE, "fail", counts(0, 3), ("nodes",), "seen 0"),
    Proof("PVC-080", THREE, "fail", counts(1, 2), ("nodes",), "seen 1"),
    Proof("PVC-080", THREE, "fail", counts(2, 1, **TEST), ("nodes",), "seen 2"),
    Proof("PVC-080", THREE, "fail", counts(4), ("nodes",), "seen 4"),
    Proof("PVC-080", THREE, "fail", counts(7), ("nodes",), "seen 7"),
    Proof("PVC-082", THREE, "pass"),
    Proof("PVC-082", MANY, "pass"),
    Proof("PVC-082", THREE, "pass", counts(5, 3)),
    Proof("PVC-082", THREE, "warn", counts(5, 2), ("nodes",), "a cluster of 7 nodes, seen 5"),
    Proof("PVC-082", THREE, "warn", sites(3, 2), ("nodes",), "a cluster of 5 nodes, seen 5"),
    Proof("PVC-082", THREE, "skip", sites(2, 2, 1), seen="2+2+1"),
    Proof("PVC-086", THREE, "skip", seen="no fourth node"),
    Proof("PVC-086", EIGHT, "pass"),
    Proof("PVC-086", THREE, "pass", counts(5)),
    Proof("PVC-086", THREE, "fail", counts(4), ("nodes", "node4.example.com", "role"), "seen 4"),
    Proof("PVC-086", THREE, "fail", counts(0, 4), ("nodes",), "seen 0"),
]

SITES = [
    Proof("PVC-088", THREE, "skip", seen="no second site"),
    Proof("PVC-088", THREE, "pass", sites(1, 1, 1)),
    Proof("PVC-088", THREE, "pass",
          {**sites(1, 1, 1), "networks/more": {"cidr": "10.9.0.0/24", "role": "cluster"}}),
    Proof("PVC-088", THREE, "fail",
          {**sites(1, 1, 1), "networks/storage/role": "cluster",
           "nodes/node4.example.com": {"role": "hypervisor", "number": 4, "site": "site1",
                                       "addresses": {}},
           "networks/cluster/offset": None, "networks/storage/offset": None},
          ("networks", "storage"), "wanted one cluster network over all sites"),
    Proof("PVC-089", THREE, "skip", seen="no site is told"),
    Proof("PVC-089", THREE, "skip", sites(3), seen="at one site"),
    Proof("PVC-089", THREE, "skip", sites(2, 1), seen="PVC-090"),
    Proof("PVC-089", THREE, "pass", sites(1, 1, 1)),
    Proof("PVC-089", THREE, "pass", sites(2, 2, 1)),
    Proof("PVC-089", THREE, "pass", sites(1, 1, 1, 1, 1)),
    Proof("PVC-089", THREE, "warn", sites(3, 1, 1), ("nodes",),
          "site site1 down (node1.example.com, node2.example.com, node3.example.com): "
          "2 of 5 coordinators left, 3 needed"),
    Proof("PVC-089", THREE, "fail", sites(3, 1, 1, georedundant=True), ("nodes",), "2 of 5"),
    Proof("PVC-089", THREE, "fail", sites(3, georedundant=True),
          ("options", "georedundant"), "not declared at several sites"),
    Proof("PVC-089", THREE, "fail", {"options/georedundant": True},
          ("options", "georedundant"), "not declared at several sites"),
    Proof("PVC-089", THREE, "skip", three(node1={"site": "a"}, node2={"site": "b"}),
          seen="not told of node3"),
    Proof("PVC-090", THREE, "skip", sites(1, 1, 1), seen="not at two sites"),
    Proof("PVC-090", THREE, "skip", sites(3, hypervisors=(0, 2)), seen="at one site"),
    Proof("PVC-090", THREE, "warn", sites(2, 1), ("nodes",),
          "2+1 coordinators: site site1 down (node1.example.com, node2.example.com): "
          "1 of 3 coordinators left, 2 needed"),
    Proof("PVC-090", THREE, "warn", sites(2, 3), ("nodes",), "3+2 coordinators: site site2 down"),
    Proof("PVC-090", THREE, "fail", sites(2, 1, georedundant=True), ("nodes",), "1 of 3"),
    Proof("PVC-090", THREE, "fail", sites(3, 2, georedundant=True), ("nodes",), "2 of 5"),
    Proof("PVC-091", THREE, "skip", sites(5), seen="at one site"),
    Proof("PVC-091", THREE, "pass", sites(1, 1, 1)),
    Proof("PVC-091", THREE, "pass", sites(2, 2, 1, hypervisors=(0, 0, 0, 4))),
    Proof("PVC-091", THREE, "warn", sites(2, 1), ("nodes",), "odd number of sites"),
    Proof("PVC-091", THREE, "warn", sites(2, 1, 1, 1), ("nodes",), "seen 4"),
]  # fmt: skip

#: The file's hardware, with other numbers.
SMALL = "hardware/small"
OLD = {"edition": "0.9.21"}

SIZES = [
    Proof("PVC-001", THREE, "pass"),
    Proof("PVC-001", THREE, "skip", {"hardware": None, **counts(3, hardware="")}, seen="no hard"),
    Proof("PVC-001", THREE, "warn", {"guests/more[1-6]": {"memory": "8 GiB"}}, ("guests",),
          "(largest node down)"),
    Proof("PVC-001", THREE, "fail", {"ceph/pools/vms/data": "401 GB"}, ("ceph", "pools"), "100.2"),
    Proof("PVC-008", THREE, "pass"),
    Proof("PVC-008", THREE, "pass", {f"{SMALL}/cores": 8}),
    Proof("PVC-008", THREE, "fail", {f"{SMALL}/cores": 7}, ("nodes",), "seen 21 / 14"),
    Proof("PVC-008", THREE, "warn", {f"{SMALL}/cores": 7, **TEST}, ("nodes",), "seen 21 / 14"),
    Proof("PVC-008", THREE, "fail", {f"{SMALL}/cores": 3, **OLD, **TEST}, ("nodes",), "9 / 6"),
    Proof("PVC-008", THREE, "skip", {f"{SMALL}/cores": None}, seen="cores"),
    Proof("PVC-009", THREE, "pass"),
    Proof("PVC-009", THREE, "fail", {f"{SMALL}/memory": "31 GB"}, ("nodes",), "93 GB / 62 GB"),
    Proof("PVC-010", THREE, "pass"),
    Proof("PVC-010", THREE, "fail", {f"{SMALL}/disks": ["399 GB"]}, ("nodes",), "seen 399 GB"),
    Proof("PVC-017", THREE, "pass"),
    Proof("PVC-017", THREE, "pass", {"guests": {"vm[1-8]": {"memory": "16 GiB"}}}),
    Proof("PVC-017", THREE, "warn",
          {"guests": {"vm[1-8]": {"memory": "16 GiB"}, "one": {"memory": "1 MiB"}}}, ("guests",),
          "PVC will be degraded"),
    Proof("PVC-017", THREE, "pass",
          {"guests": {"vm[1-8]": {"memory": "16 GiB"},
                      "one": {"memory": "1 MiB", "running": False}}}),
    Proof("PVC-017", THREE, "skip", {"guests": {}}, seen="no running guest"),
    Proof("PVC-020", THREE, "pass"),
    Proof("PVC-020", THREE, "fail", {f"{SMALL}/memory": "6 GiB"},
          ("hardware", "small", "memory"), "nothing is left for guests"),
    Proof("PVC-021", THREE, "pass"),
    Proof("PVC-021", THREE, "warn", {"ceph/osd_memory": "1 GiB"}, ("ceph", "osd_memory"), "4 to 6"),
    Proof("PVC-022", THREE, "pass", {"ceph/osd_memory": "939524096 B"}),
    Proof("PVC-022", THREE, "fail", {"ceph/osd_memory": "939524095 B"}, ("ceph", "osd_memory"),
          "seen 939524095 B"),
    Proof("PVC-023", THREE, "pass"),
    Proof("PVC-023", THREE, "warn", {"options/zookeeper_heap": "32 MiB"},
          ("options", "zookeeper_heap"), "seen 32 MiB"),
    Proof("PVC-023", THREE, "skip", {"options/zookeeper_heap": "32 MiB", **TEST}, seen="light"),
    Proof("PVC-097", THREE, "pass"),
    Proof("PVC-097", THREE, "pass", {"guests/db[1-2]/vcpus": 7}),  # 2 + 1 + 2 + 7
    Proof("PVC-097", THREE, "warn", {"guests/db[1-2]/vcpus": 8}, ("hardware", "small", "cores"),
          "wanted 13 cores"),
    Proof("PVC-097", THREE, "skip", {**OLD, "guests/db[1-2]/vcpus": 8}, seen="0.9.39"),
    Proof("PVC-098", THREE, "pass"),
    Proof("PVC-098", THREE, "warn", {f"{SMALL}/reserved": None, "ceph/osd_memory": "1 GiB"},
          ("hardware", "small", "reserved"), "wanted 5 GB kept back"),
    Proof("PVC-100", THREE, "pass"),
    Proof("PVC-100", THREE, "fail", {"options/suicide_intervals": 7},
          ("options", "suicide_intervals"), "wanted at most fence_intervals (6), seen 7"),
    Proof("PVC-100", THREE, "pass", {"options/suicide_intervals": 6}),
    Proof("PVC-101", MANY, "pass"),
    Proof("PVC-101", THREE, "skip", seen="no device for OSDs' databases"),
    Proof("PVC-101", MANY, "warn", {"hardware/large/database": "399 GB"},
          ("hardware", "large", "database"), "seen 399 GB"),
]  # fmt: skip

CASES = [*NODES, *SITES, *SIZES]
EVERY = [*CASES, *test_pvc_storage_proofs.CASES, *test_pvc_network_proofs.CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_row_is_proved(case):
    proofs.check(case)


@pytest.mark.parametrize("example", [THREE, EIGHT, MANY])
def test_the_examples_meet_every_row(example):
    found = list(proving.prove(proofs.cluster(example)))
    assert {each.rule.id: each.findings for each in found if each.findings} == {}


def test_every_proof_has_a_cluster_that_passes_and_one_that_does_not():
    elsewhere = "saltext.muster.catalogue.pvc.sriov_proofs", "saltext.muster.planning.sriov"
    rows = [*pvc.ROWS, *pvc.RULES]
    asked = {row.id for row in rows if row.proof and not row.proof.startswith(elsewhere)}
    met = {case.row for case in EVERY if case.status == "pass"}
    broken = {case.row for case in EVERY if case.status in ("warn", "fail")}
    never_met = {"PVC-090"}  # two sites are what it is about
    assert asked - met == never_met
    assert asked - broken == set()


def test_the_documents_addresses_are_those_of_the_example():
    """PVC-054: the plan of 10.0.0.0/24."""
    cluster = proofs.cluster(THREE)
    main = cluster.networks["main"]
    assert (main.cidr, main.gateway, main.routers) == (
        "10.0.0.0/24", "10.0.0.1", ("10.0.0.2", "10.0.0.3"),
    )  # fmt: skip
    assert main.floating == "10.0.0.10"
    nodes = list(cluster.nodes.values())
    assert [node.address for node in nodes] == ["10.0.0.11", "10.0.0.12", "10.0.0.13"]
    assert [node.ipmi for node in nodes] == ["10.0.0.111", "10.0.0.112", "10.0.0.113"]


def test_the_documents_shapes_are_those_of_the_examples():
    """PVC-095: 3 nodes, 8 with 3 coordinators, 17 with 5 and two bonds of 10 Gbit/s."""
    shapes = {
        name: (len(found.nodes), len(list(found.with_role("coordinator"))))
        for name in (THREE, EIGHT, MANY)
        for found in [proofs.cluster(name)]
    }
    assert shapes == {THREE: (3, 3), EIGHT: (8, 3), MANY: (17, 5)}
    large = proofs.cluster(MANY)
    speeds = {
        large.hardware["large"].nics[nic] for bond in large.bonds.values() for nic in bond.nics
    }
    assert (len(large.bonds), speeds) == (2, {10})


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, "10.0.0.10"),
        ({"networks/main/floating": None}, None),
        (
            {
                "networks/main/role": "management",
                "networks/up": {"cidr": "10.9.0.0/24", "role": "upstream", "floating": "10.9.0.9"},
            },
            "10.9.0.9",
        ),
    ],
)
def test_the_api_is_at_upstreams_floating_address(changes, address):
    cluster = proofs.cluster(THREE, changes)
    node = cluster.nodes["node1.example.com"]
    assert platform.declared(cluster, node).get("api_address") == address
