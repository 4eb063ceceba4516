"""What an attempt's end says: open, closed, filtered, refused, unreachable or an error."""

from __future__ import annotations

import errno
import os

from saltext.muster.reach import asked, icmp
from saltext.muster.reach.asked import Try

#: No way there, as this node's own routes and neighbours see it.
_NO_WAY = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}
#: What a rule or a route of this node itself forbids.
_FORBIDDEN = {errno.EACCES, errno.EPERM}

#: Muster itself answers at a UDP port in one of these states.
_ANSWERED = (asked.ECHO, asked.WITNESS)
#: Linux sends about so many refusals at once, then one in a second (net.ipv4.icmp_ratelimit).
REFUSALS = 5

#: A port in one of these states refuses nothing by itself.
_LISTENED = (asked.ECHO, asked.WITNESS, asked.USED)


def failed(one: Try, number: int, said: tuple[str, str] | None, own: str) -> tuple[str, str]:
    """Return what an attempt that failed with an errno came to, and why.

    said is the kind of the ICMP error and who sent it (None = none was seen); own is this
    node's address on the way.
    """
    if said is not None:
        return _by_icmp(one, *said, own)
    if number == errno.ECONNREFUSED:
        return _connection_refused(one)
    if number in _FORBIDDEN:
        return asked.REFUSED, "a rule or route of the sending node itself forbids it"
    if number in _NO_WAY:
        return asked.UNREACHABLE, os.strerror(number)
    if number == errno.ETIMEDOUT:
        return silent(one)
    return asked.ERROR, f"the sending node said: {os.strerror(number)}"


def silent(one: Try, refusals: int = 0) -> tuple[str, str]:
    """Return what it means that nothing came back; refusals are those that its address sent."""
    if one.door.protocol == "udp" and one.state not in _ANSWERED:
        return asked.UNANSWERED, "no answer, and what listens there need not give any"
    if refusals >= REFUSALS:
        return asked.FILTERED, "no answer at all; refused perhaps: a node sends few refusals"
    return asked.FILTERED, "no answer at all"


def _connection_refused(one: Try) -> tuple[str, str]:
    if one.door.protocol == "udp" and one.state in _LISTENED:
        return asked.REFUSED, "refused, though it is listened there: a rule on the way did it"
    if one.door.protocol == "tcp" and one.state == asked.USED:
        return asked.REFUSED, "reset, though a program listens there: a rule on the way did it"
    return asked.CLOSED, "nothing listens there"


def _by_icmp(one: Try, kind: str, sender: str, own: str) -> tuple[str, str]:
    if sender == own != one.door.address:
        # The kernel tells itself that a neighbour does not answer; all else is a rule's doing.
        if kind == icmp.HOST:
            return asked.UNREACHABLE, f"no neighbour answers for {one.door.address}"
        return asked.REFUSED, f"a rule of the sending node itself: {kind}"
    if sender != one.door.address:
        result = asked.UNREACHABLE if kind in (icmp.HOST, icmp.NET) else asked.REFUSED
        return result, f"{sender} said: {kind}"
    if one.door.protocol == "udp" and kind == icmp.PORT and one.state not in _LISTENED:
        return asked.CLOSED, "nothing listens there"
    return asked.REFUSED, f"a rule of the node: {kind}"
