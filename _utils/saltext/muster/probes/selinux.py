"""SELinux: as configured, and as it runs."""

import re
from typing import Any, Dict, Optional, Union

from ._text import BLANK, first_line, lines, words
from .source import Source, Unknown, Unreadable, attempt

_CONFIG = "/etc/selinux/config"
_ENFORCE = "/sys/fs/selinux/enforce"
_MODE = re.compile("SELINUX=[ \t\r\v\f]*(enforcing|permissive|disabled)", re.I)
_TYPE = re.compile("[ \t\r\v\f]*SELINUXTYPE=(.*)", re.I)
_TOOLS = ("/usr/sbin/load_policy", "/sbin/load_policy", "/usr/sbin/selinuxenabled")


def read(source: Source) -> Dict[str, Any]:
    """Return SELinux's configured mode and policy type, its running mode, and kernel options.

    configured is "absent" without /etc/selinux/config; cmdline is the kernel's last word on
    it: "selinux=0", "enforcing=0" or "".
    """
    config = attempt(_config, source)
    return {
        "installed": attempt(_installed, source),
        "configured": attempt(_configured, config),
        "type": config if isinstance(config, dict) else policy(config or ""),
        "running": attempt(_running, source),
        "cmdline": attempt(_cmdline, source),
    }


def mode(text: str) -> str:
    """Return the mode in an /etc/selinux/config, or "" when none is valid.

    As SELinux's own library reads it: at the margin, the first valid line wins, and a quoted
    mode is not valid.
    """
    for _, line in lines(text):
        match = _MODE.match(line)
        if match and line.startswith("SELINUX="):
            return match.group(1).lower()
    return ""


def policy(text: str) -> str:
    """Return the policy type in an /etc/selinux/config, or "": here the last line wins."""
    found = ""
    for _, line in lines(text):
        match = _TYPE.match(line)
        if match:
            found = match.group(1).strip(BLANK)
    return found


def _installed(source: Source) -> bool:
    return source.exists(_CONFIG) or any(source.exists(path) for path in _TOOLS)


def _config(source: Source) -> Optional[str]:
    return source.text(_CONFIG) if source.exists(_CONFIG) else None


def _configured(config: Union[str, Unknown, None]) -> Union[str, Unknown]:
    if config is None:
        return "absent"
    if isinstance(config, dict):
        return config
    found = mode(config)
    if not found:
        raise Unreadable(
            f"{_CONFIG} has no valid SELINUX= line"
            " (at the margin, without quotes: enforcing, permissive or disabled)"
        )
    return found


def _running(source: Source) -> str:
    if source.exists(_ENFORCE):
        value = first_line(source.text(_ENFORCE))
        if value not in ("0", "1"):
            raise Unreadable(f"{_ENFORCE} holds neither 0 nor 1")
        return "enforcing" if value == "1" else "permissive"
    if not source.exists("/sys/fs"):
        raise Unreadable("no sysfs: no running kernel to be seen")
    return "disabled"


def _cmdline(source: Source) -> str:
    options = words(first_line(source.text("/proc/cmdline")))
    for name in ("selinux", "enforcing"):
        given = [word for word in options if word.startswith(name + "=")]
        if given and given[-1] == name + "=0":
            return given[-1]
    return ""
