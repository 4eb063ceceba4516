"""What PVC asks of a node's firewall."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import exposure
from saltext.muster.catalogue.pvc.sources import ARCHITECTURE
from saltext.muster.requirement import Requirement

_UPSTREAM = "Upstream network"
_KINDS = ("check", "topology", "enforce")
#: What of the firewall's diff belongs to what is let in: all of it, as it is one change.
_KEYS = ("rules", "files", "boot")

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="PVC-050",
        source=ARCHITECTURE,
        place=_UPSTREAM,
        kinds=_KINDS,
        text="the API, which hardly controls who uses it, is not reached from the Internet",
        recommended="a private address, or 7370/tcp refused",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        applies=exposure.on_coordinator,
        test=exposure.api,
        remedy="refuse 7370/tcp from all but the administrators' networks and the cluster's",
        by_hand="nft list ruleset; from outside: curl http://API:7370/",
    ),
    Requirement(
        id="PVC-104",
        source=ARCHITECTURE,
        place=_UPSTREAM,
        kinds=_KINDS,
        text="only as few remote systems as possible get to the node by the upstream network",
        recommended="the declared administrators' networks and the cluster's",
        proof="saltext.muster.catalogue.pvc.upstream_proofs:restricted",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        test=exposure.upstream,
        remedy="refuse input from all but the administrators' networks and the cluster's",
        by_hand="nft list ruleset",
    ),
)
