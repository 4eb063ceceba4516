"""Whether the kernel saves power at the cost of speed."""

from typing import Any, Callable, Dict, List

from ._text import first_line
from .source import Absent, Source, Unreadable, attempt

_CPUS = "/sys/devices/system/cpu"
_ASPM = "/sys/module/pcie_aspm/parameters/policy"


def read(source: Source) -> Dict[str, Any]:
    """Return driver, governors, preferences and aspm.

    driver is cpufreq's; governors and preferences (energy_performance_preference; empty where
    the driver has none) are the distinct values over all processors, sorted; aspm is the policy
    of PCIe's power saving.
    """
    return {
        "driver": attempt(_driver, source),
        "governors": attempt(_governors, source),
        "preferences": attempt(_preferences, source),
        "aspm": attempt(_aspm, source),
    }


def parse_policy(text: str) -> str:
    """Return the chosen one (in square brackets) of ASPM's policies."""
    chosen = [word[1:-1] for word in text.split() if word[0] == "[" and word[-1] == "]"]
    if len(chosen) != 1 or not chosen[0]:
        raise Unreadable(f"{_ASPM} names no policy")
    return chosen[0]


def _folders(source: Source) -> List[str]:
    if not source.names(_CPUS):
        raise Unreadable(f"{_CPUS} is empty or not there")
    # Linux before 4.3 has a folder at each processor and none of policies.
    for pattern in (f"{_CPUS}/cpufreq/policy[0-9]*", f"{_CPUS}/cpu[0-9]*/cpufreq"):
        found = source.glob(pattern)
        if found:
            return found
    raise Unreadable("no cpufreq: the firmware alone decides on the processors' speed")


def _values(read_one: Callable[[str], str], paths: List[str]) -> List[str]:
    return sorted({first_line(read_one(path)) for path in paths} - {""})


def _driver(source: Source) -> str:
    return first_line(source.text(f"{_folders(source)[0]}/scaling_driver"))


def _governors(source: Source) -> List[str]:
    paths = [f"{folder}/scaling_governor" for folder in _folders(source)]
    return _values(source.text, paths)


def _preferences(source: Source) -> List[str]:
    name = "energy_performance_preference"
    return _values(source.text_or, [f"{folder}/{name}" for folder in _folders(source)])


def _aspm(source: Source) -> str:
    try:
        return parse_policy(source.text(_ASPM))
    except Absent:
        raise Unreadable(f"{_ASPM} is not there") from None
