"""DRBD: the module as it is loaded and as it would be, and the resources in its files."""

import re
from typing import Any, Dict, List, Union

from . import _drbdconf, _modprobe, kernel
from ._text import first_line
from .source import Absent, Source, Unknown, Unreadable, attempt

_MODULE = "drbd"
_LOADED = "/sys/module/drbd"
_MINOR = re.compile(r"^ *\d+: cs:(\w*)", re.M)


def read(source: Source) -> Dict[str, Any]:
    """Return what is loaded, configured and in use of DRBD.

    Keys: loaded, version, available (the running kernel has the module), parameters (of the
    loaded module), configured ({option: value} in effect of modprobe.d), options (every such
    line with file and line), boot (named for loading at boot), listed (the lines that name it for
    that, also such as load nothing), blocked (the blacklist or install line of modprobe.d that
    prevents it, or ""), in_use, and resources.
    """
    loaded = attempt(_loaded, source)
    available = attempt(_available, source, loaded)
    options = attempt(_modprobe.options, source, _MODULE)
    return {
        "loaded": loaded,
        "version": attempt(_version, source, available),
        "available": available,
        "parameters": attempt(_parameters, source, loaded),
        "configured": _in_effect(options),
        "options": options,
        "boot": attempt(_modprobe.at_boot, source, _MODULE),
        "listed": attempt(_modprobe.boot_lines, source, _MODULE),
        "blocked": attempt(_modprobe.blocked, source, _MODULE),
        "in_use": attempt(_in_use, source, loaded),
        "resources": attempt(_drbdconf.resources, source),
    }


def parse_version(text: str) -> str:
    """Return the version in /proc/drbd, or ""."""
    match = re.match(r"version: ([0-9][^\s(]*)", text)
    return match.group(1) if match else ""


def minors(text: str) -> int:
    """Return how many minors of resources /proc/drbd lists (DRBD 8; DRBD 9 lists none).

    DRBD 8.4 lists a minor as long as it belongs to a resource: an unconfigured one too may be
    about to get its disk, and the kernel would let the module go. Older ones list it for ever.
    """
    found = _MINOR.findall(text)
    if parse_version(text).startswith(("0.", "8.0", "8.2", "8.3")):
        return sum(state != "Unconfigured" for state in found)
    return len(found)


def _in_effect(options: Union[List[Dict[str, Any]], Unknown]) -> Dict[str, Any]:
    if isinstance(options, dict):
        return options
    return {each["option"]: each["value"] for each in options}


def _loaded(source: Source) -> bool:
    if not source.exists("/sys/module"):
        raise Unreadable("/sys/module is not there: no running kernel to be seen")
    return source.exists(_LOADED)


def _version(source: Source, available: Union[bool, Unknown]) -> str:
    found = parse_version(source.text_or("/proc/drbd"))
    found = found or first_line(source.text_or(f"{_LOADED}/version"))
    if not found and available is False:
        raise Unreadable("the running kernel has no module %s" % _MODULE)
    found = found or first_line(source.run(["modinfo", "-F", "version", _MODULE]))
    if not found:
        raise Unreadable("neither the loaded module nor its file tells a version")
    return found


def _available(source: Source, loaded: Union[bool, Unknown]) -> bool:
    return loaded is True or _modprobe.available(source, _MODULE, kernel.release(source))


def _parameters(
    source: Source, loaded: Union[bool, Unknown]
) -> Union[Dict[str, Union[str, Unknown]], Unknown]:
    if isinstance(loaded, dict):
        return loaded
    if not loaded:
        raise Unreadable("module drbd is not loaded")
    return _modprobe.parameters(source, _MODULE)


def _in_use(source: Source, loaded: Union[bool, Unknown]) -> Union[bool, Unknown]:
    if loaded is not True:
        return loaded
    text = source.text_or("/proc/drbd")
    if minors(text):
        return True
    try:
        return int(first_line(source.text(f"{_LOADED}/refcnt"))) > 0
    except (Absent, ValueError):
        pass
    if parse_version(text).startswith("8."):
        return False
    raise Unreadable("the kernel tells neither DRBD's use count nor its minors")
