"""VMmanager's rows about hardware."""

from __future__ import annotations

from tests.support import hardware as hw
from tests.support.dmi import modules
from tests.support.hosts import Case

KVM = "vmmanager-kvm"
GUEST = hw.cpuinfo("x86_64-2cpu")
POLICY = f"{hw.CPU}/cpufreq/policy0"
NO_SYSTEM = hw.without("sda", "sdb", "md0", "md1")
ONE = {**NO_SYSTEM, **hw.without("nvme1n1")}
DMI = "/sys/class/dmi/id"
NO_BMC = {"/sys/firmware/dmi/entries/38-0/": None}
DF = (
    "Filesystem     1024-blocks    Used Available Capacity Mounted on\n"
    "/dev/md1         {root} 4730176 1000       1% /\n{more}"
)
DF_COMMAND = "df -P -k -l -x tmpfs -x devtmpfs"
USB = "/sys/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host9/target9:0:0/9:0:0:0/block/sdz"
USB_FILES = {f"{USB}/size": "3906250000\n", f"{USB}/removable": "0\n", f"{USB}/dev": "65:144\n"}
SAN = "/sys/devices/pci0000:00/0000:00:02.0/host{0}/rport-{0}:0-0/target{0}:0:0/block/{1}"
PATHS = {
    f"{SAN.format(5, 'sdx')}/size": "1953125000\n",
    f"{SAN.format(6, 'sdy')}/size": "1953125000\n",
    "/sys/devices/virtual/block/dm-0/size": "1953125000\n",
    "/sys/devices/virtual/block/dm-0/dm/uuid": "mpath-3600508b400105e21\n",
    "/sys/devices/virtual/block/dm-0/slaves/sdx/": "",
    "/sys/devices/virtual/block/dm-0/slaves/sdy/": "",
}
PATH_LINKS = {
    f"{hw.CLASS}/sdx": "../../" + SAN.format(5, "sdx")[5:],
    f"{hw.CLASS}/sdy": "../../" + SAN.format(6, "sdy")[5:],
    f"{hw.CLASS}/dm-0": "../../devices/virtual/block/dm-0",
}


def df(root: int, more: str = "") -> dict[str, str]:
    """Return df's output with a root filesystem of ``root`` KiB."""
    return {DF_COMMAND: DF.format(root=root, more=more)}


PROCESSOR = (
    Case("VMM-005", KVM, "pass", "vmx"),
    Case("VMM-005", KVM, "pass", "svm", files=hw.cpuinfo("x86_64-4cpu")),
    Case("VMM-005", KVM, "fail", "firmware disables it", files=GUEST),
    Case("VMM-005", KVM, "fail", "neither", files=hw.processor(flags="fpu vmxoff xsvm")),
    Case("VMM-005", KVM, "unknown", "cpuinfo", files={"/proc/cpuinfo": None}),
    Case("VMM-005", "vmmanager-lxd", "skip", "kvm"),
    Case("VMM-006", KVM, "pass", "KVM works"),
    Case("VMM-006", KVM, "fail", "cannot start", files={"/sys/class/misc/kvm/": None}),
    Case("VMM-006", KVM, "fail", "neither vmx nor svm", files=GUEST),
    Case("VMM-006", KVM, "unknown", "load the module kvm_intel",
         files={"/sys/class/misc/kvm/": None, "/sys/module/kvm_intel/": None}),
    Case("VMM-006", "vmmanager-lxd", "skip"),
    Case("VMM-007", KVM, "pass", "PowerEdge"),
    Case("VMM-007", KVM, "pass", "m5.metal",
         files={f"{DMI}/sys_vendor": "Amazon EC2\n", f"{DMI}/product_name": "m5.metal\n"}),
    Case("VMM-007", KVM, "fail", "QEMU", files={f"{DMI}/sys_vendor": "QEMU\n"}),
    Case("VMM-007", KVM, "fail", "under a hypervisor", files=GUEST),
    Case("VMM-007", KVM, "unknown", "sys_vendor", files={f"{DMI}/sys_vendor": None}),
    Case("VMM-008", KVM, "pass", "3.30 GHz nominal"),
    Case("VMM-008", KVM, "fail", "2.38 GHz", files=hw.clock(2_375_999)),
    Case("VMM-008", KVM, "warn", "2.38 GHz", files=hw.clock(2_376_000)),
    Case("VMM-008", KVM, "warn", "2.40 GHz", files=hw.clock(2_400_000)),
    Case("VMM-008", KVM, "warn", "2.97 GHz", files=hw.clock(2_969_999)),
    Case("VMM-008", KVM, "pass", "2.97 GHz", files=hw.clock(2_970_000)),
    Case("VMM-008", KVM, "warn", "2.70 GHz nominal, by its name",
         files={hw.BASE: None, **hw.cpuinfo("x86_64-8cpu")}),
    Case("VMM-008", KVM, "warn", "2.60 GHz nominal, by ACPI CPPC",
         files={hw.BASE: None, **hw.cpuinfo("x86_64-4cpu"),
                f"{hw.CPU}/cpu0/acpi_cppc/nominal_freq": "2600\n"}),
    # Its turbo has 4.2 GHz, which is no answer.
    Case("VMM-008", KVM, "unknown", "turbo",
         files={hw.BASE: None, **hw.processor(model_name="Some Processor")}),
    Case("VMM-009", KVM, "pass", "24 cores (48 threads)"),
    Case("VMM-009", KVM, "fail", "3 cores", files=hw.online("0-2")),
    Case("VMM-009", KVM, "fail", "3 cores (6 threads)", files=hw.online("0-2,24-26")),
    Case("VMM-009", KVM, "warn", "4 cores", files=hw.online("0-3")),
    Case("VMM-009", KVM, "warn", "7 cores", files=hw.online("0-6")),
    Case("VMM-009", KVM, "pass", "8 cores", files=hw.online("0-7")),
    Case("VMM-009", KVM, "unknown", "no list", files=hw.online("all")),
    Case("VMM-014", KVM, "pass", "x86_64 GenuineIntel"),
    Case("VMM-014", KVM, "pass", "AuthenticAMD", files=hw.cpuinfo("x86_64-4cpu")),
    Case("VMM-014", KVM, "fail", "HygonGenuine", files=hw.processor(vendor_id="HygonGenuine")),
    Case("VMM-014", KVM, "fail", "aarch64", files=hw.cpuinfo("aarch64-4cpu"),
         commands={"uname -m": "aarch64\n"}),
    Case("VMM-014", KVM, "fail", "i686", commands={"uname -m": "i686\n"}),
    Case("VMM-014", KVM, "unknown", "uname", commands={"uname -m": None}),
    Case("VMM-014", KVM, "unknown", "cpuinfo", files={"/proc/cpuinfo": None}),
)  # fmt: skip

MEMORY = (
    Case("VMM-010", KVM, "pass", "64 GiB installed, the kernel has 62.7 GiB"),
    Case("VMM-010", KVM, "fail", "GiB installed", files=modules(4096, 4095)),
    Case("VMM-010", KVM, "warn", "8 GiB installed", files=modules(4096, 4096)),
    Case("VMM-010", KVM, "warn", "GiB installed", files=modules(16383)),
    Case("VMM-010", KVM, "pass", "16 GiB installed", files=modules(16384)),
    Case("VMM-010", KVM, "pass", "128 GiB installed", files=modules(65536, 65536)),
    Case("VMM-010", KVM, "warn", "mirroring", files={"/proc/meminfo": "MemTotal: 7549747 kB\n"}),
    Case("VMM-010", KVM, "fail", "the modules were not read", files=hw.total(7549747)),
    Case("VMM-010", KVM, "warn", "7.2 GiB", files=hw.total(7549748)),
    Case("VMM-010", KVM, "warn", "14.4 GiB", files=hw.total(15099494)),
    Case("VMM-010", KVM, "pass", "14.4 GiB", files=hw.total(15099495)),
    Case("VMM-010", KVM, "unknown", "meminfo",
         files={"/sys/firmware/": None, "/proc/meminfo": None}),
)  # fmt: skip

DISKS = (
    Case("VMM-011", KVM, "pass", "2.96 TB on nvme0n1, nvme1n1, sda, sdb; / has 0.944 TB"),
    Case("VMM-011", KVM, "fail", "1 TB", links=ONE, files=hw.sectors("nvme0n1", 1953124999)),
    Case("VMM-011", KVM, "warn", "1 TB", links=ONE, files=hw.sectors("nvme0n1", 1953125000)),
    Case("VMM-011", KVM, "warn", "2 TB", links=ONE, files=hw.sectors("nvme0n1", 3906249999)),
    Case("VMM-011", KVM, "pass", "2 TB", links=ONE, files=hw.sectors("nvme0n1", 3906250000)),
    # Two disks of 0.96 TB that mirror each other hold 0.96 TB.
    Case("VMM-011", KVM, "fail", "0.96 TB on sda, sdb", links=hw.without("nvme0n1", "nvme1n1")),
    Case("VMM-011", KVM, "warn", "1 TB on nvme0n1;",
         links={**ONE, f"{hw.CLASS}/sdz": "../../" + USB[5:]},
         files={**USB_FILES, **hw.sectors("nvme0n1", 1953125000)}),
    Case("VMM-011", KVM, "warn", "1 TB on sdx, sdy",
         links={**ONE, **hw.without("nvme0n1"), **PATH_LINKS}, files=PATHS),
    Case("VMM-011", KVM, "unknown", "/sys/class/block", files={"/sys/class/block/": None}),
    Case("VMM-015", KVM, "pass", "943.6 GB of 960.1 GB (98%)"),
    Case("VMM-015", KVM, "warn", "768.1 GB", commands=df(750049420)),
    Case("VMM-015", KVM, "pass", "768.1 GB", commands=df(750049421)),
    Case("VMM-015", KVM, "warn", "apart: /home 819.2 GB",
         commands=df(68359375, "/dev/md2 800000000 1 1 1% /home\n")),
    Case("VMM-015", KVM, "unknown", "df", commands={DF_COMMAND: None}),
    Case("VMM-015", KVM, "unknown", "overlay",
         files={"/proc/self/mountinfo": "22 1 0:45 / / rw - overlay overlay rw\n"}),
)  # fmt: skip

MACHINE = (
    Case("VMM-012", KVM, "pass", "server with ECC memory: chassis type 23"),
    Case("VMM-012", KVM, "pass", "management controller", files={f"{DMI}/chassis_type": "3\n"}),
    Case("VMM-012", KVM, "warn", "desktop", files={f"{DMI}/chassis_type": "3\n", **NO_BMC}),
    Case("VMM-012", KVM, "unknown", "decides nothing",
         files={f"{DMI}/chassis_type": "2\n", **NO_BMC}),
    Case("VMM-013", KVM, "pass", "governor performance"),
    Case("VMM-013", KVM, "warn", "balance_performance",
         files={f"{POLICY}/scaling_governor": "powersave\n",
                f"{POLICY}/energy_performance_preference": "balance_performance\n"}),
    # intel_pstate calls its own governor powersave and steers by the preference.
    Case("VMM-013", KVM, "pass", "powersave", files={f"{POLICY}/scaling_governor": "powersave\n"}),
    Case("VMM-013", KVM, "warn", "schedutil",
         files={f"{hw.CPU}/cpufreq/policy1/scaling_governor": "schedutil\n",
                f"{hw.CPU}/cpufreq/policy1/energy_performance_preference": None,
                f"{POLICY}/energy_performance_preference": None}),
    Case("VMM-013", KVM, "warn", "PCIe ASPM powersave",
         files={"/sys/module/pcie_aspm/parameters/policy": "default performance [powersave]\n"}),
    Case("VMM-013", KVM, "unknown", "the firmware alone", files={f"{hw.CPU}/cpufreq/": None}),
)  # fmt: skip

CASES = (*PROCESSOR, *MEMORY, *DISKS, *MACHINE)
