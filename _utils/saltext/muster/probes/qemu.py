"""The emulator that runs KVM's guests: which one, and its version."""

import re
from typing import Dict, Union

from .source import Source, Unknown, Unreadable, attempt

#: The first that is there counts.
_PROGRAMS = (
    "/usr/bin/qemu-system-x86_64",
    "/usr/libexec/qemu-kvm",
    "/usr/bin/qemu-kvm",
    "/usr/bin/kvm",
)

_VERSION = re.compile(r"QEMU (?:PC )?emulator version (\d{1,4}(?:\.\d{1,4}){1,3})")
_OLD = re.compile(r"\(kvm-(\d{1,4})[^)]*\)")


def read(source: Source) -> Dict[str, Union[str, Unknown]]:
    """Return program ("" = none), version (of QEMU) and kvm (the number of an old kvm-NN)."""
    program = attempt(_program, source)
    said = attempt(_said, source, program)
    if isinstance(said, dict):
        return {"program": program, "version": said, "kvm": said}
    return {"program": program, "version": attempt(_version, said), "kvm": parse_kvm(said)}


def parse_version(text: str) -> str:
    """Return the version in what ``--version`` or ``-h`` prints, or ""."""
    match = _VERSION.search(text)
    return match.group(1) if match else ""


def parse_kvm(text: str) -> str:
    """Return NN of "(kvm-NN)" in the first line, or "": later ones count as QEMU does."""
    match = _OLD.search(text.split("\n", 1)[0])
    return match.group(1) if match else ""


def _program(source: Source) -> str:
    if not source.exists("/usr"):
        raise Unreadable("/usr is not there")
    return next((path for path in _PROGRAMS if source.exists(path)), "")


def _said(source: Source, program: Union[str, Unknown]) -> str:
    if isinstance(program, dict):
        raise Unreadable(program["unknown"])
    if not program:
        raise Unreadable("no emulator is installed: neither " + " nor ".join(_PROGRAMS))
    return source.run([program, "--version"])


def _version(said: str) -> str:
    found = parse_version(said)
    if not found:
        raise Unreadable(f"the emulator told no version: {said[:100]!r}")
    return found
