from __future__ import annotations

import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.reach import icmp
from saltext.muster.reach.icmp import HOST, NET, PORT, PROHIBITED, Error


def v4(kind, code, protocol=6, ports=(40000, 22), to="192.0.2.1", options=b""):
    size = 5 + len(options) // 4
    inner = bytes([0x40 | size]) + b"\0" * 8 + bytes([protocol]) + b"\0\0" + b"\0" * 4
    inner += ipaddress.ip_address(to).packed + options + struct.pack("!HH", *ports) + b"\0" * 4
    return b"\x45" + b"\0" * 19 + bytes([kind, code]) + b"\0" * 6 + inner


def v6(kind, code, protocol=17, ports=(40000, 53), to="2001:db8::1"):
    inner = b"\x60" + b"\0" * 5 + bytes([protocol, 64]) + b"\0" * 16
    inner += ipaddress.ip_address(to).packed + struct.pack("!HH", *ports) + b"\0" * 4
    return bytes([kind, code]) + b"\0" * 6 + inner


@pytest.mark.parametrize(
    ("kind", "code", "wanted"),
    [(3, 3, PORT), (3, 1, HOST), (3, 0, NET), (3, 13, PROHIBITED), (3, 10, PROHIBITED)],
)
def test_an_error_of_ipv4_says_which_packet_did_not_get_through(kind, code, wanted):
    assert icmp.parse(v4(kind, code), 4) == Error(wanted, "tcp", 40000, "192.0.2.1", 22)


@pytest.mark.parametrize(
    ("kind", "code", "wanted"), [(1, 4, PORT), (1, 3, HOST), (1, 0, NET), (1, 1, PROHIBITED)]
)
def test_an_error_of_ipv6_too(kind, code, wanted):
    assert icmp.parse(v6(kind, code), 6) == Error(wanted, "udp", 40000, "2001:db8::1", 53)


def test_ip_options_are_stepped_over():
    assert icmp.parse(v4(3, 3, options=b"\1" * 8), 4).port == 22


@pytest.mark.parametrize(("kind", "code"), [(8, 0), (0, 0), (3, 4), (5, 1)])
def test_other_messages_are_no_errors(kind, code):
    assert icmp.parse(v4(kind, code), 4) is None


def test_other_protocols_are_no_concern():
    assert icmp.parse(v4(3, 3, protocol=1), 4) is None


@given(st.binary(max_size=120), st.sampled_from([4, 6]))
def test_any_packet_is_borne(packet, version):
    found = icmp.parse(packet, version)
    assert found is None or 0 <= found.port <= 65535


@given(st.integers(0, 59))
def test_a_packet_that_was_cut_is_none(length):
    whole = v4(3, 3)[:length]
    found = icmp.parse(whole, 4)
    assert found is None or length >= 52
