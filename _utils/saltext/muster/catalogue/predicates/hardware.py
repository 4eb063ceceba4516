"""Processors, memory and what kind of machine it is."""

from __future__ import annotations

from typing import Any

from saltext.muster.catalogue.predicates.base import Test, at_least, verdict_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

GIB = 1024**3

#: The kernel keeps a part of the memory for itself and for a crash kernel.
KERNEL_SHARE = 0.90

#: A clock is named in round numbers: 2.394 GHz is sold as 2.4.
CLOCK_SHARE = 0.99

_X86_VENDORS = ("GenuineIntel", "AuthenticAMD")
_WIDE = ("64", "s390x", "alpha")
_NO_EXTENSION = (
    "it has none, or the firmware disables it (newer kernels then hide the flag), or a hypervisor"
    " hides it"
)
_ENABLE = (
    "enable virtualization (Intel VT-x, AMD SVM) in the server's firmware, then power the server"
    " off and on"
)


def extension(facts: Facts, plan: Plan) -> Outcome:
    """The processor's flags have vmx or svm as a whole word."""
    found = facts.get("virtualization", "extension")
    if found in ("vmx", "svm"):
        return Outcome(PASS, found, "vmx or svm")
    return Outcome(FAIL, "neither vmx nor svm", "vmx or svm", _NO_EXTENSION, _ENABLE)


def firmware(facts: Facts, plan: Plan) -> Outcome:
    """The kernel serves KVM, so the firmware does not disable it."""
    wanted = "enabled in the firmware"
    found = facts.get("virtualization", "extension")
    if found not in ("vmx", "svm"):
        return Outcome(FAIL, "neither vmx nor svm among the flags", wanted, _NO_EXTENSION, _ENABLE)
    state = facts.get("virtualization", "firmware")
    seen = f"{found}, {'KVM works' if state == 'enabled' else 'KVM is loaded and cannot start'}"
    return verdict_of(state == "enabled", seen, wanted)


def physical(facts: Facts, plan: Plan) -> Outcome:
    """Neither the firmware nor the processor tells of a hypervisor."""
    product = facts.get("motherboard", "product")
    kind, why = facts.get("motherboard", "kind"), facts.get("motherboard", "why")
    wanted = "a physical server"
    if kind == "virtual":
        return Outcome(FAIL, f"virtual: {why}", wanted)
    guest = facts.get("virtualization", "flags", "hypervisor")
    vendor = facts.get("motherboard", "vendor")
    return verdict_of(not guest, "a virtual machine" if guest else f"{vendor} {product}", wanted)


def clock_ghz(facts: Facts) -> float:
    """Return the processors' nominal clock in GHz, never the turbo's."""
    return float(facts.get("cpu", "nominal_mhz")) / 1000


def clock(minimum: float, recommended: float) -> Test:
    """Return a test of the nominal clock, in GHz."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        found = clock_ghz(facts)
        status = at_least(found, minimum * CLOCK_SHARE, recommended * CLOCK_SHARE)
        seen = f"{found:.2f} GHz nominal, by {facts.get('cpu', 'nominal_from')}"
        return Outcome(status, seen, f"{minimum:g} GHz, recommended {recommended:g} GHz")

    return test


def cores(minimum: int, recommended: int) -> Test:
    """Return a test of the number of physical cores."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        found = facts.get("cpu", "cores")
        seen = f"{found} cores ({facts.get('cpu', 'threads')} threads)"
        wanted = f"{minimum} cores, recommended {recommended}"
        return Outcome(at_least(found, minimum, recommended), seen, wanted)

    return test


def memory(minimum: float, recommended: float) -> Test:
    """Return a test of the memory, in GiB."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        seen, has = memory_of(facts)
        status = FAIL if not has(minimum) else PASS if has(recommended) else WARN
        wanted = f"{minimum:g} GB, recommended {recommended:g} GB"
        usable = optional(facts, "memory", "total")
        if status != FAIL and usable is not None and usable < KERNEL_SHARE * minimum * GIB:
            why = "the kernel has much less than is installed: mirroring, mem=, a broken module?"
            return Outcome(WARN, seen, wanted, why)
        return Outcome(status, seen, wanted)

    return test


def memory_of(facts: Facts) -> tuple[str, Any]:
    """Return (what is seen, has), has(gib) saying whether there is that much memory.

    The firmware's modules count; where they cannot be read, what the kernel has does, with a
    tolerance for what it keeps for itself.
    """
    total = optional(facts, "memory", "total")
    kernel = "" if total is None else f"the kernel has {total / GIB:.1f} GiB"
    installed = optional(facts, "memory", "installed")
    if installed is not None:
        seen = f"{installed / GIB:g} GiB installed" + (f", {kernel}" if kernel else "")
        return seen, lambda gib: installed >= gib * GIB
    total = facts.get("memory", "total")
    return f"{kernel}; the modules were not read", lambda gib: total >= KERNEL_SHARE * gib * GIB


def server_board(facts: Facts, plan: Plan) -> Outcome:
    """The machine is a server by its chassis or its management controller."""
    kind, why = facts.get("motherboard", "kind"), facts.get("motherboard", "why")
    if kind == "unknown":
        raise Unread(str(why))
    ecc = " with ECC memory" if optional(facts, "motherboard", "ecc") else ""
    return verdict_of(kind == "server", f"{kind}{ecc}: {why}", "a server's motherboard", WARN)


def full_speed(facts: Facts, plan: Plan) -> Outcome:
    """The kernel saves no power at the cost of speed, as far as it decides on that."""
    governors, preferences = (facts.get("power", key) for key in ("governors", "preferences"))
    slow = [name for name in governors if name != "performance"]
    # A driver with preferences steers by them; its governor may then be called powersave.
    if preferences:
        slow = [name for name in preferences if name not in ("performance", "0")] if slow else []
    aspm = optional(facts, "power", "aspm") or ""
    if aspm.startswith(("powersave", "powersuper")):
        slow.append(f"PCIe ASPM {aspm}")
    seen = ", ".join(slow) if slow else f"governor {', '.join(governors)}"
    return verdict_of(not slow, seen, "performance", WARN)


def x86(facts: Facts, plan: Plan) -> Outcome:
    """The kernel runs as x86_64 on a processor by Intel or AMD."""
    machine = facts.get("kernel", "machine")
    vendor = facts.get("cpu", "vendor") if machine == "x86_64" else ""
    good = machine == "x86_64" and vendor in _X86_VENDORS
    return verdict_of(good, f"{machine} {vendor}".strip(), "x86_64 by Intel or AMD")


def wide(facts: Facts, plan: Plan) -> Outcome:
    """The kernel is a 64-bit one."""
    machine = facts.get("kernel", "machine")
    return verdict_of(any(part in machine for part in _WIDE), machine, "64 bits", WARN)


def amd64(facts: Facts, plan: Plan) -> Outcome:
    """dpkg's architecture is amd64."""
    found = facts.get("architecture", "dpkg")
    return verdict_of(found == "amd64", found, "amd64")


def kvm_tools(facts: Facts, plan: Plan) -> Outcome:
    """The kernel has KVM for this processor, and an emulator runs."""
    wanted = "KVM in the kernel and an emulator that runs"
    module = facts.get("virtualization", "module")
    if not module:
        return Outcome(FAIL, "no kvm_intel or kvm_amd", wanted, "", "modprobe kvm_intel (kvm_amd)")
    program = facts.get("qemu", "program")
    if not program:
        remedy = "apt-get install qemu-system-x86"
        return Outcome(FAIL, f"{module}, no emulator is installed", wanted, "", remedy)
    seen = f"{module}, {program} {facts.get('qemu', 'version')}"
    return Outcome(PASS, seen, wanted)


def optional(facts: Facts, *path: str) -> Any:
    """Return the value at ``path``, or None where it could not be read."""
    try:
        return facts.get(*path)
    except Unread:
        return None
