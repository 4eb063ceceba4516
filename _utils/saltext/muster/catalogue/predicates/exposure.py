"""What the firewall keeps closed: who reaches a node that need not."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import replace

from saltext.muster import ranges
from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.catalogue.predicates.reachable import (
    INSIDE,
    Ports,
    answer,
    by_ports,
    doubtful,
    networks,
    possible,
    question,
)
from saltext.muster.facts import Facts
from saltext.muster.firewall import Answer, Question
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

SSH = Ports("tcp", 22, 22)
API = Ports("tcp", 7370, 7370)

_ALL = (Ports("tcp", 1, 65535), Ports("udp", 1, 65535))

#: Neighbours on the same link may always be there.
_LINK = "fe80::/10"


def default_deny(facts: Facts, plan: Plan) -> Outcome:
    """Most ports are closed to most of the world."""
    answers = [one for each in _ALL for one in by_ports(facts, question(facts, plan, each))]
    half = ranges.size(ranges.everything(4)) // 2
    closed = sum(_count(each) for each in answers if ranges.size(each.refused) > half)
    open_ = sum(_count(each) for each in answers if ranges.size(each.accepted) > half)
    most = sum(_count(each) for each in answers) // 2
    if closed <= most and open_ < most:
        raise doubtful(answers, "what is refused by default")
    seen = f"{closed} of {2 * most} ports (TCP and UDP) refused by default"
    return verdict_of(closed > most, seen, "input refused unless a rule accepts it", WARN)


def _count(found: Answer) -> int:
    return found.ports[1] - found.ports[0] + 1


def only_known(facts: Facts, plan: Plan) -> Outcome:
    """SSH is accepted from the administrators and the master, and from nobody else."""
    master = plan["declared"].get("master_address")
    from_there = [master] if master and master != plan["declared"].get("address") else []
    allowed = [*declared(plan, "admin"), *from_there]
    asked = question(facts, plan, SSH)
    found = answer(facts, asked)
    wanted = f"{SSH} accepted from {', '.join(allowed)} alone"
    seen = f"{SSH} accepted from {ranges.shown(found.accepted, 4)}"
    shut_out = ranges.both(networks(allowed, 4, "who may log in"), found.refused)
    if shut_out:
        reason = "whoever manages the node would be shut out"
        remedy = f"accept {SSH} from {ranges.shown(shut_out, 4)}"
        return Outcome(FAIL, seen, wanted, reason, remedy)
    others = _others(facts, [asked, *_by_ipv6(facts, asked)], allowed)
    return verdict_of(not others, others or seen, wanted)


def api(facts: Facts, plan: Plan) -> Outcome:
    """The API's address is no public one, or the firewall keeps the Internet away from it."""
    address = plan["declared"].get("api_address") or declared(plan, "address")
    wanted = f"{API} at {address} not accepted from the Internet"
    if ranges.both(networks([address], 4, "the API's address"), networks(INSIDE, 4, "")):
        return Outcome(PASS, f"{address} is a private address", wanted)
    asked = replace(question(facts, plan, API), own=address)
    others = _others(facts, [asked], [*INSIDE, *_known(plan)])
    return verdict_of(not others, others or f"{API} not accepted from there", wanted, WARN)


def on_coordinator(facts: Facts, plan: Plan) -> str:
    """Return "" on a node that the API may run on, else why it does not."""
    role = plan.get("declared", {}).get("role")
    return "the API runs on coordinators" if role == "hypervisor" else ""


def upstream(facts: Facts, plan: Plan) -> Outcome:
    """No port is accepted from beyond the cluster's networks and the administrators'."""
    declared(plan, "admin")
    asked = [question(facts, plan, each) for each in _ALL]
    asked += [six for each in asked for six in _by_ipv6(facts, each)]
    others = _others(facts, asked, _known(plan))
    wanted = f"accepted from {', '.join(_known(plan))} alone"
    return verdict_of(not others, others or "nothing accepted from elsewhere", wanted, WARN)


def _known(plan: Plan) -> list[str]:
    """Return the networks of administrators and cluster, and the coordinators."""
    given = plan["declared"]
    nets = [net.get("cidr") for net in given.get("networks", {}).values()]
    found = [*given.get("admin", ()), given.get("cidr"), *nets, *given.get("peers", ())]
    return list(dict.fromkeys(filter(None, found)))


def _by_ipv6(facts: Facts, asked: Question) -> list[Question]:
    """Return the same question for IPv6, where the node has an address of it."""
    used = facts.get("firewall", "ipv6")
    return [replace(asked, version=6, own=None)] if used else []


def _others(facts: Facts, asked: Iterable[Question], allowed: Sequence[str]) -> str:
    """Return which ports others than the allowed reach, "" for none.

    Raises Unread when none is surely reached by them, but some may be.
    """
    found, unsure = [], []
    for each in asked:
        nobody_else = networks([*_addresses(allowed), _LINK], each.version, "who is allowed")
        for one in by_ports(facts, each):
            beyond = ranges.without(one.accepted, nobody_else)
            if beyond:
                ports = Ports(each.protocol, *one.ports)
                everywhere = one.accepted == ranges.everything(each.version)
                whom = one.accepted if everywhere else beyond
                found.append(f"{ports} from {ranges.shown(whom, each.version)}")
            elif ranges.without(possible(one, each.version), nobody_else):
                unsure.append(one)
    if unsure and not found:
        raise doubtful(unsure, "whether others are accepted")
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"accepted: {', '.join(found[:3])}{more}" if found else ""


def _addresses(texts: Sequence[str]) -> list[str]:
    """Return what of the texts are addresses; a peer may be declared by its name."""
    return [text for text in texts if _is_address(text)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
