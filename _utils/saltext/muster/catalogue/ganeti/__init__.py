"""What Ganeti asks of a node, one file a subject."""

from __future__ import annotations

from saltext.muster.catalogue.ganeti import (
    comparisons,
    drbd,
    hardware,
    names,
    network,
    rules,
    storage,
    system,
    xen,
)
from saltext.muster.requirement import Comparison, Requirement, Rule

ROWS: tuple[Requirement, ...] = (
    *names.ROWS,
    *hardware.ROWS,
    *system.ROWS,
    *storage.ROWS,
    *xen.ROWS,
    *drbd.ROWS,
    *network.ROWS,
)

RULES: tuple[Rule, ...] = rules.RULES

COMPARISONS: tuple[Comparison, ...] = comparisons.COMPARISONS
