"""The firmware's tables (SMBIOS, DSP0134) as the kernel hands them out."""

import re
from typing import List, Tuple

from .source import Source, Unreadable

_ENTRIES = "/sys/firmware/dmi/entries"
_TABLE = "/sys/firmware/dmi/tables/DMI"

#: What ends the tables.
_END = 127
_HEADER = 4
_NAME = re.compile(r"^([0-9]{1,3})-([0-9]{1,6})$")

#: One structure: its formatted part (header included) and its strings.
Structure = Tuple[bytes, List[str]]


def of_type(source: Source, kind: int) -> List[Structure]:
    """Return the structures of one type, in the firmware's order.

    The kernel's folder of entries needs a module that is not always loaded; the whole table is
    the other way. Both are root's alone. Raises Unreadable where neither can be read.
    """
    entries = source.names(_ENTRIES)
    if entries:
        names = [name for name in entries if _instance(name, kind) >= 0]
        names.sort(key=lambda name: _instance(name, kind))
        blocks = [source.data(f"{_ENTRIES}/{name}/raw") for name in names]
        return [found for block in blocks for found in parse(block)[:1]]
    return [found for found in parse(source.data(_TABLE)) if found[0][0] == kind]


def parse(data: bytes) -> List[Structure]:
    """Return the structures in ``data``, up to the end mark or to one that is cut off."""
    found, position = [], 0
    while position + _HEADER <= len(data):
        length = data[position + 1]
        end = data.find(b"\0\0", position + length)
        if length < _HEADER or position + length > len(data):
            break
        tail = data[position + length : end if end >= 0 else len(data)]
        found.append((data[position : position + length], _strings(tail)))
        if data[position] == _END or end < 0:
            break
        position = end + 2
    return found


def number(structure: Structure, offset: int, size: int) -> int:
    """Return the little-endian number at ``offset``; raise Unreadable where the table ends."""
    block = structure[0]
    if offset + size > len(block):
        raise Unreadable(f"the firmware's table of type {block[0]} has no byte {offset}")
    return int.from_bytes(block[offset : offset + size], "little")


def string(structure: Structure, offset: int) -> str:
    """Return the string that the byte at ``offset`` points to, or "" when it is not there."""
    block, strings = structure
    index = block[offset] if offset < len(block) else 0
    return strings[index - 1] if 0 < index <= len(strings) else ""


def _instance(name: str, kind: int) -> int:
    match = _NAME.match(name)
    return int(match.group(2)) if match and int(match.group(1)) == kind else -1


def _strings(tail: bytes) -> List[str]:
    return [part.decode("utf-8", "backslashreplace").strip() for part in tail.split(b"\0") if part]
