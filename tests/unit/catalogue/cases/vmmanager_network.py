"""VMmanager's rows about links and addresses."""

from __future__ import annotations

from tests.support.hosts import Case

NET = "/sys/class/net"
KVM, LXD, ROUTING, FABRIC = (
    "vmmanager-kvm", "vmmanager-lxd", "vmmanager-routing", "vmmanager-fabric",
)  # fmt: skip

ADDRESSES = "ip addr show"
FOREVER = "       valid_lft forever preferred_lft forever\n"


def addressed(link, address="192.0.2.11/24", more="", lasts=FOREVER, index=2):
    """Return `ip addr show` with one address on one link."""
    return {
        ADDRESSES: f"{index}: {link}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq\n"
        f"    inet{6 if ':' in address else ''} {address} scope global {more}{link}\n{lasts}"
    }


def link(name, mac="02:00:00:00:00:01", **more):
    """Return the files of one link; more are further files of its folder."""
    files = {"ifindex": 9, "iflink": 9, "type": 1, "address": mac, "mtu": 1500, "flags": "0x1003"}
    files.update({key.replace("__", "/"): value for key, value in more.items()})
    return {f"{NET}/{name}/{key}": value for key, value in files.items()}


def bridge(name, port=""):
    """Return the files of a bridge, over one port if any."""
    files = link(name, bridge__stp_state=0, bridge__forward_delay=0)
    return {
        **files,
        f"{NET}/{name}/brif/": "",
        **({f"{NET}/{name}/brif/{port}/": ""} if port else {}),
    }


def vlan(number, parent="eno1", mtu=1500):
    """Return the files of a VLAN and the kernel's list of VLANs."""
    name = f"{parent}.{number}"
    return {
        **link(name, uevent="DEVTYPE=vlan\n", mtu=mtu, iflink=2),
        "/proc/net/vlan/config": f"VLAN Dev name | VLAN ID\n{name} | {number} | {parent}\n",
    }


def cards(count):
    """Return cards besides the server's two, so that as many MAC addresses are there."""
    found = {}
    for number in range(count - 2):
        found.update(link(f"tap{number}", f"02:00:00:00:01:{number:02x}", tun_flags="0x1002"))
    return found


BOND = link("bond0", bonding__mode="active-backup 1", bonding__slaves="eno1 eno2")
JOINED = {"declared/joined": True}
POOL = {"declared/ipv6_pools": ["2001:db8:1::/64"]}
HETZNER = {"declared/provider": "hetzner"}


def declared_mtu(mtu):
    return {"declared/networks": {"main": {"cidr": "192.0.2.0/24", "vlan": 100, "mtu": mtu}}}


CASES = (
    Case("VMM-040", KVM, "pass", "192.0.2.11/24 on eno1 (physical), static"),
    Case("VMM-040", LXD, "pass", "on eno1"),
    Case(
        "VMM-040", KVM, "pass", "on eno1.100 (vlan)", vlan(100),
        commands=addressed("eno1.100@eno1"),
    ),
    Case("VMM-040", KVM, "pass", "eno1", commands=addressed("eno1", more="secondary ")),
    Case(
        "VMM-040", KVM, "fail", "dynamic",
        commands=addressed("eno1", more="dynamic noprefixroute "),
    ),
    Case(
        "VMM-040", KVM, "fail", "dynamic",
        commands=addressed("eno1", lasts="       valid_lft 86000sec\n"),
    ),
    Case("VMM-040", KVM, "fail", "on no link", commands=addressed("eno1", "192.0.2.12/24")),
    Case(
        "VMM-040", KVM, "fail", "after the join", bridge("vmbr0", "eno1"),
        commands=addressed("vmbr0"),
    ),
    Case(
        "VMM-040", KVM, "pass", "vmbr0 (bridge)", bridge("vmbr0", "eno1"),
        commands=addressed("vmbr0"), plan=JOINED,
    ),
    Case(
        "VMM-040", KVM, "fail", "vmbr0", bridge("vmbr0", "eno2"), commands=addressed("vmbr0"),
        plan=JOINED,
    ),
    Case(
        "VMM-040", KVM, "fail", "vmbr0", bridge("vmbr0"), commands=addressed("vmbr0"),
        plan=JOINED,
    ),
    Case("VMM-040", KVM, "fail", "bond0 (bond)", BOND, commands=addressed("bond0")),
    Case("VMM-040", KVM, "pass", "bond0 (bond)", BOND, commands=addressed("bond0"), plan=JOINED),
    Case(
        "VMM-040", KVM, "pass", "vmbr0", {**BOND, **bridge("vmbr0", "bond0")},
        commands=addressed("vmbr0"), plan=JOINED,
    ),
    Case(
        "VMM-040", KVM, "pass", "vmbr0", bridge("vmbr0", "eno1"), commands=addressed("vmbr0"),
        plan={**JOINED, "declared/interface": None},
    ),
    Case("VMM-040", KVM, "fail", "dummy0", link("dummy0"), commands=addressed("dummy0")),
    Case("VMM-040", KVM, "unknown", "no address", plan={"declared/address": None}),
    Case("VMM-040", KVM, "unknown", "not installed", commands={ADDRESSES: None}),
    Case("VMM-040", KVM, "unknown", "is not there", files={"/sys/": None}),
    Case("VMM-042", KVM, "skip", "no IPv6"),
    Case(
        "VMM-042", KVM, "pass", "2001:db8:1::5/64 on eno1",
        commands=addressed("eno1", "2001:db8:1::5/64"), plan=POOL,
    ),
    Case(
        "VMM-042", LXD, "pass", "on eno1", commands=addressed("eno1", "2001:db8:1::5/64"),
        plan=POOL,
    ),
    Case("VMM-042", KVM, "fail", "none of 2001:db8:1::/64", plan=POOL),
    Case(
        "VMM-042", KVM, "fail", "none of", commands=addressed("eno1", "2001:db8:1:1::5/64"),
        plan=POOL,
    ),
    Case(
        "VMM-042", KVM, "fail", "none of 2001:db8:2::/64",
        commands=addressed("eno1", "2001:db8:1::5/64"),
        plan={"declared/ipv6_pools": ["2001:db8:1::/64", "2001:db8:2::/64"]},
    ),
    Case(
        "VMM-042", KVM, "fail", "none of", plan=POOL,
        commands=addressed("eno1", "2001:db8:1::5/64", more="tentative dadfailed "),
    ),
    Case("VMM-042", ROUTING, "skip", "network_type switching"),
    Case("VMM-042", KVM, "unknown", "not installed", commands={ADDRESSES: None}, plan=POOL),
    Case("VMM-044", KVM, "pass", "all Latin"),
    Case("VMM-044", KVM, "pass", "4 names", link("vlan+1")),
    Case("VMM-044", KVM, "pass", "4 names", link("en-0.1_x@2")),
    Case("VMM-044", KVM, "pass", "4 names", link("en\N{RIGHTWARDS ARROW}1")),
    Case("VMM-044", KVM, "fail", "локальная", link("локальная")),
    Case("VMM-044", KVM, "fail", "écu0", link("écu0")),
    Case(
        "VMM-044", KVM, "fail", "ecu\N{COMBINING ACUTE ACCENT}0",
        link("ecu\N{COMBINING ACUTE ACCENT}0"),
    ),
    Case("VMM-044", KVM, "fail", "\\xe9th", facts={"links/links/\\xe9th": {"kind": "virtual"}}),
    Case("VMM-044", KVM, "unknown", "is not there", files={"/sys/": None}),
    Case("VMM-046", KVM, "skip", "not declared"),
    Case("VMM-046", KVM, "skip", "the provider is ovh", plan={"declared/provider": "ovh"}),
    Case("VMM-046", ROUTING, "pass", "no VLAN with an id of a vSwitch"),
    Case("VMM-046", KVM, "pass", "no VLAN", {**vlan(3999), **cards(40)}, plan=HETZNER),
    Case("VMM-046", KVM, "pass", "no VLAN", vlan(4092), plan=HETZNER),
    Case("VMM-046", KVM, "warn", "vSwitch on eno1.4000, 3 MAC", vlan(4000), plan=HETZNER),
    Case("VMM-046", KVM, "warn", "31 MAC", {**vlan(4091), **cards(30)}, plan=HETZNER),
    Case("VMM-046", KVM, "warn", "32 MAC", {**vlan(4091), **cards(31)}, plan=HETZNER),
    Case("VMM-046", KVM, "fail", "33 MAC", {**vlan(4091), **cards(32)}, plan=HETZNER),
    Case("VMM-046", KVM, "unknown", "is not there", files={"/sys/": None}, plan=HETZNER),
    Case(
        "VMM-046", KVM, "unknown", "does not name eno1.100", plan=HETZNER,
        files={**vlan(100), "/proc/net/vlan/config": "VLAN Dev name | VLAN ID\n"},
    ),
    Case("VMM-047", KVM, "skip", "no address is on a VLAN"),
    Case("VMM-047", KVM, "skip", "no address is on a VLAN", vlan(100)),
    Case("VMM-047", KVM, "pass", "eno1.100 1500", vlan(100), commands=addressed("eno1.100@eno1")),
    Case(
        "VMM-047", KVM, "pass", "eno1.100 1499", vlan(100, mtu=1499),
        commands=addressed("eno1.100@eno1"),
    ),
    Case(
        "VMM-047", KVM, "warn", "eno1.100 has 1501, its parent eno1 1500",
        vlan(100, mtu=1501), commands=addressed("eno1.100@eno1"),
    ),
    Case(
        "VMM-047", KVM, "pass", "eno1.100 9000", {**vlan(100, mtu=9000), f"{NET}/eno1/mtu": 9000},
        commands=addressed("eno1.100@eno1"), plan=declared_mtu(9000),
    ),
    Case(
        "VMM-047", KVM, "warn", "has 1500, declared is 9000", vlan(100),
        commands=addressed("eno1.100@eno1"), plan=declared_mtu(9000),
    ),
    Case("VMM-047", KVM, "unknown", "not installed", vlan(100), commands={ADDRESSES: None}),
    Case(
        "VMM-047", KVM, "unknown", "no number", {**vlan(100), f"{NET}/eno1.100/mtu": ""},
        commands=addressed("eno1.100@eno1"),
    ),
)  # fmt: skip
