"""What Ravada asks of a node's system."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import identity, kvm_spice, packages, ravada
from saltext.muster.catalogue.ravada.sources import DOCUMENT, PLACE
from saltext.muster.requirement import Requirement


def _package(id_: str, word: str, names: str) -> Requirement:
    return Requirement(
        id=id_,
        source=DOCUMENT,
        place=PLACE,
        text=f"the package with {word} is installed",
        kinds=("check", "enforce"),
        minimum=names.replace("|", " or "),
        probes=("packages",),
        component="packages",
        keys=tuple(names.split("|")),
        test=packages.installed_any(names),
        remedy=f"install {names.replace('|', ' or ')}",
        by_hand=f"dpkg -l {names.split('|')[0]}",
    )


ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="RAV-001",
        source=DOCUMENT,
        place="Description",
        text="Ravada on the master knows nodes",
        minimum="0.4",
        probes=("identity", "packages"),
        roles=("master",),
        test=ravada.has_clustering,
        remedy="install a newer Ravada on the master",
        by_hand="dpkg -l ravada",
    ),
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
        test=packages.release_known,
        remedy="add the release to the platform's packages, or use a known release",
        by_hand="cat /etc/os-release",
    ),
    Requirement(
        id="RAV-017",
        source=DOCUMENT,
        place=PLACE,
        text="kvm-spice resolves to an executable",
        kinds=("check", "enforce"),
        minimum="an executable /usr/bin/kvm-spice",
        probes=("os", "kvm_spice"),
        component="kvm_spice",
        keys=("link",),
        applies=kvm_spice.needed,
        test=kvm_spice.resolves,
        remedy="ln -s /usr/bin/kvm /usr/bin/kvm-spice",
        by_hand="readlink -e /usr/bin/kvm-spice",
    ),
    Requirement(
        id="RAV-032",
        source=DOCUMENT,
        place="Before you start",
        text="what is done on the node is done as root",
        minimum="effective user 0",
        probes=("identity",),
        test=identity.root,
        remedy="run it as root, or by sudo",
        by_hand="id -u",
    ),
    Requirement(
        id="RAV-033",
        source=DOCUMENT,
        place="TroubleShooting",
        text="libvirt's socket is there (else the master sees error 38, End of file)",
        minimum="/run/libvirt/libvirt-sock",
        probes=("os", "services"),
        after="packages",
        test=ravada.libvirt_answers,
        remedy="install libvirt's daemon on the node",
        by_hand="ls -l /var/run/libvirt/libvirt-sock",
    ),
    Requirement(
        id="RAV-034",
        source=DOCUMENT,
        place="TroubleShooting",
        kinds=("check", "enforce"),
        text="libvirt is installed by the names that this release of Ubuntu has for it",
        minimum="libvirt-bin before 18.10, libvirt-daemon-system and libvirt-clients since",
        probes=("os", "packages"),
        component="packages",
        keys=("libvirt-bin", "libvirt-clients", "libvirt-daemon-system"),
        applies=ravada.on_ubuntu,
        test=ravada.libvirt_by_release,
        remedy="install libvirt by the names of this release",
        by_hand="dpkg -l 'libvirt*'",
    ),
)
