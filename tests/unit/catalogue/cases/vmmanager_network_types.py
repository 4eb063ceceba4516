"""VMmanager's rows about network types: switching, routing and the IP fabric."""

from __future__ import annotations

from tests.support.hosts import Case
from tests.unit.catalogue.cases.vmmanager_network import (
    ADDRESSES,
    FABRIC,
    HETZNER,
    JOINED,
    KVM,
    LXD,
    NET,
    ROUTING,
    addressed,
    bridge,
    link,
)

VMBR0 = bridge("vmbr0", "eno1")
PREFIX = "2001:db8:13b:9a7::"
PROXIES = "ip -6 neigh show proxy"
CONFIGURATION = "/etc/ndppd.conf"
UNIT = "ndppd.service"
WANTS = f"/etc/systemd/system/multi-user.target.wants/{UNIT}"
CGROUP = f"/sys/fs/cgroup/systemd/system.slice/{UNIT}/"
IPV6 = "/proc/sys/net/ipv6/conf"
ROUTES, ROUTES_6 = "ip route show table all", "ip -6 route show table all"

#: The example of the document on network types, as it stands there.
SAMPLE = """\
proxy enp3s0f0 {
 rule 2a01:4f8:13b:9a7::/64 {
 iface vmbr0
 }
}
"""
SAMPLE_PLAN = {
    "declared/interface": "enp3s0f0",
    "declared/ipv6_pools": ["2a01:4f8:13b:9a7::/64"],
}

TAP = link("vnet0", tun_flags="0x1002")


def ndppd(text):
    return {CONFIGURATION: text}


def rule(prefix, method="iface vmbr0", uplink="eno1"):
    return ndppd(f"proxy {uplink} {{ rule {prefix} {{ {method} }} }}\n")


def guest(name):
    return link(name, tun_flags="0x1002")


def gateways(*addresses):
    """Return `ip addr show` with an address a guest."""
    return {
        ADDRESSES: "".join(
            f"{number}: vm{number}_net0: <UP> mtu 1500\n"
            f"    inet {address} scope global vm{number}_net0\n"
            for number, address in enumerate(addresses, 1)
        )
    }


def routes(*lines):
    return {ROUTES: "".join(f"{line}\n" for line in lines), ROUTES_6: ""}


#: The example of the document: guests of 198.51.100.0/24, their gateway 10.0.0.1.
EXAMPLE = {"declared/vm_gateway": "10.0.0.1"}

CASES = (
    Case("NET-004", KVM, "skip", "after the join"),
    Case("NET-004", ROUTING, "skip", "network_type switching"),
    Case(
        "NET-004", KVM, "pass", "vmbr0: eno1; 192.0.2.11/24 on vmbr0", VMBR0,
        commands=addressed("vmbr0"), plan=JOINED,
    ),
    Case("NET-004", LXD, "pass", "vmbr0: eno1", VMBR0, commands=addressed("vmbr0"), plan=JOINED),
    Case(
        "NET-004", KVM, "pass", "192.0.2.30/27 on vmbr0", VMBR0,  # the document's example
        commands=addressed("vmbr0", "192.0.2.30/27"),
        plan={**JOINED, "declared/cidr": "192.0.2.0/27"},
    ),
    Case(
        "NET-004", KVM, "fail", "no address of 192.0.2.0/27", VMBR0,
        commands=addressed("vmbr0", "192.0.2.32/27"),
        plan={**JOINED, "declared/cidr": "192.0.2.0/27"},
    ),
    Case("NET-004", KVM, "fail", "no bridge vmbr0", plan=JOINED),
    Case("NET-004", KVM, "fail", "no bridge vmbr0", link("vmbr0"), plan=JOINED),
    Case("NET-004", KVM, "fail", "no address of 192.0.2.0/24", VMBR0, plan=JOINED),
    Case(
        "NET-004", KVM, "fail", "vmbr0: eno2", bridge("vmbr0", "eno2"),
        commands=addressed("vmbr0"), plan=JOINED,
    ),
    Case(
        "NET-004", KVM, "unknown", "not installed", VMBR0, commands={ADDRESSES: None},
        plan=JOINED,
    ),
    Case(
        "NET-004", KVM, "unknown", "declares no cidr", VMBR0,
        plan={**JOINED, "declared/cidr": None},
    ),
    Case("NET-011", ROUTING, "pass", "vmbr0: vnet0; IPv4 is forwarded"),
    Case("NET-011", KVM, "skip", "network_type routing"),
    Case("NET-011", ROUTING, "skip", "after the join", plan={"declared/joined": False}),
    Case("NET-011", ROUTING, "fail", "no bridge vmbr0", {f"{NET}/vmbr0": None}),
    Case("NET-011", ROUTING, "fail", "vmbr0: eno1, vnet0", {f"{NET}/vmbr0/brif/eno1/": ""}),
    Case("NET-011", ROUTING, "fail", "not forwarded", {"/proc/sys/net/ipv4/ip_forward": 0}),
    Case(
        "NET-011", ROUTING, "pending", "waits for sysctl",
        {"/proc/sys/net/ipv4/ip_forward": 0, "/etc/sysctl.d/vm.conf": "net.ipv4.ip_forward = 1\n"},
    ),
    Case(
        "NET-011", ROUTING, "fail", "not forwarded",
        {"/proc/sys/net/ipv4/ip_forward": 0, "/etc/sysctl.d/vm.conf": "#net.ipv4.ip_forward = 1\n"},
    ),
    Case("NET-011", ROUTING, "unknown", "ip_forward", {"/proc/sys/net/ipv4/ip_forward": None}),
    Case("NET-012", ROUTING, "pass", "hetzner, routing: no guest is bridged to the uplink"),
    Case("NET-012", KVM, "skip", "no provider"),
    Case("NET-012", FABRIC, "skip", "network_type switching or routing", plan=HETZNER),
    Case("NET-012", KVM, "pass", "elsewhere, switching", plan={"declared/provider": "elsewhere"}),
    Case("NET-012", KVM, "warn", "hetzner drops frames", plan=HETZNER),
    Case("NET-012", KVM, "warn", "ovh, switching", plan={"declared/provider": "ovh"}),
    Case(
        "NET-012", ROUTING, "warn", "vmbr0 bridges vnet0", {f"{NET}/vmbr0/brif/eno1/": ""},
    ),
    Case("NET-012", KVM, "unknown", "is not there", {"/sys/": None}, plan=HETZNER),
    Case("NET-014", ROUTING, "pass", f"{PREFIX}2/64 on eno1"),
    Case("NET-014", KVM, "skip", "network_type routing"),
    Case("NET-014", ROUTING, "skip", "no IPv6", plan={"declared/ipv6_pools": None}),
    Case("NET-014", ROUTING, "skip", "after the join", plan={"declared/joined": False}),
    Case(
        "NET-014", ROUTING, "pass", "2a01:4f8:13b:9a7::2/64", plan=SAMPLE_PLAN,
        commands=addressed("eno1", "2a01:4f8:13b:9a7::2/64"),
    ),
    Case("NET-014", ROUTING, "fail", f"{PREFIX}1/64", commands=addressed("eno1", f"{PREFIX}1/64")),
    Case("NET-014", ROUTING, "fail", f"{PREFIX}3/64", commands=addressed("eno1", f"{PREFIX}3/64")),
    Case("NET-014", ROUTING, "fail", f"{PREFIX}2/63", commands=addressed("eno1", f"{PREFIX}2/63")),
    Case("NET-014", ROUTING, "fail", f"{PREFIX}2/65", commands=addressed("eno1", f"{PREFIX}2/65")),
    Case("NET-014", ROUTING, "fail", "no address", commands=addressed("eno1")),
    Case("NET-014", ROUTING, "unknown", "not installed", commands={ADDRESSES: None}),
    Case("NET-015", ROUTING, "pass", "enabled, running"),
    Case("NET-015", ROUTING, "skip", "the provider routes", plan={"declared/onlink_ipv6": None}),
    Case("NET-015", ROUTING, "skip", "no IPv6", plan={"declared/ipv6_pools": None}),
    Case("NET-015", KVM, "skip", "network_type routing"),
    Case("NET-015", ROUTING, "fail", "not enabled, running", links={WANTS: None}),
    Case("NET-015", ROUTING, "fail", "enabled, down", files={CGROUP: None}),
    Case(
        "NET-015", ROUTING, "fail", "ndppd is not installed", links={WANTS: None},
        files={CGROUP: None, f"/usr/lib/systemd/system/{UNIT}": None},
    ),
    Case("NET-015", ROUTING, "unknown", "no control groups", {"/sys/fs/cgroup": None}),
    Case("NET-016", ROUTING, "pass", f"rule {PREFIX}/64 iface vmbr0"),
    Case("NET-016", ROUTING, "skip", "the provider routes", plan={"declared/onlink_ipv6": None}),
    Case("NET-016", ROUTING, "pass", "2a01:4f8:13b:9a7::/64", ndppd(SAMPLE), plan=SAMPLE_PLAN),
    Case("NET-016", ROUTING, "fail", "no rule for eno1", ndppd(SAMPLE)),
    Case("NET-016", ROUTING, "pass", "iface vmbr0", rule("2001:DB8:13B:9A7:0::/64")),
    Case("NET-016", ROUTING, "warn", "answers for others", rule("2001:db8:13b:9a6::/63")),
    Case("NET-016", ROUTING, "fail", "no rule hands", rule(f"{PREFIX}/65")),
    Case("NET-016", ROUTING, "warn", "routing table", rule(f"{PREFIX}/64", "auto")),
    Case("NET-016", ROUTING, "fail", "static", rule(f"{PREFIX}/64", "static")),
    Case("NET-016", ROUTING, "fail", "iface vmbr1", rule(f"{PREFIX}/64", "iface vmbr1")),
    Case("NET-016", ROUTING, "fail", "no rule for eno1", rule(f"{PREFIX}/64", uplink="eno2")),
    Case("NET-016", ROUTING, "fail", "no rule for eno1", ndppd(f"# {SAMPLE.splitlines()[0]}\n")),
    Case("NET-016", ROUTING, "fail", "no /etc/ndppd.conf", {CONFIGURATION: None}),
    Case("NET-016", ROUTING, "fail", "no rule hands", rule("nonsense")),
    Case("NET-016", ROUTING, "unknown", "without its end", ndppd("proxy eno1 {\n")),
    Case("NET-016", ROUTING, "unknown", "no interface", plan={"declared/interface": None}),
    Case("NET-017", ROUTING, "pass", f"proxy entry on vmbr0 for {PREFIX}2; proxy_ndp"),
    Case("NET-017", ROUTING, "skip", "after the join", plan={"declared/joined": False}),
    Case("NET-017", ROUTING, "skip", "the provider routes", plan={"declared/onlink_ipv6": None}),
    Case(
        "NET-017", ROUTING, "pass", "for 2a01:4f8:13b:9a7::2", plan=SAMPLE_PLAN,
        commands={PROXIES: "2a01:4f8:13b:9a7::2 dev vmbr0  proxy\n"},
    ),
    Case("NET-017", ROUTING, "fail", f"no proxy entry {PREFIX}2 dev vmbr0", commands={PROXIES: ""}),
    Case(
        "NET-017", ROUTING, "fail", "no proxy entry",
        commands={PROXIES: f"{PREFIX}2 dev eno1  proxy\n"},
    ),
    Case("NET-017", ROUTING, "fail", "vmbr0.proxy_ndp is off", {f"{IPV6}/vmbr0/proxy_ndp": 0}),
    Case(
        "NET-017", ROUTING, "pass", "proxy_ndp",
        {f"{IPV6}/vmbr0/proxy_ndp": 0, f"{IPV6}/all/proxy_ndp": 1},
    ),
    Case("NET-017", ROUTING, "fail", "all.forwarding is off", {f"{IPV6}/all/forwarding": 0}),
    Case(
        "NET-017", ROUTING, "pending", "waits for sysctl",
        {
            f"{IPV6}/all/forwarding": 0,
            f"{IPV6}/vmbr0/proxy_ndp": 0,
            "/etc/sysctl.d/9-vm.conf": "net/ipv6/conf/vmbr0/proxy_ndp=1\n"
            "net.ipv6.conf.all.forwarding=1\n",
        },
    ),
    Case(
        "NET-017", ROUTING, "fail", "all.forwarding is off",
        {f"{IPV6}/all/forwarding": 0, "/etc/sysctl.conf": "net.ipv6.conf.all.forwarding=0\n"},
    ),
    Case("NET-017", ROUTING, "unknown", "not installed", commands={PROXIES: None}),
    Case("NET-026", FABRIC, "pass", "vm1_net0, vm2_net0, vm3_net0"),
    Case("NET-026", KVM, "skip", "network_type ip-fabric"),
    Case("NET-026", FABRIC, "skip", "after the join", plan={"declared/joined": False}),
    Case(
        "NET-026", FABRIC, "skip", "no guest has a link yet",
        {f"{NET}/vm{number}_net0": None for number in (1, 2, 3)},
    ),
    Case("NET-026", FABRIC, "pass", "ninechars_net0", guest("ninechars_net0")),
    Case("NET-026", FABRIC, "pass", "tencharact_net0", guest("tencharact_net0")),
    Case("NET-026", FABRIC, "fail", "elevencharac_ne", guest("elevencharac_ne")),
    Case("NET-026", FABRIC, "fail", "elevencharx_net", guest("elevencharx_net")),
    Case("NET-026", FABRIC, "fail", "fifteencharacte", guest("fifteencharacte")),
    Case("NET-026", FABRIC, "warn", "vnet0", guest("vnet0")),
    Case("NET-026", FABRIC, "unknown", "is not there", {"/sys/": None}),
    Case("NET-027", FABRIC, "pass", "3 host routes on 3 links"),
    Case("NET-027", KVM, "skip", "network_type ip-fabric"),
    Case("NET-027", FABRIC, "skip", "after the join", plan={"declared/joined": False}),
    Case(
        "NET-027", FABRIC, "skip", "no guest has a link <machine>_net0 yet", guest("vnet0") | {
            f"{NET}/vm{number}_net0": None for number in (1, 2, 3)
        },
    ),
    Case(
        "NET-027", FABRIC, "pass", "3 host routes",
        commands=routes(
            "198.51.100.1 dev vm1_net0 proto kernel scope link src 10.0.0.1",
            "198.51.100.2/32 dev vm2_net0 scope link",
            "198.51.100.3 dev vm3_net0 scope link",
        ),
    ),
    Case(
        "NET-027", FABRIC, "fail", "198.51.100.0/31 on vm3_net0",
        commands=routes(
            "198.51.100.1 dev vm1_net0 scope link",
            "198.51.100.2 dev vm2_net0 scope link",
            "198.51.100.0/31 dev vm3_net0 scope link",
        ),
    ),
    Case(
        "NET-027", FABRIC, "fail", "default on vm3_net0",
        commands=routes(
            "198.51.100.1 dev vm1_net0 scope link",
            "198.51.100.2 dev vm2_net0 scope link",
            "default dev vm3_net0 scope link",
        ),
    ),
    Case(
        "NET-027", FABRIC, "fail", "none on vm1_net0",
        commands=routes("198.51.100.2 dev vm2_net0", "198.51.100.3 dev vm3_net0"),
    ),
    Case("NET-027", FABRIC, "unknown", "not installed", commands={ROUTES: None}),
    Case("NET-028", FABRIC, "pass", "203.0.113.254 on 3 links"),
    Case("NET-028", KVM, "skip", "network_type ip-fabric"),
    Case(
        "NET-028", FABRIC, "pass", "10.0.0.1 on 3 links", plan=EXAMPLE,
        commands=gateways(*(f"10.0.0.1 peer 198.51.100.{each}/32" for each in (1, 2, 3))),
    ),
    Case("NET-028", FABRIC, "fail", "203.0.113.254 on 3 links", plan=EXAMPLE),
    Case(
        "NET-028", FABRIC, "fail", "10.0.0.1, 10.0.0.2 on 3 links",
        commands=gateways("10.0.0.1/32", "10.0.0.1/32", "10.0.0.2/32"),
        plan={"declared/vm_gateway": None},
    ),
    Case(
        "NET-028", FABRIC, "pass", "10.0.0.1 on 3 links",
        commands=gateways("10.0.0.1/32", "10.0.0.1/32", "10.0.0.1/32"),
        plan={"declared/vm_gateway": None},
    ),
    Case(
        "NET-028", FABRIC, "fail", "10.0.0.1/31 on vm2_net0",
        commands=gateways("10.0.0.1/32", "10.0.0.1/31", "10.0.0.1/32"), plan=EXAMPLE,
    ),
    Case(
        "NET-028", FABRIC, "fail", "no address on vm3_net0",
        commands=gateways("10.0.0.1/32", "10.0.0.1/32"), plan=EXAMPLE,
    ),
    Case("NET-028", FABRIC, "unknown", "not installed", commands={ADDRESSES: None}),
)  # fmt: skip
