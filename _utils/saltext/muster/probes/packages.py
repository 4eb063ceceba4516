"""Which packages are installed."""

import re
from typing import Any, Dict

from ._text import lines
from .source import Source, Unreadable, attempt, unknown

_STATUS = "/var/lib/dpkg/status"
_RPM = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")

#: dpkg's status file of a full desktop has about 5 MiB.
_STATUS_LIMIT = 64 * 1024 * 1024

_FIELD = re.compile(r"^(Package|Status|Architecture|Version): *(.*?) *$", re.M)
_FORMAT = r"%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n"


def read(source: Source) -> Dict[str, Any]:
    """Return the package manager and {name: version} of what is installed.

    Versions are the manager's own text; several of one name (kernels) are parted by a blank.
    """
    manager = attempt(_manager, source)
    if unknown(manager):
        return {"manager": manager, "installed": manager}
    installed = attempt(_dpkg if manager == "dpkg" else _rpm, source)
    return {"manager": manager, "installed": installed}


def parse_dpkg(text: str) -> Dict[str, str]:
    """Return {name: version} of dpkg's status file: what is wholly installed, no remains.

    A package of a foreign architecture is called name:architecture, as by dpkg itself.
    """
    found, native = [], "all"
    for stanza in text.split("\n\n"):
        fields = dict(_FIELD.findall(stanza))
        if not fields.get("Package") or not _installed(fields.get("Status", "")):
            continue
        found.append(fields)
        if fields["Package"] == "dpkg":
            native = fields.get("Architecture", native)
    return {_name(fields, native): fields.get("Version", "") for fields in found}


def parse_rpm(text: str) -> Dict[str, str]:
    """Return {name: version} of lines ``name TAB [epoch:]version-release``."""
    found = {}  # type: Dict[str, str]
    for _, line in lines(text):
        name, tab, version = line.partition("\t")
        if name and tab:
            found[name] = f"{found[name]} {version}" if name in found else version
    return found


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


def _dpkg(source: Source) -> Dict[str, str]:
    return parse_dpkg(source.text(_STATUS, _STATUS_LIMIT))


def _rpm(source: Source) -> Dict[str, str]:
    found = parse_rpm(source.run(["rpm", "-qa", "--qf", _FORMAT]))
    if not found:
        raise Unreadable("rpm -qa listed nothing, yet its database is there")
    return found
