"""What each platform cannot live with in a cluster file."""

from __future__ import annotations

import pytest
import yaml

from saltext.muster.master import loading
from tests.support import hosts
from tests.support.hosts import DATA, changed


def problems(profile, changes):
    tree = yaml.safe_load((DATA / "clusters" / f"{profile}.yaml").read_text())
    text = yaml.safe_dump(changed(tree, changes))
    return [problem.text() for problem in loading.from_bytes("/x.yaml", text.encode()).problems]


@pytest.mark.parametrize("profile", hosts.SYSTEMS)
def test_the_sound_clusters_are_valid(profile):
    assert problems(profile, {}) == []


CASES = [
    ("vmmanager-lxd", {"network_type": "routing"}, "does not offer routing under LXD"),
    ("vmmanager-routing", {"options/migration": True}, "do not migrate under routing"),
    ("vmmanager-kvm", {"options/platform_address": "here"}, "options.platform_address"),
    ("vmmanager-kvm", {"options/vms_per_node": -1}, "options.vms_per_node"),
    ("vmmanager-routing", {"options/ipv6_pools": ["2001:db8::1/64"]}, "options.ipv6_pools[0]"),
    ("vmmanager-routing", {"nodes/node1.example.com/subnet": None}, "has no subnet"),
    ("vmmanager-routing", {"nodes/node1.example.com/subnet": "203.0.113.48/30"}, "203.0.113.48/"),
    ("vmmanager-fabric", {"bgp/reflectors": {}}, "needs route reflectors"),
    ("vmmanager-fabric", {"bgp/reflectors/rr1/address": "rr1"}, "bgp.reflectors.rr1.address"),
    ("vmmanager-fabric", {"bgp/reflectors/rr1/asn": 0}, "bgp.reflectors.rr1.asn"),
    ("vmmanager-fabric", {"bgp/reflectors/rr1/address": "192.0.2.251"}, "192.0.2.251"),
    ("vmmanager-fabric", {"options/vm_gateway": None}, "needs a vm_gateway"),
    ("vmmanager-fabric", {"options/vm_gateway": "192.0.2.11"}, "192.0.2.11"),
    ("vmmanager-fabric", {"options/vm_gateway": "192.0.2.250"}, "192.0.2.250"),
    ("vmmanager-fabric", {"bgp/community": None}, "needs a community"),
    ("ravada", {"nodes/node1.example.com/lvm_devices": ["/dev/x"]}, "makes none for ravada"),
    ("pvc", {"nodes/node3.example.com/role": "hypervisor"}, "wanted 3 or 5 coordinators"),
    ("pvc", {"networks/cluster/gateway": "10.0.1.254"}, "the network cluster is private"),
    ("pvc", {"networks/storage/gateway": "10.0.2.254"}, "the network storage is private"),
    ("pvc", {"nodes/node3.example.com/addresses": {"storage": "10.0.2.3"}}, "network cluster"),
    ("ganeti-xen", {"nodes/node2.example.com/addresses": None}, "network replication"),
    ("ravada", {"nodes/node2.example.com/role": "master"}, "Ravada has one master"),
    ("ravada", {"pools": [{"name": "a", "type": "dir"}]}, "needs path"),
    ("ravada", {"pools": [{"name": "a", "type": "nfs", "path": "/a"}]}, "needs source"),
    ("ravada", {"pools": [{"name": "a", "type": "lvm", "source": "a b"}]}, "pools[0].source"),
    ("ganeti", {"options/secondary_cidr": "192.168.3.1/24"}, "options.secondary_cidr"),
    ("ganeti", {"options/minor_count": 256}, "wanted 1 to 255"),
    ("ganeti", {"nodes/node1.example.com/fqdn": "node1"}, "fully qualified"),
    ("ganeti", {"nodes/node1.example.com/role": "coordinator"}, "wanted one of node, master"),
    ("ganeti-xen", {"options/dom0_memory": "1 GiB"}, "wanted a size such as 1024M"),
    ("ganeti-xen", {"options/dom0_cpus": -1}, "wanted 0 to 4096"),
    ("ganeti", {"also": ["ganeti"]}, "also[0]"),
    ("ganeti", {"also": ["nobody"]}, "also[0]"),
]


@pytest.mark.parametrize(("profile", "changes", "told"), CASES)
def test_what_is_refused(profile, changes, told):
    found = problems(profile, changes)
    assert len(found) == 1
    assert told in found[0]
    assert "remedy: " in found[0]


@pytest.mark.parametrize(
    ("community", "good"),
    [
        ("0:0", True), ("65535:65535", True), ("65536:1", False), ("1:65536", False),
        ("65000", False), ("65000:", False), (":", False), ("65000:-1", False),
        ("65000:1:2", True), ("4294967295:1:2", True), ("4294967296:1:2", False),
        ("1:2:3:4", False), ("no-export", True), ("no-way", False), ("٦:1", False),
    ],
)  # fmt: skip
def test_a_bgp_community(community, good):
    found = problems("vmmanager-fabric", {"bgp/community": community})
    assert (found == []) is good


def test_a_single_coordinator_is_for_labs():
    roles = {f"nodes/node{n}.example.com/role": "hypervisor" for n in (2, 3)}
    assert problems("pvc", {**roles, "tier": "test"}) == []
    assert ["wanted 3 or 5 coordinators" in each for each in problems("pvc", roles)] == [True]


@pytest.mark.parametrize(("tier", "told"), [("test", 0), ("production", 1), ("heavy", 1)])
def test_less_than_three_nodes_are_for_tests(tier, told):
    alone = {f"nodes/node{n}.example.com": None for n in (2, 3)}
    found = problems("pvc", {**alone, "tier": tier})
    assert sum("at least 3 nodes" in each for each in found) == told
    assert sum("wanted 3 or 5 coordinators" in each for each in found) == told


def test_a_network_that_no_node_has_an_address_in_is_nobodys_business():
    none = {f"nodes/node{n}.example.com/addresses": None for n in (1, 2)}
    assert problems("ganeti-xen", none) == []


@pytest.mark.parametrize("value", ["512M", "2G", ""])
def test_the_first_domain_s_memory(value):
    assert problems("ganeti-xen", {"options/dom0_memory": value, "options/dom0_cpus": 0}) == []
