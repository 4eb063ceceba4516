"""What is compared over the nodes of a PVC cluster."""

from __future__ import annotations

from saltext.muster.catalogue import comparisons
from saltext.muster.requirement import Comparison

COMPARISONS: tuple[Comparison, ...] = comparisons.COMPARISONS
