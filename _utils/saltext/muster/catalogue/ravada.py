"""What Ravada asks of a node: its cluster document, S1."""

from __future__ import annotations

from collections.abc import Callable

from saltext.muster.catalogue import predicates
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan, Requirement
from saltext.muster.verdict import FAIL

DOCUMENT = "Ravada cluster"
PLACE = "New node, Requirements"


def like_debian(facts: Facts, plan: Plan) -> str:
    """Return "" on a system like Debian, else why the link is not needed."""
    system = facts.get("os", "id")
    if facts.get("os", "family") == "debian" and system != "ubuntu":
        return ""
    return f"{system} needs no such link: only Debian and systems like it do"


def not_like_debian(facts: Facts, plan: Plan) -> str:
    """Return "" where no link is needed, else why the row is skipped."""
    return "" if like_debian(facts, plan) else "Debian needs the link: RAV-017"


def link_resolves(facts: Facts, plan: Plan) -> Outcome:
    """/usr/bin/kvm-spice resolves to an executable."""
    link = facts.get("kvm_spice", "link")
    seen = f"-> {link}" if link else "a file" if facts.get("kvm_spice", "exists") else "absent"
    good = facts.get("kvm_spice", "executable")
    why = "" if good or seen == "absent" else "it does not resolve to an executable"
    return predicates.verdict_of(good, seen, "an executable /usr/bin/kvm-spice", FAIL, why)


def nothing_needed(facts: Facts, plan: Plan) -> Outcome:
    """Where the distribution brings what is needed, nothing is asked."""
    return predicates.verdict_of(True, facts.get("os", "id"), "nothing to do")


def _package(id_: str, word: str, names: str) -> Requirement:
    return Requirement(
        id=id_,
        source=DOCUMENT,
        place=PLACE,
        text=f"the package with {word} is installed",
        minimum=names.replace("|", " or "),
        probes=("packages",),
        component="packages",
        keys=tuple(names.split("|")),
        test=predicates.packages_installed(names),
        remedy=f"install {names.replace('|', ' or ')}",
        by_hand=f"dpkg -l {names.split('|')[0]}",
    )


_Applies = Callable[[Facts, Plan], str]


def _link(id_: str, text: str, applies: _Applies, component: str) -> Requirement:
    return Requirement(
        id=id_,
        source=DOCUMENT,
        place=PLACE,
        text=text,
        minimum="an executable /usr/bin/kvm-spice" if component else "",
        probes=("os", "kvm_spice"),
        component=component,
        keys=("link",) if component else (),
        applies=applies,
        test=link_resolves if component else nothing_needed,
        remedy="ln -s /usr/bin/kvm /usr/bin/kvm-spice",
        by_hand="readlink -e /usr/bin/kvm-spice",
    )


ROWS = (
    _package("RAV-009", "an SSH server", "openssh-server"),
    _package("RAV-010", "libvirt's daemon", "libvirt-daemon|libvirt-bin"),
    _package(
        "RAV-011",
        "libvirt's system configuration",
        "libvirt-daemon-system|libvirt-daemon-kvm|libvirt-bin",
    ),
    _package("RAV-012", "libvirt's clients", "libvirt-clients|libvirt-client|libvirt-bin"),
    _package("RAV-013", "QEMU with KVM", "qemu-kvm|qemu-system-x86"),
    _package("RAV-014", "rsync", "rsync"),
    Requirement(
        id="RAV-015",
        source=DOCUMENT,
        place=PLACE,
        text="the package names of this release are known",
        minimum="a release that the plan has names for",
        probes=("os",),
        test=predicates.release_known,
        remedy="add the release to the platform's packages, or use a known release",
        by_hand="cat /etc/os-release",
    ),
    _link("RAV-017", "kvm-spice resolves to an executable", like_debian, "kvm_spice"),
    _link("RAV-018", "no kvm-spice link is needed here", not_like_debian, ""),
)
