"""The management controller's own network address."""

import re
from typing import Any, Dict

from ._text import lines
from .hosts import normal
from .source import Source, Unreadable, attempt

#: What controllers say that have no address.
_UNSET = ("0.0.0.0", "255.255.255.255")  # noqa: S104 - nothing is bound to it

#: The channel of the network port; another one is asked for nowhere.
CHANNEL = "1"

_LINE = re.compile(r"^(IP Address Source|IP Address|802\.1q VLAN ID) *: *(.*?) *$")
_DEVICES = ("/dev/ipmi0", "/dev/ipmi/0", "/dev/ipmidev/0")


def read(source: Source) -> Dict[str, Any]:
    """Return device (whether the kernel has one for the controller) and lan.

    lan: {"address" ("" = none is set), "origin" (static, dhcp ... as ipmitool says), "vlan"}.
    """
    return {"device": attempt(_device, source), "lan": attempt(_lan, source)}


def parse(text: str) -> Dict[str, str]:
    """Return address, origin and vlan of what ``ipmitool lan print`` says.

    Raises Unreadable when it says no address at all. The community string is never looked at.
    """
    found = {}  # type: Dict[str, str]
    for _, line in lines(text):
        match = _LINE.match(line)
        if match:
            found.setdefault(match.group(1), match.group(2)[:100])
    if "IP Address" not in found:
        raise Unreadable("ipmitool lan print names no IP address")
    address = normal(found["IP Address"])
    return {
        "address": "" if address in _UNSET else address,
        "origin": found.get("IP Address Source", ""),
        "vlan": found.get("802.1q VLAN ID", ""),
    }


def _device(source: Source) -> bool:
    if not source.exists("/dev"):
        raise Unreadable("no /dev below the root: devices are not captured")
    return any(source.exists(path) for path in _DEVICES)


def _lan(source: Source) -> Dict[str, str]:
    text = source.run(["ipmitool", "lan", "print", CHANNEL])
    if "SNMP Community String" in text:
        source.leave_out("ipmitool lan print", "it holds the community string")
    return parse(text)
