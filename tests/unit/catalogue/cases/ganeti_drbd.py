"""Ganeti's rows of DRBD: the module's version and options, and the default resources."""

from tests.support.hosts import Case

KVM, XEN = "ganeti", "ganeti-xen"
SYS, PROC = "/sys/module/drbd", "/proc/drbd"
OPTIONS, BOOT = "/etc/modprobe.d/drbd.conf", "/etc/modules-load.d/drbd.conf"
DEP = "/lib/modules/6.1.0-37-amd64/modules.dep"
R0 = "/etc/drbd.d/r0.res"
UNUSED = {"declared/drbd": False}
NO_MODULE = {f"{SYS}/": None, PROC: None, DEP: "kernel/fs/ext4/ext4.ko:\n"}
UNLOADED = {f"{SYS}/": None, PROC: None, "/sys/module/kvm/": ""}

#: The tutorial's own sample: both stanzas are passed over.
SKIPPED = 'skip resource r0 {\n}\nskip resource "r1" {\n}\n'


def version(text):
    return {PROC: f"version: {text} (api:1/proto:86-101)\n"}


def running(**parameters):
    return {f"{SYS}/parameters/{name}": f"{value}\n" for name, value in parameters.items()}


CASES = (
    Case("GNT-034", KVM, "pass", "8.4.11"),
    Case("GNT-034", XEN, "pass", "8.4.10"),
    Case("GNT-034", KVM, "fail", "0.7.25", files=version("0.7.25")),
    Case("GNT-034", KVM, "fail", "7.9.99", files=version("7.9.99")),
    Case("GNT-034", KVM, "warn", "8.0.0", files=version("8.0.0")),
    Case("GNT-034", KVM, "warn", "8.0.11", files=version("8.0.11")),
    Case("GNT-034", KVM, "pass", "8.0.12", files=version("8.0.12")),
    Case("GNT-034", KVM, "pass", "9.1.4-1", files=version("9.1.4-1")),
    Case("GNT-034", KVM, "unknown", "no module drbd", files=NO_MODULE),
    Case("GNT-034", KVM, "skip", "not used", plan=UNUSED),

    Case("GNT-035", KVM, "pass", "/bin/true"),
    Case("GNT-035", KVM, "pending", "/sbin/drbdadm",
         files=running(usermode_helper="/sbin/drbdadm")),
    Case("GNT-035", KVM, "fail", "/sbin/drbdadm",
         files={**running(usermode_helper="/sbin/drbdadm"), OPTIONS: None}),
    Case("GNT-035", KVM, "unknown", "not loaded", files=UNLOADED),
    Case("GNT-035", KVM, "unknown", "no module drbd", files={**NO_MODULE, "/sys/module/kvm/": ""}),
    Case("GNT-035", KVM, "skip", "not used", plan=UNUSED),

    Case("GNT-036", KVM, "pass", "minor_count=128"),
    Case("GNT-036", KVM, "fail", "no options", files={OPTIONS: None}),
    Case("GNT-036", KVM, "fail", "minor_count=32",
         files={OPTIONS: "options drbd minor_count=32 usermode_helper=/bin/true\n"}),
    Case("GNT-036", KVM, "fail", "minor_count=128",
         files={OPTIONS: "options drbd minor_count=128\n"}),
    # The tutorial writes the options into /etc/modules: systemd takes them for a name.
    Case("GNT-036", KVM, "fail", "no options",
         files={OPTIONS: None,
                "/etc/modules": "drbd minor_count=128 usermode_helper=/bin/true\n"}),
    Case("GNT-036", KVM, "unknown", "not a regular file", files={f"{OPTIONS}/": ""}),
    Case("GNT-036", KVM, "skip", "not used", plan=UNUSED),

    Case("GNT-037", KVM, "pass", "yes"),
    Case("GNT-037", KVM, "fail", "no", files={BOOT: None}),
    Case("GNT-037", KVM, "pass", "yes", files={BOOT: None, "/etc/modules": "drbd\n"}),
    Case("GNT-037", KVM, "fail", "no",
         files={BOOT: None, "/etc/modules": "drbd minor_count=128 usermode_helper=/bin/true\n"}),
    Case("GNT-037", KVM, "skip", "not used", plan=UNUSED),

    Case("GNT-038", KVM, "pass", "128"),
    Case("GNT-038", KVM, "pending", "32", files=running(minor_count=32)),
    Case("GNT-038", KVM, "pending", "127", files=running(minor_count=127)),
    Case("GNT-038", KVM, "fail", "32", files={**running(minor_count=32), OPTIONS: None}),
    Case("GNT-038", KVM, "warn", "127", files=running(minor_count=127),
         plan={"components/drbd/options/minor_count": "127"}),
    Case("GNT-038", KVM, "pass", "129", files=running(minor_count=129),
         plan={"components/drbd/options/minor_count": "129"}),
    Case("GNT-038", KVM, "unknown", "not loaded", files=UNLOADED),
    Case("GNT-038", KVM, "skip", "not used", plan=UNUSED),

    Case("GNT-042", KVM, "pass", "minor_count=128"),
    Case("GNT-042", KVM, "pending", "minor_count=32", files=running(minor_count=32)),
    Case("GNT-042", KVM, "fail", "not loaded", files=UNLOADED),
    Case("GNT-042", KVM, "unknown", "no module drbd", files={**NO_MODULE, "/sys/module/kvm/": ""}),
    Case("GNT-042", KVM, "skip", "not used", plan=UNUSED),

    Case("GNT-043", KVM, "pass", "none"),
    Case("GNT-043", KVM, "pass", "none", files={R0: SKIPPED}),
    Case("GNT-043", KVM, "warn", "r0", files={R0: "resource r0 {\n}\n"}),
    Case("GNT-043", KVM, "warn", "r1", files={R0: 'skip resource r0 {\n}\nresource "r1" {\n}\n'}),
    Case("GNT-043", KVM, "pass", "none", files={R0: "# resource r0 {\n# }\n"}),
    Case("GNT-043", KVM, "pending", "in use",
         files={R0: "resource r0 {\n}\n", f"{SYS}/refcnt": "2\n"}),
    Case("GNT-043", KVM, "skip", "not used", plan=UNUSED),
)  # fmt: skip
