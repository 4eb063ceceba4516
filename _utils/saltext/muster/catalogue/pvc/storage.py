"""What PVC asks of a node's storage."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import storage
from saltext.muster.catalogue.pvc.sources import ARCHITECTURE
from saltext.muster.requirement import Requirement

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="PVC-022",
        source=ARCHITECTURE,
        place="Node specifications: Ceph OSD processes",
        text="each OSD may take at least 939 MB of memory",
        minimum="osd_memory_target of 939524096 bytes (the number is PVC's own)",
        proof="saltext.muster.planning.sizing.memory:osd_least",
        probes=("osd",),
        applies=storage.has_osds,
        test=storage.osd_memory,
        remedy="set osd_memory_target = 939524096 or more in /etc/ceph/ceph.conf and restart the"
        " node's OSDs one by one",
        by_hand="ceph daemon osd.0 config get osd_memory_target",
    ),
)
