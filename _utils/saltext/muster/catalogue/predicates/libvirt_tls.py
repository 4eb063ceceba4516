"""libvirt's port for others, and the certificate behind it."""

from __future__ import annotations

from datetime import datetime, timezone

from saltext.muster.catalogue.predicates import firewall
from saltext.muster.catalogue.predicates.reachable import Ports
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS

PORT = Ports("tcp", 16514, 16514)


def managed(facts: Facts, plan: Plan) -> Outcome:
    """The nodes reach libvirt's TLS port; where something listens its certificate holds."""
    outcome = firewall.judged(facts, plan, [(PORT, firewall.nodes)])
    if outcome.status != PASS or not _listens(facts):
        return outcome
    wanted = f"{outcome.wanted}, with a certificate that has not expired"
    if not facts.get("libvirt_tls", "present"):
        return Outcome(FAIL, f"{PORT} listens, no /etc/pki/libvirt/servercert.pem", wanted)
    end = _end(facts)
    status = PASS if end > datetime.fromtimestamp(float(plan["now"]), timezone.utc) else FAIL
    word = "holds until" if status == PASS else "expired"
    return Outcome(status, f"{outcome.seen}; the certificate {word} {end:%Y-%m-%d}", wanted)


def _listens(facts: Facts) -> bool:
    found = facts.get("sockets", "listening")
    return any((each["protocol"], each["port"]) == ("tcp", PORT.first) for each in found)


def _end(facts: Facts) -> datetime:
    text = facts.get("libvirt_tls", "not_after")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    except ValueError:
        raise Unread(f"the certificate's end, {text!r}, is no time") from None
