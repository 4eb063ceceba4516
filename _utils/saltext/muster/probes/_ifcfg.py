"""The Red Hat family's files ifcfg-*."""

import re
from typing import Any, Dict, List

from . import _interfaces
from ._text import assignments, words
from .source import Source

FOLDER = "/etc/sysconfig/network-scripts"

#: Left behind by editors and packages: neither the scripts nor NetworkManager read them.
_BACKUP = re.compile(r"(~|\.(bak|old|orig|rpmnew|rpmorig|rpmsave|tmp|swp))$")
_ADDRESS = re.compile(r"^IPADDR([0-9]{0,3})$")
_DHCP = ("dhcp", "bootp")
_NONE = ("", "none", "static")


def read(source: Source) -> Dict[str, Any]:
    """Return entries of all ifcfg files but loopback's; each has uuid ("" = not told) as well."""
    entries = []
    for name in source.names(FOLDER):
        if name.startswith("ifcfg-") and not _BACKUP.search(name) and name != "ifcfg-lo":
            path = f"{FOLDER}/{name}"
            entries.append(parse(_interfaces.text_of(source, path), path))
    return {"entries": entries[: _interfaces.MOST]}


def parse(text: str, path: str) -> Dict[str, Any]:
    """Return the entry of one file; no BOOTPROTO means no DHCP."""
    given = {key: (words(value) or [""])[0] for key, value in assignments(text).items()}
    protocol = given.get("BOOTPROTO", "").lower()
    four = _four(given)
    six = [given[key] for key in ("IPV6ADDR",) if given.get(key)]
    six += words(assignments(text).get("IPV6ADDR_SECONDARIES", ""))
    ipv4 = "dhcp" if protocol in _DHCP else _interfaces.static_of(four, 4)
    found = _interfaces.entry(
        "ifcfg",
        path,
        given.get("DEVICE") or path.rsplit("/ifcfg-", 1)[-1],
        ipv4 if protocol in _DHCP + _NONE else protocol,
        _six(given, six),
        four + six,
        _yes(given.get("ONBOOT", "no" if protocol == "ibft" else "yes")),
    )
    found["uuid"] = given.get("UUID", "")[:64]
    return found


def _four(given: Dict[str, str]) -> List[str]:
    found = []
    for key in sorted(given, key=lambda key: (len(key), key)):
        match = _ADDRESS.match(key)
        if match and given[key]:
            number = match.group(1)
            mask = given.get(f"PREFIX{number}") or given.get(f"NETMASK{number}", "")
            found.append(_interfaces.with_prefix(given[key], mask))
    return found


def _six(given: Dict[str, str], addresses: List[str]) -> str:
    if _yes(given.get("DHCPV6C", "")):
        return "dhcp"
    if addresses:
        return "static"
    if not _yes(given.get("IPV6INIT", "")):
        return ""
    return "auto" if _yes(given.get("IPV6_AUTOCONF", "yes")) else "manual"


def _yes(text: str) -> bool:
    return text.lower() in ("yes", "y", "true", "t", "1", "on")
