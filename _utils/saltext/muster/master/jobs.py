"""Jobs of which each minion has its own arguments: many at once, within a time."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import salt.client
import salt.utils.event

#: So many minions work at once: each answer is one event, and masters have few workers.
AT_ONCE = 50

#: Seconds that a minion has to answer beyond the work itself.
GRACE = 10


class Answer(NamedTuple):
    """What a minion returned; why is "" or why there is nothing of use in data."""

    data: Any
    why: str = ""


NO_KEY = "its key is not accepted, or the minion was never connected"
SILENT = "the minion did not answer; see systemctl status salt-minion there"


def run(
    opts: Mapping[str, Any], function: str, arguments: Mapping[str, Sequence[Any]], seconds: float
) -> dict[str, Answer]:
    """Call a function on minions, each with its own arguments; return their answers by id.

    opts are the master's; seconds bound the work of one minion. At most ``AT_ONCE`` work at
    once; a minion that does not answer within its time has that as its answer.
    """
    found: dict[str, Answer] = {}
    minions = list(arguments)
    with (
        salt.client.get_local_client(mopts=dict(opts)) as client,
        salt.utils.event.get_master_event(opts, opts["sock_dir"], listen=True) as bus,
    ):
        for start in range(0, len(minions), AT_ONCE):
            part = {id_: arguments[id_] for id_ in minions[start : start + AT_ONCE]}
            found.update(_batch(client, bus, function, part, seconds + GRACE))
    return found


def _batch(
    client: Any, bus: Any, function: str, arguments: Mapping[str, Sequence[Any]], seconds: float
) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    waiting: dict[tuple[str, str], str] = {}
    for id_, args in arguments.items():
        sent = client.pub([id_], function, arg=tuple(args), tgt_type="list") or {}
        if id_ in sent.get("minions", ()):
            waiting[str(sent["jid"]), id_] = id_
        else:
            found[id_] = Answer(None, NO_KEY)
    deadline = time.monotonic() + seconds
    while waiting and time.monotonic() < deadline:
        event = bus.get_event(wait=1, tag="salt/job/", full=False, auto_reconnect=True)
        if not isinstance(event, Mapping) or "return" not in event:
            continue
        key = (str(event.get("jid")), str(event.get("id")))
        if key in waiting:
            found[waiting.pop(key)] = _answer(event)
    return {**found, **dict.fromkeys(waiting.values(), Answer(None, SILENT))}


def _answer(event: Mapping[str, Any]) -> Answer:
    data = event["return"]
    if event.get("retcode") or not event.get("success", True):
        said = " ".join(str(data).split())[:300]
        return Answer(None, f"its job failed: {said}")
    return Answer(data)
