"""How many nodes more a network takes, as counting them one by one says."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.cluster import Host, Network
from saltext.muster.parts import AddressPool
from saltext.muster.planning.addressing.room import rooms
from saltext.muster.planning.addressing.taken import taken
from tests.support.addresses import cluster, node, pvc, told


def room(tested, name="main"):
    return rooms(tested, taken(tested))[name]


@pytest.mark.parametrize(
    ("network", "count", "more"),
    [
        ("10.0.0.0/24", 0, 100),  # node 101 would have the IPMI address of node 1
        ("10.0.0.0/24", 3, 97),
        ("10.0.0.0/24", 90, 10),
        ("10.0.0.0/24", 100, 0),
        ("10.0.0.0/23", 3, 97),
        ("10.0.0.0/25", 3, 13),  # the last IPMI address is .126
    ],
)
def test_the_plan_of_pvcs_document_has_room_for_about_90_nodes(network, count, more):
    assert room(pvc(count, network)).more == more


def test_what_takes_the_addresses_is_told():
    found = room(pvc(3))
    assert (found.usable, found.nodes, found.ipmi, found.routers) == (254, 3, 3, 3)
    assert (found.floating, found.others, found.guests, found.free) == (1, 0, 0, 244)


def test_one_address_is_counted_once():
    tested = cluster(
        [node(1)],
        {"main": Network("10.0.0.0/29", gateway="10.0.0.1", routers=("10.0.0.1",))},
        hosts=(Host("10.0.0.1", ("gw",)), Host("10.0.0.2", ("salt",))),
        dns=("10.0.0.1", "10.0.0.2", "10.0.0.3"),
    )
    found = room(tested)
    assert (found.usable, found.nodes, found.routers, found.others, found.free) == (6, 0, 1, 2, 3)


def test_guests_take_what_their_pool_does_not_reserve():
    pools = {"public": AddressPool(("192.0.2.0/27", "192.0.2.32/27"), ("192.0.2.1", "192.0.2.2"))}
    main = Network("192.0.2.0/25", gateway="192.0.2.1")
    found = room(cluster([node(1, "192.0.2.2")], {"main": main}, address_pools=pools))
    assert (found.usable, found.guests, found.nodes, found.routers) == (126, 61, 1, 1)
    assert (found.free, found.more) == (63, 63)


def test_where_nodes_have_nothing_no_number_of_them_is_told():
    networks = {"main": Network("10.0.0.0/24"), "other": Network("10.1.0.0/24")}
    assert room(cluster([node(1)], networks), "other").more is None


def test_without_numbers_the_free_addresses_count():
    plain = cluster([node(1), node(2)])
    assert room(plain).more == 252
    with_ipmi = cluster([node(1, ipmi="10.0.0.111"), node(2, ipmi="10.0.0.112")])
    assert room(with_ipmi).more == 125


@pytest.mark.parametrize("cidr", ["2001:db8::/64", "10.0.0.0/8"])
def test_large_networks_take_no_longer(cidr):
    tested = cluster([], {"main": Network(cidr, offset=0)})
    bits = 128 if ":" in cidr else 32
    size = 1 << bits - ipaddress.ip_network(cidr).prefixlen
    assert room(tested).more == size - (1 if ":" in cidr else 2)


@given(
    st.integers(26, 30),
    st.integers(0, 40),
    st.one_of(st.none(), st.integers(0, 40)),
    st.integers(0, 3),
    st.lists(st.integers(1, 62), max_size=2),
)
def test_as_many_nodes_fit_as_can_be_added_one_by_one(prefix, offset, ipmi, count, hosts):
    network = Network(f"10.0.0.0/{prefix}", offset=offset, ipmi_offset=ipmi)
    lines = tuple(Host(f"10.0.0.{end}", (f"h{end}",)) for end in sorted(set(hosts)))

    def grown(to):
        start = ipaddress.IPv4Address("10.0.0.0")
        nodes = [
            node(n, str(start + offset + n), ipmi="" if ipmi is None else str(start + ipmi + n))
            for n in range(1, to + 1)
        ]
        return cluster(nodes, {"main": network}, hosts=lines)

    def sound(to):
        inside = all(
            offset_ is None or offset_ + to < 1 << 32 - prefix for offset_ in (offset, ipmi)
        )
        clashes = set(lines) and {line.address for line in lines} & {
            address for each in grown(to).nodes.values() for address in (each.address, each.ipmi)
        }
        return inside and not clashes and told(grown(to)) == {}

    if not sound(count):
        return
    more = 0
    while sound(count + more + 1):
        more += 1
    assert room(grown(count)).more == more
