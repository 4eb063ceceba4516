from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import magic_packet
from saltext.muster.components.magic_packet import Way
from saltext.muster.errors import Refused

MAC = "52:54:00:12:34:56"

macs = st.binary(min_size=6, max_size=6).map(lambda data: data.hex(":"))


@given(macs)
def test_a_packet_is_six_bytes_of_ones_and_the_address_16_times(mac):
    if magic_packet.mac_problem(mac):
        with pytest.raises(Refused, match=mac):
            magic_packet.packet(mac)
        assert int(mac[:2], 16) % 2 or not mac.strip("0:")
    else:
        data = magic_packet.packet(mac)
        assert len(data) == 102
        assert data.hex(":").split(":", 6)[6] == ":".join([mac] * 16)
        assert data[:6] == b"\xff" * 6


@pytest.mark.parametrize(
    ("mac", "message"),
    [
        ("52:54:00:12:34:5G", "six pairs"),
        ("52:54:00:12:34:5A", "lower case"),
        ("52-54-00-12-34-56", "colons"),
        (f"{MAC}\n", "six pairs"),
        (f"{MAC}; reboot", "six pairs"),
        (None, "six pairs"),
        (52, "six pairs"),
        ("ff:ff:ff:ff:ff:ff", "multicast or broadcast"),
        ("01:00:5e:00:00:01", "multicast"),
        ("00:00:00:00:00:00", "all of it is zero"),
        (MAC, ""),
        ("02:00:00:00:00:00", ""),
    ],
)
def test_what_is_no_cards_address_is_said(mac, message):
    said = magic_packet.mac_problem(mac)
    assert bool(said) == bool(message)
    assert message in said


@pytest.mark.parametrize(
    ("cards", "message"),
    [
        ({"eno1": MAC}, ""),
        ({"eno1": MAC, "eno2": "52:54:00:12:34:57"}, ""),
        ({}, "seen {}"),
        ([MAC], "wanted 1 to 16 cards"),
        ({f"e{number}": MAC for number in range(17)}, "wanted 1 to 16 cards"),
        ({"../x": MAC}, "no name of a card"),
        ({1: MAC}, "no name of a card"),
        ({"eno1": "ff:ff:ff:ff:ff:ff"}, "eno1: 'ff:ff:ff:ff:ff:ff' is a multicast"),
        ({"eno1": [MAC]}, "is no MAC address"),
    ],
)
def test_what_a_node_tells_of_its_cards_is_not_believed_unseen(cards, message):
    said = magic_packet.cards_problem(cards)
    assert bool(said) == bool(message)
    assert message in said


def end(address, prefix, link="eth0"):
    return {"address": address, "prefix": prefix, "link": link}


def test_the_way_is_the_interface_with_an_address_in_the_network():
    ends = [end("127.0.0.1", 8, "lo"), end("2001:db8::1", 64), end("10.1.2.3", 22, "vmbr0")]
    assert magic_packet.way(ends, "10.1.0.0/16") == Way("vmbr0", "10.1.2.3", "10.1.3.255")
    assert magic_packet.way(ends, "10.2.0.0/16") is None


def test_an_end_without_a_broadcast_address_is_refused():
    with pytest.raises(Refused, match=r"10.1.2.3/32 on eth0 has no broadcast address"):
        magic_packet.way([end("10.1.2.3", 32)], "10.1.0.0/16")


def test_each_card_is_called_once_at_each_port():
    """On the loopback interface, whose broadcast address any socket may have."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.255.255.255", 0))
        heard.settimeout(10)
        port = heard.getsockname()[1]
        way = Way("lo", "127.0.0.1", "127.255.255.255")
        magic_packet.send(way, [MAC, "52:54:00:12:34:57"], [port])
        found = [heard.recv(200) for _ in range(2)]
    assert found == [magic_packet.packet(MAC), magic_packet.packet("52:54:00:12:34:57")]


def test_what_the_system_refuses_is_told_with_what_to_look_at():
    way = Way("eth0", "203.0.113.77", "203.0.113.255")  # an address that no host has
    with pytest.raises(Refused, match=r"nothing could be sent to 203.0.113.255 from 203.0.113.77"):
        magic_packet.send(way, [MAC])


def test_nothing_is_sent_where_one_of_the_cards_is_none():
    with pytest.raises(Refused, match="multicast"):
        magic_packet.send(Way("lo", "127.0.0.1", "127.255.255.255"), ["ff:ff:ff:ff:ff:ff"])
