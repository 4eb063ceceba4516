"""Ganeti's rows that no fact of a node decides."""

from __future__ import annotations

from saltext.muster.catalogue.ganeti.sources import TODAY, TUTORIAL
from saltext.muster.catalogue.rule import rule
from saltext.muster.requirement import Rule

_VALIDATE = "saltext.muster.master.validation:validate"
_PROOFS = "saltext.muster.catalogue.ganeti.proofs"
_NETWORK, _DRBD = "Configuring the network", "Installing DRBD"

RULES: tuple[Rule, ...] = (
    rule(
        "GNT-001",
        TUTORIAL,
        "Introduction",
        "the steps are the same on every node and are done by a program",
        "plan",
        part="saltext.muster.plan:plan",
    ),
    rule(
        "GNT-004",
        TUTORIAL,
        "Hardware requirements",
        "failover needs no shared storage",
        part="saltext.muster.planning.simulate:sheet",
    ),
    rule(
        "GNT-008",
        TUTORIAL,
        "Installing the base system",
        "instances may live in files: then no volume group is needed",
        part=_VALIDATE,
    ),
    rule(
        "GNT-016",
        TUTORIAL,
        "Installing the hypervisor",
        "the hypervisor is Xen or KVM",
        minimum="xen or kvm",
        part=_VALIDATE,
    ),
    rule(
        "GNT-033",
        TUTORIAL,
        _DRBD,
        "DRBD is on all nodes where instances fail over",
        "topology+advice",
        recommended="DRBD",
        part="saltext.muster.catalogue.predicates.drbd:used",
        proof=f"{_PROOFS}:failing_over",
    ),
    rule(
        "GNT-039",
        TUTORIAL,
        _DRBD,
        "DRBD takes at most 255 minors",
        "plan",
        minimum="at most 255",
        proof=f"{_PROOFS}:minors",
    ),
    rule(
        "GNT-045",
        TUTORIAL,
        _NETWORK,
        "instances are bridged, or routed without a bridge",
        part=_VALIDATE,
        proof=f"{_PROOFS}:bridged_or_routed",
    ),
    rule(
        "GNT-048",
        TUTORIAL,
        _NETWORK,
        "routed instances need Xen's own scripts configured; under KVM the interfaces alone",
        "enforce",
        part="saltext.muster.components.xen:values",
    ),
    rule(
        "GNT-052",
        TUTORIAL,
        _NETWORK,
        "the change to the bridge is made where losing the network does no harm",
        "enforce",
        part="saltext.muster.trial.conduct:run",
    ),
    rule(
        "GNT-055",
        TODAY,
        "Separate replication network",
        "all nodes have a replication address, or none",
        minimum="all or none",
        part="saltext.muster.master.proofs:prove",
        proof=f"{_PROOFS}:replication",
    ),
    rule(
        "GNT-061",
        TUTORIAL,
        "Installing DRBD",
        "a cluster that starts without DRBD may need all instances exported and imported later",
        "topology+advice",
        step="decide about DRBD before the first instance",
        proof=f"{_PROOFS}:drbd_from_the_start",
    ),
)
