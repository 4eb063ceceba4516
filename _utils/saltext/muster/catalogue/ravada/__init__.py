"""What Ravada asks of a node, one file a subject."""

from __future__ import annotations

from saltext.muster.catalogue.ravada import (
    comparisons,
    firewall,
    network,
    rules,
    ssh,
    storage,
    system,
)
from saltext.muster.requirement import Comparison, Requirement, Rule

ROWS: tuple[Requirement, ...] = (
    *system.ROWS,
    *storage.ROWS,
    *network.ROWS,
    *ssh.ROWS,
    *firewall.ROWS,
)

RULES: tuple[Rule, ...] = rules.RULES

COMPARISONS: tuple[Comparison, ...] = comparisons.COMPARISONS
