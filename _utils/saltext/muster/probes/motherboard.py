"""Whether the node is a server, a desktop or a virtual machine, and why one thinks so."""

import re
from typing import Any, Dict, Tuple, Union

from . import _processor
from ._text import first_line
from .source import Absent, Source, Unknown, Unreadable, attempt, unknown

_DMI = "/sys/class/dmi/id"

#: SMBIOS chassis types (DSP0134, 7.4.1).
_SERVER_CHASSIS = {
    17: "Main Server Chassis",
    23: "Rack Mount Chassis",
    25: "Multi-system Chassis",
    28: "Blade",
    29: "Blade Enclosure",
}
_DESKTOP_CHASSIS = set(range(3, 17)) | {24} | set(range(30, 37))

#: (whole words of the vendor, of the product); either may be "".
_VIRTUAL = (
    ("qemu", ""),
    ("vmware", ""),
    ("innotek", ""),
    ("xen", ""),
    ("parallels", ""),
    ("bochs", ""),
    ("openstack", ""),
    ("ovirt", ""),
    ("digitalocean", ""),
    ("red hat", ""),
    ("microsoft corporation", "virtual machine"),
    ("amazon ec2", ""),
    ("google", "google compute engine"),
    ("alibaba", "ecs"),
    ("hetzner", "vserver"),
    ("nutanix", "ahv"),
    ("apple", "virtual"),
    ("", "kvm"),
    ("", "bhyve"),
    ("", "virtualbox"),
    ("", "vmware virtual"),
    ("", "openstack"),
    ("", "dummy-virt"),
    ("", "qemu"),
)


def read(source: Source) -> Dict[str, Any]:
    """Return kind, why, vendor, board, product, chassis_type, bmc and ecc."""
    facts = {
        "vendor": attempt(_dmi, source, "sys_vendor"),
        "board": attempt(_board, source),
        "product": attempt(_product, source),
        "chassis_type": attempt(_chassis, source),
        "bmc": attempt(_bmc, source),
        "ecc": attempt(_ecc, source),
    }
    facts["kind"], facts["why"] = judge(facts, attempt(_hypervisor, source))
    return facts


def judge(facts: Dict[str, Any], hypervisor: Union[bool, Unknown]) -> Tuple[str, str]:
    """Return (kind, why): server, desktop, virtual or unknown.

    facts are this probe's; hypervisor says whether the processor runs under a foreign one.
    """
    vendor, product = (_text(facts[key]) for key in ("vendor", "product"))
    if is_virtual(vendor, product):
        return "virtual", f"the firmware says {' '.join(filter(None, (vendor, product)))}"
    if hypervisor is True:
        return "virtual", "the processor says that it runs under a hypervisor"
    chassis, bmc = facts["chassis_type"], facts["bmc"] is True
    if not unknown(chassis) and chassis in _SERVER_CHASSIS:
        return "server", f"chassis type {chassis} ({_SERVER_CHASSIS[chassis]})"
    if bmc:
        return "server", f"it has a management controller (BMC); {_chassis_text(chassis)}"
    if not unknown(chassis) and chassis in _DESKTOP_CHASSIS:
        return "desktop", f"chassis type {chassis} is a desktop's or portable's, and no BMC"
    return "unknown", f"{_chassis_text(chassis)}, and no BMC"


def is_virtual(vendor: str, product: str) -> bool:
    """Say whether the firmware's vendor and product are those of a virtual machine."""
    if "metal" in product.lower():  # a cloud's bare metal, such as m5.metal
        return False
    return any(_says(vendor, maker) and _says(product, kind) for maker, kind in _VIRTUAL)


def _says(text: str, words: str) -> bool:
    return not words or re.search(rf"\b{words}\b", text, re.I) is not None


def _text(value: Union[str, Unknown]) -> str:
    return "" if isinstance(value, dict) else value


def _chassis_text(chassis: Union[int, Unknown]) -> str:
    return "no chassis type" if unknown(chassis) else f"chassis type {chassis} decides nothing"


def _dmi(source: Source, name: str) -> str:
    try:
        return first_line(source.text(f"{_DMI}/{name}"))
    except Absent:
        raise Unreadable(f"the firmware gives no {name} ({_DMI})") from None


def _board(source: Source) -> str:
    return f"{_dmi(source, 'board_vendor')} {_dmi(source, 'board_name')}".strip()


def _product(source: Source) -> str:
    try:
        return _dmi(source, "product_name")
    except Unreadable:
        # Machines without DMI (ARM boards, POWER) have a device tree.
        found = source.text_or("/proc/device-tree/model").strip("\0 \n")
        if not found:
            raise
        return found


def _chassis(source: Source) -> int:
    text = _dmi(source, "chassis_type")
    if not text.isdigit():
        raise Unreadable(f"{_DMI}/chassis_type holds no number")
    return int(text)


def _bmc(source: Source) -> bool:
    if not source.exists("/sys/devices") and not source.exists("/dev"):
        raise Unreadable("neither /sys nor /dev to look at")
    if any(source.exists(path) for path in ("/dev/ipmi0", "/dev/ipmi/0", "/dev/ipmidev/0")):
        return True
    if source.names("/sys/class/ipmi"):
        return True
    # Seen by the firmware's tables alone, without any driver for it.
    devices = source.names("/sys/bus/platform/devices") + source.names("/sys/bus/acpi/devices")
    if any(name.startswith(("dmi-ipmi-", "ipmi_bmc", "IPI0001")) for name in devices):
        return True
    return source.exists("/sys/firmware/dmi/entries/38-0")


def _ecc(source: Source) -> bool:
    folder = "/sys/devices/system/edac/mc"
    if any(name.startswith("mc") and name[2:].isdigit() for name in source.names(folder)):
        return True
    raise Unreadable("no memory controller reports to EDAC: no ECC memory, or no driver for it")


def _hypervisor(source: Source) -> bool:
    # Xen's own domain 0 sees the flag too, on bare metal.
    if "control_d" in source.text_or("/proc/xen/capabilities"):
        return False
    flags = _processor.flags(_processor.first(source))
    return flags is not None and "hypervisor" in flags
