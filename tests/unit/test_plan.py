"""Node plans: their shape, platform by platform."""

from __future__ import annotations

import json

import pytest

from saltext.muster import digest
from saltext.muster.components import packages
from saltext.muster.components.firewall.wanted import wanted
from saltext.muster.facts import Facts
from saltext.muster.plan import plan

from .master import support

ID = "node1.example.com"


def test_a_ganeti_plan():
    cluster = support.cluster()
    found = plan(cluster, ID)
    names = found["components"].pop("packages")["names"]
    assert found["components"] == {
        "hostname": {"name": ID},
        "hosts": {
            "address": "10.77.0.11",
            "names": [ID, "node1"],
            "shared": {
                "digest": cluster.hosts_digest,
                "source": f"salt://muster-shared/hosts-{cluster.hosts_digest}.json",
            },
        },
        "chrony": {"sources": ["10.77.0.1"], "wait": 60},
        "drbd": {"options": {"minor_count": "128", "usermode_helper": "/bin/true"}},
        "lvm": {"group": "xenvg", "devices": [], "filter": True},
        "network": {
            "devices": [
                {"name": "eth0"},
                {
                    "name": "gnt-br",
                    "kind": "bridge",
                    "ports": ["eth0"],
                    "method": "static",
                    "addresses": ["10.77.0.11/24"],
                    "gateways": ["10.77.0.1"],
                },
            ]
        },
    }
    assert {"drbd-utils", "chrony", "socat", "lvm2"} <= set(names["debian-12"])
    main = {"cidr": "10.77.0.0/24", "gateway": "10.77.0.1", "bridge": "gnt-br", "interface": "eth0"}
    assert found["declared"] == {
        **{key: value for key, value in vars(cluster.options).items() if value != ""},
        **main,
        "fqdn": ID,
        "short": "node1",
        "address": "10.77.0.11",
        "role": "node",
        "cluster_name": "cluster.example.com",
        "cluster_address": "10.77.0.100",
        "networks": {"main": {**main, "address": "10.77.0.11"}},
    }
    assert found["profile"] == {
        "platform": "ganeti",
        "hypervisor": "kvm",
        "network_type": None,
        "edition": "current",
        "tier": "test",
    }
    assert [found[key] for key in ("version", "id", "cluster", "platform")] == [
        1,
        ID,
        "demo",
        "ganeti",
    ]


def test_the_digest_covers_all_but_the_clock():
    found = plan(support.cluster(), ID)
    assert found["digest"] == digest.of_plan({**found, "now": 1.0})
    assert found["digest"] != digest.of_plan({**found, "cluster": "other"})
    assert len(found["library"]) == 64


def test_a_component_that_is_not_asked_for_is_absent():
    networks = {"main": {"cidr": "10.77.0.0/24"}}
    changes = {"time": None, "options": {"drbd": False, "storage": "file"}, "networks": networks}
    found = plan(support.cluster(**changes), ID)["components"]
    assert set(found) == {"hostname", "hosts", "packages"}
    assert not {"drbd-utils", "chrony"} & set(found["packages"]["names"]["debian-13"])


def test_without_drbd_lvm_needs_no_filter():
    nodes = {ID: {"address": "10.77.0.11", "lvm_devices": ["/dev/disk/by-id/x"]}}
    cluster = support.cluster(nodes=nodes, waivers=None, options={"drbd": False})
    found = plan(cluster, ID)["components"]["lvm"]
    assert found == {"group": "xenvg", "devices": ["/dev/disk/by-id/x"], "filter": False}


def test_a_node_overrides_the_interface():
    nodes = {ID: {"address": "10.77.0.11", "interface": "eno1"}}
    cluster = support.cluster(nodes=nodes, waivers=None)
    assert plan(cluster, ID)["declared"]["interface"] == "eno1"


def test_a_plan_without_networks_has_ganetis_default_bridge():
    found = plan(support.cluster(networks=None), ID)["declared"]
    assert found["bridge"] == "xen-br0"
    assert "cidr" not in found


def test_only_the_waivers_of_the_node_and_expired_ones_too():
    waiver = {"reason": "r", "owner": "o", "expires": "2001-01-01"}
    cluster = support.cluster(
        waivers=[
            {**waiver, "requirement": "GNT-034"},
            {**waiver, "requirement": "GNT-012", "nodes": ["node2.example.com"]},
            {**waiver, "requirement": "GNT-013", "nodes": [ID, "node2.example.com"]},
        ]
    )
    found = plan(cluster, ID)["waivers"]
    assert [waiver["requirement"] for waiver in found] == ["GNT-034", "GNT-013"]
    assert "nodes" not in found[1]
    assert found[1] == {**waiver, "requirement": "GNT-013"}


def test_an_id_that_is_not_in_the_cluster():
    with pytest.raises(KeyError):
        plan(support.cluster(), "node9.example.com")


def test_a_ravada_plan():
    cluster = support.cluster(
        platform="ravada", options=None, waivers=None, cluster=None, salt_masters=["10.77.0.1"]
    )
    found = plan(cluster, ID)["components"]
    names = {"hostname", "hosts", "chrony", "packages", "kvm_spice", "network", "firewall", "ssh"}
    assert set(found) == names
    assert "nftables" in found["packages"]["names"]["debian-13"]
    assert "qemu-system-x86" in found["packages"]["names"]["debian-13"]
    assert "qemu-kvm" in found["packages"]["names"]["almalinux-9"]


def test_a_vmmanager_plan():
    changes = {"options": None, "waivers": None, "cluster": None}
    cluster = support.cluster(platform="vmmanager", **changes)
    found = plan(cluster, ID)
    names = {"hostname", "hosts", "chrony", "packages", "selinux", "network", "firewall"}
    assert set(found["components"]) == names
    assert found["components"]["selinux"] == {"mode": "disabled"}
    assert found["profile"]["network_type"] == "switching"


def test_a_firewall_is_planned_where_platform_or_cluster_file_ask_for_it():
    assert "firewall" not in plan(support.cluster(), ID)["components"]
    asked = support.cluster(firewall={"enforce": True})
    found = plan(asked, ID)["components"]
    assert found["firewall"]["rules"]
    assert "nftables" in found["packages"]["names"]["debian-12"]
    changes = {"options": None, "waivers": None, "cluster": None, "salt_masters": ["10.77.0.1"]}
    without = support.cluster(platform="ravada", firewall={"enforce": False}, **changes)
    found = plan(without, ID)["components"]
    assert "firewall" not in found
    assert "nftables" not in found["packages"]["names"]["debian-12"]


def test_the_firewall_s_plan_is_what_the_node_reads_and_has_what_the_file_declares():
    accept = [
        {"protocol": "tcp", "ports": "9100-9110", "sources": ["198.51.100.0/24", "2001:db8::/32"]},
        {"protocol": "udp", "ports": 161, "sources": ["198.51.100.0/24"], "why": "SNMP"},
    ]
    cluster = support.cluster(
        firewall={"enforce": True, "accept": accept},
        admin=["192.0.2.0/24"],
        salt_masters=["10.77.0.1"],
        confirm=90,
    )
    found = wanted(json.loads(json.dumps(plan(cluster, ID)["components"]["firewall"])))
    assert (found.admin, found.masters, found.confirm) == (("192.0.2.0/24",), ("10.77.0.1",), 90)
    declared = {(each.protocol, each.ports): each for each in found.accept}
    assert declared["tcp", "9100-9110"].peers == ("198.51.100.0/24", "2001:db8::/32")
    assert declared["udp", "161"].about == "SNMP"


@pytest.mark.parametrize("ports", [0, 65536, "9-8", "1-65536", "-5", "a", True, [1, 2], None, 1.5])
def test_what_is_no_port_is_told(ports):
    accept = [{"protocol": "tcp", "ports": ports, "sources": ["192.0.2.0/24"]}]
    problems = support.of({**support.data(), "firewall": {"accept": accept}}).problems
    assert [problem.where for problem in problems] == ["firewall.accept[0].ports"]


def test_a_declared_flow_has_somebody_to_come_from():
    accept = [{"protocol": "tcp", "ports": 80, "sources": []}]
    problems = support.of({**support.data(), "firewall": {"accept": accept}}).problems
    assert [problem.where for problem in problems] == ["firewall.accept[0].sources"]


def test_vmmanager_does_not_route_under_lxd():
    tree = {**support.data(), "platform": "vmmanager", "network_type": "routing"}
    tree = {key: value for key, value in tree.items() if key not in ("options", "waivers")}
    for number, node in enumerate(tree["nodes"].values()):
        node["subnet"] = f"203.0.113.{number * 8}/29"
    assert support.of(tree).cluster
    (problem,) = support.of({**tree, "hypervisor": "lxd"}).problems
    assert "does not offer routing under LXD" in problem.message


@pytest.mark.parametrize("platform", ["ganeti", "ravada", "vmmanager"])
def test_every_list_of_packages_can_be_taken_and_fits(platform):
    cluster = support.cluster(
        platform=platform, options=None, waivers=None, salt_masters=["10.77.0.1"]
    )
    found = plan(cluster, ID)
    lists = found["components"]["packages"]["names"]
    for release in lists:
        id_, _dash, version = release.partition("-")
        system = Facts({"os": {"id": id_, "version_id": version}})
        assert packages.names(system, lists) == lists[release]
    # Ravada's own pages name twenty releases; a plan is some 5000 characters whatever the nodes.
    assert len(json.dumps(found)) < 6000


def test_a_short_name_that_is_the_whole_name_is_there_once():
    cluster = support.cluster(
        platform="vmmanager", options=None, waivers=None, nodes={"vm1": {"address": "10.77.0.11"}}
    )
    assert plan(cluster, "vm1")["components"]["hosts"]["names"] == ["vm1"]
