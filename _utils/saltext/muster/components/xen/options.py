"""What Xen and the kernel above it are passed at boot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MIB = 1 << 20

_UNITS = {"b": 0, "": 10, "k": 10, "m": 20, "g": 30, "t": 40}


def size(text: str) -> int | None:
    """Return the bytes of a size as Xen reads it (``1024M``; a bare number is KiB), or None."""
    match = re.fullmatch(r"(\d{1,15})([bkmgt]?)", text.lower(), re.ASCII)
    return int(match.group(1)) << _UNITS[match.group(2)] if match else None


def memory(options: Iterable[str]) -> int | None:
    """Return the bytes of the last dom0_mem, by its amount, else by its max:; None without."""
    given = [option.partition("=")[2] for option in options if option.startswith("dom0_mem=")]
    amounts: dict[str, int] = {}
    for part in given[-1].split(",") if given else ():
        kind, colon, text = part.rpartition(":")
        amount = size(text)
        if amount is not None:
            amounts[kind.lower() if colon else ""] = amount
    return amounts.get("", amounts.get("max"))


def cpus(boot: Mapping[str, Iterable[str]]) -> int | None:
    """Return how many processors the first domain gets, None = all or some range of them.

    boot has the options of ``hypervisor`` and ``kernel``.
    """
    if "nosmp" in boot["kernel"]:
        return 1
    given = [each.partition("=")[2] for each in boot["hypervisor"] if each.startswith(CPUS + "=")]
    return int(given[-1]) if given and re.fullmatch(r"[0-9]{1,5}", given[-1]) else None


#: Xen's names of the two options.
MEMORY, CPUS = "dom0_mem", "dom0_max_vcpus"
