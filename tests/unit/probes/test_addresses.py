"""What ip(8) prints: addresses, routes, rules, neighbours; and routing tables' names."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _iproute, addresses
from saltext.muster.probes.source import Absent, Unreadable, unknown

ADDRESSES = "ip addr show"
ROUTES, ROUTES_6 = "ip route show table all", "ip -6 route show table all"
RULES, PROXIES = "ip rule show", "ip -6 neigh show proxy"

#: From Ganeti's tutorial, without its indentation.
GANETI = """\
9: xen-br0: <BROADCAST,MULTICAST,UP,10000> mtu 1500 qdisc noqueue
link/ether 00:20:fc:1e:d5:5d brd ff:ff:ff:ff:ff:ff
inet 10.1.1.200/24 brd 10.1.1.255 scope global xen-br0
inet6 fe80::220:fcff:fe1e:d55d/64 scope link
valid_lft forever preferred_lft forever
"""

#: The forms that releases from CentOS 7 to Debian 13 print.
SHOWN = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host noprefixroute
       valid_lft forever preferred_lft forever
2: eno1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 3c:ec:ef:10:20:30 brd ff:ff:ff:ff:ff:ff
    altname enp24s0f0
    inet 192.0.2.11/24 metric 100 brd 192.0.2.255 scope global dynamic noprefixroute eno1
       valid_lft 86000sec preferred_lft 86000sec
    inet 192.0.2.12/24 brd 192.0.2.255 scope global secondary eno1
       valid_lft forever preferred_lft forever
    inet6 2001:db8::5/64 scope global tentative dadfailed mngtmpaddr
       valid_lft 86146sec preferred_lft 14146sec
    inet6 fe80::1/64 scope link proto kernel_ll
       valid_lft forever preferred_lft forever
5: bond0.100@bond0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9000 qdisc noqueue state UP
    inet 10.0.1.1/24 brd 10.0.1.255 scope global bond0.100
7: vm1_net0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UNKNOWN
    inet 10.0.0.1 peer 198.51.100.1/32 scope global vm1_net0
       valid_lft forever preferred_lft forever
    inet 10.0.0.1/32 scope global vm1_net0
       valid_lft forever preferred_lft forever
"""


def brief(entry):
    return f"{entry['link']} {entry['address']}/{entry['prefix']} {entry['scope']}"


def test_the_tutorials_sample():
    found = _iproute.addresses(GANETI)
    assert [brief(entry) for entry in found] == [
        "xen-br0 10.1.1.200/24 global", "xen-br0 fe80::220:fcff:fe1e:d55d/64 link",
    ]  # fmt: skip
    assert not any(entry["dynamic"] for entry in found)


def test_addresses():
    found = _iproute.addresses(SHOWN)
    assert [brief(entry) for entry in found] == [
        "lo 127.0.0.1/8 host",
        "lo ::1/128 host",
        "eno1 192.0.2.11/24 global",
        "eno1 192.0.2.12/24 global",
        "eno1 2001:db8::5/64 global",
        "eno1 fe80::1/64 link",
        "bond0.100 10.0.1.1/24 global",
        "vm1_net0 10.0.0.1/32 global",
        "vm1_net0 10.0.0.1/32 global",
    ]
    assert [entry["dynamic"] for entry in found] == [False, False, True, False, True] + [False] * 4
    assert [entry["family"] for entry in found] == [4, 6, 4, 4, 6, 6, 4, 4, 4]
    assert found[4]["flags"] == ["tentative", "dadfailed", "mngtmpaddr"]
    assert [entry["peer"] for entry in found[-2:]] == ["198.51.100.1", ""]


@pytest.mark.parametrize(
    "line", ["inet", "inet eno1", "inet 192.0.2.256/24", "inet 192.0.2.1/33", "inet6 ::1/129",
             "inet6 ::g/64", "inet 192.0.2.1/-1", "inet 192.0.2.1 peer x/32", "inet 1.2.3.4/"],
)  # fmt: skip
def test_what_is_no_address_is_left_out(line):
    assert _iproute.addresses(f"2: eno1: <UP> mtu 1500\n    {line}\n") == []


def test_an_address_without_a_link_is_left_out():
    assert _iproute.addresses("    inet 192.0.2.11/24 scope global eno1\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", (4, 32)), ("192.0.2.0/0", (4, 0)), ("192.0.2.0/32", (4, 32)),
        ("::", (6, 128)), ("::/0", (6, 0)), ("::/128", (6, 128)), ("192.0.2", None),
        ("192.0.2.0/33", None), ("::/129", None), ("", None), ("\0", None), ("1.2.3.4/1/2", None),
    ],
)  # fmt: skip
def test_prefixes(text, expected):
    assert _iproute.prefix(text) == expected


IPV4 = """\
default via 192.0.2.1 dev eno1 proto static metric 100
default dev tun0 scope link metric 200 linkdown
10.0.0.0/8 proto bgp metric 20
	nexthop via 192.0.2.2 dev eno1 weight 1
	nexthop via 192.0.2.3 dev eno2 weight 1 dead linkdown
192.0.2.0/24 dev eno1 proto kernel scope link src 192.0.2.11
198.51.100.1 dev vm1_net0 scope link
default via inet6 fe80::1 dev eno1
203.0.113.0/24 nhid 12 via 192.0.2.4 dev eno1 proto bgp metric 20
unreachable default table instances metric 4278198272
default via 192.0.2.1 dev eno1 table 100
unreachable 203.0.113.9
broadcast 192.0.2.255 dev eno1 table local proto kernel scope link src 192.0.2.11
local 192.0.2.11 dev eno1 table local proto kernel scope host src 192.0.2.11
100 as to 200 via inet 192.0.2.1 dev eno1
"""
IPV6 = """\
default dev ppp0 metric 1024
2001:db8::/64 dev eno1 proto kernel metric 256 expires 86000sec pref medium
default via fe80::1 dev eno1 proto ra metric 100 expires 1795sec pref medium
default proto static metric 50 pref medium
	nexthop via fe80::2 dev eno1 weight 1
	nexthop via fe80::3 dev eno2 weight 1
unreachable default dev lo metric 4294967295 error -101 pref medium
multicast ff00::/8 dev eno1 table local proto kernel metric 256 pref medium
"""


def route(entry):
    hop = f"{entry['via'] or '-'} {entry['dev']}"
    return f"{entry['to']} {hop} {entry['table']} {entry['metric']}"


def test_routes(host):
    # Without -6 the command prints both families; seconds go by between the two commands.
    outputs = {ROUTES: IPV4 + IPV6.replace("1795", "1796"), ROUTES_6: IPV6}
    found = addresses.read(host(run=lambda argv: outputs.get(" ".join(argv), "")))["routes"]
    assert [route(entry) for entry in found["ipv4"]] == [
        "default 192.0.2.1 eno1 main 100",
        "default - tun0 main 200",
        "10.0.0.0/8 192.0.2.2 eno1 main 20",
        "10.0.0.0/8 192.0.2.3 eno2 main 20",
        "192.0.2.0/24 - eno1 main 0",
        "198.51.100.1/32 - vm1_net0 main 0",
        "default fe80::1 eno1 main 0",
        "203.0.113.0/24 192.0.2.4 eno1 main 20",
        "default 192.0.2.1 eno1 100 0",
    ]
    assert [entry["down"] for entry in found["ipv4"]] == [False, True, False, True] + [False] * 5
    assert (found["ipv4"][4]["proto"], found["ipv4"][4]["src"]) == ("kernel", "192.0.2.11")
    assert [route(entry) for entry in found["ipv6"]] == [
        "default - ppp0 main 1024",
        "2001:db8::/64 - eno1 main 256",
        "default fe80::1 eno1 main 100",
        "default fe80::2 eno1 main 50",
        "default fe80::3 eno2 main 50",
        "default - lo main 4294967295",
    ]
    assert found["ipv6"][-1]["type"] == "unreachable"


def test_one_family_may_be_unknown(host):
    def run(argv):
        if "-6" in argv:
            raise Unreadable("no IPv6")
        return IPV4

    found = addresses.read(host(run=run))
    assert found["routes"]["ipv6"] == {"unknown": "no IPv6"}
    assert len(found["routes"]["ipv4"]) == 9
    assert unknown(found["proxies"])


def test_rules():
    text = (
        "0:\tfrom all lookup local\n32764:\tfrom 10.0.0.0/8 iif vnet0 lookup instances \n"
        "32765:\tnot from all fwmark 0x1 lookup 51820\n32766:\tfrom all to 192.0.2.9 unreachable\n"
        "no rule\n99999999999: from all lookup main\n"
    )
    assert _iproute.rules(text) == [
        {"priority": 0, "selector": "from all", "table": "local"},
        {"priority": 32764, "selector": "from 10.0.0.0/8 iif vnet0", "table": "instances"},
        {"priority": 32765, "selector": "not from all fwmark 0x1", "table": "51820"},
        {"priority": 32766, "selector": "from all to 192.0.2.9 unreachable", "table": ""},
    ]


def test_proxies():
    text = (
        "2a01:4f8:13b:9a7::2 dev vmbr0  proxy\n192.0.2.7 dev eno1 proxy\nx dev y proxy\n::1 proxy\n"
    )
    assert _iproute.proxies(text) == [
        {"address": "2a01:4f8:13b:9a7::2", "link": "vmbr0"},
        {"address": "192.0.2.7", "link": "eno1"},
    ]


TABLES = (
    "#\n# reserved values\n255\tlocal\n254\tmain\n0\tunspec\n#1\tinr.ruhep\n100 instances # ours\n"
)


def test_tables():
    assert addresses.tables(TABLES + "0x65 more\nx y\n1 2 3\n") == {
        "local": 255, "main": 254, "unspec": 0, "instances": 100, "more": 101,
    }  # fmt: skip


@pytest.mark.parametrize("folder", ["/etc", "/usr/share", "/usr/lib"])
def test_tables_have_several_places(host, folder):
    source = host(
        {f"{folder}/iproute2/rt_tables": TABLES, f"{folder}/iproute2/rt_tables.d/a.conf": "7 a\n"}
    )
    found = addresses.read(source)["tables"]
    assert (found["instances"], found["a"], found["default"]) == (100, 7, 253)


def test_the_first_file_of_tables_hides_the_later_one(host):
    source = host({"/etc/iproute2/rt_tables": "1 a\n", "/usr/share/iproute2/rt_tables": "2 b\n"})
    assert "b" not in addresses.read(source)["tables"]


def test_no_files_and_no_command(host):
    def run(argv):
        raise Absent(f"{argv[0]} is not installed")

    found = addresses.read(host(run=run))
    assert found["tables"] == {"default": 253, "main": 254, "local": 255}
    assert all(unknown(found[key]) for key in ("addresses", "rules", "proxies"))
    assert all(unknown(found["routes"][key]) for key in ("ipv4", "ipv6"))


def test_too_much_is_not_told(host, monkeypatch):
    monkeypatch.setattr(addresses, "LIMIT", 8)
    outputs = {ADDRESSES: SHOWN, ROUTES: IPV4}
    found = addresses.read(host(run=lambda argv: outputs.get(" ".join(argv), "")))
    assert "more than 8" in found["addresses"]["unknown"]
    assert "more than 8" in found["routes"]["ipv4"]["unknown"]
    assert (found["routes"]["ipv6"], found["rules"], found["proxies"]) == ([], [], [])


WORDS = st.sampled_from(
    ["inet", "inet6", "via", "dev", "nexthop", "default", "local", "unreachable", "table", "main",
     "scope", "peer", "10.0.0.1/8", "::1/64", "192.0.2.1", "2:", "eno1:", "<UP>", "1:", "lookup",
     "from", "all", "proxy", "valid_lft", "5sec", "\n", "\t"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join)))
def test_nothing_stops_the_parsers(text):
    for parse in (_iproute.addresses, _iproute.rules, _iproute.proxies, addresses.tables):
        json.dumps(parse(text))
    for family in (4, 6):
        for entry in _iproute.routes(text, family):
            assert entry["dev"] and entry["table"] != "local"
            assert entry["to"] == "default" or _iproute.prefix(entry["to"])
