"""Xen: whether this is its first domain, its versions, and how it is configured."""

import os
import re
from typing import Any, Dict, List, Optional, Tuple, Union

from . import _grub, _sxp
from ._text import first_line, lines, words
from .source import Absent, Source, Unknown, Unreadable, attempt, shown

_CAPABILITIES = "/proc/xen/capabilities"
_VERSION = "/sys/hypervisor/version"
_XEND = "/etc/xen/xend-config.sxp"
_XL = "/etc/xen/xl.conf"
_XENDOMAINS = ("/etc/default/xendomains", "/etc/sysconfig/xendomains")
_INITRDS = ("initrd.img-{}", "initramfs-{}.img", "initrd-{}")
_PROGRAMS = (("xend", "/usr/sbin/xend"), ("xl", "/usr/sbin/xl"))

#: What is read of xend's configuration.
_KEYS = (
    "dom0-min-mem", "dom0-cpus", "xend-relocation-server", "xend-relocation-port",
    "xend-relocation-address", "xend-relocation-hosts-allow", "vnc-listen",
    "network-script", "vif-script",
)  # fmt: skip

#: The kernel counts a process's start in hundredths of a second since boot.
_TICKS = 100


def read(source: Source) -> Dict[str, Any]:
    """Return role, version, images, toolstack, xend, xl, xendomains, boot, running, links, kernels.

    role is "dom0", "guest" or "none"; images are the hypervisors in /boot; toolstack is "xend",
    "xl" or "". xend is {"there", "values", "vncpasswd" (whether one is set, never which),
    "changed", "started" (UNIX times)}; xl has its autoballoon and whether its file is there;
    xendomains has what is saved at shutdown. boot is what the boot loader is told; running is what
    runs: {"hypervisor", "kernel": options, "cpus": their number}. links are names in /boot for
    guests; kernels are what guests can run, the newest first.
    """
    role = attempt(_role, source)
    return {
        "role": role,
        "version": attempt(_version, source, role),
        "images": attempt(_images, source),
        "toolstack": attempt(_toolstack, source),
        "xend": attempt(_xend, source),
        "xl": attempt(_xl, source),
        "xendomains": attempt(_xendomains, source),
        "boot": attempt(_grub.read, source),
        "running": {
            "hypervisor": attempt(_hypervisor_options, source, role),
            "kernel": attempt(lambda: _grub.kept(words(first_line(source.text("/proc/cmdline"))))),
            "cpus": attempt(_cpus, source),
        },
        "links": attempt(_links, source),
        "kernels": attempt(_kernels, source),
    }


def parse_info(text: str) -> Dict[str, str]:
    """Return {name: value} of what ``xl info`` or ``xm info`` prints."""
    found = {}  # type: Dict[str, str]
    for _, line in lines(text):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip(), value.strip())
    return found


def count_cpus(text: str) -> Optional[int]:
    """Return how many a list like 0-3,6 names, or None when it is no such list."""
    total = 0
    for part in first_line(text).split(","):
        match = re.match(r"([0-9]{1,5})(?:-([0-9]{1,5}))?$", part)
        if match is None:
            return None
        low, high = int(match.group(1)), int(match.group(2) or match.group(1))
        total += max(0, high - low + 1)
    return total


def parse_autoballoon(text: str) -> str:
    """Return the autoballoon of xl.conf: "on", "off" or "auto" (its default)."""
    found = "auto"
    for _, line in lines(text):
        match = re.match(r"""\s*autoballoon\s*=\s*["']?(\w+)""", line)
        if match:
            found = {"0": "off", "1": "on"}.get(match.group(1), match.group(1))
    return found


def _role(source: Source) -> str:
    try:
        return "dom0" if "control_d" in source.text(_CAPABILITIES) else "guest"
    except Absent:
        pass
    if not source.exists("/sys/kernel") and not source.names("/sys"):
        raise Unreadable("/sys is empty or not there")
    if first_line(source.text_or("/sys/hypervisor/type")) == "xen":
        raise Unreadable(f"Xen is below this kernel, but {_CAPABILITIES} is not mounted")
    return "none"


def _version(source: Source, role: Union[str, Unknown]) -> str:
    if isinstance(role, dict):
        raise Unreadable(role["unknown"])
    if role == "none":
        raise Unreadable("Xen does not run")
    parts = [first_line(source.text(f"{_VERSION}/{name}")) for name in ("major", "minor")]
    return ".".join(parts) + first_line(source.text_or(f"{_VERSION}/extra"))


def _images(source: Source) -> List[str]:
    if not source.exists("/boot"):
        raise Unreadable("/boot is not there")
    names = [name for name in source.names("/boot") if re.match(r"xen.*\.(gz|efi)$", name)]
    return [shown(name) for name in names]


def _toolstack(source: Source) -> str:
    if not source.exists("/usr"):
        raise Unreadable("/usr is not there")
    return next((name for name, path in _PROGRAMS if source.exists(path)), "")


def _xend(source: Source) -> Dict[str, Any]:
    there = source.exists(_XEND)
    values = _sxp.parse(source.text_or(_XEND))
    password = values.get("vncpasswd", "")
    if password != "":
        source.leave_out(f"vncpasswd of {_XEND}", "a password")
    return {
        "there": there,
        "values": {key: _value(key, values[key]) for key in _KEYS if key in values},
        "vncpasswd": password != "" if "vncpasswd" in values else None,
        "changed": attempt(_changed, source, there),
        "started": attempt(_started, source),
    }


def _value(key: str, value: Optional[str]) -> Union[str, Unknown]:
    if value is None:
        return {"unknown": f"{_XEND}: the value of {key} is not understood (a \\ is written \\\\)"}
    return value


def _changed(source: Source, there: bool) -> Optional[float]:
    if not there:
        return None
    try:
        return os.stat(source.path(_XEND)).st_mtime
    except OSError as err:
        raise Unreadable(f"{_XEND}: {err.strerror}") from None


def _started(source: Source) -> Optional[float]:
    """Return when xend was started, or None when it does not run."""
    try:
        number = first_line(source.text("/var/run/xend.pid"))
        if not re.match(r"[0-9]{1,10}$", number):
            raise Unreadable("/var/run/xend.pid holds no number")
        state = source.text(f"/proc/{number}/stat")
    except Absent:
        return None
    boot = re.search(r"^btime ([0-9]{1,12})$", source.text("/proc/stat"), re.M)
    # The second field is the name in parentheses and may hold anything.
    fields = state.rpartition(")")[2].split()
    if boot is None or len(fields) < 20 or not re.match(r"[0-9]{1,18}$", fields[19]):
        raise Unreadable("/proc does not tell when xend was started")
    return int(boot.group(1)) + int(fields[19]) / _TICKS


def _xl(source: Source) -> Dict[str, Any]:
    text = source.text_or(_XL)
    return {"there": source.exists(_XL), "autoballoon": parse_autoballoon(text)}


def _xendomains(source: Source) -> Dict[str, str]:
    """Return {"file", "save"}; save is "" where nothing is saved at shutdown."""
    if not source.exists("/etc/xen"):
        raise Unreadable("/etc/xen is not there: Xen's tools are not installed")
    for path in _XENDOMAINS:
        if source.exists(path):
            save = _grub.variables(source.text(path)).get("XENDOMAINS_SAVE", "")
            if save is None:
                raise Unreadable(f"{path}: only a shell can tell what XENDOMAINS_SAVE is")
            return {"file": path, "save": save}
    return {"file": "", "save": ""}


def _hypervisor_options(source: Source, role: Union[str, Unknown]) -> List[str]:
    if role != "dom0":
        raise Unreadable("Xen does not run, so its command line cannot be seen")
    try:
        info = parse_info(source.run(["xl", "info"]))
    except Absent:
        info = parse_info(source.run(["xm", "info"]))
    if "xen_commandline" not in info:
        raise Unreadable("this Xen does not tell its command line")
    return _grub.kept(words(info["xen_commandline"]))


def _cpus(source: Source) -> int:
    found = count_cpus(source.text("/sys/devices/system/cpu/online"))
    if found is None:
        raise Unreadable("/sys/devices/system/cpu/online is no list of processors")
    return found


def _links(source: Source) -> Dict[str, Dict[str, Any]]:
    """Return {name: {"target" ("" = no link), "resolves"}} of the kernels for guests."""
    if not source.exists("/boot"):
        raise Unreadable("/boot is not there")
    found = {}
    for name in source.names("/boot"):
        if re.match(r"(vmlinuz|initrd)-.*xenU$", name):
            path = f"/boot/{name}"
            target = shown(source.link(path) or "")
            found[shown(name)] = {"target": target, "resolves": source.exists(path)}
    return found


def _kernels(source: Source) -> List[Dict[str, str]]:
    """Return {"kernel", "initrd" ("" = none)} of what is in /boot, the newest first.

    A kernel whose own configuration says that it is not made for Xen is left out.
    """
    if not source.exists("/boot"):
        raise Unreadable("/boot is not there")
    names = set(source.names("/boot"))
    found = []
    for name in sorted(names, key=_by_numbers, reverse=True):
        match = re.match(r"vmlinuz-([0-9][A-Za-z0-9.+~_-]*)$", name)
        if (
            match is None
            or re.search(r"xenU$|\.old$|\.muster-", name)
            or _no_guest(source, match[1])
        ):
            continue
        initrds = [form.format(match.group(1)) for form in _INITRDS]
        initrd = next((each for each in initrds if each in names), "")
        found.append({"kernel": name, "initrd": initrd})
    return found


def _by_numbers(name: str) -> List[Tuple[int, str]]:
    """Return what names are sorted by, so that 6.1.0-37 is newer than 6.1.0-9."""
    return [(int(digits or 0), other) for digits, other in re.findall(r"(\d+)|(\D+)", name)]


def _no_guest(source: Source, version: str) -> bool:
    config = source.text_or(f"/boot/config-{version}")
    return bool(config) and re.search(r"^CONFIG_XEN=y$", config, re.M) is None
