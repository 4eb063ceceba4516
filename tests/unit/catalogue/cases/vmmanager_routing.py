"""VMmanager's row about FRR."""

from __future__ import annotations

import json

from tests.support.hosts import Case

FABRIC = "vmmanager-fabric"
SUMMARY = "vtysh -c show bgp summary json"


def sessions(**states):
    peers = {name.replace("_", "."): {"state": state} for name, state in states.items()}
    return {SUMMARY: json.dumps({"ipv4Unicast": {"as": 65000, "peers": peers}})}


CONFIG = "/etc/frr/frr.conf"

CASES = (
    Case("NET-029", FABRIC, "pass", "2 session(s) established, communities: 65000:100"),
    Case("NET-029", FABRIC, "pass", "1 session(s)",
         commands=sessions(**{"192_0_2_250": "Established"}),
         plan={"declared/route_reflectors": ["192.0.2.250"]}),
    Case("NET-029", FABRIC, "fail", "192.0.2.251 Active",
         commands=sessions(**{"192_0_2_250": "Established", "192_0_2_251": "Active"})),
    Case("NET-029", FABRIC, "fail", "192.0.2.251 no session",
         commands=sessions(**{"192_0_2_250": "Established"})),
    Case("NET-029", FABRIC, "fail", "no BGP session", commands={SUMMARY: "{}"},
         plan={"declared/route_reflectors": None}),
    Case("NET-029", FABRIC, "fail", "no bgpd=yes", files={"/etc/frr/daemons": "bgpd=no\n"}),
    Case("NET-029", FABRIC, "fail", "not installed", files={"/usr/libexec/frr/bgpd": None}),
    Case("NET-029", FABRIC, "fail", "communities: 65000:101",
         files={CONFIG: "route-map X permit 10\n set community 65000:101\n"}),
    Case("NET-029", FABRIC, "fail", "communities: none", files={CONFIG: "router bgp 65000\n"},
         plan={"declared/bgp_community": None}),
    Case("NET-029", FABRIC, "pass", "no-export", files={CONFIG: " set community no-export\n"},
         plan={"declared/bgp_community": None}),
    Case("NET-029", FABRIC, "unknown", "vtysh", commands={SUMMARY: "Exiting: failed to connect\n"}),
    Case("NET-029", FABRIC, "skip", "after the join", plan={"declared/joined": None}),
    Case("NET-029", "vmmanager-kvm", "skip", "ip-fabric"),
)  # fmt: skip
