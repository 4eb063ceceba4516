"""The pool_watch component: a beacon tells the master when a storage pool fills, and when not.

As a program it prints how full this node's pools are, for the beacon: that one runs in the
minion's own process, where nothing may block and nothing of the library may stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from saltext.muster import facts as reading
from saltext.muster.catalogue.predicates import storage
from saltext.muster.components.border import demand
from saltext.muster.converge import Diff
from saltext.muster.facts import Facts, Unread

#: The beacon's name, and so a part of its events' tags.
BEACON = "muster_pools"

#: Below the folder of the minion's configuration, which reads it when it starts.
FILE = "minion.d/muster-pools.conf"

CONFIGURED, RUNNING = "configured", "running"

#: Seconds between two looks.
SHORTEST, LONGEST = 10, 86400

UNKNOWN = "unknown"

#: Kinds of pools whose space another probe tells, by libvirt's name.
_ELSEWHERE = {"logical": "lvm", "zfs": "zfs"}


def check(seconds: Any) -> None:
    """Raise InvalidArgument unless this is a time between two looks."""
    whole = isinstance(seconds, int) and not isinstance(seconds, bool)
    good = whole and SHORTEST <= seconds <= LONGEST
    said = f"seconds: wanted {SHORTEST} to {LONGEST}, seen {seconds!r:.40}"
    demand("muster_pool_watch", ["" if good else said])


def configuration(seconds: int) -> list[dict[str, int]]:
    """Return the beacon's configuration, as Salt has it."""
    return [{"seconds": seconds}]


def text(seconds: int) -> str:
    """Return the minion's configuration file with the beacon."""
    beacons = json.dumps({BEACON: configuration(seconds)})
    return f"# Written by muster: changes are replaced.\nbeacons: {beacons}\n"


def diff(seconds: int, kept: str | None, running: Any) -> Diff:
    """Return ``configured`` and ``running`` as far as the beacon is not as it should be.

    kept is the text of the file (None = there is none); running the configuration of the beacon
    in the minion (None = it is not there), or "" where that cannot be told.
    """
    found: Diff = {}
    if kept != text(seconds):
        old = None if kept is None else "other text"
        found[CONFIGURED] = {"old": old, "new": f"a look every {seconds} s"}
    if running not in ("", configuration(seconds)):
        found[RUNNING] = {"old": running, "new": configuration(seconds)}
    return found


def levels(root: str = "/") -> dict[str, dict[str, Any]]:
    """Return ``{pool: {"level", "free", "why"}}`` of libvirt's pools on this node.

    level is pass, warn, fail or unknown; free is in percent, None where nobody can tell; why says
    why that is unknown. root is the folder below which is read. Raises Unread without any.
    Source: RAV-040.
    """
    found = Facts(reading.collect(("pools",), root))
    kinds = {pool["type"] for pool in found.get("pools", "pools").values()}
    more = [probe for kind, probe in _ELSEWHERE.items() if kind in kinds]
    return judged(Facts({**found.data, **reading.collect(more, root)}))


def judged(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return what ``levels`` does, of facts."""
    free, unread = storage.pool_space(facts)
    known = {
        name: {"level": storage.free_level(each), "free": round(each, 1), "why": ""}
        for name, each in free.items()
    }
    return {**known, **{name: _unknown(why) for name, why in unread.items()}}


def answer() -> dict[str, Any]:
    """Return what the beacon is told: ``{"pools": ...}`` or ``{"unknown": why}``."""
    try:
        return {"pools": levels()}
    except Unread as err:
        return {UNKNOWN: str(err)[:300]}


def undone(noted: Mapping[str, Any]) -> Iterable[str]:
    """Return what is wrong with notes of what was there before muster."""
    return [f"{key!r:.40} is no note of this component" for key in noted if key != RUNNING]


def _unknown(why: str) -> dict[str, Any]:
    return {"level": UNKNOWN, "free": None, "why": why[:300]}


if __name__ == "__main__":
    print(json.dumps(answer()))
