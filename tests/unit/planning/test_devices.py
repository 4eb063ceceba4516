"""What devices a cluster file gives a node, platform by platform."""

from __future__ import annotations

import pytest

from saltext.muster.components.network.wanted import wanted
from saltext.muster.master import loading
from saltext.muster.plan import plan

from ..master import support

ID = "node1.example.com"
OTHERS = {"options": None, "waivers": None, "cluster": None}


def network(cluster, node=ID):
    """Return the devices by name of a node's plan, as a node reads it."""
    found = plan(cluster, node)["components"].get("network")
    if not found:
        return {}
    wanted(found)
    return {device["name"]: device for device in found["devices"]}


def ganeti(main, **changes):
    base = {"cidr": "10.77.0.0/24", "gateway": "10.77.0.1"}
    return support.cluster(networks={"main": {**base, **main}}, **changes)


def component(cluster):
    return plan(cluster, ID)["components"]["network"]


def test_a_bond_with_a_vlan_under_a_bridge():
    main = {"bond": "bond0", "vlan": 77, "bridge": "vmbr0", "mtu": 9000}
    found = network(ganeti(main, bonds={"bond0": {"nics": ["eno1", "eno2"]}}))
    assert list(found) == ["eno1", "eno2", "bond0", "bond0.77", "vmbr0"]
    assert {device["mtu"] for device in found.values()} == {9000}
    assert found["bond0"]["ports"] == ["eno1", "eno2"]
    assert (found["bond0.77"]["parent"], found["bond0.77"]["vlan"]) == ("bond0", 77)
    assert found["vmbr0"]["ports"] == ["bond0.77"]
    assert found["vmbr0"]["addresses"] == ["10.77.0.11/24"]


def test_a_bond_that_the_file_does_not_describe_is_taken_as_it_is():
    found = network(ganeti({"bond": "bond0", "bridge": "vmbr0"}))
    assert found["bond0"] == {"name": "bond0"}


def test_a_vlan_whose_name_would_be_too_long():
    found = network(ganeti({"interface": "enp129s0f0np0", "vlan": 100, "bridge": "br0"}))
    assert found["vlan100"]["parent"] == "enp129s0f0np0"


def test_ganeti_s_default_bridge():
    assert network(ganeti({"interface": "eth0"}))["xen-br0"]["ports"] == ["eth0"]


def test_a_node_s_own_interface():
    nodes = {ID: {"address": "10.77.0.11", "interface": "eno9"}}
    found = network(ganeti({"bond": "bond0", "bridge": "br0"}, nodes=nodes))
    assert list(found) == ["eno9", "br0"]


def test_without_a_declared_device_the_component_is_absent():
    assert network(ganeti({})) == {}
    assert network(ganeti({"bridge": "br0"})) == {}


def test_a_second_network_has_its_address_and_no_default_gateway():
    networks = {
        "main": {"cidr": "10.77.0.0/24", "gateway": "10.77.0.1", "interface": "eth0"},
        "replication": {"cidr": "10.78.0.0/24", "gateway": "10.78.0.1", "interface": "eth1"},
    }
    nodes = {ID: {"address": "10.77.0.11", "addresses": {"replication": "10.78.0.11"}}}
    found = network(support.cluster(networks=networks, nodes=nodes))
    assert found["eth1"] == {"name": "eth1", "method": "static", "addresses": ["10.78.0.11/24"]}


def test_routes_rules_tables_and_sysctls_of_the_file():
    main = {
        "interface": "eth0",
        "accept_ra": 2,
        "routes": [{"to": "default", "via": "10.77.0.2", "table": "guests"}],
        "rules": [{"from": "203.0.113.0/24", "table": "guests"}],
    }
    cluster = ganeti(main, tables={"guests": 100}, sysctls={"net.ipv4.ip_forward": 1}, confirm=90)
    found = component(cluster)
    bridge = found["devices"][-1]
    assert bridge["routes"] == [{"to": "default", "via": "10.77.0.2", "table": 100}]
    assert bridge["rules"] == [{"table": 100, "priority": 20000, "source": "203.0.113.0/24"}]
    assert bridge["accept_ra"] == 2
    assert found["tables"] == {"guests": 100}
    assert found["sysctls"] == {"net.ipv4.ip_forward": "1"}
    assert found["confirm"] == 90


def test_routed_instances_have_a_table_with_a_default_route_and_a_rule():
    options = {"network_mode": "routed", "link_table": "100", "drbd": False}
    pools = {"guests": {"blocks": ["203.0.113.0/24"]}}
    cluster = ganeti({"interface": "eth0"}, options=options, waivers=None, address_pools=pools)
    found = component(cluster)
    (nic,) = found["devices"]
    assert nic["routes"] == [
        {"to": "10.77.0.0/24", "table": 100},
        {"to": "default", "via": "10.77.0.1", "table": 100},
    ]
    assert nic["rules"] == [{"table": 100, "priority": 1000, "source": "203.0.113.0/24"}]
    assert found["sysctls"] == {"net.ipv4.ip_forward": "1"}


def vmmanager(**changes):
    main = {"cidr": "10.77.0.0/24", "gateway": "10.77.0.1", "interface": "eth0"}
    changes = {**OTHERS, "platform": "vmmanager", "networks": {"main": main}, **changes}
    return support.cluster(**changes)


def test_vmmanager_before_the_join_has_no_bridge():
    assert list(network(vmmanager())) == ["eth0"]


def test_vmmanager_s_bridge_of_switching_holds_the_uplink_and_the_address():
    found = network(vmmanager(options={"joined": True}))
    assert found["eth0"] == {"name": "eth0"}
    assert found["vmbr0"]["ports"] == ["eth0"]
    assert found["vmbr0"]["addresses"] == ["10.77.0.11/24"]


def test_vmmanager_s_bridge_of_routing_is_without_the_uplink():
    options = {"joined": True, "ipv6_pools": ["2001:db8::/64"], "onlink_ipv6": True}
    nodes = {ID: {"address": "10.77.0.11", "subnet": "203.0.113.0/29"}}
    cluster = vmmanager(options=options, network_type="routing", nodes=nodes)
    found = network(cluster)
    assert found["vmbr0"] == {"name": "vmbr0", "kind": "bridge"}
    assert found["eth0"]["addresses"] == ["10.77.0.11/24", "2001:db8::2/64"]
    assert found["eth0"]["accept_ra"] == 2
    whole = component(cluster)
    assert whole["proxies"] == {"vmbr0": ["2001:db8::2"]}
    assert whole["sysctls"] == {
        "net.ipv4.ip_forward": "1",
        "net.ipv6.conf.vmbr0.proxy_ndp": "1",
        "net.ipv6.conf.all.forwarding": "1",
    }


def test_pvc_s_devices_come_up_without_addresses_each_in_its_own_file():
    cluster = loading.load("pillar/clusters/pvc.yaml")
    found = plan(cluster, next(iter(cluster.nodes)))["components"]["network"]
    devices = {device["name"]: device for device in found["devices"]}
    assert found["split"] is True
    assert not any(device.get("method") for device in devices.values())
    assert devices["bond0"]["mtu"] == devices["bond0.101"]["mtu"] == 9000
    assert devices["bond0.100"]["mtu"] == 1500, "a VLAN takes its parent's MTU unless told"


@pytest.mark.parametrize(
    ("networks", "text"),
    [
        ({"bridge": "eth0", "interface": "eth0"}, "is there twice"),
        ({"bridge": "br0", "interface": "eth0", "gateway": "10.77.0.11"}, "its own address"),
    ],
)
def test_devices_that_contradict_each_other_are_refused_with_the_file(networks, text):
    tree = support.data()
    tree["networks"] = {"main": {"cidr": "10.77.0.0/24", **networks}}
    told = [problem.message for problem in support.of(tree).problems]
    assert any("contradict" in message or "gateway" in message for message in told), told


def test_a_table_that_is_not_declared_is_told():
    tree = support.data()
    tree["networks"]["main"]["rules"] = [{"from": "10.0.0.0/8", "table": "guests"}]
    (problem,) = support.of(tree).problems
    assert "there is no table under `tables` named 'guests'" in problem.message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("confirm", 5),
        ("tables", {"main": 3}),
        ("tables", {"guests": 254}),
        ("sysctls", {"kernel.sysrq": 1}),
        ("sysctls", {"net.ipv4.ip_forward": True}),
        ("sysctls", {"net.ipv4.ip_forward": "1\n"}),
    ],
)
def test_values_that_no_node_would_take_are_refused(key, value):
    assert support.of({**support.data(), key: value}).problems
