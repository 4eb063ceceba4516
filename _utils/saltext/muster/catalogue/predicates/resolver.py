"""Who resolves names for the node."""

from __future__ import annotations

import re

from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts
from saltext.muster.probes.hosts import normal
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

#: systemd-resolved's own addresses.
STUB = "127.0.0.53"
OWN = (STUB, "127.0.0.54")

#: The C library asks no more servers.
MOST = 3

#: ADDRESS[:PORT][%INTERFACE][#NAME]; an IPv6 address with a port stands in brackets.
_SERVER = re.compile(r"^(?:\[([^\]]+)\](?::\d+)?|([0-9.]+)(?::\d+)?|([0-9A-Fa-f:.]+))(?:[%#].*)?$")


def has_nameserver(facts: Facts, plan: Plan) -> Outcome:
    """resolv.conf has a nameserver, and not more than are asked."""
    servers = facts.get("resolver", "nameservers")
    wanted = f"nameserver ADDRESS, at most {MOST} of them"
    if not servers:
        odd = ", ".join(facts.get("resolver", "odd")[:3])
        return Outcome(FAIL, f"no valid nameserver{f', but {odd}' if odd else ''}", wanted)
    status = PASS if len(servers) <= MOST else WARN
    why = "" if status == PASS else f"only the first {MOST} are ever asked"
    return Outcome(status, f"{len(servers)}: {', '.join(servers[:6])}", wanted, why)


def uses_stub(facts: Facts, plan: Plan) -> str:
    """Return "" when a nameserver is systemd-resolved's, else why the row is skipped."""
    servers = facts.get("resolver", "nameservers")
    return "" if STUB in servers else f"no nameserver in resolv.conf is systemd-resolved's {STUB}"


def resolved_has_servers(facts: Facts, plan: Plan) -> Outcome:
    """resolved.conf or its drop-ins name servers to ask."""
    given = facts.get("resolver", "resolved", "dns")
    valid = [server for server in given if _is_server(server)]
    seen = f"DNS={' '.join(given)[:200]}" if given else "no DNS= in resolved.conf and its drop-ins"
    return verdict_of(bool(valid), seen, "DNS=SERVER ... in /etc/systemd/resolved.conf")


def networkmanager_manages(facts: Facts, plan: Plan) -> str:
    """Return "" when NetworkManager may write resolv.conf, else why the row is skipped."""
    manager = facts.get("resolver", "networkmanager")
    if manager["enabled"] is not True and not facts.get("resolver", "networkmanager", "active"):
        return "NetworkManager is neither enabled nor running"
    if manager["rc_manager"] == "unmanaged":
        return "NetworkManager leaves resolv.conf alone: rc-manager=unmanaged"
    return ""


def networkmanager_keeps_off(facts: Facts, plan: Plan) -> Outcome:
    """The [main] setting of dns that is in effect is none."""
    seen = facts.get("resolver", "networkmanager", "dns")
    return verdict_of(seen == "none", f"dns={seen}" if seen else "dns is not set", "dns=none")


def _is_server(text: str) -> bool:
    match = _SERVER.match(text)
    address = normal(next(filter(None, match.groups()), "")) if match else ""
    # One that is this very service's would ask itself.
    return bool(address) and address not in OWN
