"""KVM's emulator."""

from __future__ import annotations

from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL

#: The old numbering of KVM's own releases.
LEAST_KVM = 72

#: QEMU has KVM itself since its first release after kvm-84; today's edition asks for more.
_LEAST = {"2009": (0, 10), "current": (2, 12)}


def version(facts: Facts, plan: Plan) -> Outcome:
    """The emulator is of KVM's generation 72 or newer, by whichever numbers it counts."""
    edition = plan.get("profile", {}).get("edition", "current")
    least = _LEAST.get(edition, _LEAST["current"])
    wanted = f"kvm-{LEAST_KVM} or newer; QEMU {'.'.join(map(str, least))} or newer"
    if not facts.get("qemu", "program"):
        return Outcome(FAIL, "no emulator is installed", wanted)
    text, old = facts.get("qemu", "version"), facts.get("qemu", "kvm")
    if old and edition == "2009":
        return verdict_of(int(old) >= LEAST_KVM, f"kvm-{old} (QEMU {text})", wanted)
    numbers = tuple(int(part) for part in text.split(".") if part.isdigit())
    if not numbers:
        raise Unread(f"{text[:40]!r} is no version of QEMU")
    return verdict_of(numbers >= least, f"QEMU {text}" + (f" (kvm-{old})" if old else ""), wanted)
