from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.network.wanted import (
    Device,
    Route,
    Rule,
    Wanted,
    settled,
    to_data,
    wanted,
)
from saltext.muster.errors import InvalidArgument

NIC = {"name": "eth0"}
STATIC = {"name": "eth0", "method": "static", "addresses": ["192.0.2.11/24"]}
BRIDGE = {**STATIC, "name": "br0", "kind": "bridge", "ports": ["eth0"]}
VLAN = {"name": "eth0.7", "kind": "vlan", "parent": "eth0", "vlan": 7}

ALL = Wanted(
    devices=(
        Device("eth0", mtu=9000),
        Device("eth1", mtu=9000),
        Device("bond0", "bond", ports=("eth0", "eth1"), mode="802.3ad", mtu=9000),
        Device("bond0.7", "vlan", parent="bond0", vlan=7, mtu=1500),
        Device(
            "br0",
            "bridge",
            ports=("bond0.7",),
            method="static",
            addresses=("192.0.2.11/24", "2001:db8::2/64"),
            gateways=("192.0.2.1", "fe80::1"),
            accept_ra=2,
            routes=(Route("198.51.100.0/24", "192.0.2.9", 100), Route("default", "192.0.2.1")),
            rules=(Rule(100, 1000, "203.0.113.0/24"),),
        ),
    ),
    tables={"guests": 100},
    sysctls={"net.ipv4.ip_forward": "1", "net.ipv6.conf.bond0/7.proxy_ndp": "1"},
    split=True,
    confirm=15,
    proxies={"br0": ("2001:db8::2",)},
)


def test_what_a_plan_says_comes_back_as_it_was():
    data = json.loads(json.dumps(to_data(ALL)))
    assert wanted(data) == ALL


def test_a_plan_leaves_out_what_is_as_by_default():
    assert to_data(Wanted((Device("eth0"),))) == {"devices": [{"name": "eth0"}]}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (None, "is no mapping"),
        ({}, "devices is missing"),
        ({"devices": {}}, "is no list"),
        ({"devices": [], "shell": 1}, "there is no 'shell'"),
        ({"devices": [{"kind": "nic"}]}, "name is missing"),
        ({"devices": [{"name": "-x"}]}, "no name of a link"),
        ({"devices": [{"name": "eth0;id"}]}, "no name of a link"),
        ({"devices": [{"name": "a..b"}]}, "no name of a link"),
        ({"devices": [{"name": "a" * 16}]}, "no name of a link"),
        ({"devices": [{"name": "eth0\n"}]}, "no name of a link"),
        ({"devices": [{**STATIC, "name": "lo"}]}, "'lo' is no link that a plan can be about"),
        ({"devices": [{**BRIDGE, "ports": ["all"]}]}, "'all' is no link that a plan"),
        ({"devices": [{**NIC, "kind": "tap"}]}, "is none of nic, bond"),
        ({"devices": [{**NIC, "mtu": 90000}]}, "is not from 576 to"),
        ({"devices": [{**NIC, "mtu": True}]}, "is not from"),
        ({"devices": [{**STATIC, "addresses": ["192.0.2.11"]}]}, "with its prefix length"),
        ({"devices": [{**STATIC, "addresses": ["fe80::1%eth0/64"]}]}, "with its prefix length"),
        ({"devices": [{**STATIC, "addresses": ["127.0.0.1/8"]}]}, "with its prefix length"),
        ({"devices": [{**STATIC, "gateways": ["192.0.2.1 dev lo"]}]}, "is no address"),
        ({"devices": [{**STATIC, "routes": [{"to": "all"}]}]}, "is no network"),
        ({"devices": [{**STATIC, "rules": [{"table": 254, "priority": 1}]}]}, "is not from 1 to"),
        ({"devices": [{**STATIC, "accept_ra": True}]}, "is none of None, 0, 1, 2"),
        ({"devices": [], "sysctls": {"kernel.sysrq": "1"}}, "is no sysctl of the network"),
        ({"devices": [], "sysctls": {"net.ipv4.//.//.kernel.panic": "1"}}, "is no sysctl of the"),
        ({"devices": [], "sysctls": {"net.ipv4./": "1"}}, "is no sysctl of the network"),
        ({"devices": [], "sysctls": {"net.ipv4.a/": "1"}}, "is no sysctl of the network"),
        ({"devices": [], "sysctls": {"net.ipv4.ip_forward": "1;reboot"}}, "whole numbers"),
        ({"devices": [], "tables": {"a b": 1}}, "is no name of a routing table"),
        ({"devices": [], "confirm": 5}, "is not from 15 to 600"),
        ({"devices": [], "split": 1}, "neither true nor false"),
        ({"devices": [], "proxies": {"br0": ["192.0.2.1"]}}, "is no IPv6 address"),
    ],
)
def test_what_has_not_the_shape_is_refused(data, text):
    with pytest.raises(InvalidArgument, match="muster_network: ") as caught:
        wanted(data)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("devices", "text"),
    [
        ([NIC, NIC], "it is there twice"),
        ([BRIDGE], "eth0 must come before it"),
        ([VLAN, NIC], "eth0 must come before it"),
        ([STATIC, BRIDGE], "a port of br0 has no address of its own"),
        ([NIC, {**VLAN, "vlan": 0}], "a VLAN has a parent and an id"),
        ([{**NIC, "ports": ["eth1"]}], "a nic has no ports"),
        ([NIC, {"name": "bond0", "kind": "bond", "ports": ["eth0"]}], "a bond has a mode"),
        ([{**NIC, "vlan": 7}], "neither parent nor VLAN id"),
        ([{**NIC, "method": "static"}], "it is static, without an address"),
        ([{**NIC, "gateways": ["192.0.2.1"]}], "a gateway without an address"),
        ([{**STATIC, "gateways": ["198.51.100.1"]}], "is in none of its networks"),
        ([{**STATIC, "gateways": ["192.0.2.11"]}], "is its own address"),
        ([{**STATIC, "gateways": ["192.0.2.1", "192.0.2.2"]}], "more than one gateway"),
        ([{**NIC, "mtu": 1500}, {**VLAN, "mtu": 9000}], "its MTU 9000 is above that of eth0"),
        ([STATIC, {**STATIC, "name": "eth1"}], "192.0.2.11 is on eth0 and on eth1"),
        (
            [NIC, *({"name": name, "kind": "bridge", "ports": ["eth0"]} for name in ("a", "b"))],
            "eth0 is a port of a already",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(devices, text):
    with pytest.raises(InvalidArgument) as caught:
        wanted({"devices": devices})
    assert text in str(caught.value)


def test_all_problems_are_told_at_once():
    with pytest.raises(InvalidArgument) as caught:
        wanted({"devices": [{**NIC, "mtu": 1}, {"name": ""}], "confirm": 0})
    assert str(caught.value).count(";") == 3


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"devices": st.lists(anything, max_size=3)}, optional={"x": anything}))
def test_nothing_hostile_gets_through_as_a_crash(data):
    with (
        pytest.raises(InvalidArgument)
        if data["devices"] or "x" in data
        else contextlib.nullcontext()
    ):
        wanted(data)


PVC = Wanted(
    (Device("eth0", addresses=("192.0.2.11/24",), gateways=("192.0.2.1",)), Device("eth1")),
    split=True,
)


def test_addresses_of_manual_devices_are_static_until_the_daemon_is_there():
    first, second = settled(PVC, daemon=False).devices
    assert (first.method, first.addresses) == ("static", ("192.0.2.11/24",))
    assert (second.method, second.addresses) == ("manual", ())


def test_with_the_daemon_devices_come_up_without_addresses():
    first = settled(PVC, daemon=True).devices[0]
    assert (first.method, first.addresses, first.gateways) == ("manual", (), ())
