"""What PVC asks of a node, one file a subject."""

from __future__ import annotations

from saltext.muster.catalogue.pvc import (
    comparisons,
    configuration,
    firewall,
    hardware,
    network,
    network_rules,
    rules,
    storage,
    storage_rules,
    system,
)
from saltext.muster.requirement import Comparison, Requirement, Rule

ROWS: tuple[Requirement, ...] = (
    *hardware.ROWS,
    *system.ROWS,
    *storage.ROWS,
    *network.ROWS,
    *configuration.ROWS,
    *firewall.ROWS,
)

RULES: tuple[Rule, ...] = (*rules.RULES, *storage_rules.RULES, *network_rules.RULES)

COMPARISONS: tuple[Comparison, ...] = comparisons.COMPARISONS
