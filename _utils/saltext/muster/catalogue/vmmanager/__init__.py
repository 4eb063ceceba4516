"""What VMmanager asks of a node, one file a subject."""

from __future__ import annotations

from saltext.muster.catalogue.vmmanager import (
    comparisons,
    configuration,
    firewall,
    hardware,
    network,
    network_types,
    releases,
    routing,
    rules,
    storage,
    system,
)
from saltext.muster.requirement import Comparison, Requirement, Rule

ROWS: tuple[Requirement, ...] = (
    *hardware.ROWS,
    *releases.ROWS,
    *system.ROWS,
    *storage.ROWS,
    *network.ROWS,
    *network_types.ROWS,
    *configuration.ROWS,
    *firewall.ROWS,
    *routing.ROWS,
)

RULES: tuple[Rule, ...] = rules.RULES

COMPARISONS: tuple[Comparison, ...] = comparisons.COMPARISONS
