"""Ganeti's rows about bridges and routing tables."""

from __future__ import annotations

from tests.support.hosts import Case
from tests.unit.catalogue.cases.vmmanager_network import ADDRESSES, NET, addressed, bridge, link

KVM, XEN = "ganeti", "ganeti-xen"

RULES, ROUTES = "ip rule show", "ip route show table all"
TABLES = "/etc/iproute2/rt_tables"
BRIDGE = f"{NET}/xen-br0"
NO_SYS = {"/sys/": None}

ROUTED = {"declared/network_mode": "routed"}
NO_MODE = {"declared/network_mode": "routed", "declared/link_table": "instances"}
BASE_RULES = "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n"
DEFAULT = "default via 192.0.2.1 dev eno1"

#: The tutorial's own samples, with the address of its example.
BRCTL = (
    "bridge name\tbridge id\t\tSTP enabled\tinterfaces\nxen-br0\t\t8000.0020fc1ed55d\tno\t\teth0\n"
)
SHOWN = """\
9: xen-br0: <BROADCAST,MULTICAST,UP,10000> mtu 1500 qdisc noqueue
    link/ether 00:20:fc:1e:d5:5d brd ff:ff:ff:ff:ff:ff
    inet 10.1.1.200/24 brd 10.1.1.255 scope global xen-br0
    inet6 fe80::220:fcff:fe1e:d55d/64 scope link
       valid_lft forever preferred_lft forever
"""
SAMPLE = {
    "declared/address": "10.1.1.200",
    "declared/cidr": "10.1.1.0/24",
    "declared/gateway": None,
    "declared/interface": "eth0",
}


def table(name):
    return {**ROUTED, "declared/link_table": name}


def rt_tables(text, path=TABLES):
    return {TABLES: None, path: text}


def routing(routes, rules):
    return {
        ROUTES: f"{DEFAULT}\n{routes}", "ip -6 route show table all": "", RULES: BASE_RULES + rules,
    }  # fmt: skip


RULE = "32765:\tfrom 10.0.0.0/8 lookup instances \n"
ROUTE = f"{DEFAULT} table instances\n"
NUMBERED = rt_tables("100\tinstances\n")

CASES = (
    Case("GNT-046", KVM, "pass", "xen-br0"),
    Case("GNT-046", XEN, "pass", "xen-br0"),
    Case("GNT-046", KVM, "fail", "no bridge", {BRIDGE: None}),
    Case("GNT-046", KVM, "fail", "br0", {BRIDGE: None, **bridge("br0", "eno1")}),
    Case("GNT-046", KVM, "fail", "no bridge", {BRIDGE: None, **link("xen-br0")}),
    Case("GNT-046", KVM, "skip", "no bridge is needed", plan=ROUTED),
    Case("GNT-046", KVM, "pass", "xen-br0", NO_SYS, commands={"brctl show": BRCTL}),
    Case("GNT-046", KVM, "unknown", "brctl is not installed", NO_SYS),
    Case("GNT-046", KVM, "unknown", "declares no bridge", plan={"declared/bridge": None}),
    Case("GNT-047", KVM, "pass", "xen-br0"),
    Case("GNT-047", KVM, "fail", "xenbr0: nearly", {BRIDGE: None, **bridge("xenbr0", "eno1")}),
    Case(
        "GNT-047", KVM, "pass", "xenbr0", bridge("xenbr0", "eno2"),
        plan={"declared/bridge": "xenbr0"},
    ),
    Case("GNT-047", KVM, "fail", "xen-br0: nearly", plan={"declared/bridge": "xenbr0"}),
    Case(
        "GNT-047", KVM, "fail", "xen-br0 is a link, but no bridge",
        {BRIDGE: None, **link("xen-br0")},
    ),
    Case("GNT-047", KVM, "fail", "no bridge", {BRIDGE: None}),
    Case("GNT-047", KVM, "skip", "no bridge is needed", plan=ROUTED),
    Case("GNT-047", KVM, "unknown", "is not there", NO_SYS),
    Case("GNT-049", KVM, "skip", "this cluster is bridged"),
    Case("GNT-049", KVM, "skip", "no routing table", plan=ROUTED),
    Case("GNT-049", XEN, "skip", "for hypervisor kvm", plan=table("100")),
    Case("GNT-049", KVM, "pass", "number 100", plan=table("100")),
    Case("GNT-049", KVM, "pass", "number 1", plan=table("1")),
    Case("GNT-049", KVM, "fail", "number 0", plan=table("0")),
    Case("GNT-049", KVM, "pass", "number 4294967295", plan=table("4294967295")),
    Case("GNT-049", KVM, "fail", "number 4294967296", plan=table("4294967296")),
    Case("GNT-049", KVM, "pass", "instances is number 100", NUMBERED, plan=table("instances")),
    Case(
        "GNT-049", KVM, "pass", "instances is number 100",
        rt_tables("100 instances # theirs\n", "/usr/share/iproute2/rt_tables"),
        plan=table("instances"),
    ),
    Case(
        "GNT-049", KVM, "pass", "instances is number 100",
        {"/etc/iproute2/rt_tables.d/ganeti.conf": "0x64 instances\n"}, plan=table("instances"),
    ),
    Case("GNT-049", KVM, "fail", "known: default, main, local", plan=table("instances")),
    Case("GNT-049", KVM, "fail", "known", rt_tables("#100 instances\n"), plan=table("instances")),
    Case(
        "GNT-049", KVM, "unknown", "not a regular file", {TABLES: None, f"{TABLES}/": ""},
        plan=table("instances"),
    ),
    Case("GNT-050", KVM, "skip", "this cluster is bridged"),
    Case(
        "GNT-050", KVM, "pass", "default via 192.0.2.1 dev eno1; 32765: from 10.0.0.0/8", NUMBERED,
        commands=routing(ROUTE, RULE), plan=table("instances"),
    ),
    Case(
        "GNT-050", KVM, "pass", "32765", NUMBERED, plan=table("100"), commands=routing(ROUTE, RULE),
    ),
    Case(
        "GNT-050", KVM, "pass", "32765",
        commands=routing(f"{DEFAULT} table 100\n", "32765: from all iif vnet0 lookup 100\n"),
        plan=table("100"),
    ),
    Case(
        "GNT-050", KVM, "fail", "no default route; 32765", commands=routing("", RULE),
        plan=table("instances"),
    ),
    Case("GNT-050", KVM, "fail", "no rule", commands=routing(ROUTE, ""), plan=table("instances")),
    Case(
        "GNT-050", KVM, "fail", "no default route",
        commands=routing("unreachable default table instances\n", RULE),
        plan=table("instances"),
    ),
    Case("GNT-050", KVM, "pass", "default via 192.0.2.1", plan=ROUTED),
    Case("GNT-050", XEN, "pass", "default via 192.0.2.1", plan=table("instances")),
    Case(
        "GNT-050", XEN, "fail", "no default route", commands={ROUTES: "", RULES: BASE_RULES},
        plan=ROUTED,
    ),
    Case("GNT-050", KVM, "unknown", "not installed", commands={RULES: None}, plan=table("100")),
    Case("GNT-051", KVM, "pass", "192.0.2.11/24 on xen-br0; default route: xen-br0"),
    Case(
        "GNT-051", KVM, "pass", "10.1.1.200/24 on xen-br0", commands={ADDRESSES: SHOWN},
        plan=SAMPLE,
    ),
    Case("GNT-051", KVM, "warn", "192.0.2.11/24 on eno1", commands=addressed("eno1")),
    Case(
        "GNT-051", KVM, "warn", "192.0.2.11/25 on xen-br0",
        commands=addressed("xen-br0", "192.0.2.11/25"),
    ),
    Case("GNT-051", KVM, "warn", "on no link", commands=addressed("xen-br0", "192.0.2.12/24")),
    Case("GNT-051", KVM, "warn", "limited time", commands=addressed("xen-br0", more="dynamic ")),
    Case(
        "GNT-051", KVM, "warn", "default route: eno2",
        commands={ROUTES: "default via 192.0.2.1 dev eno2\n"},
    ),
    Case("GNT-051", KVM, "skip", "no bridge is needed", plan=ROUTED),
    Case("GNT-051", KVM, "unknown", "not installed", commands={ADDRESSES: None}),
    Case("GNT-053", KVM, "pass", "xen-br0: eno1, STP off, forward delay 0 s"),
    Case("GNT-053", XEN, "pass", "xen-br0: eno1, vif1.0, STP off"),
    Case(
        "GNT-053", KVM, "fail", "no ports", {f"{BRIDGE}/brif/eno1": None},
        {f"{NET}/eno1/master": None},
    ),
    Case("GNT-053", KVM, "fail", "xen-br0: eno1", plan={"declared/interface": "eno2"}),
    Case("GNT-053", KVM, "fail", "no bridge xen-br0", {BRIDGE: None}),
    Case("GNT-053", KVM, "warn", "STP on", {f"{BRIDGE}/bridge/stp_state": 1}),
    Case("GNT-053", KVM, "warn", "STP on", {f"{BRIDGE}/bridge/stp_state": 2}),
    Case("GNT-053", KVM, "warn", "forward delay 0.01 s", {f"{BRIDGE}/bridge/forward_delay": 1}),
    Case("GNT-053", KVM, "warn", "forward delay 15 s", {f"{BRIDGE}/bridge/forward_delay": 1500}),
    Case("GNT-053", KVM, "skip", "no bridge is needed", plan=ROUTED),
    Case(
        "GNT-053", KVM, "unknown", "brctl show does not tell", NO_SYS,
        commands={"brctl show": BRCTL}, plan=SAMPLE,
    ),
    Case("GNT-053", KVM, "unknown", "no interface", plan={"declared/interface": None}),
)  # fmt: skip
