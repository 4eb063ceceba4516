"""Cards, bonds and VLANs as PVC wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext.muster.catalogue.predicates import links
from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

MODES = ("802.3ad", "active-backup")

#: What an LACP partner that never answered is shown as.
_NO_PARTNER = "00:00:00:00:00:00"

_INFINIBAND = 32
_UNBONDED = "possible without a bond, but strongly discouraged"


def needed(plan: Plan) -> tuple[int, int]:
    """Return how many cards the profile wants, and of what speed (Mbit/s)."""
    profile = plan.get("profile", {})
    tier = profile.get("tier", "production")
    if tier == "test":
        return 1, 1000
    fast = tier == "heavy" or profile.get("edition") == "0.9.39"
    return 2, 10000 if fast else 1000


def _speed(facts: Facts, name: str) -> int | None:
    try:
        return int(facts.get("links", "links", name, "speed"))
    except Unread:
        return None


def _cards(facts: Facts) -> list[str]:
    """Return the node's Ethernet cards; a management controller's own port is on USB."""
    found = [n for n, link in links.every(facts).items() if link["kind"] == "physical"]
    return sorted(
        name
        for name in found
        if facts.get("links", "links", name, "arphrd") == links.ETHERNET
        and facts.get("links", "links", name, "bus") != "usb"
    )


def cards(facts: Facts, plan: Plan) -> Outcome:
    """Enough cards with a link are fast enough, and bonded when more than one is wanted."""
    count, speed = needed(plan)
    wanted = f"{count} x {speed // 1000} Gbit/s" + (", bonded" if count > 1 else "")
    known = links.every(facts)
    up = [name for name in _cards(facts) if known[name]["carrier"] is not False]
    speeds = {name: _speed(facts, name) for name in up}
    fast = [name for name, mbits in speeds.items() if mbits is not None and mbits >= speed]
    untold = [name for name, mbits in speeds.items() if mbits is None]
    seen = ", ".join(f"{name} {_gigabits(mbits)}" for name, mbits in speeds.items())
    seen = seen or "no card with a link"
    if len(fast) < count <= len(fast) + len(untold):
        raise Unread(f"the speed of {', '.join(untold)} is not known")
    if len(fast) < count:
        return Outcome(FAIL, seen, wanted)
    bonds = [name for name, link in known.items() if link["kind"] == "bond"]
    if count == 1 or any(len(set(fast) & set(links.ports(known, bond))) >= count for bond in bonds):
        return Outcome(PASS, seen, wanted)
    return Outcome(WARN, f"{seen}; not bonded", wanted, _UNBONDED)


def _gigabits(mbits: int | None) -> str:
    return "of unknown speed" if mbits is None else f"{mbits / 1000:g} Gbit/s"


def bonded(facts: Facts, plan: Plan) -> Outcome:
    """Each bond of the networks is LACP or active-backup, with enough fast ports up."""
    count, speed = needed(plan)
    wanted = f"a bond, {' or '.join(MODES)}, of {count} x {speed // 1000} Gbit/s"
    known = links.every(facts)
    bonds = _declared_bonds(plan) or [n for n, link in known.items() if link["kind"] == "bond"]
    if not bonds:
        seen = f"no bond; cards: {links.some(_cards(facts)) or 'none'}"
        few = len(_cards(facts)) < count
        return Outcome(FAIL if few else WARN, seen, wanted, "" if few else _UNBONDED)
    wrong = [each for bond in bonds for each in _wrong(facts, known, bond, count, speed)]
    if wrong:
        return Outcome(FAIL, "; ".join(wrong), wanted)
    seen = "; ".join(_bond_text(facts, bond) for bond in bonds)
    silent = [b for b in bonds if known[b]["bond"].get("partner") == _NO_PARTNER]
    if silent:
        why = f"no switch answers {', '.join(silent)} by LACP: only one port carries traffic"
        return Outcome(WARN, seen, wanted, why, "set LACP up on the switch's ports")
    return Outcome(PASS, seen, wanted)


def _declared_bonds(plan: Plan) -> list[str]:
    networks = plan.get("declared", {}).get("networks", {})
    return sorted({network["bond"] for network in networks.values() if network.get("bond")})


def _bond_text(facts: Facts, bond: str) -> str:
    found = facts.get("links", "links", bond, "bond")
    return f"{bond}: {found['mode']} of {', '.join(found['up'])}"


def _wrong(facts: Facts, known: links.Links, bond: str, count: int, speed: int) -> list[str]:
    """Return what is wrong with a bond, as texts."""
    if known.get(bond, {}).get("kind") != "bond":
        return [f"{bond} is no bond" if bond in known else f"no link {bond}"]
    mode = facts.get("links", "links", bond, "bond", "mode")
    up = facts.get("links", "links", bond, "bond", "up")
    found = [] if mode in MODES else [f"{bond}: mode {mode}"]
    if len(up) < count:
        every = links.some(facts.get("links", "links", bond, "bond", "ports")) or "none"
        found.append(f"{bond}: {len(up)} ports up of {every}")
    for port in up:
        mbits = int(facts.get("links", "links", port, "speed"))
        if mbits < speed:
            found.append(f"{bond}: {port} has {_gigabits(mbits)}")
    return found


def needs_vlans(facts: Facts, plan: Plan) -> str:
    """Return "" where VLANs are declared or a production cluster would need them."""
    networks = plan.get("declared", {}).get("networks", {})
    if plan.get("profile", {}).get("tier") != "test" or any(
        n.get("vlan") for n in networks.values()
    ):
        return ""
    return "a test cluster without declared VLANs"


def tagged(facts: Facts, plan: Plan) -> Outcome:
    """Each declared network is a VLAN on its bond."""
    known = links.every(facts)
    networks: Mapping[str, Mapping[str, Any]] = declared(plan, "networks")
    wanted: list[str] = []
    texts: dict[bool, list[str]] = {True: [], False: []}
    untagged = [name for name, network in networks.items() if not network.get("vlan")]
    for name, network in networks.items():
        if network.get("vlan"):
            wanted.append(f"{name}: VLAN {network['vlan']} on {network.get('bond') or 'its bond'}")
            good, text = _tagged(facts, known, network)
            texts[good].append(f"{name}: {text}")
    if texts[False]:
        return Outcome(FAIL, "; ".join(texts[False]), "; ".join(wanted))
    seen = "; ".join(texts[True])
    if untagged:
        why = f"no VLAN is declared for {', '.join(untagged)}: possible, but strongly discouraged"
        return Outcome(WARN, seen or "no VLANs", "; ".join(wanted) or "a VLAN a network", why)
    return Outcome(PASS, seen, "; ".join(wanted))


def _tagged(facts: Facts, known: links.Links, network: Mapping[str, Any]) -> tuple[bool, str]:
    """Say whether a network's VLAN is in its place, and where it is."""
    names = [name for name, link in known.items() if link["kind"] == "vlan"]
    tags = {name: facts.get("links", "links", name, "vlan") for name in names}
    same = {name: tag["parent"] for name, tag in tags.items() if tag["id"] == network["vlan"]}
    for name, parent in sorted(same.items()):
        if _right_parent(known, network, parent):
            return True, f"{name} on {parent}"
    elsewhere = ", ".join(f"{name} on {parent}" for name, parent in sorted(same.items()))
    return False, elsewhere or f"no VLAN {network['vlan']}"


def _right_parent(known: links.Links, network: Mapping[str, Any], parent: str) -> bool:
    if network.get("bond"):
        return bool(parent == network["bond"])
    end = network.get("interface", "")
    if end and known.get(end, {}).get("kind") != "vlan":
        return bool(parent == end)
    return known.get(parent, {}).get("kind") == "bond"


def ethernet(facts: Facts, plan: Plan) -> Outcome:
    """All that carries the cluster's networks is Ethernet."""
    known = links.every(facts)
    networks = plan.get("declared", {}).get("networks", {}).values()
    ends = {network.get(key) for network in networks for key in ("bond", "interface")} - {None, ""}
    absent = sorted(ends - set(known))
    if absent:
        raise Unread(f"no link {', '.join(absent)}: what it is cannot be seen")
    parts = sorted({part for end in ends for part in links.below(known, end)})
    parts = parts or [name for name, link in known.items() if link["kind"] == "physical"]
    types = {part: facts.get("links", "links", part, "arphrd") for part in parts}
    odd = [f"{p}: {_type_text(number)}" for p, number in types.items() if number != links.ETHERNET]
    seen = "; ".join(odd) or f"{links.some(parts) or 'no card'}: Ethernet"
    return verdict_of(bool(parts) and not odd, seen, "Ethernet under every network of the cluster")


def _type_text(number: int) -> str:
    return "InfiniBand" if number == _INFINIBAND else f"link type {number}"
