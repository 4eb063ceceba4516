"""Each address is one that a host of its network can have, or it is told."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.cluster import Host, Network
from saltext.muster.parts import AddressPool
from tests.support.addresses import cluster, node, told

N1 = ("nodes", "node1.example.com")


@pytest.mark.parametrize(
    ("network", "path"),
    [
        ({"gateway": "10.0.1.1"}, ("gateway",)),
        ({"floating": "10.0.1.1"}, ("floating",)),
        ({"routers": ("10.0.0.1", "2001:db8::1")}, ("routers", 1)),
    ],
)
def test_what_is_the_networks_is_in_it(network, path):
    found = told(cluster([node(1)], {"main": Network("10.0.0.0/24", **network)}))
    assert set(found) == {("networks", "main", *path)}
    assert "not in the network 10.0.0.0/24" in next(iter(found.values()))


def test_nodes_and_the_cluster_itself_are_in_their_networks():
    networks = {"main": Network("10.0.0.0/24"), "storage": Network("10.1.0.0/24")}
    tested = cluster(
        [node(1, "10.1.0.1", addresses={"storage": "10.0.0.1"})],
        networks,
        cluster_address="10.2.0.1",
    )
    assert set(told(tested)) == {
        (*N1, "address"),
        (*N1, "addresses", "storage"),
        ("cluster", "address"),
    }


def test_no_host_has_the_first_or_last_address():
    tested = cluster([node(1, "10.0.0.0", ipmi="10.0.0.255")], hosts=(Host("10.0.0.255", ("h",)),))
    found = told(tested)
    assert "first or last address of 10.0.0.0/24" in found[(*N1, "address")]
    assert "first or last address of 10.0.0.0/24" in found[(*N1, "ipmi")]


@pytest.mark.parametrize("cidr", ["10.0.0.11/32", "10.0.0.10/31", "2001:db8::/64"])
def test_networks_that_keep_no_address_back(cidr):
    for address in (ipaddress.ip_network(cidr)[0], ipaddress.ip_network(cidr)[-1]):
        assert told(cluster([node(1, str(address))], {"main": Network(cidr)})) == {}


def test_what_is_elsewhere_may_be_anywhere():
    tested = cluster(
        [node(1, ipmi="172.16.0.1")],
        hosts=(Host("198.51.100.7", ("h",)),),
        options={"vm_gateway": "192.168.0.1"},
        dns=("9.9.9.9",),
    )
    assert told(tested) == {}


def test_networks_are_declared():
    found = told(cluster([node(1, addresses={"lan": "10.1.0.1"})]))
    assert found == {(*N1, "addresses", "lan"): "there is no network 'lan' besides main"}
    assert set(told(cluster([node(1)], {"lan": Network("10.0.0.0/24")}))) == {("networks",)}


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0"])
def test_no_network_and_no_pool_is_every_address(cidr):
    address = "::1:1" if ":" in cidr else "10.0.0.11"
    found = told(cluster([node(1, address)], {"main": Network(cidr)}))
    assert found == {("networks", "main", "cidr"): f"{cidr} is every address there is"}
    pools = {"public": AddressPool((cidr,))}
    found = told(cluster([node(1, "192.0.2.1")], networks={}, address_pools=pools))
    assert f"{cidr} is every address there is" in found.values()


@given(st.integers(20, 32), st.integers(0, 4095))
def test_what_ipaddress_says_is_said(prefix, end):
    network = ipaddress.ip_network((f"10.0.{end // 512}.0", prefix), strict=False)
    address = ipaddress.IPv4Address("10.0.0.0") + end
    hosts = network if prefix >= 31 else list(network)[1:-1]
    found = told(cluster([node(1, str(address))], {"main": Network(str(network))}))
    assert bool(found) == (address not in hosts)
