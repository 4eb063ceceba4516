"""What a node is told besides its components."""

from __future__ import annotations

from saltext.muster.plan import plan
from tests.support import proofs

NODE = "node1.example.com"
KEYS = ("bgp_asn", "bgp_community", "route_reflectors")


def declared(example, changes=None):
    found = plan(proofs.cluster(example, changes), NODE)["declared"]
    return {key: found[key] for key in KEYS if key in found}


def test_a_node_of_a_fabric_knows_its_route_reflectors():
    assert declared("vmmanager-fabric") == {
        "bgp_asn": 65000,
        "bgp_community": "65000:100",
        "route_reflectors": ["172.16.0.251", "172.16.0.252"],
    }


def test_what_is_not_told_is_left_out():
    assert declared("vmmanager") == {}
    assert declared("vmmanager-fabric", {"bgp/community": None, "bgp/reflectors": None}) == {
        "bgp_asn": 65000
    }


def test_a_node_knows_its_own_ipv6_subnet_and_no_other():
    for number in (1, 2):
        found = plan(proofs.cluster("vmmanager-routing"), f"node{number}.example.com")["declared"]
        assert found["ipv6_pools"] == [f"2001:db8:0:{number}::/64"]


def test_a_pvc_node_is_not_told_what_only_planning_needs():
    found = plan(proofs.cluster("pvc"), NODE)["declared"]
    assert found["bridge_device"] == "bond0"
    assert found["api_address"] == "10.0.0.10"
    assert not {"georedundant", "zookeeper_heap", "fence_intervals"} & set(found)
