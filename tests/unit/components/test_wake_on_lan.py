from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components import wake_on_lan
from saltext.muster.components.wake_on_lan import Card
from saltext.muster.errors import Refused
from tests.support.cards import DEFAULT_LINK, DEFAULT_PATH, MAC

KEYS = ["boot", "running"]


def card(name="eno1", **changed):
    base = {"mac": MAC, "base_path": DEFAULT_PATH, "base": DEFAULT_LINK, "own": None, **changed}
    return Card(name, **base)


def ready(name="eno1"):
    return card(name, own=wake_on_lan.text(card(name)))


def nic(supports="pumbg", wake_on="d"):
    return {"supports": supports, "wake_on": wake_on}


def test_a_card_that_wakes_differs_in_nothing():
    assert wake_on_lan.diff([ready()], {"eno1": nic(wake_on="ug")}) == {}


def test_a_card_that_is_off_is_told_as_ethtool_says_it():
    found = wake_on_lan.diff([ready()], {"eno1": nic()})
    assert found == {"running": {"old": {"eno1": "Wake-on: d"}, "new": {"eno1": "Wake-on: g"}}}


def test_one_card_of_a_bond_that_can_wake_is_enough():
    nics = {"eno1": nic("d"), "eno2": nic(wake_on="g")}
    assert wake_on_lan.diff([card("eno1"), ready("eno2")], nics) == {}


@pytest.mark.parametrize(
    ("nics", "message"),
    [
        ({}, "no physical Ethernet card eno1"),
        ({"eno1": nic("pumb")}, r"knows no magic packet \(it supports pumb\)"),
        ({"eno1": {"unknown": "ethtool failed"}}, "eno1: ethtool failed; waive RAV-031"),
    ],
)
def test_a_card_that_cannot_wake_is_refused_unless_that_is_waived(nics, message):
    with pytest.raises(Refused, match=message):
        wake_on_lan.diff([card()], nics)
    assert wake_on_lan.diff([card()], nics, KEYS) == {}


@pytest.mark.parametrize(("now", "then"), [("d", "g"), ("u", "ug"), ("pb", "pbg"), ("", "g")])
def test_what_wakes_already_goes_on_waking(now, then):
    assert wake_on_lan.letters({"eno1": nic(wake_on=now)}, "eno1") == then


def test_an_address_that_is_none_gets_no_file():
    with pytest.raises(Refused, match="no permanent Ethernet address"):
        wake_on_lan.text(card(mac="52:54:00:12:34:56\nName=x"))


LINES = st.lists(
    st.sampled_from(
        ["[Match]", "[Link]", "[SR-IOV]", "NamePolicy=keep", "WakeOnLan=off", "MTUBytes=9000"]
        + ["OriginalName=*", "# a comment", "", "MACAddressPolicy = persistent", "nonsense"]
    )
)


@given(LINES)
def test_of_any_file_the_match_is_musters_and_the_magic_packet_comes_last(lines):
    made = wake_on_lan.text(card(base="\n".join(lines))).splitlines()
    assert made.count("WakeOnLan=magic") == 1
    assert "WakeOnLan=off" not in made
    match = made[made.index("[Match]") + 1 : made.index("[Link]")]
    assert match == [f"MACAddress={MAC}", "Type=ether", ""]
    again = card(base="\n".join(lines), own="\n".join(made) + "\n")
    assert wake_on_lan.wakes_at_boot(again)
