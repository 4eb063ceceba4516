"""What all files that configure interfaces have in common, whatever program reads them.

An entry is {"backend", "file", "interface", "auto", "ipv4", "ipv6", "addresses"}: ipv4 and ipv6
are static, dhcp, manual (no address asked for), the program's own word for something else, or ""
where the entry says nothing of that family; addresses are as written, ADDRESS/PREFIX where the
prefix is told; auto says whether it is brought up at boot.
"""

import re
from typing import Any, Dict, List, Sequence

from .hosts import normal
from .source import Source, shown

#: A node has no more of these files, and no more entries in them.
MOST = 1000

#: Addresses of one entry.
MOST_ADDRESSES = 200

_SECRET = re.compile(
    r"^[ \t]*[A-Za-z0-9_.-]*(?:psk|passw|passphrase|private-key|privatekey|secret|wep-key)"
    r"[A-Za-z0-9_-]*[ \t]*[:= \t][ \t]*\S",
    re.I | re.M,
)


def entry(
    backend: str,
    path: str,
    interface: str,
    ipv4: str = "",
    ipv6: str = "",
    addresses: Sequence[str] = (),
    auto: bool = True,
) -> Dict[str, Any]:
    """Return one interface's configuration by one file, with bounded texts."""
    return {
        "backend": backend,
        "file": shown(path),
        "interface": interface[:128],
        "auto": auto,
        "ipv4": ipv4[:64],
        "ipv6": ipv6[:64],
        "addresses": [address[:64] for address in addresses][:MOST_ADDRESSES],
    }


def text_of(source: Source, path: str) -> str:
    """Return the text of a file that may hold passwords, and note it when it does."""
    text = source.text(path)
    if _SECRET.search(text):
        source.leave_out(path, "it holds a password or a key")
    return text


def with_prefix(address: str, netmask: str) -> str:
    """Return ADDRESS/PREFIX of an address and a netmask or prefix length ("" = not told)."""
    if "/" in address or not netmask:
        return address
    length = netmask if netmask.isdigit() else _length(netmask)
    return f"{address}/{length}" if length else address


def family(address: str) -> int:
    """Return 4 or 6 for an address with or without a prefix length, or 0 for what is none."""
    plain = normal(address.split("/", 1)[0])
    return 0 if not plain else 6 if ":" in plain else 4


def static_of(addresses: List[str], version: int) -> str:
    """Return static when one of the addresses is of that version, else manual."""
    return "static" if any(family(each) == version for each in addresses) else "manual"


def _length(netmask: str) -> str:
    plain = normal(netmask)
    if not plain or ":" in plain:
        return ""
    bits = "".join(f"{int(part):08b}" for part in plain.split("."))
    return "" if "01" in bits else str(bits.count("1"))
