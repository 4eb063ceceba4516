"""Ganeti's rows that a cluster file decides, each met and not met by one change."""

from __future__ import annotations

import pytest

from saltext.muster import proving
from tests.support import proofs
from tests.support.proofs import Proof

KVM, XEN = "ganeti", "ganeti-xen"
NODE1 = "nodes/node1.example.com"
PAIR = {"node": "node1.example.com", "secondary": "node2.example.com"}
DISK = {"memory": "1 GiB", "disks": ["20 GB"], **PAIR}
BRIDGE = ("networks", "main", "bridge")


def racks(count, apart=False):
    """Return the change to nodes of Xen without a replication network, in a row or far apart."""
    nodes = {
        f"node{n}.example.com": {
            "address": f"192.168.{n * 7 % 200 if apart else n // 200}.{n % 199 + 1}"
        }
        for n in range(1, count + 1)
    }
    main = {"cidr": "192.168.0.0/16", "bridge": "xen-br0"}
    return {"nodes": nodes, "networks": {"main": main}, "guests": None, "cluster": None,
            "options/secondary_cidr": None}  # fmt: skip


SIX = {
    "networks": {"main": {"cidr": "2001:db8::/64", "bridge": "xen-br0"}},
    "nodes": {"node1.example.com": {"address": "2001:db8::1"}},
    "cluster": None,
    "guests": None,
    "options/secondary_cidr": None,
}

DISKS = ("nodes", "node1.example.com", "lvm_devices")
BY_ID = {f"{NODE1}/lvm_devices": ["/dev/disk/by-id/wwn-1", "/dev/vg-disk"]}
NO_DISKS = {f"nodes/node{n}.example.com/lvm_devices": None for n in (1, 2, 3)}

CASES = [
    Proof("GNT-006", KVM, "pass", BY_ID),
    Proof("GNT-006", KVM, "pass"),
    Proof("GNT-006", KVM, "skip", {**NO_DISKS, "options/storage": "file"}, seen="not on LVM"),
    Proof("GNT-006", KVM, "pass", NO_DISKS),
    Proof("GNT-006", KVM, "fail", {**BY_ID, "options/storage": "file"}, DISKS,
          "and storage is file"),
    *(
        Proof("GNT-006", KVM, "warn", {f"{NODE1}/lvm_devices": [name]}, DISKS, f"{name}: such a")
        for name in ("/dev/sdb", "/dev/sdaa3", "/dev/nvme0n1", "/dev/nvme0n1p4", "/dev/vdb")
    ),
    Proof("GNT-007", KVM, "pass"),
    Proof("GNT-007", KVM, "skip", {"options/storage": "file"}, seen="not on LVM"),
    *(
        Proof("GNT-007", KVM, "fail", {"options/volume_group": name},
              ("options", "volume_group"), "wanted a name of a volume group")
        for name in ("", "-f", "..", "a b", "x" * 128)
    ),
    Proof("GNT-011", KVM, "pass"),
    Proof("GNT-011", KVM, "fail", {f"{NODE1}/fqdn": "node1"}, ("nodes", "node1.example.com"),
          "seen 'node1'"),
    Proof("GNT-024", XEN, "pass"),
    Proof("GNT-024", XEN, "pass", {"options/migration_port": 65535}),
    Proof("GNT-024", XEN, "fail", {"options/migration_port": 65536},
          ("options", "migration_port"), "wanted 1 to 65535, seen 65536"),
    Proof("GNT-024", XEN, "fail", {"options/migration_port": 0},
          ("options", "migration_port"), "seen 0"),
    Proof("GNT-026", KVM, "skip", seen="do not migrate under Xen"),
    Proof("GNT-026", XEN, "skip", {"options/live_migration": False}, seen="do not migrate"),
    Proof("GNT-026", XEN, "pass"),
    Proof("GNT-026", XEN, "pass", racks(300)),
    Proof("GNT-026", XEN, "pass", racks(3000, apart=True)),
    Proof("GNT-026", XEN, "fail", SIX, ("networks",), "IPv4 addresses"),
    Proof("GNT-033", XEN, "pass"),
    Proof("GNT-033", KVM, "pass"),
    Proof("GNT-033", KVM, "skip", {"options/drbd": False}, seen="no instance fails over"),
    Proof("GNT-033", XEN, "fail", {"options/drbd": False}, ("guests", "web1", "secondary"),
          "DRBD is not used"),
    Proof("GNT-035", KVM, "pass"),
    Proof("GNT-035", KVM, "skip", {"options/drbd": False}, seen="DRBD is not used"),
    Proof("GNT-035", KVM, "fail", {"options/usermode_helper": "true"},
          ("options", "usermode_helper"), "seen 'true'"),
    Proof("GNT-035", KVM, "fail", {"options/usermode_helper": "/bin/true x"},
          ("options", "usermode_helper"), "absolute path"),
    Proof("GNT-038", KVM, "skip", seen="no guest with a secondary node"),
    Proof("GNT-038", XEN, "pass"),
    # 64 disks take the 128 minors that there are; one more takes two more
    Proof("GNT-038", KVM, "pass", {"guests": {"web[1-64]": DISK}}),
    Proof("GNT-038", KVM, "fail", {"guests": {"web[1-65]": DISK}},
          ("nodes", "node1.example.com"), "take 130 DRBD minors"),
    Proof("GNT-039", KVM, "pass"),
    Proof("GNT-039", KVM, "pass", {"options/minor_count": 255}),
    Proof("GNT-039", KVM, "fail", {"options/minor_count": 256}, ("options", "minor_count"), "256"),
    Proof("GNT-039", KVM, "fail", {"options/minor_count": 0}, ("options", "minor_count"), "seen 0"),
    Proof("GNT-045", KVM, "pass"),
    Proof("GNT-045", KVM, "pass", {"options/network_mode": "routed", "options/link_table": "100"}),
    Proof("GNT-045", KVM, "warn", {"options/link_table": "100"}, ("options", "link_table"),
          "instances are bridged"),
    Proof("GNT-047", KVM, "pass"),
    Proof("GNT-047", XEN, "pass"),
    Proof("GNT-047", XEN, "pass", {"networks/main/bridge": None}),
    Proof("GNT-047", XEN, "warn", {"networks/main/bridge": "xenbr0"}, BRIDGE, "nearly xen-br0"),
    Proof("GNT-047", XEN, "warn", {"networks/main/bridge": "xen_br0"}, BRIDGE, "nearly xen-br0"),
    Proof("GNT-047", XEN, "pass", {"networks/main/bridge": "xen-br1"}),
    Proof("GNT-047", KVM, "skip", {"options/network_mode": "routed"}, seen="need no bridge"),
    Proof("GNT-055", KVM, "skip", seen="no replication network"),
    Proof("GNT-055", XEN, "pass"),
    Proof("GNT-055", XEN, "pass", {"options/secondary_cidr": None}),
    Proof("GNT-055", XEN, "fail", {"options/secondary_cidr": "192.168.4.0/24"},
          ("options", "secondary_cidr"), "192.168.4.0/24 is not 192.168.3.0/24"),
    Proof("GNT-055", XEN, "warn",
          {f"nodes/node{n}.example.com/addresses": None for n in (1, 2, 3)},
          ("networks", "replication"), "no node has an address"),
    Proof("GNT-061", KVM, "pass"),
    Proof("GNT-061", KVM, "warn", {"options/drbd": False}, ("options", "drbd"),
          "3 nodes without DRBD"),
    Proof("GNT-061", KVM, "skip",
          {"options/drbd": False, "nodes": {"node1.example.com": {"address": "10.77.0.11"}}},
          seen="one node"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_row_is_proved(case):
    proofs.check(case)


def test_every_proof_is_seen_to_hold_and_not_to_hold():
    for row in proving.rules("ganeti"):
        seen = {case.status for case in CASES if case.row == row.id}
        assert "pass" in seen and seen & {"fail", "warn"}, row.id


def test_a_wrong_expression_would_be_found(monkeypatch):
    """The proof of GNT-026 is not of its own making."""
    from saltext.muster.planning.addressing import relocation

    loose = r"^192\.168\.3\.[0-9]+$"
    monkeypatch.setattr(relocation, "expression", lambda addresses: loose)
    (found,) = proofs.proved("GNT-026", proofs.cluster(XEN)).findings
    assert "is not exact: try '192.168.3." in found.message


def test_options_that_are_no_networks_stop_no_proof():
    changes = {"options/secondary_cidr": "there"}
    assert len(list(proving.prove(proofs.cluster(XEN, changes)))) == len(proving.rules("ganeti"))
