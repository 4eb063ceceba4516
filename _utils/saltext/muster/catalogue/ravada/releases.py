"""The packages of Ravada's nodes by distribution and release (RAV-009 to RAV-015, RAV-034).

A release is here only where its names were seen: in Ravada's document, in the control files and
installation notes that Ravada's project keeps for a release (UPC/ravada, debian/control-* and
docs/docs/INSTALL_*), in the archive's package list, or in the distribution's source package.
"""

from __future__ import annotations

from saltext.muster import wants

_COMMON = ("openssh-server", "rsync")

#: Since 18.10, as Ravada's document says, and in all of Debian's: its libvirt has no libvirt-bin.
_SPLIT = (*_COMMON, "libvirt-clients", "libvirt-daemon-system")

#: libvirt.spec (RHEL 8 and newer, Fedora 33 and newer) and qemu.spec: these packages by name.
_REDHAT = (*_COMMON, "libvirt-client", "libvirt-daemon", "libvirt-daemon-kvm", "qemu-kvm")

#: Before libvirt 6.8, which brought virt-ssh-helper, the master's libvirt runs nc on the node.
_NETCAT = "netcat-openbsd"

REQUIRED: wants.Packages = {
    # Ravada's document and debian/control-ubuntu-18.04; libvirt_4.0.0-1ubuntu8 has all three.
    "ubuntu-18.04": [*_SPLIT, "libvirt-bin", "qemu-kvm", _NETCAT],
    # Ravada's document, debian/control-ubuntu-18.10 and -19.04.
    **wants.everywhere(("ubuntu-18.10", "ubuntu-19.04"), *_SPLIT, "qemu-kvm", _NETCAT),
    # libvirt_6.0.0-0ubuntu8; the archive's qemu-system-x86 1:4.2-3ubuntu6.
    "ubuntu-20.04": [*_SPLIT, "qemu-system-x86", _NETCAT],
    # libvirt_8.0.0-1ubuntu7 and debian/control-ubuntu-24.04; qemu-kvm is a name of
    # qemu-system-x86 since.
    **wants.everywhere(("ubuntu-22.04", "ubuntu-24.04"), *_SPLIT, "qemu-system-x86"),
    # debian/control-debian-10; libvirt 5.0.0-4+deb10u1 and qemu-kvm 1:3.1+dfsg-8+deb10u4.
    "debian-10": [*_SPLIT, "qemu-kvm", _NETCAT],
    # Debian's package lists of 11, 12 and 13: qemu-system-x86 provides qemu-kvm.
    **wants.everywhere(("debian-11", "debian-12", "debian-13"), *_SPLIT, "qemu-system-x86"),
    # docs/docs/INSTALL_Rocky9.rst; AlmaLinux and Rocky Linux rebuild Red Hat's.
    **wants.everywhere(
        ("almalinux-8", "almalinux-9", "rhel-8", "rhel-9", "rocky-8", "rocky-9"), *_REDHAT
    ),
    # The spec files above, as of libvirt 10 and 11, which these releases have.
    **wants.everywhere(("fedora-40", "fedora-41", "fedora-42", "fedora-43"), *_REDHAT),
}
