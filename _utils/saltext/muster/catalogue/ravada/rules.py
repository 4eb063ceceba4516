"""Ravada's rows that no fact of a node decides."""

from __future__ import annotations

from saltext.muster.catalogue.ravada.sources import DOCUMENT, PLACE
from saltext.muster.catalogue.rule import rule
from saltext.muster.requirement import Rule

_PROOFS = "saltext.muster.catalogue.ravada.proofs"
_PLACE = "saltext.muster.planning.place:sheet"
_LINK = "saltext.muster.catalogue.predicates.kvm_spice:needed"

_NODES, _STORAGE, _BALANCE = "Nodes", "Storage", "Balance algorithm"

RULES: tuple[Rule, ...] = (
    rule(
        "RAV-002",
        DOCUMENT,
        _NODES,
        "the cluster has exactly one master; other nodes come later",
        minimum="1 master",
        proof=f"{_PROOFS}:one_master",
    ),
    rule(
        "RAV-003",
        DOCUMENT,
        _NODES,
        "the master is the most reliable server; it runs guests too",
        "topology+advice",
        recommended="the strongest server",
        proof=f"{_PROOFS}:strongest_master",
    ),
    rule(
        "RAV-004",
        DOCUMENT,
        _NODES,
        "a node is disabled and shut down in Ravada before it is taken away",
        step="before a node goes: disable it in Admin Tools, Nodes, and shut it down there",
    ),
    rule(
        "RAV-005",
        DOCUMENT,
        _NODES,
        "a base exists on the master before any node has it",
        proof=f"{_PROOFS}:on_master",
    ),
    rule(
        "RAV-006",
        DOCUMENT,
        _NODES,
        "a base that is removed from the master becomes a plain guest",
        "topology+advice",
        step="before a base is removed from the master: remove it from all nodes",
        part="saltext.muster.planning.changed:bases",
    ),
    rule(
        "RAV-007",
        DOCUMENT,
        _STORAGE,
        "no shared storage is needed: each node has room for its bases and their clones",
        "plan",
        proof="saltext.muster.planning.sizing.local_space:enough",
    ),
    rule(
        "RAV-018",
        DOCUMENT,
        PLACE,
        "Ubuntu and systems like Red Hat need no kvm-spice link",
        "enforce",
        part=_LINK,
    ),
    rule(
        "RAV-035",
        DOCUMENT,
        "Operation",
        "nodes are added and bases enabled in Ravada itself",
        "plan",
        step="in Ravada: add the node in Admin Tools, Nodes; enable it in each base's tab",
    ),
    rule(
        "RAV-036",
        DOCUMENT,
        _BALANCE,
        "the node with the fewest running guests starts the next; a tie goes to free memory",
        "plan",
        part=_PLACE,
    ),
    rule(
        "RAV-037",
        DOCUMENT,
        _BALANCE,
        "a node with fewer than 2 guests and enough free memory is taken at once",
        "plan",
        part=_PLACE,
    ),
    rule(
        "RAV-038",
        DOCUMENT,
        _BALANCE,
        "guests that start at the same moment may land on one node",
        "plan",
        part=_PLACE,
    ),
    rule(
        "RAV-039",
        DOCUMENT,
        "Selection algorithm",
        "a base may ask to start where its user has guests already",
        "plan",
        part=_PLACE,
    ),
    rule(
        "RAV-041",
        DOCUMENT,
        "Operation",
        "a base's clones are spread over all nodes, the master too",
        "plan",
        part=_PLACE,
    ),
    rule(
        "RAV-042",
        DOCUMENT,
        _NODES,
        "the master is the cluster's single point of failure",
        "topology+advice",
        step="prepare for the loss of the master: back up its guests and Ravada's database",
        part="saltext.muster.planning.simulate:sheet",
    ),
)
