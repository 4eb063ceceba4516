"""Addresses and blocks in each other's way are found, all of them and only them."""

from __future__ import annotations

import ipaddress
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.cluster import Host, Network
from saltext.muster.parts import AddressPool, Bgp, ClientNetwork, Reflector
from saltext.muster.planning.addressing import overlaps
from saltext.muster.planning.addressing.taken import taken
from tests.support.addresses import cluster, node, pvc, told

N1, N2 = ("nodes", "node1.example.com"), ("nodes", "node2.example.com")


def test_the_plan_of_pvcs_document_is_sound():
    assert told(pvc(90)) == {}


def test_a_node_cannot_have_what_another_one_has():
    tested = cluster([node(1), node(2, "10.0.0.11")])
    assert told(tested) == {
        (*N2, "address"): "the address 10.0.0.11 is also that of the node node1.example.com"
    }


@pytest.mark.parametrize(
    ("network", "who"),
    [
        ({"gateway": "10.0.0.11"}, "is the gateway of the network main"),
        ({"routers": ("10.0.0.2", "10.0.0.11")}, "router of the network main"),
        ({"floating": "10.0.0.11"}, "floating address of the network main"),
    ],
)
def test_a_node_cannot_have_what_is_the_networks(network, who):
    tested = cluster([node(1)], {"main": Network("10.0.0.0/24", **network)})
    assert set(told(tested)) == {(*N1, "address")}
    assert who in told(tested)[(*N1, "address")]


def test_what_no_two_can_have_is_told_wherever_it_is():
    parts = {
        "cluster_name": "c.example.com",
        "cluster_address": "10.0.0.12",
        "hosts": (Host("10.0.0.12", ("h",)), Host("10.0.0.13", ("i",)), Host("10.0.0.13", ("j",))),
        "bgp": Bgp(1, "", {"rr1": Reflector("10.0.0.11", 1), "rr2": Reflector("10.9.0.1", 1)}),
        "options": {"vm_gateway": "10.9.0.1"},
    }
    tested = cluster([node(1), node(2, ipmi="10.0.0.11")], **parts)
    assert told(tested) == {
        (*N2, "ipmi"): "the address 10.0.0.11 is also that of the node node1.example.com",
        ("bgp", "reflectors", "rr1", "address"): "the address 10.0.0.11 is also that of the node "
        "node1.example.com",
        ("cluster", "address"): "the address 10.0.0.12 is also that of the node node2.example.com",
        ("hosts", 0, "address"): "the address 10.0.0.12 is also that of the node node2.example.com",
        ("hosts", 2, "address"): "the address 10.0.0.13 is also that of hosts[1]",
        ("options", "vm_gateway"): "the address 10.9.0.1 is also that of the route reflector rr2",
    }


def test_one_address_may_be_told_again_where_it_is_the_same_host():
    """Routers reflect routes, serve time and names, and have hosts lines."""
    upstream = Network(
        "10.0.0.0/24", gateway="10.0.0.1", routers=("10.0.0.1", "10.0.0.2"), floating="10.0.0.9"
    )
    tested = cluster(
        [node(1, ipmi="10.0.0.111")],
        {"main": upstream},
        bgp=Bgp(1, "", {"rr": Reflector("10.0.0.2", 1)}),
        hosts=tuple(Host(f"10.0.0.{end}", (f"h{end}",)) for end in (1, 2, 9, 111)),
        dns=("10.0.0.1", "10.0.0.9"),
        time_sources=("10.0.0.1", "time.example.com"),
        salt_masters=("10.0.0.11",),
    )
    assert told(tested) == {}


def test_networks_must_not_overlap():
    networks = {"main": Network("10.0.0.0/16"), "storage": Network("10.0.1.0/24")}
    assert told(cluster([], networks)) == {
        ("networks", "storage", "cidr"): "10.0.1.0/24 overlaps 10.0.0.0/16, the network main"
    }


def two_names(**changes):
    """Return two nodes whose cluster and storage network is one, as PVC-062 allows."""
    networks = {
        "main": Network("10.0.0.0/24"),
        "cluster": Network("10.1.0.0/24", vlan=5, floating="10.1.0.254"),
        "storage": Network("10.1.0.0/24", **{"vlan": 5, "floating": "10.1.0.254"} | changes),
    }
    nodes = [
        node(n, addresses={"cluster": f"10.1.0.{n}", "storage": f"10.1.0.{n}"}) for n in (1, 2)
    ]
    return networks, nodes


def test_one_network_may_have_two_names():
    networks, nodes = two_names()
    assert told(cluster(nodes, networks)) == {}


def test_nearly_one_network_is_none():
    networks, nodes = two_names()
    other = node(3, addresses={"cluster": "10.1.0.3", "storage": "10.1.0.4"})
    assert told(cluster([*nodes, other], networks)) == {
        ("networks", "storage", "cidr"): "10.1.0.0/24 is that of the network cluster too, but "
        "node3.example.com has 10.1.0.3 there and 10.1.0.4 here"
    }


def test_one_network_has_one_vlan():
    networks, nodes = two_names(vlan=6)
    (message,) = told(cluster(nodes, networks)).values()
    assert "vlan is 5 there and 6 here" in message


def test_another_node_cannot_have_the_address_in_the_second_name():
    networks, _nodes = two_names()
    swapped = [
        node(1, addresses={"cluster": "10.1.0.1", "storage": "10.1.0.2"}),
        node(2, addresses={"cluster": "10.1.0.2", "storage": "10.1.0.1"}),
    ]
    found = told(cluster(swapped, networks))
    assert "the node node1.example.com" in found[(*N2, "addresses", "cluster")]


def pools(*blocks, reserved=(), **more):
    return {"address_pools": {"public": AddressPool(blocks, reserved), **more}}


def test_vmmanagers_two_blocks_are_beside_each_other():
    networks = {"main": Network("192.0.2.0/26")}
    tested = pools("192.0.2.0/27", "192.0.2.32/27", reserved=("192.0.2.1",))
    assert told(cluster([node(1, "192.0.2.1")], networks, **tested)) == {}


def test_a_pool_gives_away_only_what_it_does_not_reserve():
    networks = {"main": Network("10.0.0.0/24", gateway="10.0.0.1")}
    tested = cluster([node(1)], networks, **pools("10.0.0.0/27", reserved=("10.0.0.11",)))
    assert told(tested) == {
        ("networks", "main", "gateway"): "10.0.0.1 is in 10.0.0.0/27, the address pool public, "
        "whose addresses guests get"
    }


def test_servers_that_nodes_use_are_kept_out_of_pools():
    used = {"dns": ("10.0.0.30",), "salt_masters": ("203.0.113.9",), "time_sources": ("ntp",)}
    options = {"platform_address": "10.0.0.29"}
    found = told(cluster([node(1)], options=options, **used, **pools("10.0.0.24/29")))
    assert set(found) == {("dns", 0), ("options", "platform_address")}


def test_what_a_pool_reserves_it_has():
    found = told(cluster([], **pools("10.0.0.0/28", "10.0.0.32/28", reserved=("10.0.0.16",))))
    assert found == {
        ("address_pools", "public", "reserved", 0): "10.0.0.16 is in no block of the pool public"
    }


@pytest.mark.parametrize(
    ("blocks", "seen"),
    [
        (("10.0.0.0/28", "10.0.0.8/29"), "10.0.0.8/29 overlaps 10.0.0.0/28, the address pool"),
        (("10.0.0.0/28", "10.0.0.0/28"), "10.0.0.0/28 is the same as 10.0.0.0/28, the address"),
        (("10.0.0.0/23",), "10.0.0.0/23 overlaps 10.0.0.0/24, the network main"),
    ],
)
def test_blocks_must_not_overlap(blocks, seen):
    found = told(cluster([], **pools(*blocks)))
    assert set(found) == {("address_pools", "public", "blocks", len(blocks) - 1)}
    assert seen in next(iter(found.values()))


def test_the_documents_routed_subnet_is_sound_and_another_nodes_is_not_in_it():
    main = {"main": Network("123.45.12.0/26")}
    first = node(1, "123.45.12.48", subnet="203.0.113.40/29", guest_range="203.0.113.44/30")
    assert told(cluster([first], main)) == {}
    other = node(2, "123.45.12.49", subnet="203.0.113.44/30")
    found = told(cluster([first, other], main))
    assert set(found) == {(*N2, "subnet"), (*N1, "guest_range")}
    assert "203.0.113.44/30 overlaps 203.0.113.40/29, the subnet of node1" in found[(*N2, "subnet")]


def test_a_guest_range_in_another_nodes_subnet_is_told_as_that():
    first = node(1, subnet="203.0.113.40/29")
    other = node(2, subnet="203.0.113.48/29", guest_range="203.0.113.40/30")
    found = told(cluster([first, other], {}))
    seen = "203.0.113.40/30 is in 203.0.113.40/29, the subnet of node1.example.com"
    assert found == {(*N2, "guest_range"): seen}


def test_a_subnet_does_not_hold_the_nodes_own_address():
    found = told(cluster([node(1, "10.0.0.9", subnet="10.0.0.8/29")], {}))
    assert set(found) == {(*N1, "address")}


def test_what_comes_after_a_range_is_still_in_its_subnet():
    own = node(1, subnet="203.0.113.40/29", guest_range="203.0.113.40/30")
    assert set(told(cluster([own, node(2, "203.0.113.44")], {}))) == {(*N2, "address")}


def test_an_ipv6_subnet_holds_the_nodes_own_address():
    """NET-014: the node's is ::2 of the network that is routed to it."""
    networks = {"main": Network("10.0.0.0/24"), "six": Network("2a01:4f8::/32")}
    own = {"addresses": {"six": "2a01:4f8:13b:9a7::2"}, "subnet": "2a01:4f8:13b:9a7::/64"}
    assert told(cluster([node(1, **own)], networks)) == {}
    thief = node(2, addresses={"six": "2a01:4f8:13b:9a7::3"})
    assert set(told(cluster([node(1, **own), thief], networks))) == {(*N2, "addresses", "six")}


def test_a_managed_client_network_is_apart_from_the_clusters_own():
    clients = {
        "lab": ClientNetwork("managed", vni=1, cidr="10.0.0.128/25"),
        "office": ClientNetwork("bridged", vlan=2, cidr="10.0.0.0/25"),
    }
    assert set(told(cluster([], client_networks=clients))) == {("client_networks", "lab", "cidr")}


def test_what_a_pool_reserves_is_still_in_its_client_network():
    clients = {"lab": ClientNetwork("managed", vni=1, cidr="10.5.0.0/24")}
    pool = pools("10.5.0.0/28", reserved=("10.5.0.1", "10.5.0.2"))
    used = {"hosts": (Host("10.5.0.2", ("guest",)),), "client_networks": clients}
    found = told(cluster([node(1, "10.5.0.1")], {}, **used, **pool))
    assert set(found) == {(*N1, "address")}
    assert "the client network lab" in found[(*N1, "address")]


def test_families_do_not_overlap():
    """The numbers of ::a00:b and 10.0.0.11 are the same."""
    networks = {"main": Network("10.0.0.0/24"), "six": Network("::/96")}
    assert told(cluster([node(1, addresses={"six": "::a00:b"})], networks)) == {}


# Brute force: every pair is compared, by what the two are.

ENDS = st.integers(0, 31)


def text(end):
    return f"10.0.0.{end}"


def block(base, prefix):
    return str(ipaddress.ip_network((text(base), prefix), strict=False))


BLOCKS = st.builds(block, ENDS, st.integers(28, 32))


@st.composite
def clusters(draw):
    """A cluster of a few nodes, with blocks in a space so small that they often meet."""
    maybe = st.one_of(st.just(""), BLOCKS)
    nodes = [
        node(
            n,
            text(draw(ENDS)),
            ipmi=draw(st.one_of(st.just(""), ENDS.map(text))),
            subnet=(subnet := draw(maybe)),
            guest_range=draw(
                st.sampled_from([subnet, subnet, *draw(st.lists(BLOCKS, max_size=1))])
            ),
        )
        for n in range(1, draw(st.integers(0, 3)) + 1)
    ]
    blocks = draw(st.lists(BLOCKS, min_size=1, max_size=2))
    return cluster(
        nodes,
        {"main": Network(draw(st.sampled_from(["10.0.0.0/27", "10.0.0.0/28", "10.9.0.0/24"])))},
        address_pools={"a": AddressPool(tuple(blocks)), "b": AddressPool((draw(BLOCKS),))},
        cluster_address=draw(st.one_of(st.just(""), ENDS.map(text))),
    )


def pairs(tested):
    """Return the paths of all two things that have an address in common and must not."""
    main = ipaddress.ip_network(tested.main.cidr)
    given = [("network", "main", main, ("networks", "main", "cidr"))]
    for each in tested.nodes.values():
        at = ("nodes", each.id)
        for kind in ("address", "ipmi", "subnet", "guest_range"):
            value = getattr(each, kind)
            if value:
                given.append((kind, each.id, ipaddress.ip_network(value), (*at, kind)))
    for name, pool in tested.address_pools.items():
        for index, value in enumerate(pool.blocks):
            where = ("address_pools", name, "blocks", index)
            given.append(("pool", f"{name}{index}", ipaddress.ip_network(value), where))
    if tested.cluster_address:
        own = ipaddress.ip_network(tested.cluster_address)
        given.append(("cluster", "", own, ("cluster", "address")))
    return {
        frozenset((one[3], other[3]))
        for one, other in itertools.combinations(given, 2)
        if one[2].overlaps(other[2]) and not allowed(one, other) and not allowed(other, one)
    }


def allowed(inner, outer):
    if not inner[2].subnet_of(outer[2]):
        return False
    if outer[0] == "network":
        return inner[0] in ("address", "ipmi", "cluster", "pool")
    return (inner[0], outer[0]) == ("guest_range", "subnet") and inner[1] == outer[1]


@given(clusters())
def test_what_brute_force_finds_is_found(tested):
    """Something is told when any two contradict, and all that is told is of such two."""
    found = {item.where for item in overlaps.prove(tested, taken(tested))}
    true = pairs(tested)
    assert bool(found) == bool(true)
    assert found <= {where for pair in true for where in pair}


@given(st.lists(ENDS, max_size=12))
def test_every_second_one_of_an_address_is_told(ends):
    tested = cluster([node(n, text(end)) for n, end in enumerate(ends, 1)], {})
    again = [n for n, end in enumerate(ends, 1) if end in ends[: n - 1]]
    assert set(told(tested)) == {("nodes", f"node{n}.example.com", "address") for n in again}
