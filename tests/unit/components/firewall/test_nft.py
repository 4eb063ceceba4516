from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.firewall import nft
from saltext.muster.components.firewall.connections import Connection

from .made import made, rule


def lines(*rules, dhcp6=False, carried=()):
    return [line.strip() for line in nft.text(made(*rules), dhcp6, carried).splitlines()]


def test_the_table_is_replaced_in_one_transaction_and_refuses_by_default():
    found = lines(rule())
    at = found.index("table inet muster")
    assert found[at : at + 3] == [
        "table inet muster",
        "delete table inet muster",
        "table inet muster {",
    ]
    assert "type filter hook input priority filter; policy drop;" in found


def test_every_rule_counts():
    rules = [line for line in lines(rule()) if line.startswith(("ct", "tcp", "ip", "meta", "icmp"))]
    assert len(rules) > 5
    assert all(" counter " in line for line in rules)


def test_a_rule_of_each_ip_version():
    found = lines(rule(peers=["192.0.2.0/24", "192.0.2.1", "2001:db8::/32"]))
    comment = 'counter accept comment "RAV-028: SSH"'
    assert f"ip saddr {{ 192.0.2.0/24, 192.0.2.1 }} tcp dport 22 {comment}" in found
    assert f"ip6 saddr 2001:db8::/32 tcp dport 22 {comment}" in found


def test_anybody_is_one_rule_for_both_versions():
    found = lines(rule(peers=["any"], first=5900, last=6900, interface="virbr0"))
    assert any(line.startswith('iifname "virbr0" tcp dport 5900-6900 counter') for line in found)


def test_icmp_of_each_version():
    found = "\n".join(lines(rule("icmp", 0, peers=["192.0.2.1", "fe80::/10"])))
    assert "ip saddr 192.0.2.1 meta l4proto icmp counter accept" in found
    assert "ip6 saddr fe80::/10 meta l4proto ipv6-icmp counter accept" in found


def test_a_thousand_peers_are_one_set_and_one_rule():
    peers = [f"198.51.{n // 200}.{n % 200 + 1}" for n in range(1000)]
    found = lines(rule(peers=peers), rule(first=80, peers=peers))
    assert [line for line in found if line.startswith("set peers")] == ["set peers1 {"]
    assert sum("@peers1" in line for line in found) == 2


def test_dhcp_for_ipv6_is_let_in_where_the_node_uses_it():
    assert not any("546" in line for line in lines(rule()))
    assert any("udp sport 547 udp dport 546" in line for line in lines(rule(), dhcp6=True))


def test_connections_older_than_the_table_are_carried_over_before_invalid_ones_are_dropped():
    old = [Connection(40000, "192.0.2.1", 4505), Connection(22, "2001:db8::1", 50000)]
    found = lines(rule(), carried=old)
    assert "192.0.2.1 . 4505 . 40000 timeout 2d" in found
    assert "2001:db8::1 . 50000 . 22 timeout 2d" in found
    carried = next(n for n, line in enumerate(found) if "@carried4" in line)
    invalid = next(n for n, line in enumerate(found) if line.startswith("ct state invalid"))
    assert carried < invalid
    assert found[carried].startswith("tcp flags & (fin | syn | rst | ack) != syn ")


LINE = f'include "{nft.FILE}"'


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (LINE, True),
        ("flush ruleset\n  include '/etc/nftables.d/*.nft'\n", True),
        (f"{LINE}\nflush ruleset\n", False),
        (f"# {LINE}", False),
        ('include "/etc/nftables.d/other.nft"', False),
        ("", False),
    ],
)
def test_the_main_file_loads_muster_s_file_and_keeps_it(text, good):
    assert nft.includes(text) is good


@given(st.text(alphabet='abc \n#;{}"/.'))
def test_the_main_file_keeps_its_bytes_and_is_changed_once(text):
    once = nft.including(text)
    assert once.startswith(text)
    assert nft.includes(once)
    assert nft.including(once) == once
