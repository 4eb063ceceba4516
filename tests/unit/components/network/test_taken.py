"""Who is asked for an address, and what an answer is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.network import taken
from saltext.muster.components.network.wanted import Device, Wanted
from saltext.muster.facts import Facts

from .support import bridged_facts, plain_facts

OWN, OTHER = bytes.fromhex("020000000007"), bytes.fromhex("020000000008")


def bridge(address="192.0.2.11/24", **more):
    return Device("vmbr0", "bridge", ports=("eth0",), method="static", addresses=(address,), **more)


def asked(*devices, facts=None):
    return list(taken.questions(Wanted(devices), Facts(facts or plain_facts())))


def test_a_bridge_that_is_not_there_yet_asks_by_its_port():
    assert asked(Device("eth0"), bridge()) == [("192.0.2.11", "vmbr0", "eth0")]


def test_a_bridge_that_is_there_asks_itself():
    assert asked(Device("eth0"), bridge(), facts=bridged_facts()) == [
        ("192.0.2.11", "vmbr0", "vmbr0")
    ]


@pytest.mark.parametrize("address", ["192.0.2.10/24", "2001:db8::11/64"])
def test_what_the_node_has_already_and_ipv6_is_not_asked_for(address):
    assert asked(Device("eth0"), bridge(address)) == []


def test_below_a_vlan_is_another_network():
    vlan = Device("eth0.7", "vlan", parent="eth0", vlan=7, method="static",
                  addresses=("192.0.2.11/24",))  # fmt: skip
    assert asked(Device("eth0"), vlan) == []


def test_a_device_that_is_down_asks_nobody():
    facts = plain_facts()
    facts["links"]["links"]["eth0"]["up"] = False
    assert asked(Device("eth0"), bridge(), facts=facts) == []


def test_the_probe_claims_no_address():
    frame = taken.probe(OWN, "192.0.2.11")
    assert frame.hex() == (
        "ffffffffffff" "020000000007" "0806" "0001" "0800" "06" "04" "0001"
        "020000000007" "00000000" "000000000000" "c000020b"
    )  # fmt: skip
    assert taken.holder(frame, "192.0.2.11") == ""


def _answer(address):
    frame = bytearray(taken.probe(OTHER, "192.0.2.99"))
    frame[28:32] = bytes(map(int, address.split(".")))
    return bytes(frame) + bytes(18)


def test_an_answer_tells_the_hardware_address():
    assert taken.holder(_answer("192.0.2.11"), "192.0.2.11") == "02:00:00:00:00:08"
    assert taken.holder(_answer("192.0.2.12"), "192.0.2.11") == ""


@given(st.binary(max_size=80))
def test_whatever_comes_over_the_wire_is_an_answer_or_none(frame):
    found = taken.holder(frame, "192.0.2.11")
    assert found == "" or frame[28:32] == bytes([192, 0, 2, 11])


def test_the_refusal_names_all():
    text = taken.problem("192.0.2.11", "vmbr0", "eth0", "02:00:00:00:00:08")
    assert all(word in text for word in ("192.0.2.11", "vmbr0", "eth0", "02:00:00:00:00:08"))
