"""The sheet of addresses: tables that a person and a program can read, and what does not fit."""

from __future__ import annotations

import json

from saltext.muster.cluster import Host, Network
from saltext.muster.parts import AddressPool, Guest
from saltext.muster.planning import addresses
from tests.support.addresses import cluster, node, pvc


def tables(tested):
    return {table.name: list(table.rows) for table in addresses.sheet(tested).tables}


def routing(count):
    guests = {f"vm{n}": Guest(f"vm{n}", 1, node="node1.example.com") for n in range(1, count + 1)}
    own = node(1, "123.45.12.48", subnet="203.0.113.40/29")
    return cluster([own], {"main": Network("123.45.12.0/26")}, guests=guests)


def test_a_network_shows_its_room_and_how_it_counts():
    (row,) = tables(pvc(3))["networks"]
    assert (row["network"], row["role"], row["usable"]) == ("main", "upstream", 254)
    assert (row["nodes"], row["ipmi"], row["free"], row["more_nodes"]) == (3, 3, 244, 97)
    assert (row["node_address"], row["ipmi_address"]) == ("10.0.0.10 + n", "10.0.0.110 + n")
    assert addresses.sheet(pvc(3)).notes == [
        "97 more nodes fit; the network main is the narrowest."
    ]


def test_everything_given_away_is_there_in_order():
    found = [
        (row["address"], row["what"], row["who"])
        for row in tables(cluster([node(1)], hosts=(Host("9.9.9.9", ("a", "b")),)))["given away"]
    ]
    assert found == [
        ("9.9.9.9", "host", "a b"),
        ("10.0.0.0/24", "network", "main"),
        ("10.0.0.11", "node", "node1.example.com"),
    ]


def test_a_routed_subnet_shows_what_is_free():
    (row,) = tables(routing(3))["subnets"]
    assert (row["addresses"], row["planned"], row["free"]) == (8, 3, 5)
    assert row["first_free"] == "203.0.113.43"
    assert tables(routing(8))["subnets"][0]["first_free"] == ""
    assert tables(routing(1))["guests' addresses"] == [
        {"guest": "vm1", "node": "node1.example.com", "address": "203.0.113.40"}
    ]


def test_eight_guests_fit_into_a_29_and_nine_do_not():
    assert addresses.sheet(routing(8)).status == 0
    sheet = addresses.sheet(routing(9))
    assert sheet.status == 2
    assert [item.where for item in sheet.findings] == [
        ("guests",),
        ("nodes", "node1.example.com", "subnet"),
    ]
    assert "9 interfaces and 8 IPv4 addresses" in sheet.findings[0].message


def test_guests_on_one_node_may_be_too_many_though_others_have_room():
    base = routing(9)
    other = node(2, "123.45.12.49", subnet="203.0.113.48/29")
    tested = cluster([*base.nodes.values(), other], dict(base.networks), guests=base.guests)
    assert [item.where[0] for item in addresses.sheet(tested).findings] == ["nodes"]


def test_a_pools_guests_are_counted_by_their_interfaces():
    tested = cluster(
        [],
        address_pools={"public": AddressPool(("198.51.100.0/30",))},
        guests={name: Guest(name, 1, nics=2) for name in ("a", "b")},
    )
    assert tables(tested)["guests"] == [{"family": "IPv4", "addresses": 4, "planned": 4, "free": 0}]
    assert addresses.sheet(tested).status == 0


def test_pools_of_both_families_are_counted_apart():
    pools = {"four": AddressPool(("198.51.100.0/30",)), "six": AddressPool(("2001:db8::/126",))}
    guests = {f"g{n}": Guest(f"g{n}", 1) for n in range(5)}
    found = addresses.sheet(cluster([], address_pools=pools, guests=guests)).findings
    assert ["IPv4" in item.message for item in found] == [True, False]


def test_a_full_network_is_told_and_is_no_error():
    tested = cluster([node(1, "10.0.0.1"), node(2, "10.0.0.2")], {"main": Network("10.0.0.0/30")})
    sheet = addresses.sheet(tested)
    assert (sheet.status, [item.where for item in sheet.findings]) == (
        0,
        [("networks", "main", "cidr")],
    )


def test_it_is_plain_data_and_readable_whatever_the_cluster_has():
    for tested in (cluster([], {}), cluster([node(1)], {}), routing(9), pvc(0)):
        sheet = addresses.sheet(tested)
        json.dumps(sheet.to_data(), allow_nan=False)
        assert sheet.text() == addresses.sheet(tested).text()
