"""What a try is, and the words for what came of it; what comes from outside is checked here."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from saltext.muster.components import border

#: What came of a try. The first two are from the node's own network stack: it was reached.
OPEN, CLOSED = "open", "closed"
FILTERED, REFUSED, UNREACHABLE = "filtered", "refused", "unreachable"
UNANSWERED, ERROR = "unanswered", "error"
RESULTS = (OPEN, CLOSED, FILTERED, REFUSED, UNREACHABLE, UNANSWERED, ERROR)
REACHED = (OPEN, CLOSED)

#: What stands at a UDP port while it is tried: muster's own answering socket; a program, beside
#: which muster sees what arrives; a program alone; nothing that is known.
ECHO, WITNESS, USED, UNKNOWN = "echo", "witness", "used", "unknown"
#: A TCP port that nothing listens on.
FREE = "free"
STATES = (ECHO, WITNESS, USED, FREE, UNKNOWN)

#: Tries of one call, each of which is a socket; more would exhaust a process's open files.
MOST = 500

#: Seconds: a missing neighbour is told after three, and nobody waits for a minute.
SHORTEST, LONGEST = 4, 60

#: So long may sockets that answer be there (seconds): a run of many batches takes longer.
LONGEST_LISTENING = 300

_TOKEN = re.compile("m[0-9a-f]{16,64}", re.ASCII)


class Door(NamedTuple):
    """A port of an address; protocol is ``tcp`` or ``udp``."""

    protocol: str
    address: str
    port: int


class Try(NamedTuple):
    """A door to try; state is what is known to stand there (one of STATES)."""

    door: Door
    state: str = UNKNOWN


def tries(given: Any, token: Any, seconds: Any) -> list[Try]:
    """Return the tries in ``[[protocol, address, port, state], ...]``.

    Raises InvalidArgument with all that is wrong in them, in the token or in the time.
    """
    rows = _rows(given, 4)
    problems = [_time_problem(seconds, SHORTEST, LONGEST), _token_problem(token), *_count(rows)]
    problems += [p for row in rows for p in _door_problems(row[:3])]
    problems += [_state_problem(row[3]) for row in rows if len(row) == 4]
    border.demand("muster_reach.reach", problems)
    return [Try(_door(row), str(row[3])) for row in rows]


def doors(given: Any, token: Any, seconds: Any) -> list[Door]:
    """Return the doors in ``[[protocol, address, port], ...]``.

    Raises InvalidArgument with all that is wrong in them, in the token or in the time.
    """
    rows = _rows(given, 3)
    problems = [_time_problem(seconds, 1, LONGEST_LISTENING), _token_problem(token), *_count(rows)]
    problems += [p for row in rows for p in _door_problems(row)]
    border.demand("muster_reach.listen", problems)
    return [_door(row) for row in rows]


def _rows(given: Any, fields: int) -> list[Any]:
    """Return the rows as tuples; one that has not so many fields is an empty one."""
    rows = given if isinstance(given, (list, tuple)) else [None]
    whole = (list, tuple)
    return [tuple(r) if isinstance(r, whole) and len(r) == fields else () for r in rows]


def _count(rows: list[Any]) -> Iterable[str]:
    if len(rows) > MOST:
        yield f"{len(rows)} ports at once: wanted {MOST} at most"
    if any(not row for row in rows):
        yield "wanted a list of lists such as [tcp, 192.0.2.11, 22]"


def _door_problems(row: tuple[Any, ...]) -> Iterable[str]:
    if not row:
        return
    protocol, address, port = row
    if protocol not in ("tcp", "udp"):
        yield f"protocol {protocol!r:.40}: wanted tcp or udp"
    yield border.address_problem("address", address)
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65535:
        yield f"port {port!r:.40}: wanted 1 to 65535"


def _state_problem(state: Any) -> str:
    return "" if state in STATES else f"state {state!r:.40}: wanted one of {', '.join(STATES)}"


def _token_problem(token: Any) -> str:
    good = isinstance(token, str) and _TOKEN.fullmatch(token)
    return "" if good else f"token {token!r:.40}: wanted m and 16 to 64 hexadecimal digits"


def _time_problem(seconds: Any, low: int, high: int) -> str:
    number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    if number and low <= seconds <= high:
        return ""
    return f"seconds {seconds!r:.40}: wanted {low} to {high}"


def _door(row: tuple[Any, ...]) -> Door:
    return Door(str(row[0]), str(ipaddress.ip_address(row[1])), int(row[2]))
