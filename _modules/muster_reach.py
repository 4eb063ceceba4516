"""Whether this node reaches ports of other nodes, and is reached: for ``salt-run muster.reach``.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import sys
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import facts
from saltext.muster.components import border
from saltext.muster.facts import Unread
from saltext.muster.reach import asked, attempts, doors

__virtualname__ = "muster_reach"

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_reach: it reads what Linux alone tells"
    return __virtualname__


@_border
def reach(tries: list[list[Any]], token: str, seconds: float = 5) -> list[dict[str, Any]]:
    """
    Try ports of other nodes, all at once, and tell what came of each; nothing is changed.

    tries
        ``[[protocol, address, port, state], ...]``: ``tcp`` or ``udp``, and what is known to
        stand at the port (``echo``, ``witness``, ``used``, ``free`` or ``unknown``), as
        :py:func:`listen` told there. At most 500.

    token
        What datagrams carry, the same as there: m and 16 to 64 hexadecimal digits.

    seconds
        How long to wait for answers in all, 4 to 60.

    Returns ``{"result", "why", "ms", "source"}`` of each: open, closed (reached, and nothing
    listens), filtered (no answer), refused (by a rule), unreachable (no way there), unanswered
    (what listens at a UDP port says nothing) or error.

    CLI Example:

    .. code-block:: bash

        salt node1 muster_reach.reach '[[tcp, 10.0.0.12, 22, unknown]]' m0123456789abcdef
    """
    return attempts.attempts(asked.tries(tries, token, seconds), token, seconds)


@_border
def listen(ports: list[list[Any]], token: str, seconds: float = 20) -> list[dict[str, str]]:
    """
    Answer at UDP ports for a short time, and tell what stands at ports of this node.

    Where a program has a UDP port, it keeps it: then muster only sees what arrives there.
    At TCP ports nothing is opened: whether a program listens is told.

    ports
        ``[[protocol, address, port], ...]``; addresses are this node's. At most 500.

    token
        What datagrams carry: m and 16 to 64 hexadecimal digits.

    seconds
        How long to answer, 1 to 300.

    Returns ``{"state", "why"}`` of each.

    CLI Example:

    .. code-block:: bash

        salt node1 muster_reach.listen '[[udp, 10.0.0.11, 1814]]' m0123456789abcdef
    """
    wanted = asked.doors(ports, token, seconds)
    streams = [door for door in wanted if door.protocol == "tcp"]
    found = doors.udp([door for door in wanted if door.protocol == "udp"], token, seconds)
    try:
        known = facts.Facts(facts.collect(("sockets",)))
        found.update(doors.tcp(streams, known))
    except Unread as err:
        found.update(doors.unknown(streams, str(err)))
    return [{"state": found[door][0], "why": found[door][1]} for door in wanted]
