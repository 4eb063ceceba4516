"""What Ravada asks of a cluster's nodes among each other."""

from __future__ import annotations

from saltext.muster.catalogue import comparisons
from saltext.muster.catalogue.predicates import distance, together, told
from saltext.muster.catalogue.ravada.sources import DOCUMENT, PLACE
from saltext.muster.requirement import Comparison

COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        id="RAV-008",
        source=DOCUMENT,
        place="Storage",
        text="the master and all nodes have the same storage pools",
        minimum="identical: name, type, path",
        probes=("pools",),
        values=told.pools,
        compare=together.pools,
        remedy="define the pool on the nodes that lack it: virsh pool-define-as NAME dir --target"
        " PATH; virsh pool-autostart NAME",
        by_hand="salt '*' cmd.run 'virsh pool-list --all; virsh pool-dumpxml default'",
    ),
    Comparison(
        id="RAV-016",
        source=DOCUMENT,
        place=PLACE,
        text="the nodes have similar operating systems, though they may differ",
        kinds=("topology", "advice"),
        recommended="identical",
        probes=("os",),
        values=told.release,
        compare=distance.same(wanted="one system and release on all nodes"),
        remedy="install or upgrade the nodes that differ to the release of the others",
        by_hand="salt '*' cmd.run 'head -4 /etc/os-release'",
    ),
    *comparisons.COMPARISONS,
)
