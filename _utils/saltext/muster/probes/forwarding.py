"""Whether the node passes packets on, and whom it answers for."""

import re
from typing import Any, Dict, List

from ._link import number
from ._text import lines
from .source import Source, attempt, shown

_SYS = "/proc/sys/net"
_LINKS = f"{_SYS}/ipv6/conf"

#: As systemd-sysctl reads them: a file of the same name hides those of later folders.
_FOLDERS = (
    "/etc/sysctl.d",
    "/run/sysctl.d",
    "/usr/local/lib/sysctl.d",
    "/usr/lib/sysctl.d",
    "/lib/sysctl.d",
)
_SETTING = re.compile(r"^\s*-?\s*([A-Za-z0-9_./*@:+-]+)\s*=\s*(\S+)\s*$")
_WANTED = re.compile(
    r"^net\.(ipv4\.ip_forward|ipv4\.conf\..+\.forwarding|ipv6\.conf\..+\.(forwarding|proxy_ndp))$"
)


def read(source: Source) -> Dict[str, Any]:
    """Return ipv4 and ipv6 (whether all is forwarded), proxy_ndp (the links, or "all", whose
    neighbours are answered for) and configured ({sysctl key: value} of its files)."""
    return {
        "ipv4": attempt(_on, source, f"{_SYS}/ipv4/ip_forward"),
        "ipv6": attempt(_on, source, f"{_LINKS}/all/forwarding"),
        "proxy_ndp": attempt(_proxies, source),
        "configured": attempt(_configured, source),
    }


def settings(text: str) -> Dict[str, str]:
    """Return the settings of a sysctl.d file that are about forwarding, the last one wins.

    Keys have dots between their parts and a slash where a part has a dot, as in
    ``net.ipv6.conf.bond0/100.proxy_ndp``.
    """
    found = {}
    for _, line in lines(text):
        match = _SETTING.match(line) if line.lstrip()[:1] not in ("#", ";") else None
        if match:
            key = _dotted(match.group(1))
            if _WANTED.match(key):
                found[key] = match.group(2)
    return found


def _dotted(key: str) -> str:
    """Return a key whose first separator is a slash in the form with dots."""
    first = next((char for char in key if char in "./"), ".")
    return key.translate(str.maketrans("./", "/.")) if first == "/" else key


def _on(source: Source, path: str) -> bool:
    return number(source, path) != 0


def _proxies(source: Source) -> List[str]:
    names = source.names(_LINKS)
    if not names:
        # No IPv6 in the kernel; and where that cannot be told, the read says so.
        number(source, f"{_SYS}/ipv4/ip_forward")
        return []
    paths = [(name, f"{_LINKS}/{name}/proxy_ndp") for name in names]
    return [shown(name) for name, path in paths if source.exists(path) and _on(source, path)]


def _configured(source: Source) -> Dict[str, str]:
    files = {}  # type: Dict[str, str]
    for folder in _FOLDERS:
        for path in source.glob(f"{folder}/*.conf"):
            files.setdefault(path.rsplit("/", 1)[-1], path)
    found = {}  # type: Dict[str, str]
    for _, path in sorted(files.items()):
        found.update(settings(source.text(path)))
    found.update(settings(source.text_or("/etc/sysctl.conf")))
    return found
