"""What each node accepts and sends: few rules, whatever the cluster's size."""

from __future__ import annotations

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import ranges
from saltext.muster.cluster import Network
from saltext.muster.parts import AddressPool
from saltext.muster.planning import ports
from saltext.muster.planning.connecting import parties
from saltext.muster.planning.connecting.rules import Rules, rules
from tests.support.planned import cluster, node
from tests.support.talking import (
    ADMIN,
    examples,
    found,
    numbered,
    pvc,
    pvc_nodes,
    vmmanager,
)


def test_a_salt_master_that_is_a_node_accepts_the_nodes():
    one = vmmanager(salt_masters=("10.0.0.11", "192.0.2.9"))
    assert found(one, "node0", "input", 4505) == ["10.0.0.0/24"]
    assert found(one, "node1", "input", 4505) is None
    assert found(one, "node1", "output", 4505) == ["10.0.0.11", "192.0.2.9"]


def test_what_is_not_told_may_be_anywhere():
    one = vmmanager()
    for port, protocol in ((4505, "tcp"), (53, "udp"), (123, "udp")):
        assert found(one, "node0", "output", port, protocol) == ["any"]
    named = vmmanager(time_sources=("192.0.2.1", "ntp.example.com"))
    assert found(named, "node0", "output", 123, "udp") == ["any"]
    told = vmmanager(time_sources=("192.0.2.1",), dns=("192.0.2.2",))
    assert found(told, "node0", "output", 123, "udp") == ["192.0.2.1"]
    assert found(told, "node0", "output", 53, "udp") == ["192.0.2.2"]


def test_ipv6_nodes_find_their_neighbours():
    nodes = [node("node1", "2001:db8::11"), node("node2", "2001:db8::12")]
    networks = {"main": Network("2001:db8::/64", role="main")}
    one = cluster("ganeti", nodes, networks=networks)
    assert found(one, "node1", "input", 0, "icmp") == ["::", "2001:db8::/64", "fe80::/10"]
    assert found(one, "node1", "output", 0, "icmp") == ["2001:db8::/64", "fe80::/10", "ff02::/16"]


def test_every_ipv6_network_has_neighbours():
    nodes = [node("node1", "10.0.0.11", addresses={"six": "2001:db8::11"})]
    networks = {"main": Network("10.0.0.0/24"), "six": Network("2001:db8::/64")}
    one = cluster("ganeti", nodes, networks=networks)
    assert found(one, "node1", "input", 0, "icmp", "six") == ["2001:db8::/64"]
    assert "fe80::/10" in found(one, "node1", "input", 0, "icmp")


def test_guests_with_ipv6_are_neighbours_too():
    pools = {"public": AddressPool(("198.51.100.0/24", "2001:db8:9::/64"))}
    one = vmmanager(address_pools=pools)
    for way in ("input", "output"):
        peers = found(one, "node0", way, 0, "icmp")
        assert {"2001:db8:9::/64", "fe80::/10"} <= set(peers)
        assert "198.51.100.0/24" not in peers or way == "input", "admin alone"
    one = vmmanager(options={"ipv6_pools": ["2001:db8:8::/64"]})
    assert "2001:db8:8::/64" in found(one, "node0", "input", 0, "icmp")
    routed = vmmanager([node("node0", "10.0.0.11", subnet6="2001:db8:1::/64")])
    own = [rule for rule in rules(routed, routed.nodes["node0"]) if rule["interface"]]
    assert {(rule["interface"], rule["protocol"]) for rule in own} == {("vmbr0", "icmp")}
    assert "fe80::/10" in found(routed, "node0", "input", 0, "icmp")


def test_the_clusters_own_address_is_one_of_the_nodes():
    one = cluster("ganeti", numbered(2), cluster_name="gnt", cluster_address="10.0.0.100")
    assert "10.0.0.100" in found(one, "node0", "output", 5080)


def test_rules_are_sorted_and_what_is_equal_is_one():
    for item in examples():
        one = item.values[0]
        for each in one.nodes.values():
            own = rules(one, each)
            keys = ("direction", "network", "interface", "protocol", "first", "last")
            order = [tuple(rule[key] for key in keys) for rule in own]
            assert order == sorted(set(order)), "one rule for the same ports"
            assert all(rule["peers"] for rule in own)
            assert json.loads(json.dumps(own)) == own, "plain data"


def test_a_network_holds_its_addresses():
    one = vmmanager(admin=("10.0.0.0/25", "10.0.0.7/32", "10.0.0.128/25", "192.0.2.0/24"))
    assert found(one, "node0", "input", 22) == ["10.0.0.0/25", "10.0.0.128/25", "192.0.2.0/24"]


@pytest.mark.parametrize("platform", ["pvc", "vmmanager", "ravada", "ganeti"])
def test_a_nodes_rules_do_not_grow_with_the_cluster(platform):
    networks = pvc([]).networks
    few, many = (
        cluster(platform, pvc_nodes(count), networks=networks, admin=ADMIN) for count in (10, 1000)
    )
    for id_ in ("node0", "node5"):
        assert rules(few, few.nodes[id_]) == rules(many, many.nodes[id_])


def test_nodes_of_one_kind_share_their_rules():
    one = pvc(pvc_nodes(300))
    kinds = Rules(one).kinds()
    assert sorted(map(len, kinds.values())) == [3, 297]


def test_without_a_declared_network_few_addresses_are_listed_and_many_are_covered():
    few = cluster("ganeti", numbered(8), admin=ADMIN)
    assert len(found(few, "node0", "input", 1811)) == 8
    many = cluster("ganeti", numbered(200), admin=ADMIN)
    peers = found(many, "node0", "input", 1811)
    assert len(peers) <= parties.MOST
    cover = ranges.of(peers, 4)
    for each in many.nodes.values():
        assert ranges.both(cover, ranges.of([each.address], 4))
    warned = [item.message for item in ports.sheet(many).findings]
    assert len(warned) == 1 and peers[0] in warned[0]
    assert not ports.sheet(few).findings


def test_nodes_outside_the_declared_network_are_accepted_and_told():
    nodes = [*numbered(2), node("far", "172.16.0.5")]
    one = vmmanager(nodes)
    assert found(one, "node0", "input", 16514) == ["10.0.0.0/24", "172.16.0.5"]


ADDRESSES = st.lists(
    st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=4, network="10.0.0.0/22")), max_size=40
)


@given(ADDRESSES, st.integers(1, 9))
def test_a_cover_holds_all_addresses_in_few_networks(addresses, most):
    nets = parties.cover([str(address) for address in addresses], most)
    assert len(nets) <= max(most, 1) or not addresses
    for address in addresses:
        assert any(address in ipaddress.ip_network(net) for net in nets)


@given(st.lists(st.ip_addresses(v=6, network="2001:db8::/56"), min_size=1, max_size=20))
def test_a_cover_of_few_addresses_is_exact(addresses):
    nets = parties.cover([str(address) for address in addresses], len(addresses))
    assert sum(ipaddress.ip_network(net).num_addresses for net in nets) == len(set(addresses))
