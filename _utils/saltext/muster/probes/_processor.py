"""The first processor in /proc/cpuinfo."""

from typing import Dict, Optional, Set, Union

from .source import Source, Unknown, Unreadable

#: Enough for one processor's block and cheap for 256: the kernel computes each when it is read.
_HEAD = 8192

_ARM_IMPLEMENTERS = {
    "0x41": "ARM",
    "0x42": "Broadcom",
    "0x43": "Cavium",
    "0x46": "Fujitsu",
    "0x48": "HiSilicon",
    "0x4e": "NVIDIA",
    "0x50": "APM",
    "0x51": "Qualcomm",
    "0x61": "Apple",
    "0xc0": "Ampere",
}


def first(source: Source) -> Dict[str, str]:
    """Return {key: value} of the first processor's block."""
    text = source.head("/proc/cpuinfo", _HEAD)
    if len(text) >= _HEAD:
        text = text[: text.rfind("\n") + 1]  # half a line of flags would be a guess
    block = parse(text)
    if not block:
        raise Unreadable("/proc/cpuinfo names no processor")
    return block


def parse(text: str) -> Dict[str, str]:
    """Return {key: value} up to the end of the first processor's block.

    A blank line or a second ``processor`` ends it: some samples and kernels have no blank line.
    """
    found = {}  # type: Dict[str, str]
    for line in text.split("\n"):
        key, colon, value = line.partition(":")
        key = key.strip()
        if (not line.strip() and found) or (key == "processor" and key in found):
            break
        if colon and key not in found:
            found[key] = value.strip()
    return found


def vendor(block: Dict[str, str]) -> Union[str, Unknown]:
    """Return who made the processor."""
    if block.get("vendor_id"):
        return block["vendor_id"]
    if block.get("CPU implementer"):
        code = block["CPU implementer"].lower()
        return _ARM_IMPLEMENTERS.get(code, code)
    if block.get("cpu", "").upper().startswith("POWER"):
        return "IBM"
    return {"unknown": "/proc/cpuinfo names no vendor"}


def model(block: Dict[str, str]) -> Union[str, Unknown]:
    """Return the processor's name."""
    for key in ("model name", "cpu", "Processor", "CPU part"):
        if block.get(key):
            return block[key]
    return {"unknown": "/proc/cpuinfo names no model"}


def is_arm(block: Dict[str, str]) -> bool:
    """Say whether the block describes an ARM processor."""
    return "CPU implementer" in block


def flags(block: Dict[str, str]) -> Optional[Set[str]]:
    """Return the x86 flags as a set of words, or None where there are none to look at.

    ``features`` of other architectures are other words: z's ``vx`` is no virtualization.
    """
    return set(block["flags"].split()) if "flags" in block else None
