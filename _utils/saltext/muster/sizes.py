"""Sizes of memory and disks: texts with a unit as bytes, and back."""

from __future__ import annotations

import re
from typing import NewType

#: Bytes that a cluster file writes as a text with a unit, such as ``64 GiB`` or ``400 GB``.
Size = NewType("Size", int)

UNITS = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("kMGTP", 1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGTP", 1)},
}

#: What a size looks like, for an editor's schema too.
PATTERN = rf"^[0-9]{{1,6}}(\.[0-9]{{1,3}})? ?({'|'.join(UNITS)})$|^[0-9]{{1,18}} ?B$"

_SIZE = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,3}))? ?([kMGTPKi]{0,2}B)")


def parse(text: str) -> Size:
    """Return the bytes of a text such as ``64 GiB``, ``1.5 TB`` or ``939524096 B``.

    Raises ValueError for any other text, and for parts of a byte.
    """
    found = _SIZE.fullmatch(text)
    if not found or found[3] not in UNITS or not re.fullmatch(PATTERN, text):
        raise ValueError("is no size with a unit")
    whole, part, unit = found[1], found[2] or "", UNITS[found[3]]
    scaled = int(whole + part) * unit
    if scaled % 10 ** len(part):
        raise ValueError("is no whole number of bytes")
    return Size(scaled // 10 ** len(part))


def size(count: int) -> str:
    """Return a number of bytes as a person reads it, to a tenth: binary units where it is a
    round number of MiB, as memory is, else decimal ones, as disks are.
    """
    binary, decimal = ("TiB", "GiB", "MiB"), ("TB", "GB", "MB")
    base, units = (1024, binary) if count and count % 1024**2 == 0 else (1000, decimal)
    for power, unit in zip((4, 3, 2), units, strict=True):
        if abs(count) >= base**power:
            return f"{count / base**power:.1f}".removesuffix(".0") + f" {unit}"
    return f"{count} B"
