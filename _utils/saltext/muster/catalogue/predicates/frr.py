"""BGP by FRR, which tells the route reflectors where each guest is."""

from __future__ import annotations

from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan

_UP = "Established"


def announces(facts: Facts, plan: Plan) -> Outcome:
    """FRR runs BGP, is connected to the route reflectors and sets the community."""
    given = plan.get("declared", {})
    community = given.get("bgp_community", "")
    wanted = f"FRR with bgpd, sessions established, community {community or 'set'}"
    if not facts.get("frr", "installed"):
        return verdict_of(False, "FRR is not installed", wanted)
    if facts.get("frr", "daemons").get("bgpd") != "yes":
        return verdict_of(False, "no bgpd=yes in /etc/frr/daemons", wanted)
    states = _states(facts)
    up = [address for address, state in states.items() if state == _UP]
    down = [each for each in given.get("route_reflectors", ()) if each not in up]
    if down or not up:
        found = [f"{each} {states.get(each, 'no session')}" for each in down or states]
        return verdict_of(False, "; ".join(found) or "no BGP session", wanted)
    seen = facts.get("frr", "communities")
    text = f"{len(up)} session(s) established, communities: {', '.join(seen) or 'none'}"
    return verdict_of(community in seen if community else bool(seen), text, wanted)


def _states(facts: Facts) -> dict[str, str]:
    """Return each neighbour's state: established when it is for any address family."""
    found: dict[str, str] = {}
    for each in facts.get("frr", "neighbors"):
        if found.get(each["address"]) != _UP:
            found[each["address"]] = each["state"]
    return found
