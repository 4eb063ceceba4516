"""What the processor, the kernel and the firmware offer for running guests."""

import stat
from typing import Any, Dict, Optional, Union

from . import _processor
from ._text import first_line
from .source import Absent, Source, Unknown, Unreadable, attempt, unknown

_MODULES = {"vmx": "kvm_intel", "svm": "kvm_amd"}
_FLAGS = ("vmx", "svm", "hypervisor")
_NO_FLAG = (
    "neither vmx nor svm among the processor's flags: it has none, a hypervisor hides it,"
    " or the firmware disables it (newer kernels then clear the flag)"
)


def read(source: Source) -> Dict[str, Any]:
    """Return vendor, model, flags, extension, kvm, module, firmware, nested and iommu.

    kvm says whether /dev/kvm is a device that the kernel serves; module is the KVM module, also
    a built-in one; firmware is "enabled" or "disabled".
    """
    block = attempt(_processor.first, source)
    facts = {
        "kvm": attempt(_kvm, source),
        "module": attempt(_module, source),
    }  # type: Dict[str, Any]
    facts.update(_described(block, facts["kvm"]))
    facts["firmware"] = attempt(_firmware, source, facts)
    facts["nested"] = attempt(_nested, source, facts["module"])
    facts["iommu"] = attempt(_iommu, source)
    return facts


def extension(block: Dict[str, str], kvm: Union[bool, Unknown]) -> Union[str, Unknown]:
    """Return the processor's virtualization extension: vmx, svm, sie (z), el2 (ARM) or none.

    block is the first processor's; kvm tells whether KVM works here.
    """
    flags = _processor.flags(block)
    if flags is not None:
        return next((flag for flag in ("vmx", "svm") if flag in flags), "none")
    if "sie" in block.get("features", "").split():
        return "sie"
    if _processor.is_arm(block):
        if kvm is True:
            return "el2"
        return {"unknown": "ARM's /proc/cpuinfo does not tell whether EL2 can be used"}
    return {"unknown": "/proc/cpuinfo of this architecture names no extension"}


def _described(block: Dict[str, str], kvm: Union[bool, Unknown]) -> Dict[str, Any]:
    if unknown(block):
        return {
            "vendor": block,
            "model": block,
            "flags": dict.fromkeys(_FLAGS, block),
            "extension": block,
        }
    return {
        "vendor": _processor.vendor(block),
        "model": _processor.model(block),
        "flags": _flags(block),
        "extension": extension(block, kvm),
    }


def _flags(block: Dict[str, str]) -> Dict[str, Union[bool, Unknown]]:
    flags = _processor.flags(block)
    if flags is None:
        return dict.fromkeys(_FLAGS, {"unknown": "/proc/cpuinfo has no line of x86 flags"})
    return {flag: flag in flags for flag in _FLAGS}


def _kvm(source: Source) -> bool:
    if not source.exists("/dev"):
        raise Unreadable("no /dev below the root: devices are not captured")
    mode = source.mode("/dev/kvm")
    if mode is None or not stat.S_ISCHR(mode):
        return False
    # udev makes the node at boot, also where no KVM answers behind it.
    return _served(source) is not False


def _served(source: Source) -> Optional[bool]:
    """Say whether the kernel offers KVM to anybody; None where that cannot be seen."""
    devices = source.names("/sys/class/misc")
    return "kvm" in devices if devices else None


def _module(source: Source) -> str:
    modules = source.names("/sys/module")
    if not modules:
        raise Unreadable("/sys/module is empty or not there")
    return next((name for name in _MODULES.values() if name in modules), "")


def _firmware(source: Source, facts: Dict[str, Any]) -> str:
    name = facts["extension"]
    if unknown(name):
        raise Unreadable(name["unknown"])
    if name not in _MODULES:
        raise Unreadable(_NO_FLAG if name == "none" else f"{name}: not the firmware's to decide")
    served = _served(source)
    if served is None:
        raise Unreadable("/sys/class/misc is empty or not there: KVM cannot be seen")
    if served:
        return "enabled"
    if facts["module"] == _MODULES[name]:
        return "disabled"
    raise Unreadable(f"KVM has not been tried: load the module {_MODULES[name]} and look again")


def _nested(source: Source, module: Union[str, Unknown]) -> bool:
    if isinstance(module, dict):
        raise Unreadable(module["unknown"])
    path = f"/sys/module/{module or 'kvm'}/parameters/nested"
    try:
        value = first_line(source.text(path))
    except Absent:
        raise Unreadable(f"no KVM module tells: {path} is not there") from None
    if value not in ("Y", "N", "0", "1"):
        raise Unreadable(f"{path} holds no yes or no")
    return value in ("Y", "1")


def _iommu(source: Source) -> bool:
    if not source.exists("/sys/kernel"):
        raise Unreadable("/sys/kernel is not there")
    return bool(source.names("/sys/kernel/iommu_groups"))
