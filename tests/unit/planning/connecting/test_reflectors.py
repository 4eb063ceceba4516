"""The work list for route reflectors.

The text is compared: a real FRR is no part of these tests. Its commands are those that FRR 8.4
was seen to take in the project's trials with a reflector and its clients.
"""

from __future__ import annotations

import dataclasses

import pytest

from saltext.muster.cluster import Network
from saltext.muster.parts import AddressPool, Bgp, Reflector
from saltext.muster.planning import ports
from saltext.muster.planning.connecting import reflectors
from tests.support.planned import cluster, node

#: NET-030: nodes in 172.16.0.0/24, guests in 198.51.100.0/24.
NETWORKS = {"main": Network("172.16.0.0/24", role="main", interface="eno1")}
POOLS = {"public": AddressPool(("198.51.100.0/24",))}
BGP = Bgp(
    65000,
    "65000:100",
    {"rr1": Reflector("172.16.0.251", 65000), "rr2": Reflector("172.16.0.252", 65000)},
)


def fabric(*numbers, bgp=BGP, pools=POOLS):
    nodes = [node(f"node{n}.example.com", f"172.16.0.{n}") for n in numbers]
    one = cluster("vmmanager", nodes, networks=NETWORKS, bgp=bgp, address_pools=pools)
    return dataclasses.replace(one, network_type="ip-fabric")


def test_the_configuration_of_a_reflector():
    first, second = reflectors.reflectors(fabric(11, 12))
    assert first.lines() == [
        "router bgp 65000",
        " neighbor 172.16.0.11 remote-as 65000",
        " neighbor 172.16.0.11 description node11.example.com",
        " neighbor 172.16.0.12 remote-as 65000",
        " neighbor 172.16.0.12 description node12.example.com",
        " !",
        " address-family ipv4 unicast",
        "  neighbor 172.16.0.11 activate",
        "  neighbor 172.16.0.11 route-reflector-client",
        "  neighbor 172.16.0.12 activate",
        "  neighbor 172.16.0.12 route-reflector-client",
        " exit-address-family",
        "exit",
    ]
    assert second.lines() == first.lines()
    assert (second.name, second.address) == ("rr2", "172.16.0.252")


@pytest.mark.parametrize(
    ("blocks", "families"),
    [
        (("198.51.100.0/24",), ("ipv4 unicast",)),
        (("2001:db8:1::/64",), ("ipv6 unicast",)),
        (("2001:db8:1::/64", "198.51.100.0/24"), ("ipv4 unicast", "ipv6 unicast")),
        ((), ("ipv4 unicast",)),
    ],
)
def test_the_families_are_those_of_the_guests(blocks, families):
    pools = {"public": AddressPool(blocks)} if blocks else {}
    assert reflectors.reflectors(fabric(11, pools=pools))[0].families == families


def test_the_nodes_as_number_is_the_clusters_or_else_the_reflectors():
    none = dataclasses.replace(BGP, asn=0)
    assert reflectors.reflectors(fabric(11, bgp=none))[0].neighbours[0].asn == 65000
    other = dataclasses.replace(BGP, asn=64999)
    found = reflectors.reflectors(fabric(11, bgp=other))[0]
    assert (found.asn, found.neighbours[0].asn) == (65000, 64999)


def test_without_reflectors_there_is_no_list():
    assert not reflectors.reflectors(fabric(11, bgp=Bgp()))


def test_a_joining_node_adds_exactly_its_lines_at_every_reflector():
    found = list(reflectors.changes(fabric(11), fabric(11, 12)))
    assert [change for change, _line in found] == ["add"] * 8
    assert [tuple(line)[2:] for _change, line in found if line.reflector == "rr1"] == [
        ("router bgp 65000", "neighbor 172.16.0.12 remote-as 65000"),
        ("router bgp 65000", "neighbor 172.16.0.12 description node12.example.com"),
        (
            "router bgp 65000, address-family ipv4 unicast",
            "neighbor 172.16.0.12 activate",
        ),
        (
            "router bgp 65000, address-family ipv4 unicast",
            "neighbor 172.16.0.12 route-reflector-client",
        ),
    ]


def test_what_a_leaving_node_takes_away_is_what_a_joining_one_brings():
    few, many = fabric(11), fabric(11, 12)
    joined = [line for _change, line in reflectors.changes(few, many)]
    left = [line for _change, line in reflectors.changes(many, few)]
    assert joined == left
    assert not list(reflectors.changes(many, many))


def test_the_sheet_tells_the_changes_of_one_node():
    sheet = ports.sheet(fabric(11, 12, 13), node="node13.example.com", since=fabric(11))
    rows = {table.name: table.rows for table in sheet.tables}["route reflector lines that change"]
    assert {row["node"] for row in rows} == {"node13.example.com"}
    assert len(rows) == 8


def test_pvcs_coordinators_reflect_to_the_hypervisors():
    networks = {
        "main": Network("10.0.0.0/24", role="upstream"),
        "cluster": Network("10.0.1.0/24", role="cluster"),
    }
    nodes = [
        node(
            f"node{n}",
            f"10.0.0.{10 + n}",
            role="coordinator" if n < 3 else "hypervisor",
            addresses={"cluster": f"10.0.1.{n}"},
        )
        for n in (1, 2, 3)
    ]
    one = cluster("pvc", nodes, networks=networks, bgp=Bgp(65500))
    first, _second = reflectors.reflectors(one)
    assert first.families == ("l2vpn evpn",)
    assert [(each.address, each.client) for each in first.neighbours] == [
        ("10.0.1.2", False),
        ("10.0.1.3", True),
    ]
    assert "  neighbor 10.0.1.2 route-reflector-client" not in first.lines()
    assert any("PVC-066" in note for note in ports.sheet(one).notes)
    assert not reflectors.reflectors(dataclasses.replace(one, bgp=Bgp()))
