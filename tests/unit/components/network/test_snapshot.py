"""The lines that bring the running network back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.network import snapshot
from saltext.muster.components.network.wanted import (
    BOND,
    BRIDGE,
    STATIC,
    VLAN,
    Device,
    Route,
    Rule,
    Wanted,
)
from saltext.muster.errors import Refused

MAC = "02:00:00:00:00:07"
BRIDGED = Wanted(
    (
        Device("eth0"),
        Device(
            "vmbr0",
            BRIDGE,
            ("eth0",),
            method=STATIC,
            addresses=("192.0.2.10/24",),
            gateways=("192.0.2.1",),
            routes=(Route("default", "192.0.2.9", 100),),
            rules=(Rule(100, 500, "192.0.2.10/32"), Rule(100, 501, "2001:db8::1/128")),
        ),
    ),
    tables={"blue": 100},
)


def link(name, kind="", up=True, **more):
    data = {"info_data": more.pop("data")} if "data" in more else {}
    about = {"linkinfo": {"info_kind": kind, **data}} if kind else {}
    flags = ["BROADCAST", *(["UP"] if up else [])]
    return {"ifname": name, "mtu": 1500, "flags": flags, "address": MAC, **about, **more}


def printed(links, addresses=(), routes4=(), rules4=(), rules6=()):
    given_ = {"links": links, "addresses": addresses, "routes4": routes4, "rules4": rules4}
    return {key: json.dumps(list({**given_, "rules6": rules6}.get(key, ())))
            for key in snapshot.COMMANDS}  # fmt: skip


def lines(*args, wanted=BRIDGED, **kwargs):
    return snapshot.batch(printed(*args, **kwargs), wanted).decode().splitlines()


def test_the_way_back_from_a_bridge_to_a_plain_card():
    """As ip of iproute2 6.1 prints a node of Debian 12."""
    addresses = [
        {
            "ifname": "eth0",
            "addr_info": [
                {"family": "inet", "local": "192.0.2.10", "prefixlen": 24,
                 "broadcast": "192.0.2.255", "scope": "global", "label": "eth0",
                 "valid_life_time": 4294967295, "preferred_life_time": 4294967295},
                {"family": "inet6", "local": "2001:db8::10", "prefixlen": 64, "scope": "global",
                 "dynamic": True, "mngtmpaddr": True, "noprefixroute": True,
                 "valid_life_time": 86000, "preferred_life_time": 14000},
                {"family": "inet6", "local": "2001:db8::dead", "prefixlen": 64,
                 "scope": "global", "temporary": True},
            ],
        },
        {"ifname": "eth1", "addr_info": [{"local": "198.51.100.1", "prefixlen": 24}]},
    ]  # fmt: skip
    routes = [
        {"type": "unicast", "dst": "default", "gateway": "192.0.2.1", "dev": "eth0",
         "protocol": "boot", "scope": "global", "flags": ["onlink"]},
        {"type": "unicast", "dst": "192.0.2.0/24", "dev": "eth0", "protocol": "kernel"},
        {"type": "local", "dst": "192.0.2.10", "dev": "eth0", "table": "local"},
        {"type": "unicast", "dst": "203.0.113.9", "dev": "eth0", "protocol": "static",
         "scope": "link", "metric": 5, "table": "100"},
        {"dst": "default", "gateway": "198.51.100.9", "dev": "eth1", "protocol": "static"},
    ]  # fmt: skip
    rules = [
        {"priority": 0, "src": "all", "table": "local"},
        {"priority": 500, "src": "192.0.2.77", "table": "blue", "iif": "eth1"},
        {"priority": 32766, "src": "all", "table": "main"},
    ]
    assert lines([link("eth0"), link("eth1")], addresses, routes, rules) == [
        "link del dev vmbr0",
        "link set dev eth0 nomaster",
        "link set dev eth0 mtu 1500",
        "link set dev eth0 up",
        "address flush dev eth0 scope global",
        "address add 192.0.2.10/24 broadcast 192.0.2.255 scope global label eth0 dev eth0",
        "address add 2001:db8::10/64 scope global dev eth0 noprefixroute mngtmpaddr"
        " valid_lft 86000 preferred_lft 14000",
        "route del 0.0.0.0/0 via 192.0.2.9 dev vmbr0 table 100",
        "route del 0.0.0.0/0 via 192.0.2.1 dev vmbr0",
        # What a gateway is reached by comes before it.
        "route replace 203.0.113.9 dev eth0 table 100 proto static scope link metric 5",
        "route replace 0.0.0.0/0 via 192.0.2.1 dev eth0 onlink proto boot scope global",
        "rule del priority 500 from 192.0.2.10/32 table 100",
        "rule add priority 500 from 192.0.2.77 iif eth1 table blue",
    ]


def test_rules_of_ipv6_are_in_a_file_of_their_own():
    rules = [{"priority": 501, "src": "2001:db8::", "srclen": 64, "table": "100"}]
    found = snapshot.data(printed([link("eth0")], rules6=rules), BRIDGED)
    assert found[snapshot.UNDO6].decode().splitlines() == [
        "rule del priority 501 from 2001:db8::1/128 table 100",
        "rule add priority 501 from 2001:db8::/64 table 100",
    ]
    assert [step.argv[-1] for step in snapshot.STEPS] == [
        f"/var/lib/muster/trial/data/{name}" for name in found
    ]


def test_links_that_the_change_takes_away_are_made_again_from_below():
    stack = Wanted(
        (
            Device("eth0"),
            Device("trunk", BOND, ("eth0",), mode="802.3ad"),
            Device("trunk.7", VLAN, parent="trunk", vlan=9),
            Device("vmbr0", BRIDGE, ("trunk.7",)),
        )
    )
    links = [
        link("vmbr0", "bridge", data={"stp_state": 1, "forward_delay": 1500}),
        link("trunk.7", "vlan", link="trunk", master="vmbr0", data={"id": 7}),
        link("trunk", "bond", data={"mode": "active-backup", "miimon": 100}),
        link("eth0", master="trunk", up=False),
    ]
    found = lines(links, wanted=stack)
    made = [line for line in found if line.startswith(("link add", "link del"))]
    assert made == [
        f"link add trunk address {MAC} type bond mode active-backup",
        "link del dev trunk.7",
        f"link add link trunk name trunk.7 address {MAC} type vlan id 7",
        f"link add vmbr0 address {MAC} type bridge",
    ]
    assert "link set dev vmbr0 type bridge stp_state 1" in found
    # A bond takes no port that is up.
    place = found.index("link set dev eth0 master trunk")
    assert found[place - 1] == "link set dev eth0 down"
    assert "link set dev trunk.7 master vmbr0" in found
    assert "link set dev eth0 down" in found[place:]


def test_a_bridge_of_others_that_a_port_is_taken_from_is_concerned():
    links = [link("eth0", master="br9"), link("br9", "bridge", data={"stp_state": 0})]
    found = lines(links)
    assert "link set dev eth0 master br9" in found
    assert "address flush dev br9 scope global" in found


def test_routes_of_several_hops_and_other_kinds():
    routes = [
        {"dst": "198.51.100.0/24", "protocol": "static", "nexthops": [
            {"gateway": "192.0.2.1", "dev": "eth0", "weight": 1, "flags": []},
            {"gateway": "192.0.2.2", "dev": "eth0", "weight": 3, "flags": ["onlink"]}]},
        {"dst": "203.0.113.0/24", "via": {"family": "inet6", "host": "fe80::1"}, "dev": "eth0",
         "metrics": [{"mtu": 1400}]},
        {"dst": "default", "gateway": "fe80::1", "dev": "eth0", "protocol": "ra",
         "metric": 1024, "expires": 1799, "pref": "medium"},
        {"type": "multicast", "dst": "ff00::/8", "dev": "eth0"},
    ]  # fmt: skip
    assert [line for line in lines([link("eth0")], routes4=routes) if "replace" in line] == [
        "route replace 198.51.100.0/24 proto static nexthop via 192.0.2.1 dev eth0 weight 1"
        " nexthop via 192.0.2.2 dev eth0 onlink weight 3",
        "route replace 203.0.113.0/24 via inet6 fe80::1 dev eth0 mtu 1400",
        "route replace ::/0 via fe80::1 dev eth0 proto ra metric 1024 expires 1799",
    ]


@pytest.mark.parametrize("text", ["{}", "Object not found", "[1]"])
def test_what_cannot_be_read_is_refused_before_anything_is_changed(text):
    with pytest.raises(Refused, match="the way back is not known"):
        snapshot.batch({**printed([]), "routes6": text}, BRIDGED)


def test_a_command_that_printed_nothing_found_nothing():
    assert snapshot.batch(dict.fromkeys(snapshot.COMMANDS, ""), BRIDGED)


WORDS = st.text(max_size=12) | st.integers(0, 9999) | st.sampled_from(["a b", "x\ny", "-", "'"])


@given(WORDS, WORDS, WORDS)
def test_nothing_that_ip_prints_makes_a_line_or_a_word_more(name, scope, table):
    """Whoever may name links and tables of the node cannot add commands to the way back."""
    addresses = [{"ifname": "eth0", "addr_info": [
        {"local": "192.0.2.1", "prefixlen": 24, "scope": scope, "label": name}]}]  # fmt: skip
    routes = [{"dst": "192.0.2.0/25", "dev": "eth0", "protocol": name, "table": table}]
    try:
        found = lines([link("eth0")], addresses, routes)
    except Refused as err:
        assert "cannot be put back" in str(err)
        return
    assert found[:5] == lines([link("eth0")])[:5]
    assert len(found) <= len(lines([link("eth0")])) + 2


def test_routes_that_networkmanager_wrote_beside_its_addresses_come_back():
    """NetworkManager's addresses have no route of their own: without it the node was lost."""
    own = {"local": "192.0.2.10", "prefixlen": 24, "scope": "global"}
    route = {"type": "unicast", "dst": "192.0.2.0/24", "dev": "eth0", "protocol": "kernel",
             "scope": "link", "prefsrc": "192.0.2.10", "metric": 100}  # fmt: skip
    told = "route replace 192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.10 metric 100"
    for flag, wanted in (({"noprefixroute": True}, True), ({}, False)):
        addresses = [{"ifname": "eth0", "addr_info": [{**own, **flag}]}]
        found = lines([link("eth0")], addresses, [route])
        assert (told in found) is wanted
