from __future__ import annotations

import pytest

from saltext.muster.components.network import guard
from saltext.muster.components.network.wanted import Device, Route, Wanted
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts

from .test_running import BRIDGED, address, link, right, route

MASTER = {"address": "192.0.2.1", "dev": "eth0"}
FAR = {"address": "203.0.113.9", "dev": "eth0"}


def plain():
    """Return the facts of a node with its address on a plain interface."""
    facts = right()
    facts["links"]["links"] = {"eth0": link(), "eth1": link(), "lo": link("loopback")}
    facts["bridges"]["bridges"] = {}
    facts["addresses"]["addresses"] = [address("192.0.2.11/24", "eth0")]
    facts["addresses"]["routes"]["ipv4"] = [route("default", "192.0.2.1", "eth0")]
    return facts


def static(**further):
    return Wanted((Device("eth0", method="static", addresses=("192.0.2.12/24",), **further),))


def told(wanted, facts, master=MASTER):
    with pytest.raises(Refused) as caught:
        guard.demand(wanted, Facts(facts), master)
    return str(caught.value)


def test_a_change_that_leads_to_the_master_is_made():
    guard.demand(BRIDGED, Facts(plain()), MASTER)
    guard.demand(BRIDGED, Facts(plain()), FAR)
    guard.demand(BRIDGED, Facts(plain()), {})


def test_an_interface_that_is_not_there_is_told_with_those_that_are():
    text = told(Wanted((Device("eno1"),)), plain(), {})
    assert "there is no interface eno1 (there are: eth0, eth1)" in text


def test_a_link_of_another_kind_is_not_made_anew():
    facts = plain()
    facts["links"]["links"]["br0"] = link("bond")
    assert "br0 is a bond, wanted a bridge" in told(BRIDGED, facts)


def test_a_default_route_that_the_plan_does_not_know_is_not_lost():
    text = told(static(), plain())
    assert "the default route via 192.0.2.1 on eth0 would be lost; declare it" in text


@pytest.mark.parametrize("text", ["192.0.2.77/24", "2001:db8::7/64"])
def test_a_further_address_of_a_card_is_not_lost_when_it_becomes_a_port(text):
    facts = plain()
    facts["addresses"]["addresses"].append(address(text, "eth0"))
    said = told(BRIDGED, facts)
    assert (
        f"{text} on eth0 would be lost when eth0 becomes a port of br0; one of another network"
        in said
    )
    facts["addresses"]["addresses"][-1]["dynamic"] = True
    guard.demand(BRIDGED, Facts(facts), MASTER)
    facts["addresses"]["addresses"][-1] = address(text, "eth1")
    guard.demand(BRIDGED, Facts(facts), MASTER)


def test_an_address_that_a_new_one_of_its_network_replaces_may_go():
    facts = plain()
    facts["addresses"]["addresses"] = [address("192.0.2.99/24", "eth0")]
    guard.demand(BRIDGED, Facts(facts), MASTER)


def test_a_route_made_by_hand_is_not_lost_with_its_card():
    facts = plain()
    facts["addresses"]["routes"]["ipv4"].append(
        route("198.51.100.0/24", "192.0.2.9", "eth0", proto="boot")
    )
    said = told(BRIDGED, facts)
    assert "the route to 198.51.100.0/24 via 192.0.2.9 on eth0 would be lost" in said
    made = ["up ip route replace 198.51.100.0/24 via 192.0.2.9", None]
    guard.demand(BRIDGED, Facts(facts), MASTER, made)
    facts["addresses"]["routes"]["ipv4"][-1]["proto"] = "bird"
    guard.demand(BRIDGED, Facts(facts), MASTER)


def test_routes_of_advertisements_come_again():
    facts = plain()
    facts["addresses"]["routes"]["ipv4"] = []
    facts["addresses"]["routes"]["ipv6"] = [
        route("default", "fe80::1", "eth0", family=6, proto="ra")
    ]
    guard.demand(static(), Facts(facts), MASTER)


def test_a_plan_that_cuts_the_node_off_is_refused():
    facts = plain()
    facts["addresses"]["routes"]["ipv4"] = []
    assert "nothing leads to it any more" in told(static(), facts, FAR)
    guard.demand(static(routes=(Route("203.0.113.0/24", "192.0.2.1"),)), Facts(facts), FAR)


def test_the_way_to_the_master_by_a_device_that_the_plan_does_not_name_stays():
    facts = plain()
    facts["addresses"]["routes"]["ipv4"] = []
    guard.demand(static(), Facts(facts), {**FAR, "dev": "eth1"})


def test_a_plan_that_takes_the_port_from_under_the_way_to_the_master_is_refused():
    facts = right()
    wanted = Wanted((Device("eth0", method="static", addresses=("198.51.100.7/24",)),))
    assert "nothing leads to it any more" in told(wanted, facts, {**MASTER, "dev": "br0"})
    over = {**MASTER, "dev": "br0.7"}
    facts["links"]["links"]["br0.7"] = link("vlan", vlan={"parent": "br0", "id": 7})
    assert "nothing leads to it any more" in told(wanted, facts, over)


def test_a_manual_device_keeps_its_addresses_unless_it_becomes_a_port():
    guard.demand(Wanted((Device("eth0"),)), Facts(plain()), MASTER)
    bare = Wanted((Device("eth0"), Device("br0", "bridge", ports=("eth0",))))
    facts = plain()
    facts["addresses"]["routes"]["ipv4"] = []
    assert "nothing leads to it any more" in told(bare, facts)
