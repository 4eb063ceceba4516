"""The running state is judged by facts in the shapes that the probes give."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from saltext.muster.components.network import running
from saltext.muster.components.network.wanted import Device, Route, Rule, Wanted
from saltext.muster.facts import Facts, Unread

BRIDGED = Wanted(
    (
        Device("eth0"),
        Device(
            "br0",
            "bridge",
            ports=("eth0",),
            method="static",
            addresses=("192.0.2.11/24",),
            gateways=("192.0.2.1",),
        ),
    )
)


def link(kind="physical", **further):
    return {"kind": kind, "up": True, "master": "", "mtu": 1500, **further}


def address(text, name, **further):
    own, _, prefix = text.partition("/")
    family = 6 if ":" in own else 4
    entry = {"link": name, "address": own, "prefix": int(prefix), "family": family}
    return {**entry, "scope": "global", "dynamic": False, "peer": "", "flags": [], **further}


def route(to, via, dev, **further):
    entry = {"to": to, "type": "unicast", "family": 4, "table": "main", "via": via, "dev": dev}
    return {
        **entry,
        "metric": 0,
        "proto": "static",
        "scope": "",
        "src": "",
        "down": False,
        **further,
    }


def right():
    """Return the facts of a node that is as BRIDGED wants it, with a guest on the bridge."""
    bridge = {"ports": ["eth0", "vnet0"], "stp": False, "forward_delay": 0.0}
    return {
        "links": {
            "links": {
                "eth0": link(master="br0"),
                "vnet0": link("tap", master="br0"),
                "br0": link("bridge"),
            }
        },
        "bridges": {"bridges": {"br0": bridge}, "links": ["eth0", "vnet0", "br0"]},
        "addresses": {
            "addresses": [
                address("192.0.2.11/24", "br0"),
                address("192.0.2.100/32", "br0"),  # the cluster's own
                address("fe80::1/64", "eth0", scope="link"),
            ],
            "routes": {"ipv4": [route("default", "192.0.2.1", "br0")], "ipv6": []},
            "rules": [{"priority": 32766, "selector": "from all", "table": "main"}],
            "proxies": [],
            "tables": {"default": 253, "main": 254, "local": 255},
        },
    }


def diff(facts, wanted=BRIDGED):
    return running.diff(wanted, Facts(facts))


def test_a_node_that_is_right_differs_in_nothing():
    assert diff(right()) == {}


def test_an_address_that_is_still_on_the_port_moves_with_the_default_route():
    facts = right()
    facts["links"]["links"]["eth0"]["master"] = ""
    del facts["links"]["links"]["br0"], facts["bridges"]["bridges"]["br0"]
    facts["addresses"]["addresses"] = [address("192.0.2.11/24", "eth0")]
    facts["addresses"]["routes"]["ipv4"] = [route("default", "192.0.2.1", "eth0")]
    found = diff(facts)
    assert found["devices"]["old"] == {"eth0": {"master": ""}, "br0": None}
    assert found["addresses"] == {
        "old": {"eth0": ["192.0.2.11/24"], "br0": []},
        "new": {"eth0": [], "br0": ["192.0.2.11/24"]},
    }
    assert found["routes"] == {
        "old": ["default via 192.0.2.1 dev eth0"],
        "new": ["default via 192.0.2.1 dev br0"],
    }


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("links", "links", "br0", "up"), False, "devices"),
        (("links", "links", "eth0", "master"), "br1", "devices"),
        (("links", "links", "br0", "kind"), "bond", "devices"),
        (("bridges", "bridges", "br0", "stp"), True, "devices"),
        (("bridges", "bridges", "br0", "forward_delay"), 15.0, "devices"),
        (("bridges", "bridges", "br0", "ports"), ["vnet0"], "devices"),
        (("addresses", "addresses", 0, "prefix"), 16, "addresses"),
        (("addresses", "addresses", 0, "address"), "192.0.2.12", "addresses"),
        (("addresses", "routes", "ipv4", 0, "via"), "192.0.2.9", "routes"),
        (("addresses", "routes", "ipv4"), [], "routes"),
    ],
)
def test_each_thing_that_is_wrong_is_told_by_its_key(path, value, key):
    facts = right()
    at = facts
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    assert list(diff(facts)) == [key]


def test_a_default_route_that_is_used_before_the_wanted_one_differs():
    facts = right()
    facts["addresses"]["routes"]["ipv4"] = [
        route("default", "192.0.2.1", "br0", metric=100),
        route("default", "198.51.100.1", "eth9"),
    ]
    assert diff(facts)["routes"]["old"][0] == "default via 198.51.100.1 dev eth9"


def test_a_default_route_that_is_used_after_the_wanted_one_stays():
    facts = right()
    facts["addresses"]["routes"]["ipv4"].append(
        route("default", "198.51.100.1", "eth9", metric=900)
    )
    assert diff(facts) == {}


def test_an_address_by_dhcp_beside_the_static_one_differs():
    facts = right()
    facts["addresses"]["addresses"].append(address("192.0.2.77/24", "br0", dynamic=True))
    assert diff(facts)["addresses"]["old"]["br0"] == ["192.0.2.11/24", "192.0.2.77/24"]


def test_an_address_that_routers_give_stays():
    facts = right()
    facts["addresses"]["addresses"].append(address("2001:db8::5/64", "br0", dynamic=True))
    assert diff(facts) == {}


def test_any_address_of_a_port_differs():
    facts = right()
    facts["addresses"]["addresses"].append(address("198.51.100.7/24", "eth0"))
    assert diff(facts)["addresses"]["new"] == {"eth0": []}


def test_addresses_of_a_manual_device_are_not_judged():
    facts = right()
    wanted = Wanted((Device("eth5"),))
    facts["links"]["links"]["eth5"] = link()
    facts["addresses"]["addresses"].append(address("198.51.100.7/24", "eth5"))
    assert diff(facts, wanted) == {}


def test_bonds_and_vlans_are_judged_by_what_they_are_made_of():
    wanted = Wanted(
        (
            Device("eth0"),
            Device("eth1"),
            Device("bond0", "bond", ports=("eth1", "eth0"), mode="802.3ad"),
            Device("bond0.7", "vlan", parent="bond0", vlan=7, mtu=1400),
        )
    )
    bond = {"mode": "802.3ad", "ports": ["eth0", "eth1"], "up": []}
    facts = right()
    facts["links"]["links"] = {
        "eth0": link(master="bond0"),
        "eth1": link(master="bond0"),
        "bond0": link("bond", bond=bond),
        "bond0.7": link("vlan", vlan={"parent": "bond0", "id": 7}, mtu=1400),
    }
    facts["addresses"]["addresses"] = []
    assert diff(facts, wanted) == {}
    wrong = copy.deepcopy(facts)
    wrong["links"]["links"]["bond0"]["bond"]["mode"] = "balance-rr"
    wrong["links"]["links"]["bond0.7"]["vlan"]["id"] = 8
    assert diff(wrong, wanted)["devices"] == {
        "old": {"bond0": {"mode": "balance-rr"}, "bond0.7": {"vlan": 8}},
        "new": {"bond0": {"mode": "802.3ad"}, "bond0.7": {"vlan": 7}},
    }


TABLED = Wanted(
    (
        Device(
            "eth0",
            method="static",
            addresses=("192.0.2.11/24",),
            routes=(Route("default", "192.0.2.1", 100), Route("198.51.100.0/24", "192.0.2.9")),
            rules=(Rule(100, 1000, "203.0.113.0/24"), Rule(100, 1001, "", "203.0.113.9/32")),
        ),
    ),
    tables={"guests": 100},
)


def tabled(table):
    facts = right()
    facts["links"]["links"] = {"eth0": link()}
    facts["addresses"]["addresses"] = [address("192.0.2.11/24", "eth0")]
    facts["addresses"]["routes"]["ipv4"] = [
        route("default", "192.0.2.1", "eth0", table=table),
        route("198.51.100.0/24", "192.0.2.9", "eth0"),
    ]
    facts["addresses"]["rules"] += [
        {"priority": 1000, "selector": "from 203.0.113.0/24", "table": table},
        {"priority": 1001, "selector": "from all to 203.0.113.9", "table": table},
    ]
    return facts


@pytest.mark.parametrize("table", ["100", "guests"])
def test_tables_are_known_by_number_and_by_name(table):
    assert diff(tabled(table), TABLED) == {}


def test_routes_and_rules_that_are_missing_are_told():
    facts = tabled("100")
    del facts["addresses"]["rules"][1:], facts["addresses"]["routes"]["ipv4"][0]
    assert diff(facts, TABLED)["routes"]["new"] == [
        "default via 192.0.2.1 dev eth0 table 100",
        "rule 1000: from 203.0.113.0/24 table 100",
        "rule 1001: from all to 203.0.113.9/32 table 100",
    ]


def test_what_could_not_be_read_is_never_taken_for_right():
    facts = right()
    facts["addresses"]["addresses"] = {"unknown": "ip failed"}
    with pytest.raises(Unread, match="ip failed"):
        diff(facts)


def test_an_address_that_files_drop_is_to_go_and_others_stay():
    facts = right()
    facts["addresses"]["addresses"].append(address("192.0.2.9/24", "br0"))
    assert diff(facts) == {}
    found = diff(facts, replace(BRIDGED, dropped=("192.0.2.9",)))
    assert found["addresses"] == {
        "old": {"br0": ["192.0.2.11/24", "192.0.2.9/24"]},
        "new": {"br0": ["192.0.2.11/24"]},
    }


def test_where_a_daemon_gives_the_addresses_none_is_dropped():
    facts = right()
    bare = replace(BRIDGED.devices[1], method="manual", addresses=(), gateways=())
    plan = Wanted((BRIDGED.devices[0], bare), dropped=("192.0.2.11",))
    assert "addresses" not in diff(facts, plan)
