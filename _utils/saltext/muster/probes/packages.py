"""Which packages are installed."""

import re
import time
from typing import Any, Dict, List

from ._text import first_line, lines
from .source import Absent, Source, Unreadable, attempt, unknown

_STATUS = "/var/lib/dpkg/status"
_RPM = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")

#: dpkg's status file of a full desktop has about 5 MiB.
_STATUS_LIMIT = 64 * 1024 * 1024

#: dpkg's logs are rotated: the second holds what the first does not.
_LOGS = ("/var/log/dpkg.log", "/var/log/dpkg.log.1")
_LOG_LIMIT = 32 * 1024 * 1024

_FIELD = re.compile(r"^(Package|Status|Architecture|Version|Maintainer): *(.*?) *$", re.M)
_FORMAT = (
    r"%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{ARCH}\t%{INSTALLTIME}\t%{VENDOR}\n"
)
_KERNEL = re.compile(r"^(?:kernel(?:-[a-z]{2,4})?(?:-core)?|linux-image-[0-9].*)$")
_CHANGE = re.compile(
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}) (?:install|upgrade|remove|purge) ", re.M
)


def read(source: Source) -> Dict[str, Any]:
    """Return the package manager, what is installed, the kernels, and the last change.

    installed: {name: version}, versions being the manager's own text; several of one name
    (kernels) are parted by a blank. kernels: {"name", "version", "architecture", "vendor"} of
    kernel packages, vendor being rpm's vendor or dpkg's maintainer. changed: UNIX time of the
    last installation, upgrade or removal that the manager tells of.
    """
    manager = attempt(_manager, source)
    if unknown(manager):
        return dict.fromkeys(("manager", "installed", "kernels", "changed"), manager)
    found = attempt(_dpkg if manager == "dpkg" else _rpm, source)
    if unknown(found):
        return {"manager": manager, "installed": found, "kernels": found, "changed": found}
    return dict(found, manager=manager)


def parse_dpkg(text: str) -> Dict[str, str]:
    """Return {name: version} of dpkg's status file: what is wholly installed, no remains.

    A package of a foreign architecture is called name:architecture, as by dpkg itself.
    """
    found = parse_stanzas(text)
    natives = [fields.get("Architecture", "all") for fields in found if fields["Package"] == "dpkg"]
    native = natives[-1] if natives else "all"
    return {_name(fields, native): fields.get("Version", "") for fields in found}


def parse_stanzas(text: str) -> List[Dict[str, str]]:
    """Return the fields of each wholly installed package in dpkg's status file."""
    stanzas = [dict(_FIELD.findall(stanza)) for stanza in text.split("\n\n")]
    return [each for each in stanzas if each.get("Package") and _installed(each.get("Status", ""))]


def parse_rpm(text: str) -> Dict[str, str]:
    """Return {name: version} of lines ``name TAB [epoch:]version-release``, more may follow."""
    return _versions(rows(text))


def rows(text: str) -> List[List[str]]:
    """Return the columns of rpm's lines, at least a name and a version."""
    found = [line.split("\t") for _, line in lines(text)]
    return [columns for columns in found if len(columns) > 1 and columns[0]]


def parse_log(text: str) -> str:
    """Return the local time of the last change in dpkg's log, as it stands there, or ""."""
    found = _CHANGE.findall(text)
    return found[-1] if found else ""


def seconds(stamp: str, live: bool) -> int:
    """Return the UNIX time of ``2026-01-31 10:00:00``; raise Unreadable for what is none.

    It is the local time of a live node; a captured one's zone is not known and taken for UTC.
    """
    try:
        parts = time.strptime(stamp, "%Y-%m-%d %H:%M:%S")
        if live:
            return int(time.mktime(parts))
        return int(time.mktime(parts[:8] + (0,))) - time.timezone
    except (ValueError, OverflowError):
        raise Unreadable(f"{stamp!r} is no time") from None


def _versions(found: List[List[str]]) -> Dict[str, str]:
    versions = {}  # type: Dict[str, str]
    for columns in found:
        name, version = columns[0], columns[1]
        versions[name] = f"{versions[name]} {version}" if name in versions else version
    return versions


def _installed(status: str) -> bool:
    # The first word is what is wanted (install, hold, deinstall ...): the package is still there.
    return status.split()[1:] == ["ok", "installed"]


def _name(fields: Dict[str, str], native: str) -> str:
    architecture = fields.get("Architecture", "all")
    foreign = native != "all" and architecture not in ("all", native)
    return f"{fields['Package']}:{architecture}" if foreign else fields["Package"]


def _manager(source: Source) -> str:
    if source.exists(_STATUS):
        return "dpkg"
    if any(source.names(path) for path in _RPM):
        return "rpm"
    raise Unreadable("neither dpkg's nor rpm's database is there")


def _dpkg(source: Source) -> Dict[str, Any]:
    text = source.text(_STATUS, _STATUS_LIMIT)
    kernels = [
        _kernel(each["Package"], each.get("Version", ""), "", each.get("Maintainer", ""))
        for each in parse_stanzas(text)
        if _KERNEL.match(each["Package"])
    ]
    changed = attempt(_dpkg_changed, source)
    return {"installed": parse_dpkg(text), "kernels": kernels, "changed": changed}


def _dpkg_changed(source: Source) -> int:
    for path in _LOGS:
        try:
            stamp = parse_log(source.text(path, _LOG_LIMIT))
        except Absent:
            continue
        if stamp:
            return seconds(stamp, source.live)
    raise Unreadable(f"neither {' nor '.join(_LOGS)} tells of a change")


def _rpm(source: Source) -> Dict[str, Any]:
    found = rows(source.run(["rpm", "-qa", "--qf", _FORMAT]))
    if not found:
        raise Unreadable("rpm -qa listed nothing, yet its database is there")
    kernels = [
        _kernel(columns[0], columns[1], columns[2], columns[4])
        for columns in found
        if len(columns) == 5 and _KERNEL.match(columns[0])
    ]
    return {
        "installed": _versions(found),
        "kernels": kernels,
        "changed": attempt(_rpm_changed, found),
    }


def _rpm_changed(found: List[List[str]]) -> int:
    times = [int(columns[3]) for columns in found if len(columns) > 3 and _is_time(columns[3])]
    if not times:
        raise Unreadable("rpm told no times of installation")
    return max(times)


def _is_time(text: str) -> bool:
    return re.match(r"^[0-9]{1,12}$", text) is not None


def _kernel(name: str, version: str, architecture: str, vendor: str) -> Dict[str, str]:
    return {
        "name": name,
        "version": version,
        "architecture": first_line(architecture),
        "vendor": first_line(vendor),
    }
