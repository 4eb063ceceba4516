"""The work list for switches."""

from __future__ import annotations

import dataclasses

import pytest

from saltext.muster.cluster import Network
from saltext.muster.parts import Bond, ClientNetwork, Physical
from saltext.muster.planning import ports as sheets
from saltext.muster.planning.connecting import switches
from saltext.muster.planning.connecting.switches import UNTOLD, SwitchPort
from saltext.muster.verdict import FAIL, WARN
from tests.support.planned import cluster, node

NETWORKS = {
    "main": Network("10.0.0.0/24", interface="bond0.100", bond="bond0", vlan=100, mtu=1500),
    "cluster": Network("10.0.1.0/24", interface="bond0.101", bond="bond0", vlan=101, mtu=9000),
    "storage": Network("10.0.2.0/24", interface="bond1.102", mtu=9000),
}
BONDS = {"bond0": Bond(("eno1", "eno2")), "bond1": Bond(("ens1", "ens2"), "active-backup")}
CLIENTS = {
    "office": ClientNetwork("bridged", vlan=200),
    "lab": ClientNetwork("managed", vni=1000),
    "fast": ClientNetwork("sriov", vlan=300),
}


def member(number, **more):
    addresses = {"cluster": f"10.0.1.{number}", "storage": f"10.0.2.{number}"}
    return node(f"node{number}", f"10.0.0.{10 + number}", addresses=addresses, **more)


def made(*nodes, **more):
    return cluster("pvc", nodes, **{"networks": NETWORKS, "bonds": BONDS, **more})


def test_each_nic_of_a_bond_carries_all_its_vlans():
    one = made(member(1, ports={"eno1": "sw1 1/0/1", "eno2": "sw2 1/0/1"}), client_networks=CLIENTS)
    assert list(switches.ports(one)) == [
        SwitchPort("sw1 1/0/1", "node1", "eno1", "bond0", True, (100, 101, 200), (), 9000),
        SwitchPort("sw2 1/0/1", "node1", "eno2", "bond0", True, (100, 101, 200), (), 9000),
        SwitchPort(UNTOLD, "node1", "ens1", "bond1", False, (102,), (), 9000),
        SwitchPort(UNTOLD, "node1", "ens2", "bond1", False, (102,), (), 9000),
    ]


def test_managed_networks_need_no_vlan():
    one = made(member(1), client_networks={"lab": CLIENTS["lab"]})
    assert list(switches.ports(one)) == list(switches.ports(made(member(1))))
    assert any("PVC-105" in note for note in sheets.sheet(one).notes)


def test_bridged_networks_may_have_a_device_of_their_own():
    one = made(member(1), client_networks=CLIENTS, options={"bridge_device": "bond1"})
    vlans = {port.interface: port.tagged for port in switches.ports(one)}
    assert vlans == {"eno1": (100, 101), "eno2": (100, 101), "ens1": (102, 200), "ens2": (102, 200)}


def test_sriov_networks_are_on_the_physical_functions():
    sriov = {"ens3": Physical(8, vlans=(10, 0, 20)), "eno1": Physical(4)}
    one = made(member(1, sriov=sriov), member(2), client_networks=CLIENTS)
    vlans = {(port.node, port.interface): port.tagged for port in switches.ports(one)}
    assert vlans["node1", "ens3"] == (10, 20, 300)
    assert vlans["node1", "eno1"] == (100, 101, 200, 300), "a NIC of a bond and a PF as well"
    assert vlans["node2", "eno1"] == (100, 101, 200)
    assert ("node2", "ens3") not in vlans


def test_networks_without_a_vlan_are_told_by_name():
    networks = {"main": Network("10.0.0.0/24", interface="eno1")}
    one = made(member(1), networks=networks)
    assert [(port.interface, port.untagged) for port in switches.ports(one)] == [
        ("eno1", ("main",))
    ]


def test_a_node_with_another_interface():
    networks = {"main": Network("10.0.0.0/24", interface="eno1", vlan=7)}
    one = made(member(1), member(2, interface="enp1s0"), networks=networks)
    assert [(port.node, port.interface, port.tagged) for port in switches.ports(one)] == [
        ("node1", "eno1", (7,)),
        ("node2", "enp1s0", (7,)),
    ]


def test_an_interface_that_is_not_told_is_called_so():
    one = made(member(1), networks={"main": Network("10.0.0.0/24")})
    assert [port.interface for port in switches.ports(one)] == [UNTOLD]


def test_a_network_that_a_node_is_not_in_is_not_on_its_ports():
    alone = node("node9", "10.0.0.19")
    assert {port.interface for port in switches.ports(made(alone))} == {"eno1", "eno2"}


def test_a_switch_port_that_two_nics_have_is_refused():
    one = made(member(1, ports={"eno1": "sw1 1"}), member(2, ports={"eno1": "sw1 1"}))
    (found,) = switches.findings(one)
    assert found.status == FAIL and found.where == ("nodes", "node2", "ports", "eno1")
    assert "eno1 of node1" in found.message.replace("'s", "")
    assert sheets.sheet(one).status == 2


def test_a_switch_port_of_a_nic_that_carries_nothing_is_doubtful():
    (found,) = switches.findings(made(member(1, ports={"eno7": "sw1 1"})))
    assert found.status == WARN and "eno7" in found.message


@pytest.mark.parametrize(
    ("network", "key", "seen"),
    [
        (Network("10.0.0.0/24", interface="eno1.200", vlan=201), "vlan", "VLAN 200"),
        (Network("10.0.0.0/24", interface="bond1.200", bond="bond0", vlan=200), "bond", "bond1"),
    ],
)
def test_an_interface_named_after_another_vlan_or_bond_is_doubtful(network, key, seen):
    bonds = {"bond0": Bond(("eno1", "eno2")), "bond1": Bond(("eno3", "eno4"))}
    one = cluster("pvc", [member(1)], networks={"main": network}, bonds=bonds)
    (found,) = switches.findings(one)
    assert found.status == WARN and found.where == ("networks", "main", key)
    assert seen.lower() in found.message.lower() and "200" not in found.public


def test_an_interface_with_a_name_of_its_own_is_not_asked_for_its_vlan():
    network = Network("10.0.0.0/24", interface="uplink", bond="bond0", vlan=200)
    bonds = {"bond0": Bond(("eno1", "eno2"))}
    assert not list(
        switches.findings(cluster("pvc", [member(1)], networks={"main": network}, bonds=bonds))
    )


def test_a_joining_node_adds_its_ports_and_nothing_else():
    old, new = made(member(1), member(2)), made(member(1), member(2), member(3))
    found = list(switches.changes(old, new))
    assert {change for change, _port in found} == {"add"}
    assert [port for _change, port in found] == list(switches.ports(new, [new.nodes["node3"]]))
    assert [change for change, _port in switches.changes(new, old)] == ["remove"] * 4
    assert not list(switches.changes(new, new))


def test_a_new_vlan_changes_each_port_of_its_bond():
    old = made(member(1), member(2))
    new = dataclasses.replace(old, client_networks={"office": CLIENTS["office"]})
    found = list(switches.changes(old, new))
    assert [(change, port.node, port.tagged) for change, port in found] == [
        *[("remove", name, (100, 101)) for name in ("node1", "node1", "node2", "node2")],
        *[("add", name, (100, 101, 200)) for name in ("node1", "node1", "node2", "node2")],
    ]


@pytest.mark.parametrize("platform", ["vmmanager", "ganeti", "ravada"])
def test_other_platforms_bridge_on_the_main_network(platform):
    networks = {"main": Network("10.0.0.0/24", interface="eno1")}
    one = cluster(
        platform, [member(1)], networks=networks, client_networks={"office": CLIENTS["office"]}
    )
    assert [(port.interface, port.tagged) for port in switches.ports(one)] == [("eno1", (200,))]
