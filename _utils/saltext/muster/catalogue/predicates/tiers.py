"""PVC's table of what a node has at least, by tier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from saltext.muster.catalogue.predicates.base import Test, verdict_of
from saltext.muster.catalogue.predicates.disks import GB, medium, mirrored, system_disks
from saltext.muster.catalogue.predicates.hardware import CLOCK_SHARE, clock_ghz, memory_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

#: Flash that is sold as 32 GB may hold some percent less.
DISK_SHARE = 0.95


@dataclass(frozen=True)
class Column:
    """One column of the table.

    generations are (name, year) by the processor's vendor; ghz is the nominal clock, gib the
    memory; system_disks and data_disks are (number, GB of each); the latter are SSDs.
    """

    generations: Mapping[str, tuple[str, int]]
    cores: int
    ghz: float
    gib: int
    system_disks: tuple[int, int]
    data_disks: tuple[int, int]


MINIMUM = Column(
    {"GenuineIntel": ("Nehalem", 2008), "AuthenticAMD": ("Bulldozer", 2011)},
    cores=4, ghz=1.8, gib=16, system_disks=(1, 10), data_disks=(1, 200),
)  # fmt: skip
RECOMMENDED = Column(
    {"GenuineIntel": ("Sandy Bridge", 2011), "AuthenticAMD": ("Zen (Naples)", 2017)},
    cores=8, ghz=2.0, gib=48, system_disks=(2, 10), data_disks=(1, 400),
)  # fmt: skip
OPTIMAL = Column(
    {"GenuineIntel": ("Haswell", 2013), "AuthenticAMD": ("Zen 2 (Rome)", 2019)},
    cores=12, ghz=2.2, gib=64, system_disks=(2, 32), data_disks=(2, 400),
)  # fmt: skip

#: The one column of the rewritten chapter: the least for production.
REWRITTEN = Column(
    RECOMMENDED.generations,
    cores=8, ghz=2.0, gib=32, system_disks=(2, 100), data_disks=(1, 400),
)  # fmt: skip

#: GB that the rewritten chapter requires of a system disk whatever the tier.
LEAST_SYSTEM_GB = 32

_COLUMNS = {"test": MINIMUM, "production": RECOMMENDED, "heavy": OPTIMAL}

Part = Callable[[Facts, Column], Outcome]


def by_tier(part: Part) -> Test:
    """Return a test of one part of the table, in the column of the plan's tier."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        tier = plan.get("profile", {}).get("tier", "production")
        outcome = part(facts, _COLUMNS.get(tier, RECOMMENDED))
        return Outcome(outcome.status, outcome.seen, f"{outcome.wanted} (tier {tier})")

    return test


def generation(facts: Facts, column: Column) -> Outcome:
    """The processors' generation is not older than the column's."""
    names = " or ".join(f"{name} ({year})" for name, year in column.generations.values())
    vendor, model = facts.get("cpu", "vendor"), facts.get("cpu", "model")
    if vendor not in column.generations:
        return Outcome(FAIL, f"{model}, neither Intel nor AMD", f"{names} or newer")
    found, least = facts.get("cpu", "generation"), column.generations[vendor][1]
    if found["year"] < least and not found["exact"]:
        raise Unread(f"{model} is of {found['name']} or newer: its exact generation is not known")
    seen = f"{found['name']}{'' if found['exact'] else ' or newer'} ({found['year']}): {model}"
    return verdict_of(found["year"] >= least, seen, f"{names} or newer")


def cores(facts: Facts, column: Column) -> Outcome:
    """There are as many physical cores, as fast, as the column says."""
    count, wanted = facts.get("cpu", "cores"), f"{column.cores} cores at {column.ghz:g} GHz"
    if count < column.cores:
        return Outcome(FAIL, f"{count} cores", wanted)
    clock = clock_ghz(facts)
    seen = f"{count} cores at {clock:.2f} GHz"
    return verdict_of(clock >= column.ghz * CLOCK_SHARE, seen, wanted)


def memory(facts: Facts, column: Column) -> Outcome:
    """There is as much memory as the column says."""
    seen, has = memory_of(facts)
    return verdict_of(has(column.gib), seen, f"{column.gib} GB")


def system_disk(facts: Facts, column: Column) -> Outcome:
    """What carries "/" is as large, and mirrored, as the column says."""
    number, size = column.system_disks
    wanted = f"{number}x {size} GB" + (" in RAID-1" if number > 1 else "")
    disks = system_disks(facts)
    seen = ", ".join(f"{name} {disk['size'] / GB:.4g} GB" for name, disk in disks.items())
    if _smallest(disks) < size * GB * DISK_SHARE:
        return Outcome(FAIL, seen, wanted)
    good, level = (True, "") if number == 1 else mirrored(facts)
    return verdict_of(good, f"{seen}, {level}" if level else seen, wanted)


def data_disks(facts: Facts, column: Column) -> Outcome:
    """There are as many SSDs besides the system's, as large as the column says."""
    number, size = column.data_disks
    wanted = f"{number}x {size} GB SSD"
    carried, disks = system_disks(facts), facts.get("disks", "disks")
    large = {
        name: disk
        for name, disk in disks.items()
        if name not in carried and disk["usable"] and disk["size"] >= size * GB * DISK_SHARE
    }
    kinds = {name: _medium_or_none(disk) for name, disk in large.items()}
    seen = ", ".join(
        f"{name} {large[name]['size'] / GB:.4g} GB {kind or 'of a kind not seen'}"
        for name, kind in kinds.items()
    )
    seen = seen or f"no disk of {size} GB besides {', '.join(carried)}"
    count = sum(kind == "SSD" for kind in kinds.values())
    if count < number <= count + sum(kind is None for kind in kinds.values()):
        raise Unread(f"whether it is an SSD: {seen}")
    return verdict_of(count >= number, seen, wanted)


_PARTS: Mapping[str, Part] = {
    "generation": generation,
    "cores": cores,
    "memory": memory,
    "system disk": system_disk,
    "data disk": data_disks,
}


def beyond_minimum(facts: Facts, plan: Plan) -> Outcome:
    """A node for production has nothing of the bare minimum that is meant for tests."""
    wanted = "the recommended column in all parts"
    short = _short(facts, RECOMMENDED)
    return verdict_of(not short, short or "all parts are above the bare minimum", wanted)


def rewritten(facts: Facts, plan: Plan) -> Outcome:
    """The node has what the rewritten chapter gives as the least."""
    tier = plan.get("profile", {}).get("tier", "production")
    wanted = (
        "8 cores at 2 GHz of Sandy Bridge or Naples, 32 GB, 2x 100 GB RAID-1 (32 GB required),"
        " 1x 400 GB SSD"
    )
    disks = system_disks(facts)
    if _smallest(disks) < LEAST_SYSTEM_GB * GB * DISK_SHARE:
        return Outcome(FAIL, system_disk(facts, REWRITTEN).seen, wanted)
    small = _smallest(disks) < REWRITTEN.system_disks[1] * GB * DISK_SHARE
    least = _with_system_gb(LEAST_SYSTEM_GB) if small else REWRITTEN
    short = _short(facts, least)
    if short:
        # The chapter lets tests and home labs go below.
        return Outcome(WARN if tier == "test" else FAIL, short, wanted)
    seen = "; ".join(part(facts, REWRITTEN).seen for part in _PARTS.values())
    return Outcome(WARN if small else PASS, seen, wanted)


def _with_system_gb(size: int) -> Column:
    return Column(
        REWRITTEN.generations, REWRITTEN.cores, REWRITTEN.ghz, REWRITTEN.gib, (2, size),
        REWRITTEN.data_disks,
    )  # fmt: skip


def _short(facts: Facts, column: Column) -> str:
    """Return what is below the column, in one line; raise Unread when nothing is and one part
    could not be read."""
    short, unread = [], None
    for name, part in _PARTS.items():
        try:
            outcome = part(facts, column)
        except Unread as err:
            unread = err
            continue
        if outcome.status != PASS:
            short.append(f"{name}: {outcome.seen} (wanted {outcome.wanted})")
    if unread is not None and not short:
        raise unread
    return "; ".join(short)


def _smallest(disks: Mapping[str, Any]) -> int:
    return min(int(disk["size"]) for disk in disks.values())


def _medium_or_none(disk: Any) -> str | None:
    try:
        return medium(disk)
    except Unread:
        return None
