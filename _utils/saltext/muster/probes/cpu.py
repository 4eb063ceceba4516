"""The processors: how many, how fast, what they can do, and how old they are."""

import re
from typing import Any, Dict, List, Tuple

from . import _processor, _topology
from ._generation import generation
from ._text import first_line
from .source import Source, Unreadable, attempt, unknown

_CPU0 = "/sys/devices/system/cpu/cpu0"
_AT = re.compile(r"@[ ]*([0-9]{1,2}(?:\.[0-9]{1,3})?)[ ]*GHz", re.I)
_HIGHEST_MHZ = 20000

_COUNTS = ("sockets", "cores", "threads")
_DESCRIBED = ("vendor", "model", "family", "number", "stepping", "flags", "generation")


def read(source: Source) -> Dict[str, Any]:
    """Return vendor, model, family, number, stepping, generation, flags, counts and clock.

    number is the model number; generation is {"name", "year", "exact"}; flags are all x86 flags,
    sorted; sockets, cores (physical ones) and threads count what is online; nominal_mhz is the
    clock that the processor keeps on all cores, never that of its turbo; nominal_from says where
    it is told.
    """
    block = attempt(_processor.first, source)
    counted = attempt(_topology.counts, source)
    clock = attempt(_nominal, source, block)
    facts = {}  # type: Dict[str, Any]
    facts.update(dict.fromkeys(_COUNTS, counted) if unknown(counted) else counted)
    mhz, place = (clock, clock) if isinstance(clock, dict) else clock
    facts.update(nominal_mhz=mhz, nominal_from=place)
    facts.update(dict.fromkeys(_DESCRIBED, block) if unknown(block) else described(block))
    return facts


def described(block: Dict[str, str]) -> Dict[str, Any]:
    """Return what the first processor's block in /proc/cpuinfo says of it."""
    flags = _processor.flags(block)
    no_flags = {"unknown": "/proc/cpuinfo has no line of x86 flags"}
    facts = {
        "vendor": _processor.vendor(block),
        "model": _processor.model(block),
        "family": attempt(_number, block, "cpu family"),
        "number": attempt(_number, block, "model"),
        "stepping": attempt(_number, block, "stepping"),
        "flags": no_flags if flags is None else sorted(flags),
    }  # type: Dict[str, Any]
    keys = ("vendor", "family", "number", "stepping", "flags")
    missing = [facts[key] for key in keys if unknown(facts[key])]
    facts["generation"] = missing[0] if missing else _generation_of(facts)
    return facts


def parse_name(model: str) -> float:
    """Return the MHz in a processor's name (``... CPU @ 2.40GHz``)."""
    match = _AT.search(model)
    if not match:
        raise Unreadable(f"the name {model!r} tells no clock")
    return round(float(match.group(1)) * 1000, 1)


def _generation_of(facts: Dict[str, Any]) -> Dict[str, Any]:
    family, number, stepping = (facts[key] for key in ("family", "number", "stepping"))
    return generation(facts["vendor"], family, number, stepping, set(facts["flags"]))


def _number(block: Dict[str, str], key: str) -> int:
    value = block.get(key, "")
    if not re.match(r"^[0-9]{1,5}$", value):
        raise Unreadable(f"/proc/cpuinfo has no number {key!r}")
    return int(value)


def _nominal(source: Source, block: Dict[str, str]) -> Tuple[float, str]:
    """Return (MHz, where it is told) by the first that tells it."""
    ways = (
        ("base_frequency", lambda: _kilohertz(source, f"{_CPU0}/cpufreq/base_frequency")),
        ("its name", lambda: parse_name(block.get("model name", ""))),
        ("ACPI CPPC", lambda: _integer(source, f"{_CPU0}/acpi_cppc/nominal_freq")),
        ("ACPI P-states", lambda: _p_states(source)),
    )
    for place, way in ways:
        found = attempt(way)
        if not isinstance(found, dict) and 0 < found <= _HIGHEST_MHZ:
            return found, place
    raise Unreadable(
        "nothing tells the nominal clock: no base_frequency, none in the processor's name, no ACPI"
        " CPPC; cpuinfo_max_freq is the turbo's"
    )


def _p_states(source: Source) -> float:
    """Return the highest clock that acpi-cpufreq lists; boost is not among them.

    Intel's list begins with one that stands for turbo: 1 MHz above the nominal clock.
    """
    folder = f"{_CPU0}/cpufreq"
    if first_line(source.text(f"{folder}/scaling_driver")) != "acpi-cpufreq":
        raise Unreadable("another driver than acpi-cpufreq")
    states = _integers(source.text(f"{folder}/scaling_available_frequencies"))
    highest = max(states)
    return (highest - 1000 if highest - 1000 in states else highest) / 1000


def _kilohertz(source: Source, path: str) -> float:
    return _integer(source, path) / 1000


def _integer(source: Source, path: str) -> int:
    return _integers(first_line(source.text(path)))[0]


def _integers(text: str) -> List[int]:
    words = text.split()
    if not words or not all(re.match(r"^[0-9]{1,9}$", word) for word in words):
        raise Unreadable(f"{text[:100]!r} holds no numbers")
    return [int(word) for word in words]
