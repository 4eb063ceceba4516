"""Flows: what each platform opens, to whom."""

from __future__ import annotations

import dataclasses

import pytest

from saltext.muster.cluster import Network
from saltext.muster.parts import Bgp, ClientNetwork, Guest, Reflector
from saltext.muster.planning.connecting import flows
from saltext.muster.planning.connecting.rules import rules
from tests.support.planned import cluster, node
from tests.support.talking import (
    ADMIN,
    MAIN,
    found,
    numbered,
    pvc,
    pvc_nodes,
    vmmanager,
)


def test_vmmanager_opens_what_its_document_asks_for():
    one = vmmanager(options={"platform_address": "198.51.100.5"})
    assert found(one, "node0", "input", 22) == ["198.51.100.0/24"]
    assert found(one, "node0", "input", 179) == ["10.0.0.0/24"]
    assert found(one, "node0", "input", 4789, "udp") == ["10.0.0.0/24"]
    assert found(one, "node0", "input", 5900) == ["any"]
    assert found(one, "node0", "input", 16514) == ["10.0.0.0/24", "198.51.100.5"]
    assert found(one, "node0", "input", 49152) == ["10.0.0.0/24"]
    assert found(one, "node0", "input", 8443) is None


def test_lxd_has_its_own_management_and_no_libvirt():
    one = vmmanager(options={"platform_address": "198.51.100.5"})
    one = dataclasses.replace(one, hypervisor="lxd")
    assert found(one, "node0", "input", 8443) == ["10.0.0.0/24", "198.51.100.5"]
    assert found(one, "node0", "input", 16514) is None
    assert found(one, "node0", "input", 5900) is None


def test_screens_are_closed_to_the_world_where_people_come_through_the_platform():
    one = vmmanager(options={"console_via": "platform"})
    assert found(one, "node0", "input", 5900) == ["10.0.0.0/24"]


@pytest.mark.parametrize(
    ("planned", "last"), [(0, 6900), (1000, 6900), (1001, 6900), (1002, 6901), (70000, 65535)]
)
def test_more_guests_than_the_range_of_screens_has_ports_widen_it(planned, last):
    one = vmmanager(options={"vms_per_node": planned})
    screens = [each for each in flows.flows(one) if each.first == 5900]
    assert [each.last for each in screens] == [last]


def test_declared_guests_widen_the_range_of_screens_too():
    guests = [Guest(f"vm{n}", 1, node="node0") for n in range(1100)]
    guests += [Guest(f"free{n}", 1) for n in range(101)]
    one = vmmanager(guests=guests)
    assert next(each.last for each in flows.flows(one) if each.first == 5900) == 5900 + 1151 - 1


def test_route_reflectors_and_nodes_open_bgp_to_each_other():
    reflectors = {"rr1": Reflector("192.0.2.1", 65000), "rr2": Reflector("192.0.2.2", 65000)}
    one = vmmanager(bgp=Bgp(65000, "65000:100", reflectors))
    peers = ["10.0.0.0/24", "192.0.2.1", "192.0.2.2"]
    assert found(one, "node0", "input", 179) == peers
    assert found(one, "node0", "output", 179) == peers


def test_ravada_restricts_ssh_to_the_master_and_the_administrators():
    nodes = [node("rav0", "10.0.0.10", role="master"), node("rav1", "10.0.0.11", role="node")]
    one = cluster("ravada", nodes, networks=MAIN, admin=ADMIN)
    assert found(one, "rav1", "input", 22) == ["10.0.0.10", "198.51.100.0/24"]
    assert found(one, "rav0", "output", 22) == ["10.0.0.0/24"]
    assert found(one, "rav1", "output", 22) is None
    assert found(one, "rav1", "input", 9, "udp") is None, "wake-on-LAN is not wanted"


def test_ravadas_master_sends_and_its_nodes_accept_what_wakes_them():
    nodes = [node("rav0", "10.0.0.10", role="master"), node("rav1", "10.0.0.11", role="node")]
    one = cluster("ravada", nodes, networks=MAIN, admin=ADMIN, options={"wake_on_lan": True})
    for protocol, port in (("udp", 9), ("tcp", 7), ("udp", 7)):
        assert found(one, "rav1", "input", port, protocol) == ["10.0.0.10"]
        assert "10.0.0.0/24" in found(one, "rav0", "output", port, protocol)
    assert "255.255.255.255" in found(one, "rav0", "output", 9, "udp")


def test_pvcs_databases_are_open_in_the_cluster_network_alone():
    one = pvc(pvc_nodes(5))
    assert found(one, "node0", "input", 2181, network="cluster") == ["10.1.0.0/16"]
    assert found(one, "node0", "input", 2181) is None
    assert found(one, "node4", "input", 2181, network="cluster") is None, "it is no coordinator"
    own = ["10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.255.1"]
    assert found(one, "node0", "input", 2888, network="cluster") == own
    assert found(one, "node4", "output", 2181, network="cluster") == own
    assert found(one, "node4", "input", 6800, network="storage") == ["10.2.0.0/16"]
    assert found(one, "node0", "input", 7370) == ["198.51.100.0/24"]
    assert found(one, "node0", "input", 179) == ["10.0.0.2", "10.0.0.3"]


def test_pvc_speaks_bgp_with_the_gateway_where_no_router_has_another_address():
    one = pvc(pvc_nodes(3))

    def main(**more):
        networks = {**one.networks, "main": Network("10.0.0.0/16", role="upstream", **more)}
        return dataclasses.replace(one, networks=networks)

    for way in ("input", "output"):
        assert found(main(gateway="10.0.0.1"), "node0", way, 179) == ["10.0.0.1"]
        assert found(main(), "node0", way, 179) is None, "not to anybody"


def test_ravadas_users_reach_their_screens_and_guests_their_node():
    nodes = [node("rav0", "10.0.0.10", role="master"), node("rav1", "10.0.0.11", role="node")]
    one = cluster("ravada", nodes, networks=MAIN, admin=ADMIN)
    for id_ in ("rav0", "rav1"):
        assert found(one, id_, "input", 5900) == ["any"]
        own = [rule for rule in rules(one, one.nodes[id_]) if rule["interface"]]
        ports = {(rule["protocol"], rule["first"]) for rule in own}
        assert ports == {("udp", 67), ("udp", 53), ("tcp", 53)}
        assert {(r["interface"], r["direction"]) for r in own} == {("virbr0", "input")}


def test_pvcs_api_is_not_open_to_the_world_when_nobody_administers():
    one = pvc(pvc_nodes(3), admin=())
    assert found(one, "node0", "input", 7370) is None
    assert found(one, "node0", "input", 22) == ["any"]


def test_pvcs_guests_of_managed_networks_reach_the_coordinators():
    nets = {
        "lab": ClientNetwork("managed", vni=1000, cidr="10.100.0.0/24"),
        "office": ClientNetwork("bridged", vlan=200),
    }
    one = pvc(pvc_nodes(4), client_networks=nets)
    assert found(one, "node0", "input", 80, network="lab") == ["10.100.0.0/24"]
    assert found(one, "node0", "input", 67, "udp", network="lab") == ["any"]
    for way in ("input", "output"):
        assert found(one, "node0", way, 0, "icmp", network="lab") == ["any"]
    own = [rule for rule in rules(one, one.nodes["node0"]) if rule["network"] == "lab"]
    assert {rule["interface"] for rule in own} == {"vmbr1000"}, "never on another interface"
    assert found(one, "node3", "input", 80, network="lab") is None
    assert found(one, "node0", "input", 80, network="office") is None


@pytest.mark.parametrize(
    ("hypervisor", "port", "wanted"),
    [("kvm", 8002, 8102), ("xen", 8002, 8002), ("kvm", 9000, 9000), ("xen", 9000, 9000)],
)
def test_ganetis_migration_port_is_the_hypervisors(hypervisor, port, wanted):
    nodes = [node(f"gnt{n}", f"10.0.0.1{n}", addresses={"disks": f"10.9.0.1{n}"}) for n in (1, 2)]
    networks = {**MAIN, "disks": Network("10.9.0.0/24", role="replication")}
    one = cluster("ganeti", nodes, networks=networks, options={"migration_port": port})
    one = dataclasses.replace(one, hypervisor=hypervisor)
    assert found(one, "gnt1", "input", wanted, network="disks") == ["10.9.0.0/24"]
    assert found(one, "gnt1", "input", 11000, network="disks") == ["10.9.0.0/24"]
    assert found(one, "gnt1", "input", 1811) == ["10.0.0.0/24"]
    assert found(one, "gnt1", "input", 1811, network="disks") is None


def test_ganetis_secondary_network_may_be_known_by_its_option_alone():
    one = cluster("ganeti", numbered(2), networks=MAIN, options={"secondary_cidr": "10.9.0.0/24"})
    assert found(one, "node0", "input", 11000) == ["10.9.0.0/24"]
    assert found(one, "node0", "output", 11000) == ["10.9.0.0/24"]


def test_ganeti_without_drbd_and_migration_opens_neither():
    options = {"drbd": False, "live_migration": False}
    one = cluster("ganeti", numbered(2), networks=MAIN, options=options)
    assert found(one, "node0", "input", 11000) is None
    assert found(one, "node0", "input", 8102) is None
