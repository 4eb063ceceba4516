"""What is made of what among a node's links; the questions that rows about links share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from saltext.muster.facts import Facts
from saltext.muster.requirement import Plan
from saltext.muster.wording import listed

Links = Mapping[str, Mapping[str, Any]]

#: The kernel's number for Ethernet.
ETHERNET = 1

#: Kinds that a guest's interface has on its host.
_GUESTS = ("tap", "tun", "veth", "macvtap", "xen")


def every(facts: Facts) -> Links:
    """Return all links by name; raise Unread when they were not read."""
    found: Links = facts.get("links", "links")
    return found


def ports(links: Links, name: str) -> list[str]:
    """Return the links that are ports of a bridge or bond."""
    return sorted(port for port, link in links.items() if link.get("master") == name)


def below(links: Links, name: str) -> set[str]:
    """Return the link itself and all that it is made of: ports, and a VLAN's parent."""
    found: set[str] = set()
    left = [name]
    while left:
        link = left.pop()
        if link in found or link not in links:
            continue
        found.add(link)
        left.extend(ports(links, link))
        left.extend(str(parent) for parent in (_parent(links[link]),) if parent)
    return found


def _parent(link: Mapping[str, Any]) -> Any:
    vlan = link.get("vlan")
    return vlan.get("parent") if isinstance(vlan, Mapping) else None


def carries_uplink(links: Links, name: str, plan: Plan) -> bool:
    """Say whether a bridge or bond has the declared interface below it, or, where none is
    declared, any card."""
    uplink = plan.get("declared", {}).get("interface")
    parts = below(links, name) - {name}
    if uplink:
        return uplink in parts
    return any(links[part].get("kind") == "physical" for part in parts)


def guests(links: Links) -> list[str]:
    """Return the links that lead to guests."""
    return sorted(name for name, link in links.items() if link.get("kind") in _GUESTS)


def joined(facts: Facts, plan: Plan) -> str:
    """Return "" when the node belongs to its platform already, else why the row is skipped."""
    if plan.get("declared", {}).get("joined"):
        return ""
    return "judged after the join (options: joined: true), for the platform sets it up"


def some(names: Iterable[str], most: int = 8) -> str:
    """Return names as a text, the first ones of many."""
    return listed(names, most)
