"""Which ports the firewall opens to those who need them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from saltext.muster import ranges
from saltext.muster.catalogue.predicates.base import Test, declared
from saltext.muster.catalogue.predicates.reachable import (
    Ports,
    answer,
    doubtful,
    networks,
    question,
)
from saltext.muster.facts import Facts, Unread
from saltext.muster.firewall import Answer
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS

_NFTABLES = "nftables.service"

#: Who must reach a port, as networks; None = everybody.
Needed = Callable[[Plan], Sequence[str] | None]

Asked = tuple[Ports, Needed]


def anybody(plan: Plan) -> None:
    """Everybody must reach the port."""
    return None


def nodes(plan: Plan) -> list[str]:
    """The network of the cluster's nodes must."""
    return [declared(plan, "cidr")]


def routers(plan: Plan) -> list[str]:
    """The network of the nodes must, and the route reflectors where there are any."""
    return [*nodes(plan), *plan["declared"].get("route_reflectors", ())]


def management(plan: Plan) -> list[str]:
    """The platform's server must, and the administrators where they are declared."""
    return [declared(plan, "platform_address"), *plan["declared"].get("admin", ())]


def nodes_and_platform(plan: Plan) -> list[str]:
    """The nodes' network must, and the platform's server."""
    return [*nodes(plan), declared(plan, "platform_address")]


def screens(plan: Plan) -> list[str] | None:
    """Everybody must, or the nodes' network where people get there through the platform."""
    by_platform = plan.get("declared", {}).get("console_via") == "platform"
    return nodes(plan) if by_platform else None


def from_master(plan: Plan) -> list[str]:
    """The master must."""
    return [declared(plan, "master_address")]


def opened(*asked: Asked, way: str = "input") -> Test:
    """Return a test that whoever needs the ports reaches them (``output``: is reached).

    asked are pairs of ports and who needs them.
    """

    def test(facts: Facts, plan: Plan) -> Outcome:
        return judged(facts, plan, asked, way)

    return test


def judged(facts: Facts, plan: Plan, asked: Sequence[Asked], way: str = "input") -> Outcome:
    """Return fail when somebody who needs some of the ports is refused."""
    word = "from" if way == "input" else "to"
    seen, closed, doubts = [], [], []
    for each, needed in asked:
        found = answer(facts, question(facts, plan, each, way))
        lacking, unsure = _lacking(found, plan, needed)
        seen.append(f"{each} accepted {word} {ranges.shown(found.accepted, 4)}")
        if lacking:
            closed.append(f"{each} {word} {ranges.shown(lacking, 4)}")
        elif unsure:
            doubts.append(found)
    if doubts and not closed:
        raise doubtful(doubts, "; ".join(seen))
    needs = [f"{each} accepted {word} {_who(plan, needed)}" for each, needed in asked]
    remedy = f"accept {'; '.join(closed)}, in all chains that refuse it" if closed else ""
    reason = f"refused: {'; '.join(closed)}" if closed else ""
    return Outcome(FAIL if closed else PASS, "; ".join(seen), "; ".join(needs), reason, remedy)


def _lacking(found: Answer, plan: Plan, needed: Needed) -> tuple[ranges.Ranges, bool]:
    """Return who is needed and refused, and whether it is in doubt for others."""
    everybody = ranges.everything(4)
    if everybody in (found.accepted, found.refused):
        return found.refused, False
    wanted = needed(plan)
    who = everybody if wanted is None else networks(wanted, 4, "who needs the port")
    missing = ranges.without(who, found.accepted)
    return ranges.both(missing, found.refused), bool(missing)


def _who(plan: Plan, needed: Needed) -> str:
    try:
        return ", ".join(needed(plan) or ("anywhere",))
    except Unread:
        return "anywhere"


def on_almalinux(facts: Facts, plan: Plan) -> str:
    """Return "" on AlmaLinux, else why the row does not apply."""
    system = facts.get("os", "id")
    return "" if system == "almalinux" else f"asked of AlmaLinux alone, this is {system}"


def nftables_enabled(facts: Facts, plan: Plan) -> Outcome:
    """nftables is installed and some target wants it."""
    found = facts.get("firewall", "services", _NFTABLES)
    seen = "not enabled" if found["installed"] else "not installed"
    seen = "masked" if found["masked"] else "enabled" if found["enabled"] else seen
    good = found["enabled"] and found["installed"]
    remedy = "" if found["installed"] else f"dnf install nftables && systemctl enable {_NFTABLES}"
    return Outcome(PASS if good else FAIL, f"{_NFTABLES} is {seen}", "enabled", "", remedy)


def migration(facts: Facts, plan: Plan) -> Outcome:
    """The nodes reach all ports that libvirt migrates guests by."""
    first, last = facts.get("qemu_ports", "migration")
    return judged(facts, plan, [(Ports("tcp", first, last), nodes)])


def many_guests(facts: Facts, plan: Plan) -> str:
    """Return "" when more guests are planned on a node than the usual range has ports."""
    planned = plan.get("declared", {}).get("vms_per_node", 0)
    return "" if planned > 1000 else f"{planned or 'no more than 1000'} guests a node are planned"


def wide_screens(facts: Facts, plan: Plan) -> Outcome:
    """libvirt and the firewall have a port for the screen of each planned guest."""
    planned = int(declared(plan, "vms_per_node"))
    first, last = facts.get("qemu_ports", "display")
    ports = Ports("tcp", first, first + planned - 1)
    if last < ports.last or ports.last > 65535:
        seen = f"libvirt uses ports {first}-{last}: {last - first + 1} for {planned} guests"
        remedy = f"set remote_display_port_max to {ports.last} or more in /etc/libvirt/qemu.conf"
        return Outcome(FAIL, seen, f"{planned} ports", "", remedy)
    return judged(facts, plan, [(ports, screens)])
