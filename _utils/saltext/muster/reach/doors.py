"""What stands at the ports of this node that others try: programs, or muster's own answers."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from saltext.muster.errors import Refused
from saltext.muster.facts import Facts
from saltext.muster.probes.hosts import normal
from saltext.muster.reach import datagrams, listener
from saltext.muster.reach.asked import FREE, UNKNOWN, USED, Door

#: The process that answers says what it can within so many seconds.
READY = 10

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to


def tcp(doors: Iterable[Door], facts: Facts) -> dict[Door, tuple[str, str]]:
    """Return whether a program listens at each TCP port, by the fact ``sockets``."""
    listening = [each for each in facts.get("sockets", "listening") if each["protocol"] == "tcp"]
    found = {}
    for door in doors:
        there = [
            each
            for each in listening
            if each["port"] == door.port and _serves(each["address"], door.address)
        ]
        programs = sorted({name for each in there for name in each["programs"]})
        found[door] = (USED, ", ".join(programs)) if there else (FREE, "")
    return found


def _serves(bound: str, address: str) -> bool:
    return bound in _EVERYWHERE or normal(bound) == normal(address)


def udp(doors: Sequence[Door], token: str, seconds: float) -> dict[Door, tuple[str, str]]:
    """Answer at UDP ports for so many seconds; return what stands at each, and why if unknown.

    A process of its own answers: it outlives the job. Raises Refused when it cannot start.
    """
    if not doors:
        return {}
    order = {
        "question": datagrams.question(token).decode("latin-1"),
        "answer": datagrams.answer(token).decode("latin-1"),
        "ports": [[door.address, door.port] for door in doors],
        "seconds": seconds,
    }
    states = _started(json.dumps(order))
    if len(states) != len(doors):
        raise Refused(f"what shall answer at UDP ports told of {len(states)} of {len(doors)}")
    return {door: (str(s), str(why)) for door, (s, why) in zip(doors, states, strict=True)}


def _started(order: str) -> list[Any]:
    argv = [sys.executable, "-I", "-B", str(listener.__file__)]
    pipe = subprocess.PIPE
    child = subprocess.Popen(
        argv, stdin=pipe, stdout=pipe, stderr=pipe, cwd="/", start_new_session=True
    )
    assert child.stdin and child.stdout and child.stderr
    with child.stdout, child.stderr:
        with suppress(BrokenPipeError), child.stdin:
            child.stdin.write(order.encode())
        # Its first line, or the end of its output; it goes on by itself then.
        ready, _, _ = select.select([child.stdout], [], [], READY)
        line = child.stdout.readline() if ready else b""
        try:
            return list(json.loads(line))
        except ValueError:
            child.kill()
            words = child.stderr.read().decode("utf-8", "replace").splitlines()[-1:]
    raise Refused(
        f"what shall answer at UDP ports did not start: {' '.join(words) or 'it said nothing'};"
        f" run {' '.join(argv)} by hand"
    )


def unknown(doors: Iterable[Door], why: str) -> dict[Door, tuple[str, str]]:
    """Return that nothing is known of these doors."""
    return dict.fromkeys(doors, (UNKNOWN, why))
