"""VMmanager's rows that a cluster file decides, each met and not met by one change."""

from __future__ import annotations

import pytest

from saltext.muster import proving
from saltext.muster.catalogue.vmmanager.fabric_proofs import is_community
from tests.support import proofs
from tests.support.proofs import Proof

SWITCHING, ROUTING, FABRIC = "vmmanager", "vmmanager-routing", "vmmanager-fabric"
NODE1, NODE2 = "nodes/node1.example.com", "nodes/node2.example.com"
AT1, AT2 = ("nodes", "node1.example.com"), ("nodes", "node2.example.com")
RR1, RR2 = "bgp/reflectors/rr1", "bgp/reflectors/rr2"
BLOCK = ("address_pools", "public", "blocks", 0)
GUEST = {"memory": "1 GiB"}
MANY = {f"g[1-{1001}]": {**GUEST, "node": "node1.example.com"}}
VLAN = {"cidr": "10.9.0.0/24", "interface": "eno1.9", "vlan": 9, "mtu": 9000}
SECOND = {"cidr": "10.9.0.0/24", "interface": "eno2", "role": "additional"}
SIX = "2a01:4f8:13b:9a7::"
PREFIX6 = {"networks/six": {"cidr": f"{SIX}/64"}, "options/ipv6_pools": [f"{SIX}/64"]}

NODES = [
    Proof("VMM-001", SWITCHING, "pass"),
    Proof("VMM-001", ROUTING, "skip", seen="no node tells its site"),
    Proof("VMM-001", SWITCHING, "warn", {f"{NODE2}/site": "west"}, (*AT2, "site"), "at west"),
    Proof("VMM-001", SWITCHING, "warn", {f"{NODE2}/site": None}, AT2, "tells no site"),
    Proof("VMM-002", SWITCHING, "pass"),
    Proof("VMM-002", SWITCHING, "skip", {"options/platform_address": None}, seen="is not told"),
    Proof("VMM-002", SWITCHING, "fail", {"options/platform_address": "192.0.2.12"},
          ("options", "platform_address"), "the address of node2"),
    Proof("VMM-002", SWITCHING, "fail",
          {"networks/lan": {"cidr": "10.9.0.0/24"}, f"{NODE1}/addresses": {"lan": "10.9.0.1"},
           "options/platform_address": "10.9.0.1"},
          ("options", "platform_address"), "the address of node1"),
    Proof("VMM-045", SWITCHING, "skip", seen="no network has the role additional"),
    Proof("VMM-045", SWITCHING, "pass", {"networks/additional": SECOND}),
    Proof("VMM-045", SWITCHING, "warn", {"networks/additional": {**SECOND, "interface": "eno1"}},
          ("networks", "additional", "interface"), "the main network's interface too"),
    Proof("VMM-045", SWITCHING, "warn", {"networks/lan": {"cidr": "10.9.0.0/24",
                                                         "role": "additional"}},
          ("networks", "lan"), "tells no interface"),
    Proof("VMM-045", SWITCHING, "warn",
          {"networks/additional": SECOND, f"{NODE2}/interface": "eno2"},
          (*AT2, "interface"), "has the additional network"),
    Proof("VMM-045", SWITCHING, "warn",
          {"networks/additional": SECOND, f"{NODE2}/interface": "ens3"},
          (*AT2, "interface"), "that of the others is on eno1"),
    Proof("VMM-046", SWITCHING, "skip", seen="is not hetzner"),
    Proof("VMM-046", ROUTING, "pass"),
    Proof("VMM-046", ROUTING, "warn",  # 2 nodes and 30 guests: just as many as it takes
          {"options/vswitch": True, "guests": {"vm[1-30]": GUEST}}, ("options", "vswitch"), "vSw"),
    Proof("VMM-046", ROUTING, "fail",
          {"options/vswitch": True, "guests": {"vm[1-31]": GUEST}}, ("options", "vswitch"), "33"),
    Proof("VMM-046", ROUTING, "fail",
          {"options/vswitch": True, "options/vms_per_node": 16}, ("options", "vswitch"), "34"),
    Proof("VMM-046", ROUTING, "fail",  # two NICs of each node
          {"options/vswitch": True, "guests": {"vm[1-29]": GUEST}, "networks/main/bond": "bond0",
           "bonds": {"bond0": {"nics": ["eno1", "eno2"]}}}, ("options", "vswitch"), "33"),
    Proof("VMM-047", SWITCHING, "skip", seen="no VLAN with an MTU"),
    Proof("VMM-047", SWITCHING, "pass", {"networks/lan": VLAN}),
    Proof("VMM-047", SWITCHING, "pass", {"networks/lan": VLAN, "networks/main/mtu": 9000}),
    Proof("VMM-047", SWITCHING, "warn", {"networks/lan": VLAN, "networks/main/mtu": 8999},
          ("networks", "lan", "mtu"), "9000 is more than the 8999 of eno1"),
    Proof("VMM-055", SWITCHING, "skip", {"guests": None}, seen="no guest is planned"),
    Proof("VMM-055", SWITCHING, "skip", {"hypervisor": "lxd"}, seen="the hypervisor is lxd"),
    Proof("VMM-055", ROUTING, "pass"),
    Proof("VMM-055", SWITCHING, "pass", {"options/vms_per_node": 1000}),
    Proof("VMM-055", SWITCHING, "pass", {"options/vms_per_node": 1001}),
    Proof("VMM-055", SWITCHING, "fail", {"guests": MANY}, ("options",), "1001 guests are planned"),
    Proof("VMM-055", SWITCHING, "pass", {"guests": MANY, "options/vms_per_node": 1001}),
    Proof("VMM-055", SWITCHING, "fail", {"guests": MANY, "options/vms_per_node": 900},
          ("options", "vms_per_node"), "are for 1000"),
]  # fmt: skip

TYPES = [
    Proof("NET-002", SWITCHING, "pass"),
    Proof("NET-002", SWITCHING, "skip", {"address_pools": None}, seen="no address pool"),
    Proof("NET-002", FABRIC, "skip", seen="the network type is ip-fabric"),
    Proof("NET-002", SWITCHING, "fail", {"networks/second": None},
          (*BLOCK[:-1], 1), "192.0.2.32/27 is in no network"),
    Proof("NET-002", SWITCHING, "pass",
          {"networks/second": None, "client_networks": {"office": {
              "kind": "bridged", "vlan": 9, "cidr": "192.0.2.32/27"}}}),
    Proof("NET-002", SWITCHING, "fail", {"address_pools/public/blocks": ["192.0.2.0/26"]},
          BLOCK, "192.0.2.0/26 is in no network"),
    Proof("NET-006", ROUTING, "pass"),
    Proof("NET-006", SWITCHING, "skip", seen="the provider is not"),
    Proof("NET-006", SWITCHING, "warn", {"provider": "ovh"}, ("provider",), "switching at ovh"),
    Proof("NET-006", FABRIC, "warn", {"provider": "Hetzner"}, ("provider",), "at Hetzner"),
    Proof("NET-007", SWITCHING, "skip", seen="the network type is switching"),
    Proof("NET-007", ROUTING, "pass"),
    Proof("NET-007", ROUTING, "skip", {"hypervisor": "lxd"}, seen="the hypervisor is lxd"),
    Proof("NET-007", ROUTING, "fail", {f"{NODE1}/subnet": None}, AT1, "no subnet for its guests"),
    Proof("NET-010", ROUTING, "pass"),
    Proof("NET-010", SWITCHING, "skip", {"options/migration": True}, seen="is switching"),
    Proof("NET-010", ROUTING, "fail", {"options/migration": True}, ("options", "migration"),
          "do not migrate under routing"),
    Proof("NET-013", ROUTING, "pass"),
    Proof("NET-013", FABRIC, "skip", seen="ip-fabric"),
    Proof("NET-013", ROUTING, "fail", {"options/vm_gateway": "10.0.0.1"},
          ("options", "vm_gateway"), "the IP fabric's"),
    Proof("NET-014", ROUTING, "skip", {f"{NODE1}/subnet6": None, f"{NODE2}/subnet6": None},
          seen="no IPv6"),
    Proof("NET-014", ROUTING, "pass"),
    Proof("NET-014", ROUTING, "fail", {f"{NODE1}/subnet6": "2001:db8:0:8::/63"},
          (*AT1, "subnet6"), "no /64 of IPv6"),
    Proof("NET-014", ROUTING, "fail", {f"{NODE1}/subnet6": "203.0.113.64/29"},
          (*AT1, "subnet6"), "no /64 of IPv6"),
    Proof("NET-014", SWITCHING, "skip", seen="switching"),
    Proof("NET-014", ROUTING, "pass", {"options/ipv6_pools": [f"{SIX}/64"]}),
    Proof("NET-014", ROUTING, "fail", {"options/ipv6_pools": [f"{SIX}/64", "2001:db8::/56"]},
          ("options", "ipv6_pools", 1), "2001:db8::/56 is no /64"),
    Proof("NET-014", ROUTING, "pass", {**PREFIX6, f"{NODE1}/addresses": {"six": f"{SIX}2"}}),
    Proof("NET-014", ROUTING, "fail", {**PREFIX6, f"{NODE1}/addresses": {"six": f"{SIX}3"}},
          (*AT1, "addresses", "six"), f"{SIX}3 is not {SIX}2"),
    Proof("NET-014", ROUTING, "fail",  # which has no address ::2
          {"networks/six": {"cidr": f"{SIX}1/128"}, f"{NODE1}/addresses": {"six": f"{SIX}1"},
           "options/ipv6_pools": [f"{SIX}1/128"]}, ("options", "ipv6_pools", 0), "1/128 is no /64"),
    Proof("NET-032", ROUTING, "pass"),
    Proof("NET-032", SWITCHING, "skip", seen="switching"),
    Proof("NET-032", ROUTING, "pass", {f"{NODE1}/guest_range": "203.0.113.40/29"}),
    Proof("NET-032", ROUTING, "fail", {f"{NODE1}/guest_range": "203.0.113.32/28"},
          (*AT1, "guest_range"), "not in the node's subnet 203.0.113.40/29"),
    Proof("NET-032", ROUTING, "fail", {f"{NODE2}/subnet": None}, (*AT2, "guest_range"), "(none)"),
    Proof("NET-032", ROUTING, "fail", {f"{NODE1}/guest_range": "2001:db8::/64"},
          (*AT1, "guest_range"), "not in the node's subnet"),
]  # fmt: skip

FABRICS = [
    Proof("NET-018", FABRIC, "pass"),
    Proof("NET-018", SWITCHING, "skip", seen="switching"),
    Proof("NET-018", FABRIC, "warn", {"networks/main/cidr": "172.32.0.0/24"},
          ("networks", "main", "cidr"), "172.32.0.0/24 is public"),
    Proof("NET-018", FABRIC, "warn", {"address_pools/public/blocks": ["192.168.7.0/24"]},
          BLOCK, "is private"),
    Proof("NET-019", FABRIC, "pass"),
    Proof("NET-019", ROUTING, "skip", seen="routing"),
    Proof("NET-019", FABRIC, "fail", {"bgp/asn": None}, ("bgp",), "AS number is not told"),
    Proof("NET-019", FABRIC, "fail", {f"{RR2}/asn": 65001},
          ("bgp", "reflectors", "rr2", "asn"), "rr2 has the AS number 65001"),
    Proof("NET-020", FABRIC, "pass"),
    Proof("NET-020", SWITCHING, "skip", seen="switching"),
    Proof("NET-020", FABRIC, "warn", {RR2: None}, ("bgp", "reflectors"), "one route reflector"),
    Proof("NET-020", FABRIC, "fail", {"bgp/reflectors": None}, ("bgp",), "needs route reflectors"),
    Proof("NET-023", FABRIC, "pass"),
    Proof("NET-023", SWITCHING, "skip", seen="switching"),
    Proof("NET-023", FABRIC, "fail", {"options/vm_gateway": None}, ("options",), "a vm_gateway"),
    Proof("NET-024", FABRIC, "pass"),
    Proof("NET-024", SWITCHING, "skip", seen="switching"),
    Proof("NET-024", FABRIC, "fail", {"bgp/community": None}, ("bgp",), "seen none"),
    Proof("NET-024", FABRIC, "fail", {"bgp/community": "65536:1"}, ("bgp", "community"), "65536:1"),
    Proof("NET-026", FABRIC, "pass"),
    Proof("NET-026", FABRIC, "skip", {"guests": None}, seen="no guests"),
    Proof("NET-026", SWITCHING, "skip", {"guests/elevenchars": GUEST}, seen="switching"),
    Proof("NET-026", FABRIC, "pass", {"guests/tenletters": GUEST}),
    Proof("NET-026", FABRIC, "fail", {"guests/elevenchars": GUEST},
          ("guests", "elevenchars"), "elevenchars_net0 has 16 characters"),
    Proof("NET-031", FABRIC, "pass"),
    Proof("NET-031", SWITCHING, "skip", seen="switching"),
    Proof("NET-031", FABRIC, "warn", {f"{RR2}/domain": "rack1"},
          ("bgp", "reflectors"), "all route reflectors fail with rack1"),
    Proof("NET-031", FABRIC, "skip", {f"{RR2}/domain": None}, seen="not told of all"),
    Proof("NET-031", FABRIC, "skip", {RR2: None}, seen="no two route reflectors"),
    Proof("NET-034", FABRIC, "pass"),
    Proof("NET-034", SWITCHING, "skip", seen="switching"),
    Proof("NET-034", FABRIC, "skip", {"address_pools": None}, seen="no address pool"),
    Proof("NET-034", FABRIC, "warn", {"address_pools/public/blocks": ["172.16.0.128/25"]},
          BLOCK, "172.16.0.128/25 overlaps 172.16.0.0/24"),
]  # fmt: skip

CASES = [*NODES, *TYPES, *FABRICS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_row_is_proved(case):
    proofs.check(case)


def test_every_proof_is_seen_to_hold_and_not_to_hold():
    for row in proving.rules("vmmanager"):
        seen = {case.status for case in CASES if case.row == row.id}
        assert "pass" in seen and seen & {"fail", "warn"}, row.id


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("0:0", True),
        ("65535:65535", True),
        ("65536:0", False),
        ("0:65536", False),
        ("4294967295:0:4294967295", True),
        ("4294967296:0:0", False),
        ("no-export", True),
        ("no_export", False),
        ("", False),
        ("65000", False),
        (":", False),
        ("1:2:3:4", False),
        ("-1:2", False),
        ("\u0661:2", False),
        ("1 :2", False),
    ],
)
def test_a_community_is_two_numbers_or_three_or_a_known_name(text, good):
    assert is_community(text) is good


def test_options_that_are_no_addresses_stop_no_proof():
    changes = {"options/vm_gateway": "here", "options/ipv6_pools": ["there"]}
    for example in (SWITCHING, ROUTING, FABRIC):
        list(proving.prove(proofs.cluster(example, changes)))


def test_a_mistake_of_all_nodes_is_told_often_enough():
    changes = {"nodes/rack[1-300].example.com": {"address": "123.45.12.50"}}
    found = proofs.proved("NET-007", proofs.cluster(ROUTING, changes))
    assert len(found.findings) == proving.MOST
