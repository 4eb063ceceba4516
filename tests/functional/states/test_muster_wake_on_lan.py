"""On files in place of cards; what ethtool tells of real ones is in the probe's own tests."""

from __future__ import annotations

import pytest

from saltext.muster.components import wake_on_lan
from tests.support.cards import DEFAULT_LINK, DEFAULT_PATH, MAC, NET, card

STATE = "muster_wake_on_lan.enabled"
OWN = wake_on_lan.path("eno1")
WANTED = f"""\
# Written by muster: changes are replaced.
# In place of {DEFAULT_PATH}
[Match]
MACAddress={MAC}
Type=ether

[Link]
NamePolicy=keep kernel database onboard slot path
AlternativeNamesPolicy=database onboard slot path
MACAddressPolicy=persistent
WakeOnLan=magic
"""


def test_the_settings_of_the_file_that_counted_are_kept(converged, node, testmode):
    card(node)
    changes = converged(STATE, interfaces=["eno1"])["changes"]
    old = {"eno1": f"{DEFAULT_PATH} without magic"}
    assert changes == {"boot": {"old": old, "new": {"eno1": OWN}}}
    assert testmode or node.read(OWN) == WANTED


def test_once_its_own_file_counts_nothing_changes(converged, node):
    card(node, counts=OWN)
    node.write(OWN, WANTED)
    assert converged(STATE, interfaces=["eno1"])["changes"] == {}


def test_drop_ins_and_a_newer_default_are_followed(converged, node, testmode):
    card(node, counts=OWN)
    node.write(OWN, WANTED)
    extra = "[Link]\nMTUBytes=9000\nWakeOnLan=off\n[SR-IOV]\nVirtualFunction=0\n"
    node.write("/etc/systemd/network/99-default.link.d/x.conf", extra)
    assert converged(STATE, interfaces=["eno1"])["changes"]["boot"]["old"] == {"eno1": "other text"}
    if not testmode:
        kept = WANTED.replace("WakeOnLan", "MTUBytes=9000\nWakeOnLan")
        assert node.read(OWN) == f"{kept}\n[SR-IOV]\nVirtualFunction=0\n"


def test_a_port_of_a_bond_is_known_by_its_own_address(converged, node, testmode):
    card(node, mac="02:00:00:00:00:01")
    node.write(f"{NET}/eno1/addr_assign_type", "3\n")
    node.write(f"{NET}/eno1/bonding_slave/perm_hwaddr", f"{MAC}\n")
    converged(STATE, interfaces=["eno1"])
    assert testmode or node.read(OWN) == WANTED


def test_both_cards_of_a_bond_get_a_file(converged, node, testmode):
    card(node)
    card(node, "eno2", mac="52:54:00:12:34:57", index=3)
    changes = converged(STATE, interfaces=["eno1", "eno2"])["changes"]
    assert set(changes["boot"]["new"]) == {"eno1", "eno2"}
    assert testmode or "52:54:00:12:34:57" in node.read(wake_on_lan.path("eno2"))


EARLIER = "/etc/systemd/network/10-lan0.link"
BY_HAND = f"[Match]\nMACAddress={MAC}\n[Link]\nName=eno1\n"


def test_a_file_of_the_administrator_that_wakes_is_right(converged, node):
    card(node, counts=EARLIER)
    node.write(EARLIER, BY_HAND + "WakeOnLan=phy magic\n")
    assert converged(STATE, interfaces=["eno1"])["changes"] == {}


def test_a_file_of_the_administrator_is_not_written_over(fails, node):
    card(node, counts=EARLIER)
    node.write(EARLIER, BY_HAND)
    said = fails(STATE, both=False, interfaces=["eno1"])
    assert f"{EARLIER} counts for eno1" in said
    assert "add WakeOnLan=magic" in said


@pytest.mark.parametrize("counts", ["", "/tmp/x.link", "/etc/systemd/network/../x.link"])
def test_which_file_counts_is_not_guessed(fails, node, counts):
    card(node, counts=counts)
    assert "which .link file counts for eno1" in fails(STATE, interfaces=["eno1"])


def test_a_file_that_has_gone_is_told(fails, node):
    card(node, counts="/usr/lib/systemd/network/80-gone.link")
    assert "80-gone.link" in fails(STATE, interfaces=["eno1"])


def test_an_address_that_was_set_by_hand_is_no_mark_of_the_card(fails, node):
    card(node)
    node.write(f"{NET}/eno1/addr_assign_type", "3\n")
    assert "which is not the card's own" in fails(STATE, interfaces=["eno1"])


@pytest.mark.parametrize(
    ("interfaces", "message"),
    [
        (["eno9"], "there is no network card eno9"),
        ([], "no list of names"),
        ("eno1", "no list of names"),
        (["../x"], "no name of a network card"),
        (["-s"], "no name of a network card"),
    ],
)
def test_what_is_no_card_is_told(fails, node, interfaces, message):
    card(node)
    assert message in fails(STATE, interfaces=interfaces)


def test_the_default_is_systemds_own():
    assert "NamePolicy" in DEFAULT_LINK
    assert wake_on_lan.DEFAULT == DEFAULT_PATH
