"""Xen and how it is set up, and the emulator of KVM."""

from __future__ import annotations

from typing import Any

from tests.support.hosts import Case

XEND, XL = "/etc/xen/xend-config.sxp", "/etc/xen/xl.conf"
MENU, GRUB, CFG = "/boot/grub/menu.lst", "/etc/default/grub", "/boot/grub/grub.cfg"
XENDOMAINS, CPUS = "/etc/default/xendomains", "/sys/devices/system/cpu/online"
NO_XEN = {"/proc/xen/": None, "/sys/hypervisor/": None}
#: What is not there where xl manages Xen.
ONLY_XL = {"/usr/sbin/xend": None, XEND: None, "/usr/sbin/xl": ""}
EMULATOR, LIBEXEC = "/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm"
CURRENT = {"profile/edition": "current"}
STILL = {"declared/live_migration": False}
#: What tells of no network for migration, or of one where the node has no address.
NOWHERE = {"declared/secondary_cidr": None, "components/xen": {}}
ELSEWHERE = {"components/xen": {"migration": {"network": "203.0.113.0/24"}}}
MIB = 1 << 20


def xen(row: str, status: str, seen: str = "", files: Any = None, **more: Any) -> Case:
    """Return a case on the sound host that runs Xen."""
    return Case(row, "ganeti-xen", status, seen, files=files or {}, **more)


def running(major: Any, minor: Any, extra: str) -> dict[str, str]:
    """Return the files of a running Xen of this version."""
    folder = "/sys/hypervisor/version/"
    parts = {"major": str(major), "minor": str(minor), "extra": extra}
    return {folder + name: f"{value}\n" for name, value in parts.items()}


def old(status: str, seen: str, *version: Any) -> Case:
    """Return a case of GNT-017 under the edition of 2009."""
    return xen("GNT-017", status, seen, running(*version))


def new(status: str, seen: str, *version: Any) -> Case:
    """Return a case of GNT-017 under today's edition."""
    return xen("GNT-017", status, seen, running(*version), plan=CURRENT)


def qemu(status: str, says: str, edition: str = "current", program: str = EMULATOR) -> Case:
    """Return a case of GNT-017 where the emulator says so."""
    files = {EMULATOR: "" if program == EMULATOR else None, program: ""}
    commands = {f"{program} --version": f"{says}, Copyright (c) 2003-2008 Fabrice Bellard\n"}
    plan = {"profile/edition": edition}
    return Case("GNT-017", "ganeti", status, "QEMU", files=files, commands=commands, plan=plan)


def menu(
    hypervisor: str, kernel: str, generated: str = "dom0_mem=1024M", single: str = "nosmp"
) -> Any:
    """Return a menu.lst with these options, and those of the entry that was made of them."""
    return {
        MENU: f"# xenhopt={hypervisor}\n# xenkopt={kernel}\n"
        f"title Xen\nkernel /boot/xen-3.1-1-amd64.gz {generated}\n"
        f"module /boot/vmlinuz-4.19.0-26-amd64 root=/dev/sda1 ro {single}\nmodule /boot/initrd\n"
    }


def grub(xen_options: str, generated: str) -> dict[str, str]:
    """Return the files of a GRUB 2 with these options for Xen."""
    return {
        GRUB: 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n',
        "/etc/default/grub.d/xen.cfg": f'GRUB_CMDLINE_XEN_DEFAULT="{xen_options}"\n',
        CFG: "menuentry 'Debian GNU/Linux, with Xen 4.17-amd64' {\n"
        f"\tmultiboot2\t/boot/xen-4.17-amd64.gz placeholder {generated} ${{xen_rm_opts}}\n"
        "\tmodule2\t/boot/vmlinuz-6.1.0-37-amd64 placeholder root=/dev/sda1 ro quiet\n"
        "\tmodule2\t--nounzip /boot/initrd.img-6.1.0-37-amd64\n}\n",
    }


def info(options: str) -> dict[str, str]:
    """Return the output of xm where the hypervisor runs with these options."""
    return {"xm info": f"xen_major : 3\nxen_commandline        : {options}\n"}


def mem(status: str, seen: str, size: str) -> tuple[Case, Case]:
    """Return a case each of GNT-020 and GNT-027 with this dom0_mem."""
    option = f"dom0_mem={size}"
    return (
        xen("GNT-020", status, seen, menu(option, "nosmp", option), commands=info(option)),
        xen("GNT-027", status, seen, menu(option, "nosmp", option), commands=info(option)),
    )


def setting(row: str, status: str, seen: str, text: str) -> Case:
    """Return a case with this text alone in xend-config.sxp."""
    return xen(row, status, seen, {XEND: text})


def allow(status: str, seen: str, text: str) -> Case:
    """Return a case of GNT-026 with this expression, as it stands in the file."""
    return setting("GNT-026", status, seen, f"(xend-relocation-hosts-allow {text})\n")


VERSIONS = (
    old("pass", "3.1.0", 3, 1, ".0"),
    old("pass", "3.0.3-1", 3, 0, ".3-1"),
    old("pass", "3.0.4", 3, 0, ".4-1"),
    old("fail", "3.0.2", 3, 0, ".2"),
    old("fail", "3.0.5", 3, 0, ".5"),
    old("fail", "3.2-1", 3, 2, "-1"),
    old("fail", "4.11.4", 4, 11, ".4"),
    new("fail", "3.0.2", 3, 0, ".2"),
    new("pass", "3.0.3", 3, 0, ".3-1"),
    new("pass", "3.4.0", 3, 4, ".0"),
    new("pass", "4.17.6-pre", 4, 17, ".6-pre"),
    new("warn", "5.0.0", 5, 0, ".0"),
    new("fail", "2.0.7", 2, 0, ".7"),
    new("unknown", "third number", 3, 0, ""),
    new("unknown", "is no version", "x", "y", ""),
    xen("GNT-017", "pass", "3.1", NO_XEN),
    xen("GNT-017", "fail", "not installed", {**NO_XEN, "/boot/xen-3.1-1-amd64.gz": None}),
    xen("GNT-017", "unknown", "not mounted", {"/proc/xen/": None}),
    Case("GNT-017", "ganeti", "pass", "QEMU 7.2.17"),
    qemu("fail", "QEMU PC emulator version 0.9.1 (kvm-71)", "2009"),
    qemu("pass", "QEMU PC emulator version 0.9.1 (kvm-72)", "2009"),
    qemu("pass", "QEMU PC emulator version 0.9.1 (kvm-73)", "2009", "/usr/bin/kvm"),
    qemu("fail", "QEMU PC emulator version 0.9.1", "2009"),
    qemu("pass", "QEMU PC emulator version 0.12.5 (qemu-kvm-0.12.5)", "2009"),
    qemu("fail", "QEMU emulator version 2.11.1(Debian 1:2.11+dfsg-1ubuntu7.42)"),
    qemu("pass", "QEMU emulator version 2.12.0 (qemu-kvm-ev-2.12.0-44.1.el7)", program=LIBEXEC),
    qemu("pass", "QEMU emulator version 10.0.2"),
    Case("GNT-017", "ganeti", "fail", "no emulator", files={EMULATOR: None}),
    Case(
        "GNT-017",
        "ganeti",
        "unknown",
        "told no version",
        commands={f"{EMULATOR} --version": "what?\n"},
    ),
)

BOOTED = (
    xen("GNT-018", "pass", "first domain"),
    xen("GNT-018", "fail", "guest", {"/proc/xen/capabilities": ""}),
    xen("GNT-018", "pending", "xen-3.1-1-amd64.gz", NO_XEN),
    xen("GNT-018", "fail", "none is in /boot", {**NO_XEN, "/boot/xen-3.1-1-amd64.gz": None}),
    xen("GNT-018", "unknown", "not mounted", {"/proc/xen/": None}),
    Case("GNT-018", "ganeti", "skip", "for hypervisor xen"),
    xen("GNT-019", "pass", "xen-linux-system-amd64"),
    xen("GNT-019", "pass", facts={"packages/installed": {"xen-system-amd64": "4.17"}}),
    xen("GNT-019", "fail", "missing: xen-linux", facts={"packages/installed": {"xen-utils": "4"}}),
    xen("GNT-019", "fail", "libc6-xen", commands={"dpkg --print-architecture": "i386\n"}),
    xen("GNT-019", "unknown", "dpkg is not", commands={"dpkg --print-architecture": None}),
    xen("GNT-019", "skip", "redhat", facts={"os/family": "redhat"}),
)

MEMORY = (
    xen("GNT-020", "pass", "1024 MiB; ballooning off"),
    *mem("warn", "511 MiB", "511M"),
    *mem("pass", "512 MiB", "512M"),
    *mem("pass", "513 MiB", "513M"),
    *mem("pass", "768 MiB", "786432"),
    *mem("pass", "1024 MiB", "1G,max:1G"),
    *mem("warn", "1025 MiB", "1025M"),
    *mem("pass", "512 MiB", "max:524288k"),
    xen("GNT-020", "warn", "all memory", menu("", "nosmp"), commands=info("console=vga")),
    setting("GNT-020", "warn", "(dom0-min-mem 196)", "(dom0-min-mem 196)\n"),
    setting("GNT-020", "warn", "no dom0-min-mem", "# (dom0-min-mem 0)\n"),
    setting("GNT-020", "unknown", "not understood", "(dom0-min-mem (0))\n"),
    xen("GNT-020", "pass", "ballooning off", ONLY_XL),
    xen("GNT-020", "pass", "ballooning off", {**ONLY_XL, XL: 'autoballoon="off"\n'}),
    xen("GNT-020", "warn", "autoballoon=on", {**ONLY_XL, XL: "#\nautoballoon=1\n"}),
    xen("GNT-020", "unknown", "does not tell", commands={"xl info": "xen_major : 3\n"}),
    xen("GNT-020", "pending", "1024 MiB at boot; ballooning off", NO_XEN),
    xen("GNT-020", "pending", "all memory", commands=info("console=vga")),
    xen("GNT-020", "warn", "all memory at boot", {**NO_XEN, **menu("console=vga", "nosmp")}),
    xen("GNT-020", "warn", "all memory at boot", {**NO_XEN, MENU: None}),
    setting("GNT-020", "warn", "(dom0-min-mem 196)", "(dom0-min-mem 196)\n"),
    xen("GNT-027", "pass", "dom0_mem of 1024 MiB"),
    xen("GNT-027", "warn", "no dom0_mem", menu("", "nosmp")),
    xen("GNT-027", "warn", "no dom0_mem", {MENU: "## xenhopt=dom0_mem=1G\nxenhopt=dom0_mem=1G\n"}),
    xen("GNT-027", "pending", "not made anew", menu("dom0_mem=512M", "nosmp")),
    xen("GNT-027", "pending", "waits for a reboot", commands=info("console=vga")),
    xen("GNT-027", "pending", "waits for a reboot", NO_XEN),
    xen("GNT-027", "unknown", "neither", {MENU: None}),
    xen(
        "GNT-027",
        "pass",
        "1024 MiB",
        grub("dom0_mem=1G,max:1G dom0_max_vcpus=1", "dom0_mem=1G,max:1G dom0_max_vcpus=1"),
        commands=info("placeholder dom0_mem=1G,max:1G dom0_max_vcpus=1"),
    ),
    xen("GNT-027", "pending", "not made anew", grub("dom0_mem=1024M", "")),
    xen("GNT-027", "warn", "no dom0_mem", grub("", "")),
    xen("GNT-027", "unknown", "only a shell", grub("$(cat /etc/xenmem)", "")),
)

PROCESSORS = (
    xen("GNT-021", "pass", "1 processor"),
    xen("GNT-021", "warn", "2 processors", {CPUS: "0-1\n", **menu("dom0_mem=1G", "quiet")}),
    xen("GNT-021", "pending", "48 processors", {CPUS: "0-47\n"}),
    xen("GNT-021", "unknown", "no list", {CPUS: "many\n"}),
    xen("GNT-021", "pending", "without Xen", NO_XEN),
    xen("GNT-021", "warn", "without Xen", {**NO_XEN, **menu("dom0_mem=1G", "quiet")}),
    xen("GNT-021", "unknown", "a guest of Xen", {"/proc/xen/capabilities": ""}),
    xen("GNT-028", "pass", "nosmp"),
    xen("GNT-028", "pass", "nosmp", menu("dom0_mem=1024M", "nosmp")),
    xen("GNT-028", "warn", "console=tty0", menu("dom0_mem=1024M", "console=tty0")),
    xen("GNT-028", "warn", "no options", menu("dom0_mem=1024M", "nosmpt")),
    xen("GNT-028", "pending", "not made anew", menu("dom0_mem=1G", "nosmp", single="quiet")),
    xen("GNT-028", "pending", "reboot", {"/proc/cmdline": "root=/dev/sda1 ro quiet\n"}),
    xen("GNT-028", "pending", "reboot", NO_XEN),
    xen(
        "GNT-028",
        "pass",
        "dom0_max_vcpus=1",
        {**grub("dom0_max_vcpus=1", "dom0_max_vcpus=1"), "/proc/cmdline": "ro\n"},
        commands=info("placeholder dom0_max_vcpus=1"),
    ),
    xen("GNT-028", "warn", "no options", grub("dom0_max_vcpus=2", "dom0_max_vcpus=2")),
    xen("GNT-028", "unknown", "neither", {MENU: None}),
)

SAVING = (
    xen("GNT-022", "pass", "XENDOMAINS_SAVE= in"),
    xen("GNT-022", "pass", "", {XENDOMAINS: "XENDOMAINS_SAVE=\n"}),
    xen("GNT-022", "pass", "", {XENDOMAINS: "# XENDOMAINS_SAVE=/var/lib/xen/save\n"}),
    xen("GNT-022", "warn", "/var/lib/xen/save", {XENDOMAINS: "XENDOMAINS_SAVE=/var/lib/xen/save"}),
    xen("GNT-022", "pass", "nothing is saved", {XENDOMAINS: None}),
    xen("GNT-022", "unknown", "tools are not installed", {"/etc/xen/": None, XENDOMAINS: None}),
)

MIGRATION = (
    xen("GNT-023", "pass", "(xend-relocation-server yes)"),
    setting("GNT-023", "fail", "server no", "(xend-relocation-server no)\n"),
    setting("GNT-023", "fail", "the default", "#(xend-relocation-server yes)\n"),
    setting("GNT-023", "unknown", "not understood", "(xend-relocation-server (yes))\n"),
    xen("GNT-023", "skip", "no live migration", plan=STILL),
    xen("GNT-023", "skip", "xl manages", ONLY_XL),
    xen("GNT-024", "pass", "(xend-relocation-port 8002)"),
    setting("GNT-024", "fail", "8001", "(xend-relocation-port 8001)\n"),
    setting("GNT-024", "pass", "8002), the default", ""),
    xen("GNT-024", "fail", "8002", plan={"declared/migration_port": 8003}),
    setting("GNT-024", "unknown", "not understood", "(xend-relocation-port 80 02)\n"),
    xen("GNT-024", "skip", "no live migration", plan=STILL),
    xen("GNT-025", "pass", "(xend-relocation-address '')"),
    setting("GNT-025", "pass", "the default", ""),
    setting("GNT-025", "pass", "", "(xend-relocation-address 192.168.3.11)\n"),
    setting("GNT-025", "fail", "localhost", "(xend-relocation-address localhost)\n"),
    setting("GNT-025", "fail", "192.0.2.11", "(xend-relocation-address 192.0.2.11)\n"),
    setting("GNT-025", "unknown", "not understood", "(xend-relocation-address '\\q')\n"),
    xen("GNT-025", "skip", "no live migration", plan=STILL),
    allow("pass", "", r"'^192\\.168\\.3\\.[0-9]+$'"),
    allow("pass", "", r'"^localhost$ ^192\\.168\\.3\\.1[0-9]$"'),
    allow("fail", "does not match 192.168.3.11", r"'^192\\.168\\.3\\.12$'"),
    allow("fail", "matches 192.168.30.0 as well", r"'^192.168.3.*'"),
    allow("fail", "as well", r"'^192\\.168\\.3\\.11$ ^10\\.'"),
    allow("fail", "does not match", "'^localhost$ ^localhost\\\\.localdomain$'"),
    allow("fail", "everybody", "''"),
    setting("GNT-026", "fail", "everybody", ""),
    allow("unknown", "not understood", r"'^192\.168\.3\.[0-9]+$'"),
    allow("unknown", "not understood", r"'^(?=192).*'"),
    allow("unknown", "is longer", "'" + "a" * 600 + "'"),
    allow("unknown", "is longer than 2000", "'" + "a " * 1001 + "'"),
    xen("GNT-026", "fail", "does not match 192.0.2.11", plan=NOWHERE),
    xen("GNT-026", "unknown", "no address", plan=ELSEWHERE),
    xen("GNT-026", "skip", "no live migration", plan=STILL),
)

CONSOLES = (
    xen("GNT-029", "pass", "without a password"),
    setting("GNT-029", "fail", "no vncpasswd", "(vnc-listen '0.0.0.0')\n"),
    setting("GNT-029", "fail", "is set", "(vnc-listen '0.0.0.0') (vncpasswd 'x')\n"),
    setting("GNT-029", "fail", "the default", "(vncpasswd '')\n"),
    setting("GNT-029", "unknown", "not understood", "(vnc-listen (a b))(vncpasswd '')\n"),
    xen("GNT-029", "skip", "no VNC", plan={"declared/hvm_vnc": False}),
    xen("GNT-029", "skip", "xl manages", ONLY_XL),
    xen("GNT-030", "pass", "after the last change"),
    xen("GNT-030", "pass", facts={"xen/xend/changed": 1000.0, "xen/xend/started": 1000.0}),
    xen(
        "GNT-030",
        "pending",
        "changed 2 min after the start",
        facts={"xen/xend/changed": 1120.0, "xen/xend/started": 1000.0},
    ),
    xen("GNT-030", "fail", "xend does not run", {"/var/run/xend.pid": None}),
    xen("GNT-030", "pending", "xend does not run", {**NO_XEN, "/var/run/xend.pid": None}),
    xen("GNT-030", "fail", "its file", {XEND: None}),
    xen("GNT-030", "unknown", "holds no number", {"/var/run/xend.pid": "-1\n"}),
    xen("GNT-030", "skip", "xl manages", ONLY_XL),
)

KERNEL, INITRD = "/boot/vmlinuz-2.6-xenU", "/boot/initrd-2.6-xenU"

LINKS = (
    xen("GNT-031", "pass", "vmlinuz-2.6-xenU -> vmlinuz-4.19.0-26-amd64"),
    xen("GNT-031", "fail", "no /boot/vmlinuz-2.6-xenU", links={KERNEL: None}),
    xen("GNT-031", "fail", "gone: not there", links={KERNEL: "gone"}),
    xen("GNT-031", "fail", "there is vmlinuz-2.6-xenU", plan=CURRENT),
    xen("GNT-031", "pass", links={"/boot/vmlinuz-3-xenU": "vmlinuz-2.6-xenU"}, plan=CURRENT),
    xen("GNT-031", "pass", "is a file itself", {KERNEL: "x"}),
    xen("GNT-031", "unknown", "/boot is not there", {"/boot/": None}),
    xen("GNT-032", "pass", "initrd.img-4.19.0-26-amd64"),
    xen("GNT-032", "fail", "no /boot/initrd-2.6-xenU", links={INITRD: None}),
    xen("GNT-032", "fail", "not there", {"/boot/initrd.img-4.19.0-26-amd64": None}),
    xen("GNT-032", "skip", "without an initrd", plan={"declared/xen_initrd": False}),
    xen("GNT-032", "unknown", "/boot is not there", {"/boot/": None}),
)

CASES = (
    *VERSIONS,
    *BOOTED,
    *MEMORY,
    *PROCESSORS,
    *SAVING,
    *MIGRATION,
    *CONSOLES,
    *LINKS,
)
