"""How far this node's clock may be from its master's, told by the pillar's time stamp."""

from __future__ import annotations

import os
import time


def process_age() -> float:
    """Return the seconds since this process began, by the boot clock, which no one sets."""
    with open("/proc/self/stat", encoding="ascii") as file:
        started = int(file.read().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")


def skew(stamp: float, age: float, wall: float) -> dict[str, float]:
    """Return the bounds of this clock's offset to the master's, in seconds.

    stamp is the master's time in the pillar; the pillar was compiled at most ``age`` seconds
    before this clock read ``wall``.
    """
    return {"low": wall - age - stamp, "high": wall - stamp}


def stepped(before: tuple[float, float]) -> float:
    """Return by how many seconds this clock was stepped since ``before`` = (wall, monotonic)."""
    wall, monotonic = before
    return (time.time() - wall) - (time.monotonic() - monotonic)
