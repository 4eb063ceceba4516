"""PVC's rows about Ceph that a cluster file decides, each met and not met by one change."""

from __future__ import annotations

import pytest

from tests.support import proofs
from tests.support.proofs import Proof
from tests.support.pvc import AT1, EIGHT, MANY, THREE, disks, three

VMS = ("ceph", "pools", "vms")

CASES = [
    Proof("PVC-028", THREE, "pass"),
    Proof("PVC-028", THREE, "skip", {"ceph": None}, seen="no storage is declared"),
    Proof("PVC-028", THREE, "warn", {"ceph/external": True}, ("ceph", "external"), "external Ceph"),
    Proof("PVC-029", THREE, "pass"),
    Proof("PVC-029", THREE, "skip", {"ceph/external": True}, seen="an external Ceph"),
    Proof("PVC-029", THREE, "skip", {"ceph": None, "networks/storage": None}, seen="neither"),
    Proof("PVC-029", THREE, "fail", {"networks/storage": None}, ("networks",), "role storage"),
    Proof("PVC-029", THREE, "fail", {"networks/storage/offset": None}, AT1, "runs a monitor"),
    Proof("PVC-029", THREE, "pass", {"networks/storage/role": "additional",
                                     "networks/cluster/role": "storage"}),
    Proof("PVC-030", EIGHT, "pass"),
    Proof("PVC-030", EIGHT, "pass", {"hardware/bare": {"cores": 8},
                                     "nodes/node[4-8].example.com/hardware": "bare"}),
    Proof("PVC-030", THREE, "skip", {"ceph": None}, seen="no storage is declared"),
    Proof("PVC-030", THREE, "skip", three(node3={"hardware": None}), seen="node3.example.com"),
    Proof("PVC-030", THREE, "fail", {"hardware/small/disks": []}, ("ceph",), "no node has a disk"),
    Proof("PVC-030", EIGHT, "warn", {"hardware/bare": {"cores": 8},
                                     "nodes/node[1-3].example.com/hardware": "bare"},
          AT1, "a coordinator without a disk"),
    Proof("PVC-031", THREE, "pass"),
    Proof("PVC-031", MANY, "pass"),
    Proof("PVC-031", THREE, "pass", disks([400], [400], [400], [400])),
    Proof("PVC-031", THREE, "pass", disks([400] * 2, [400] * 2, [400], [400])),
    Proof("PVC-031", THREE, "pass", disks([400, 800], [400, 400], [800, 800])),
    Proof("PVC-031", THREE, "fail", disks([400] * 2, [400], [400]), ("hardware",),
          "4 disks give the space of 3"),
    Proof("PVC-031", THREE, "fail", disks([400] * 2, [400] * 2, [400]), ("hardware",),
          "5 disks give the space of 3"),
    Proof("PVC-031", THREE, "pass", {**disks([400] * 2, [400] * 2, [400]),
                                     "ceph/pools/vms": {"copies": 2}}),
    Proof("PVC-031", THREE, "fail", disks([400] * 3, [400], [400], [400]), ("hardware",),
          "6 disks give the space of 4"),
    Proof("PVC-031", THREE, "skip", disks([400], [400], []), seen="3 copies take as many hosts"),
    Proof("PVC-032", THREE, "pass"),
    Proof("PVC-032", THREE, "warn", disks([400], [400], [480]), ("hardware",),
          "seen 2 of 400 GB, 1 of 480 GB"),
    Proof("PVC-032", THREE, "skip", {"ceph/external": True}, seen="an external Ceph"),
    Proof("PVC-032", THREE, "skip", three(node2={"hardware": None}), seen="node2.example.com"),
    Proof("PVC-034", THREE, "pass"),
    Proof("PVC-034", THREE, "skip", {"ceph/pools": {}}, seen="no pool"),
    Proof("PVC-034", THREE, "fail", {"ceph/pools/vms/type": "erasure"}, (*VMS, "type"), "erasure"),
    Proof("PVC-035", THREE, "pass"),
    Proof("PVC-035", MANY, "pass"),
    Proof("PVC-035", THREE, "pass", {"ceph/external": True}),
    Proof("PVC-035", THREE, "pass", {"ceph/pools/vms/mincopies": 1}),
    Proof("PVC-035", THREE, "warn", {"ceph/pools/vms/mincopies": 3}, (*VMS, "mincopies"),
          "the loss of one host stops I/O"),
    Proof("PVC-035", THREE, "fail", {"ceph/pools/vms/mincopies": 4}, (*VMS, "mincopies"),
          "I/O needs 4 of 3 copies"),
    Proof("PVC-035", THREE, "warn", {"ceph/pools/vms": {"copies": 2, "mincopies": 1}},
          (*VMS, "copies"), "wanted copies 3, mincopies 2; seen copies 2, mincopies 1"),
    Proof("PVC-035", THREE, "warn", {"ceph/pools/vms/copies": 4}, (*VMS, "copies"),
          "4 copies take as many hosts with disks, seen 3"),
    Proof("PVC-035", EIGHT, "pass", {"ceph/pools/vms/copies": 4}),
    Proof("PVC-035", THREE, "fail", disks([400], [], []), (*VMS, "mincopies"),
          "I/O needs 2 hosts with disks, seen 1"),
    Proof("PVC-035", THREE, "pass", {**disks([400], [], []), "tier": "test",
                                     "ceph/pools/vms": {"copies": 1, "mincopies": 1}}),
    Proof("PVC-035", THREE, "warn", {**disks([400], [], []),
                                     "ceph/pools/vms": {"copies": 1, "mincopies": 1}},
          (*VMS, "copies"), "seen copies 1, mincopies 1"),
    Proof("PVC-035", THREE, "skip", {"ceph": None}, seen="no storage is declared"),
    Proof("PVC-038", THREE, "pass"),
    Proof("PVC-038", THREE, "warn", {"ceph/pools/vms/mincopies": 1}, (*VMS, "mincopies"), "lost"),
    Proof("PVC-038", THREE, "pass", {"ceph/pools/vms": {"copies": 1, "mincopies": 1}}),
    Proof("PVC-038", THREE, "skip", {"ceph": None}, seen="no storage is declared"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_row_is_proved(case):
    proofs.check(case)
