"""Figures of runs that were done in turn."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any


def of(runs: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the runs of one command, in their order."""
    return [run for run in runs if run["name"] == name]


def times(runs: Sequence[dict[str, Any]], name: str, clock: str = "wall") -> list[float]:
    """Return the seconds of one command's runs by a clock, `wall` or `cpu`."""
    return [run[clock] for run in of(runs, name)]


def figures(took: Sequence[float], base: Sequence[float]) -> dict[str, float]:
    """Return the median of some times, and the median and range of their ratios to a base.

    The ratios are those of pairs of runs, not of medians: what slows the machine slows both.
    """
    ratios = [one / other for one, other in zip(took, base, strict=True)]
    return {
        "median_s": statistics.median(took),
        "ratio": statistics.median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
    }
