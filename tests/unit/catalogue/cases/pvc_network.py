"""PVC's rows about cards, bonds, VLANs and virtual functions."""

from __future__ import annotations

from tests.support.hosts import Case
from tests.unit.catalogue.cases.vmmanager_network import NET, link

PVC, NEW = "pvc", "pvc-new"

TEST, HEAVY = {"profile/tier": "test"}, {"profile/tier": "heavy"}
NO_NETWORKS = {"declared/networks": None}

ENO2_DOWN = {
    f"{NET}/eno2/carrier": 0,
    f"{NET}/eno2/operstate": "down",
    f"{NET}/eno2/bonding_slave/mii_status": "down",
}
NO_BOND = {
    f"{NET}/bond0": None,
    **{f"{NET}/bond0.{vlan}": None for vlan in (100, 101, 102)},
    "/proc/net/vlan/config": None,
}
ONE_CARD = {f"{NET}/{name}": None for name in ("eno2", "ens1f0", "ens1f0v0", "ens1f0v1")}
VLANS = "/proc/net/vlan/config"
OLD_FILE, NEW_FILE = "/etc/pvc/pvcnoded.yaml", "/etc/pvc/pvc.conf"


def speeds(*mbits):
    return {f"{NET}/eno{number}/speed": each for number, each in enumerate(mbits, 1)}


def vlans(*rows):
    return {VLANS: "VLAN Dev name | VLAN ID\n" + "".join(f"{row}\n" for row in rows)}


def network(**ends):
    return {"declared/networks": {"main": ends}}


def sriov(count, enabled="True", name="ens1f0"):
    """Return PVC's configuration with so many functions."""
    return {
        OLD_FILE: f"pvc:\n  sriov_enable: {enabled}\n  sriov_device:\n"
        f"    - phy: {name}\n      vfcount: {count}\n"
    }


CURRENT, TOTAL = f"{NET}/ens1f0/device/sriov_numvfs", f"{NET}/ens1f0/device/sriov_totalvfs"

CASES = (
    Case("PVC-007", PVC, "pass", "eno1 1 Gbit/s, eno2 1 Gbit/s, ens1f0 10 Gbit/s"),
    Case("PVC-007", NEW, "pass", "eno1 10 Gbit/s"),
    Case(
        "PVC-007", PVC, "fail", "eno1 0.999 Gbit/s",
        {**speeds(999, 999), f"{NET}/ens1f0": None},
    ),
    Case("PVC-007", PVC, "fail", "eno1 1 Gbit/s", ONE_CARD),
    Case("PVC-007", PVC, "pass", "eno1 1 Gbit/s", ONE_CARD, plan=TEST),
    Case("PVC-007", PVC, "fail", "eno1 0.1 Gbit/s", {**ONE_CARD, **speeds(100)}, plan=TEST),
    Case("PVC-007", NEW, "pass", "eno1 1 Gbit/s", {**ONE_CARD, **speeds(1000)}, plan=TEST),
    Case("PVC-007", PVC, "fail", "eno1 1 Gbit/s", plan=HEAVY),
    Case("PVC-007", PVC, "pass", "eno1 10 Gbit/s", speeds(10000, 10000), plan=HEAVY),
    Case("PVC-007", NEW, "fail", "eno1 1 Gbit/s", speeds(1000, 1000)),
    Case("PVC-007", NEW, "warn", "eno1 9.999 Gbit/s", speeds(9999, 10000)),
    Case("PVC-007", NEW, "pass", "eno1 25 Gbit/s", speeds(25000, 25000)),
    Case("PVC-007", PVC, "warn", "not bonded", NO_BOND),
    Case("PVC-007", PVC, "warn", "not bonded", ENO2_DOWN),
    Case("PVC-007", PVC, "fail", "eno1 1 Gbit/s", {**ENO2_DOWN, f"{NET}/ens1f0": None}),
    Case(
        "PVC-007", PVC, "fail", "eno1 1 Gbit/s",  # the port of a management controller is on USB
        {**ONE_CARD,
        **link("idrac", speed=1000, device__uevent="DEVTYPE=usb_interface\nDRIVER=cdc_ether\n")},
    ),
    Case("PVC-007", PVC, "fail", "no card with a link", {f"{NET}/eno1": None, **ONE_CARD}),
    Case(
        "PVC-007", PVC, "unknown", "the speed of eno1, eno2 is not known",
        {**speeds(-1, -1), f"{NET}/ens1f0": None},
    ),
    Case("PVC-007", PVC, "unknown", "is not there", {"/sys/": None}),
    Case("PVC-041", PVC, "pass", "bond0: 802.3ad of eno1, eno2"),
    Case("PVC-041", NEW, "pass", "bond0: 802.3ad"),
    Case("PVC-041", PVC, "skip", "for tier production or heavy", plan=TEST),
    Case(
        "PVC-041", PVC, "pass", "active-backup of",
        {f"{NET}/bond0/bonding/mode": "active-backup 1"},
    ),
    Case("PVC-041", PVC, "fail", "mode balance-rr", {f"{NET}/bond0/bonding/mode": "balance-rr 0"}),
    Case(
        "PVC-041", PVC, "fail", "mode balance-alb",
        {f"{NET}/bond0/bonding/mode": "balance-alb 6"},
    ),
    Case("PVC-041", PVC, "fail", "1 ports up of eno1, eno2", ENO2_DOWN),
    Case("PVC-041", PVC, "fail", "1 ports up of eno1", {f"{NET}/bond0/bonding/slaves": "eno1"}),
    Case(
        "PVC-041", PVC, "pass", "eno1, eno2, eno3",
        {f"{NET}/bond0/bonding/slaves": "eno1 eno2 eno3",
         **link("eno3", speed=1000, carrier=1, device__uevent="DRIVER=igb\n")},
    ),
    Case("PVC-041", PVC, "fail", "eno1 has 0.999 Gbit/s", speeds(999, 1000)),
    Case("PVC-041", NEW, "fail", "eno2 has 9.999 Gbit/s", speeds(10000, 9999)),
    Case("PVC-041", NEW, "pass", "bond0", speeds(10001, 10000)),
    Case("PVC-041", PVC, "fail", "bond0: eno1 has 1 Gbit/s", plan=HEAVY),
    Case("PVC-041", PVC, "fail", "no link bond0", NO_BOND),
    Case("PVC-041", PVC, "fail", "bond0 is no bond", {f"{NET}/bond0/bonding": None}),
    Case("PVC-041", PVC, "warn", "no bond; cards: eno1, eno2, ens1f0", NO_BOND, plan=NO_NETWORKS),
    Case("PVC-041", PVC, "fail", "no bond; cards: eno1", {**NO_BOND, **ONE_CARD}, plan=NO_NETWORKS),
    Case("PVC-041", PVC, "pass", "bond0", plan=NO_NETWORKS),
    Case(
        "PVC-041", PVC, "warn", "no switch answers bond0",
        {f"{NET}/bond0/bonding/ad_partner_mac": "00:00:00:00:00:00"},
    ),
    Case("PVC-041", PVC, "unknown", "does not know its speed", speeds(-1, -1)),
    Case("PVC-042", PVC, "pass", "main: bond0.100 on bond0; cluster: bond0.101 on bond0"),
    Case("PVC-042", PVC, "pass", "main: bond0.100 on bond0", plan=network(bond="bond0", vlan=100)),
    Case("PVC-042", PVC, "pass", "bond0.100", plan=network(interface="bond0.100", vlan=100)),
    Case("PVC-042", PVC, "pass", "bond0.100", plan=network(interface="bond0", vlan=100)),
    Case("PVC-042", PVC, "pass", "bond0.100", plan=network(vlan=100)),
    Case("PVC-042", PVC, "fail", "no VLAN 99", plan=network(bond="bond0", vlan=99)),
    Case("PVC-042", PVC, "fail", "no VLAN 103", plan=network(bond="bond0", vlan=103)),
    Case("PVC-042", PVC, "fail", "bond0.100 on bond0", plan=network(interface="eno1", vlan=100)),
    Case(
        "PVC-042", PVC, "fail", "main: bond0.100 on eno1",
        vlans("bond0.100 | 100 | eno1", "bond0.101 | 101 | bond0", "bond0.102 | 102 | bond0"),
    ),
    Case("PVC-042", PVC, "fail", "main: no VLAN 100", NO_BOND),
    Case("PVC-042", PVC, "warn", "no VLAN is declared for main", plan=network(interface="bond0")),
    Case("PVC-042", PVC, "skip", "a test cluster", plan={**TEST, **network(interface="eno1")}),
    Case("PVC-042", PVC, "unknown", "no networks", plan=NO_NETWORKS),
    Case("PVC-042", PVC, "unknown", "does not name bond0.101", vlans("bond0.100 | 100 | bond0")),
    Case("PVC-046", PVC, "pass", "bond0, bond0.100, bond0.101, bond0.102, eno1, eno2: Ethernet"),
    Case("PVC-046", PVC, "fail", "eno2: InfiniBand", {f"{NET}/eno2/type": 32}),
    Case("PVC-046", PVC, "fail", "eno2: link type 512", {f"{NET}/eno2/type": 512}),
    Case("PVC-046", PVC, "pass", "eno1", {f"{NET}/ens1f0/type": 32}),
    Case(
        "PVC-046", PVC, "fail", "ens1f0: InfiniBand", {f"{NET}/ens1f0/type": 32},
        plan=NO_NETWORKS,
    ),
    Case("PVC-046", PVC, "pass", "eno1, eno2, ens1f0", plan=NO_NETWORKS),
    Case("PVC-046", PVC, "unknown", "no link bond0", NO_BOND),
    Case("PVC-069", PVC, "pass", f"ens1f0 7 virtual functions; {OLD_FILE}"),
    Case("PVC-069", NEW, "pass", f"ens1f0 7 virtual functions; {NEW_FILE}"),
    Case("PVC-069", PVC, "skip", "no SR-IOV", plan={"declared/sriov": None}),
    Case("PVC-069", PVC, "pending", "waits for a restart", {CURRENT: 6}),
    Case("PVC-069", PVC, "pending", "waits for a restart", {CURRENT: 8}),
    Case(
        "PVC-069", PVC, "pending", "not configured on this node yet",
        {OLD_FILE: None, CURRENT: 0},
    ),
    Case("PVC-069", PVC, "fail", f"{OLD_FILE}: ens1f0 6 virtual", sriov(6)),
    Case("PVC-069", PVC, "fail", f"{OLD_FILE}: ens1f0 8 virtual", sriov(8)),
    Case("PVC-069", PVC, "pass", f"{OLD_FILE}: ens1f0 7 virtual", sriov(7)),
    Case("PVC-069", PVC, "fail", "ens1f0 0 virtual", sriov(7, name="ens1f1")),
    Case("PVC-069", PVC, "fail", "sriov_enable is off", sriov(7, "False")),
    Case("PVC-069", PVC, "fail", "no link ens1f0", {f"{NET}/ens1f0": None}),
    Case("PVC-069", PVC, "unknown", "without its name", sriov("many")),
    Case("PVC-070", PVC, "pass", "ens1f0 can have 64"),
    Case("PVC-070", PVC, "skip", "no SR-IOV", plan={"declared/sriov": None}),
    Case("PVC-070", PVC, "fail", "ens1f0 can have 6", {TOTAL: 6}),
    Case("PVC-070", PVC, "pass", "ens1f0 can have 7", {TOTAL: 7}),
    Case("PVC-070", PVC, "pass", "ens1f0 can have 8", {TOTAL: 8}),
    Case("PVC-070", PVC, "fail", "ens1f0 can have 0", {TOTAL: None}),
    Case("PVC-070", PVC, "fail", "no link ens1f0", {f"{NET}/ens1f0": None}),
    Case("PVC-070", PVC, "fail", "bond0 can have 0", plan={"declared/sriov": {"bond0": 1}}),
    Case("PVC-070", PVC, "unknown", "no number", {TOTAL: "many"}),
)  # fmt: skip
