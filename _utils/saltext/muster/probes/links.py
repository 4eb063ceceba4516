"""Every network link of the node."""

import re
from typing import Any, Dict

from . import _link
from ._text import lines
from .source import Absent, Source, Unreadable, attempt, shown, unknown

#: A node with more links than this is not described: the facts would not fit a report.
LIMIT = 4096

_VLANS = "/proc/net/vlan/config"
_VLAN = re.compile(r"^(\S+)\s*\|\s*(\d{1,4})\s*\|\s*(\S+)\s*$")


def read(source: Source) -> Dict[str, Any]:
    """Return all links by name.

    Each has kind (physical, vf = a card's virtual function, loopback, vlan, bond, bridge, tap,
    tun, veth, xen, virtual or udev's word for it), arphrd (the kernel's number of the link's
    type, 1 = Ethernet), mac, mtu (bytes), state, up, carrier and master ("" = none). Wired ones
    have speed (Mbit/s); physical ones driver, bus, pci and sriov {total, current}; bonds bond
    {mode, ports, up, partner with LACP}; VLANs vlan {parent, id}.
    """
    return {"links": attempt(_links, source)}


def vlans(text: str) -> Dict[str, Dict[str, Any]]:
    """Return {name: {"parent", "id"}} of the text of /proc/net/vlan/config."""
    found = {}
    for _, line in lines(text):
        match = _VLAN.match(line)
        if match:
            found[match.group(1)] = {"parent": match.group(3), "id": int(match.group(2))}
    return found


def _links(source: Source) -> Dict[str, Dict[str, Any]]:
    if not source.exists(_link.NET):
        raise Unreadable(f"{_link.NET} is not there")
    # bonding_masters is a file among the links.
    names = [n for n in source.names(_link.NET) if source.exists(f"{_link.NET}/{n}/ifindex")]
    if len(names) > LIMIT:
        raise Unreadable(f"the node has more than {LIMIT} links")
    tagged = attempt(_vlans, source)  # type: Any
    known = {} if unknown(tagged) else tagged
    found = {shown(name): _link.describe(source, name, known) for name in names}
    for facts in found.values():
        if facts["kind"] == "vlan" and unknown(tagged):
            facts["vlan"] = tagged
    return _with_masters(source, found)


def _vlans(source: Source) -> Dict[str, Dict[str, Any]]:
    try:
        return vlans(source.text(_VLANS))
    except Absent:
        return {}  # the module 8021q is not loaded: no VLAN


def _with_masters(source: Source, found: Dict[str, Dict[str, Any]]) -> Dict[str, Dict[str, Any]]:
    """Fill in the master where it has no symlink: older kernels, captured hosts."""
    for name, facts in found.items():
        ports = []
        if facts["kind"] == "bridge":
            ports = [shown(port) for port in source.names(f"{_link.NET}/{name}/brif")]
        elif facts["kind"] == "bond" and isinstance(facts["bond"]["ports"], list):
            ports = facts["bond"]["ports"]
        for port in ports:
            if port in found and not found[port]["master"]:
                found[port]["master"] = name
    return found
