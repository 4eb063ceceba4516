"""How much memory is installed, and how much of it the kernel has."""

import re
from typing import Any, Dict, List, Union

from . import _dmi
from .source import Source, Unknown, Unreadable, attempt, unknown

_DEVICE = 17
_TYPES = {
    15: "SDRAM", 18: "DDR", 19: "DDR2", 20: "DDR2 FB-DIMM", 24: "DDR3", 26: "DDR4", 27: "LPDDR",
    28: "LPDDR2", 29: "LPDDR3", 30: "LPDDR4", 32: "HBM", 33: "HBM2", 34: "DDR5", 35: "LPDDR5",
    36: "HBM3",
}  # fmt: skip

#: Video memory, ROM and flash of all kinds, and persistent memory: no main memory.
_OTHER_TYPES = (5, 8, 9, 10, 11, 12, 31)
_PERSISTENT = (5, 6, 7)

_SIZE, _EXTENDED, _TECHNOLOGY = 0x0C, 0x1C, 0x28
_UNKNOWN_SIZE, _SEE_EXTENDED, _KIBIBYTES = 0xFFFF, 0x7FFF, 0x8000
_MEBIBYTE = 1024 * 1024

_TOTAL = re.compile(r"^MemTotal:[ \t]+([0-9]{1,15}) kB$", re.M)


def read(source: Source) -> Dict[str, Any]:
    """Return modules, installed and total.

    modules: {"locator", "size" (bytes), "type", "ecc"} of each memory module that the firmware
    tells of; installed: their sum in bytes; total: what the kernel has, in bytes.
    """
    modules = attempt(_modules, source)
    return {
        "modules": modules,
        "installed": attempt(installed, modules),
        "total": attempt(_total, source),
    }


def parse_device(structure: _dmi.Structure) -> Dict[str, Any]:
    """Return what a table of type 17 says of its socket; size is 0 for an empty one.

    A size that the firmware does not know is {"unknown": reason}.
    """
    kind = attempt(_dmi.number, structure, 0x12, 1)
    return {
        "locator": _dmi.string(structure, 0x10),
        "size": attempt(_size, structure) if _is_main(structure, kind) else 0,
        "type": _TYPES.get(kind, "") if isinstance(kind, int) else "",
        "ecc": attempt(_ecc, structure),
    }


def installed(modules: Union[List[Dict[str, Any]], Unknown]) -> int:
    """Return the modules' sum in bytes; raise Unreadable when one of them is not known."""
    if isinstance(modules, dict):
        raise Unreadable(modules["unknown"])
    for module in modules:
        if unknown(module["size"]):
            raise Unreadable(f"memory module {module['locator']}: {module['size']['unknown']}")
    found = sum(module["size"] for module in modules)
    if not found:
        raise Unreadable("the firmware tells of no memory module")
    return int(found)


def parse_total(text: str) -> int:
    """Return MemTotal of /proc/meminfo in bytes."""
    match = _TOTAL.search(text)
    if not match:
        raise Unreadable("/proc/meminfo has no MemTotal")
    return int(match.group(1)) * 1024


def _modules(source: Source) -> List[Dict[str, Any]]:
    found = [parse_device(structure) for structure in _dmi.of_type(source, _DEVICE)]
    return [module for module in found if module["size"] != 0]


def _is_main(structure: _dmi.Structure, kind: Union[int, Unknown]) -> bool:
    technology = attempt(_dmi.number, structure, _TECHNOLOGY, 1)
    return kind not in _OTHER_TYPES and technology not in _PERSISTENT


def _ecc(structure: _dmi.Structure) -> bool:
    """Say whether the module has more bits than it gives: those that correct errors."""
    total, data = (_dmi.number(structure, offset, 2) for offset in (0x08, 0x0A))
    if not 0 < data <= total < 0xFFFF:
        raise Unreadable("the firmware tells no widths")
    return total > data


def _size(structure: _dmi.Structure) -> int:
    size = _dmi.number(structure, _SIZE, 2)
    if size == _UNKNOWN_SIZE:
        raise Unreadable("the firmware does not know its size")
    if size == _SEE_EXTENDED:
        return (_dmi.number(structure, _EXTENDED, 4) & 0x7FFFFFFF) * _MEBIBYTE
    if size & _KIBIBYTES:
        return (size & ~_KIBIBYTES) * 1024
    return size * _MEBIBYTE


def _total(source: Source) -> int:
    return parse_total(source.text("/proc/meminfo"))
