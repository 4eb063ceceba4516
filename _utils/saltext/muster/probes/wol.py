"""Wake on LAN of the node's network cards."""

import re
from typing import Any, Dict

from ._text import lines
from .source import Source, Unreadable, attempt, shown

_NET = "/sys/class/net"
_ETHERNET = "1"

#: More cards than this are not asked: each is a process.
LIMIT = 8

_LINE = re.compile(r"^\s*(Supports Wake-on|Wake-on):\s*([a-z]{1,12})\s*$")


def read(source: Source) -> Dict[str, Any]:
    """Return nics: {name: {"supports", "wake_on"}} of the physical Ethernet cards.

    Both are ethtool's letters: g = the magic packet, d = disabled.
    """
    return {"nics": attempt(_nics, source)}


def parse(text: str) -> Dict[str, str]:
    """Return {"supports", "wake_on"} of what ``ethtool NIC`` prints.

    Raises Unreadable when the letters are not there: a driver without wake on LAN prints none,
    nor does ethtool for anybody but root.
    """
    found = {}
    for _, line in lines(text):
        match = _LINE.match(line)
        if match:
            found[match.group(1)] = match.group(2)
    if "Supports Wake-on" not in found and "Link detected" in text:
        raise Unreadable("ethtool tells nothing of wake on LAN: the driver has none, or not root")
    if set(found) != {"Supports Wake-on", "Wake-on"}:
        raise Unreadable(f"ethtool said {text.strip()[:200]!r}")
    return {"supports": found["Supports Wake-on"], "wake_on": found["Wake-on"]}


def _nics(source: Source) -> Dict[str, Any]:
    if not source.exists(_NET):
        raise Unreadable(f"{_NET} is not there")
    names = [name for name in source.names(_NET) if _is_card(source, f"{_NET}/{name}")]
    return {shown(name): attempt(_ask, source, name) for name in names[:LIMIT]}


def _ask(source: Source, name: str) -> Dict[str, str]:
    if name.startswith("-"):
        raise Unreadable("its name would be an option of ethtool")
    return parse(source.run(["ethtool", name]))


def _is_card(source: Source, folder: str) -> bool:
    if not source.exists(f"{folder}/device") or source.exists(f"{folder}/device/physfn"):
        return False
    return source.text_or(f"{folder}/type").strip() == _ETHERNET
