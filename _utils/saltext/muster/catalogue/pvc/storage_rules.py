"""PVC's rows about Ceph that no fact of a node decides."""

from __future__ import annotations

from saltext.muster.catalogue.pvc.sources import ARCHITECTURE, REWRITTEN
from saltext.muster.catalogue.rule import rule
from saltext.muster.requirement import Rule

_STORAGE = "saltext.muster.catalogue.pvc.storage_proofs:"
_PLANNING = "saltext.muster.planning."
_CAPACITY = "saltext.muster.planning.capacity:sheet"
_SIMULATE = "saltext.muster.planning.simulate:sheet"
_CEPH = "Storage layout"

RULES: tuple[Rule, ...] = (
    rule(
        "PVC-028",
        ARCHITECTURE,
        _CEPH,
        "storage and guests share the nodes; external Ceph is possible",
        "topology+advice",
        recommended="hyperconverged",
        proof=f"{_STORAGE}hyperconverged",
    ),
    rule(
        "PVC-029",
        ARCHITECTURE,
        _CEPH,
        "Ceph's monitors and managers run on the coordinators, in the storage network",
        proof=f"{_STORAGE}monitors",
    ),
    rule(
        "PVC-030",
        ARCHITECTURE,
        _CEPH,
        "OSDs may be on all nodes",
        proof=f"{_STORAGE}osds",
    ),
    rule(
        "PVC-031",
        ARCHITECTURE,
        _CEPH,
        "disks are balanced over all nodes with storage",
        "topology+plan",
        proof=f"{_STORAGE}balanced",
    ),
    rule(
        "PVC-032",
        ARCHITECTURE,
        _CEPH,
        "all storage disks have one size",
        "topology+advice",
        recommended="identical",
        proof=f"{_STORAGE}equal_disks",
    ),
    rule(
        "PVC-033",
        ARCHITECTURE,
        _CEPH,
        "few large disks are better than many small ones",
        "plan+advice",
        part=_CAPACITY,
    ),
    rule(
        "PVC-034",
        ARCHITECTURE,
        _CEPH,
        "pools are replicated; erasure coding is not supported",
        minimum="replicated",
        proof=f"{_STORAGE}replicated",
    ),
    rule(
        "PVC-035",
        ARCHITECTURE,
        _CEPH,
        "a pool keeps three copies on three hosts and needs two of them",
        recommended="copies 3, mincopies 2",
        proof=f"{_STORAGE}copies",
    ),
    rule(
        "PVC-036",
        ARCHITECTURE,
        _CEPH,
        "the example: three nodes of 400 GB with three copies give 400 GB",
        "fixture",
    ),
    rule(
        "PVC-037",
        ARCHITECTURE,
        _CEPH,
        "disks are added in groups of as many as there are copies, on different hosts",
        "plan",
        part=_CAPACITY,
    ),
    rule(
        "PVC-038",
        ARCHITECTURE,
        _CEPH,
        "a pool with one copy needed may lose writes",
        "topology+advice",
        recommended="mincopies above 1",
        proof=f"{_STORAGE}write_hole",
    ),
    rule(
        "PVC-039",
        ARCHITECTURE,
        _CEPH,
        "four copies survive the loss of two hosts at four times the space",
        "plan",
        part=_SIMULATE,
    ),
    rule(
        "PVC-040",
        ARCHITECTURE,
        _CEPH,
        "a pool's copies cannot be changed in PVC once it is made",
        part="saltext.muster.planning.changed:changes",
    ),
    rule(
        "PVC-101",
        REWRITTEN,
        _CEPH,
        "an OSD database device holds 5 % of all OSDs' space",
        "plan",
        minimum="5 %",
        proof=f"{_PLANNING}sizing.pvc_formulas:databases",
    ),
    rule(
        "PVC-102",
        REWRITTEN,
        _CEPH,
        "placement groups follow the number of OSDs",
        "plan",
        recommended="128 for 3, 256 for 6 and more",
        part=_CAPACITY,
    ),
    rule(
        "PVC-107",
        ARCHITECTURE,
        _CEPH,
        "storage grows by identical disks; many small ones are a little faster",
        "plan+advice",
        part=_CAPACITY,
    ),
    rule(
        "PVC-109",
        ARCHITECTURE,
        _CEPH,
        "somebody at hand knows Ceph",
        "plan+advice",
        step="see that somebody at hand knows Ceph",
    ),
)
