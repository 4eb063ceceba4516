"""Cards as files below a root; the mine of a real master is in tests/acceptance/test_wake.py."""

from __future__ import annotations

import pytest
from salt.exceptions import CommandExecutionError, SaltInvocationError

from tests.support.cards import MAC, NET, card


def addresses(minion, node, *names):
    return minion.call("muster_wake.addresses", list(names), root=node.root)


def test_a_card_is_told_by_its_address(minion, node):
    card(node)
    assert addresses(minion, node, "eno1") == {"eno1": MAC}


def test_the_cards_of_a_bond_are_told_by_their_own_addresses(minion, node):
    card(node, mac="02:00:00:00:00:01")
    card(node, "eno2", mac="02:00:00:00:00:01", index=3)
    node.write(f"{NET}/eno1/bonding_slave/perm_hwaddr", f"{MAC}\n")
    node.write(f"{NET}/eno2/bonding_slave/perm_hwaddr", "52:54:00:AB:34:57\n")
    wanted = {"eno1": MAC, "eno2": "52:54:00:ab:34:57"}
    assert addresses(minion, node, "eno1", "eno2") == wanted


@pytest.mark.parametrize(
    ("mac", "message"),
    [("00:00:00:00:00:00", "all of it is zero"), ("", "is no MAC address"), ("x", "is no MAC")],
)
def test_what_is_no_cards_address_is_not_told_to_the_master(minion, node, mac, message):
    card(node, mac=mac)
    with pytest.raises(CommandExecutionError, match=message):
        addresses(minion, node, "eno1")


def test_a_card_that_is_not_there_is_told(minion, node):
    with pytest.raises(CommandExecutionError, match="there is no network card eno9"):
        addresses(minion, node, "eno9")


@pytest.mark.parametrize(
    ("macs", "network", "message"),
    [
        ([], "192.0.2.0/24", "is no MAC address"),
        (MAC, "192.0.2.0/24", "is no MAC address"),
        ([MAC, "ff:ff:ff:ff:ff:ff"], "192.0.2.0/24", "multicast or broadcast"),
        ([MAC] * 17, "192.0.2.0/24", "is no MAC address"),
        ([MAC], "192.0.2.0/33", "network: '192.0.2.0/33' is none"),
        ([MAC], None, "network: None is none"),
    ],
)
def test_what_is_no_card_or_network_is_not_sent_to(minion, macs, network, message):
    with pytest.raises(SaltInvocationError, match=message):
        minion.call("muster_wake.send", macs, network)


def test_a_network_that_this_host_is_not_in_is_refused(minion):
    with pytest.raises(CommandExecutionError, match=r"no IPv4 address in 203.0.113.0/24"):
        minion.call("muster_wake.send", [MAC], "203.0.113.0/24")
