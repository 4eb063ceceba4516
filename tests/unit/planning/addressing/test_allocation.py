"""Guests' addresses: how many there are, and which guest gets which."""

from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.cluster import Network, Node
from saltext.muster.parts import AddressPool, Guest
from saltext.muster.planning.addressing import allocation
from tests.support.addresses import cluster, node

GIB = 1024**3


def guests(count, on="node1.example.com", nics=1):
    return {f"vm{n}": Guest(f"vm{n}", GIB, node=on, nics=nics) for n in range(1, count + 1)}


def routed(**more):
    return node(1, "123.45.12.48", subnet="203.0.113.40/29", **more)


def addresses(tested):
    return [address for _guest, _node, address in allocation.given(tested)]


def test_guests_get_all_eight_addresses_of_the_documents_subnet():
    found = addresses(cluster([routed()], {}, guests=guests(9)))
    assert found == [f"203.0.113.{end}" for end in range(40, 48)] + [""]


def test_guests_get_the_first_free_address_of_the_range():
    tested = cluster([routed(guest_range="203.0.113.44/30")], {}, guests=guests(2, nics=2))
    assert addresses(tested) == [f"203.0.113.{end}" for end in range(44, 48)]
    supply = allocation.subnet(routed(guest_range="203.0.113.44/30"))
    assert (supply.addresses, supply.reserved, supply.for_guests) == (8, 4, 4)
    assert allocation.first(supply, 3) == "203.0.113.47"
    assert allocation.first(supply, 4) == ""


def test_a_guest_elsewhere_gets_none_of_them():
    others = {"a": Guest("a", GIB), "b": Guest("b", GIB, node="gone.example.com")}
    assert addresses(cluster([routed()], {}, guests=others)) == []


def test_of_ipv6_the_routers_and_the_nodes_own_are_kept():
    own = node(1, addresses={"six": "2001:db8::2"}, subnet="2001:db8::/64")
    tested = cluster([own], guests=guests(3))
    assert addresses(tested) == ["2001:db8::1", "2001:db8::3", "2001:db8::4"]
    assert allocation.subnet(own).for_guests == 2**64 - 2


def test_what_the_range_leaves_out_is_not_lost_to_guests_again():
    own = node(1, subnet="2001:db8::/64", guest_range="2001:db8::8/125")
    supply = allocation.subnet(own)
    assert (supply.reserved, supply.unusable, supply.for_guests) == (2**64 - 8, 0, 8)


def pool(*blocks, reserved=(), networks=None):
    tested = cluster([], networks or {}, address_pools={"p": AddressPool(blocks, reserved)})
    (found,) = allocation.pools(tested)
    return found.addresses, found.reserved, found.unusable, found.for_guests


def test_all_of_a_routed_pool_is_for_guests():
    """An IP fabric routes each address by itself: NET-027, NET-030."""
    nodes_own = {"main": Network("172.16.0.0/24")}
    assert pool("198.51.100.0/24", networks=nodes_own) == (256, 0, 0, 256)


def test_in_a_network_the_ends_and_what_is_reserved_are_not():
    """NET-005: the document's two blocks, one address of which is the node's."""
    blocks = ("192.0.2.0/27", "192.0.2.32/27")
    networks = {"main": Network(blocks[0]), "more": Network(blocks[1])}
    assert pool(*blocks, reserved=("192.0.2.1",), networks=networks) == (64, 1, 4, 59)
    whole = {"main": Network("192.0.2.0/24")}
    assert pool(*blocks, reserved=("192.0.2.0", "192.0.2.1"), networks=whole) == (64, 2, 0, 62)


@given(st.integers(24, 32), st.integers(24, 32), st.sets(st.integers(0, 255), max_size=4))
def test_a_pool_is_counted_as_by_hand(block, network, kept):
    block, network = f"10.0.0.0/{block}", ipaddress.ip_network(f"10.0.0.0/{network}")
    reserved = tuple(f"10.0.0.{end}" for end in kept)
    own = {str(each) for each in ipaddress.ip_network(block)} - set(reserved)
    ends = {str(network[0]), str(network[-1])} if network.prefixlen < 31 else set()
    counted = pool(block, reserved=reserved, networks={"main": Network(str(network))})
    assert counted[3] == len(own - ends)
    assert counted[0] == sum(counted[1:])


def test_an_ipv6_subnet_has_all_but_its_routers_and_the_nodes_own_address():
    found = allocation.subnet6(Node("n1", "192.0.2.1", "n1", "n1", subnet6="2001:db8:0:1::/64"))
    assert (found.blocks, found.addresses) == (("2001:db8:0:1::/64",), 2**64)
    assert found.for_guests == 2**64 - 2
    assert allocation.first(found, 0) == "2001:db8:0:1::1"
    assert allocation.first(found, 1) == "2001:db8:0:1::3"
    assert allocation.subnet6(Node("n1", "192.0.2.1", "n1", "n1")) is None
