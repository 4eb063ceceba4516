"""How many sockets, cores and threads the processors have."""

import re
from typing import Dict, Set, Tuple

from .source import Absent, Source, Unreadable

_CPUS = "/sys/devices/system/cpu"
_CPUINFO_LIMIT = 16 * 1024 * 1024

#: More processors than any kernel has.
_MOST = 65536

_RANGE = re.compile(r"^([0-9]{1,6})(?:-([0-9]{1,6}))?$")


def counts(source: Source) -> Dict[str, int]:
    """Return sockets, cores and threads of the processors that are online."""
    try:
        online = parse_list(source.text(f"{_CPUS}/online"))
        cores = _groups(source, online, ("core_cpus_list", "thread_siblings_list"))
        sockets = _groups(source, online, ("package_cpus_list", "core_siblings_list"))
    except Absent:
        return parse_cpuinfo(source.text("/proc/cpuinfo", _CPUINFO_LIMIT))
    return {"sockets": sockets, "cores": cores, "threads": len(online)}


def parse_list(text: str) -> Set[int]:
    """Return the numbers of a list such as ``0-3,8``; raise Unreadable for anything else."""
    found = set()  # type: Set[int]
    for part in text.strip().split(","):
        match = _RANGE.match(part)
        first, last = (
            (int(match.group(1)), int(match.group(2) or match.group(1))) if match else (1, 0)
        )
        if not first <= last < _MOST:
            raise Unreadable(f"{text.strip()[:100]!r} is no list of processors")
        found.update(range(first, last + 1))
    return found


def parse_cpuinfo(text: str) -> Dict[str, int]:
    """Return the same as ``counts`` from /proc/cpuinfo, where each processor names its core."""
    cores, threads = set(), 0  # type: Tuple[Set[Tuple[str, str]], int]
    seen = {}  # type: Dict[str, str]
    for line in text.split("\n") + ["processor: end"]:
        key, colon, value = line.partition(":")
        if key.strip() != "processor":
            seen[key.strip()] = value.strip()
            continue
        if threads:
            if "physical id" not in seen or "core id" not in seen:
                raise Unreadable("neither /sys nor /proc/cpuinfo tells sockets and cores")
            cores.add((seen["physical id"], seen["core id"]))
        threads, seen = threads + 1, {}
    if not cores:
        raise Unreadable("/proc/cpuinfo names no processor")
    return {
        "sockets": len({core[0] for core in cores}),
        "cores": len(cores),
        "threads": threads - 1,
    }


def _groups(source: Source, online: Set[int], names: Tuple[str, str]) -> int:
    """Count the groups that the processors form; each of a group names all of it."""
    left, count = set(online), 0
    while left:
        left -= _group(source, min(left), names)
        count += 1
    return count


def _group(source: Source, cpu: int, names: Tuple[str, str]) -> Set[int]:
    folder = f"{_CPUS}/cpu{cpu}/topology"
    path = next((f"{folder}/{name}" for name in names if source.exists(f"{folder}/{name}")), "")
    return parse_list(source.text(path or f"{folder}/{names[1]}")) | {cpu}
