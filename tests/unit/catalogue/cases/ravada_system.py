"""Ravada's rows of the system: versions, packages, the kvm-spice link, root, libvirt."""

from tests.support.hosts import Case
from tests.support.installed import STATUS, dpkg

NODE, MASTER = "ravada", "ravada-master"
SPICE = "/usr/bin/kvm-spice"
QEMU = "/usr/bin/qemu-system-x86_64"
UBUNTU_1810 = {"/etc/os-release": 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="18.10"\n'}


def without(*names):
    return dpkg(NODE, without=names)


def ravada(version):
    return dpkg(MASTER, {"ravada": version})


def uid(number):
    return {"/proc/self/status": f"Name:\tpython3\nUid:\t1000\t{number}\t1000\t1000\n"}


CASES = (
    Case("RAV-001", MASTER, "pass", "2.3.1"),
    Case("RAV-001", MASTER, "pass", "0.4", files=ravada("0.4")),
    Case("RAV-001", MASTER, "pass", "0.4.0", files=ravada("0.4.0-rc1")),
    Case("RAV-001", MASTER, "pass", "0.10", files=ravada("0.10")),
    Case("RAV-001", MASTER, "fail", "0.3.9", files=ravada("0.3.9")),
    Case("RAV-001", MASTER, "unknown", "devel", files=ravada("devel")),
    # Installed from its sources: the Perl module tells.
    Case("RAV-001", MASTER, "pass", "2.3.1", files=dpkg(MASTER, without=("ravada",))),
    Case("RAV-001", MASTER, "fail", "not installed",
         files={**dpkg(MASTER, without=("ravada",)), "/usr/share/perl5/Ravada.pm": None}),
    Case("RAV-001", NODE, "skip", "role"),

    Case("RAV-009", NODE, "pass", "openssh-server"),
    Case("RAV-009", NODE, "fail", "missing: openssh-server", files=without("openssh-server")),
    Case("RAV-009", NODE, "unknown", "database", files={STATUS: None}),
    Case("RAV-010", NODE, "pass", "libvirt-daemon"),
    Case("RAV-010", NODE, "fail", "missing", files=without("libvirt-daemon")),
    Case("RAV-010", NODE, "pass", "libvirt-bin",
         files=dpkg(NODE, {"libvirt-bin": "4.0.0"}, without=("libvirt-daemon",))),
    Case("RAV-011", NODE, "pass", "libvirt-daemon-system"),
    Case("RAV-011", NODE, "fail", "missing", files=without("libvirt-daemon-system")),
    Case("RAV-012", NODE, "pass", "libvirt-clients"),
    Case("RAV-012", NODE, "fail", "missing", files=without("libvirt-clients")),
    Case("RAV-013", NODE, "pass", "qemu-system-x86"),
    Case("RAV-013", NODE, "fail", "missing", files=without("qemu-system-x86")),
    Case("RAV-013", NODE, "pass", "qemu-kvm",
         files=dpkg(NODE, {"qemu-kvm": "1:4.2"}, without=("qemu-system-x86",))),
    Case("RAV-014", NODE, "pass", "rsync"),
    Case("RAV-014", NODE, "fail", "missing: rsync", files=without("rsync")),
    Case("RAV-015", NODE, "pass", "debian 12"),
    Case("RAV-015", NODE, "pass", "ubuntu 22.04", system="ubuntu-22.04"),
    Case("RAV-015", NODE, "pass", "almalinux 8.9", system="almalinux-8.9"),
    Case("RAV-015", NODE, "fail", "centos 7", system="centos-7"),
    Case("RAV-015", NODE, "unknown", "os-release", files={"/etc/os-release": None}),

    Case("RAV-017", NODE, "pass", "-> /usr/bin/kvm"),
    Case("RAV-017", NODE, "fail", "absent", links={SPICE: None}),
    Case("RAV-017", NODE, "fail", "does not resolve", links={SPICE: "/usr/bin/gone"}),
    Case("RAV-017", NODE, "fail", "does not resolve", files={QEMU: None}),
    Case("RAV-017", NODE, "pass", "-> /usr/bin/kvm", system="debian-10"),
    Case("RAV-017", NODE, "skip", "ubuntu", system="ubuntu-20.04"),
    Case("RAV-017", NODE, "skip", "almalinux", system="almalinux-8.9"),
    # As the component sees it: what is like Ubuntu is like Debian too, and needs no link.
    Case("RAV-017", NODE, "skip", "linuxmint", files={
        "/etc/os-release": 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID=21\n'}),

    Case("RAV-032", NODE, "pass", "user number 0"),
    # The effective user counts, whoever started it.
    Case("RAV-032", NODE, "pass", "user number 0", files=uid(0)),
    Case("RAV-032", NODE, "fail", "user number 1000", files=uid(1000)),
    Case("RAV-032", NODE, "unknown", "names no user", files={"/proc/self/status": "Name:\tx\n"}),

    Case("RAV-033", NODE, "pass", "/run/libvirt/libvirt-sock"),
    Case("RAV-033", NODE, "fail", "no such socket", files={"/run/libvirt/libvirt-sock": None}),
    Case("RAV-033", NODE, "pass", "/var/run/libvirt/libvirt-sock", system="ubuntu-18.04",
         files={"/run/libvirt/libvirt-sock": None, "/var/run/libvirt/libvirt-sock": ""}),

    Case("RAV-034", NODE, "skip", "debian"),
    Case("RAV-034", NODE, "pass", "libvirt-daemon-system", system="ubuntu-22.04"),
    Case("RAV-034", NODE, "fail", "missing: libvirt-clients", system="ubuntu-20.04",
         files=without("libvirt-clients")),
    Case("RAV-034", NODE, "fail", "missing: libvirt-bin", system="ubuntu-18.04"),
    Case("RAV-034", NODE, "pass", "libvirt-bin", system="ubuntu-18.04",
         files=dpkg(NODE, {"libvirt-bin": "4.0.0-1ubuntu8.21"})),
    # 18.10 is the first with the new names.
    Case("RAV-034", NODE, "pass", "libvirt-daemon-system", files=UBUNTU_1810),
    Case("RAV-034", NODE, "fail", "missing: libvirt-daemon-system",
         files={**UBUNTU_1810, **dpkg(NODE, {"libvirt-bin": "4.0"},
                                      without=("libvirt-daemon-system",))}),
)  # fmt: skip
