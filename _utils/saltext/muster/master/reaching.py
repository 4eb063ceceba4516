"""Try every flow between the nodes of a cluster, by jobs on them: ``salt-run muster.reach``."""

from __future__ import annotations

import math
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.comparison import said
from saltext.muster.errors import InvalidArgument
from saltext.muster.master import jobs, validate
from saltext.muster.planning.connecting import reached
from saltext.muster.planning.connecting.peer_probes import Probe
from saltext.muster.planning.connecting.reached import NOT_TOLD, Outcome, Told
from saltext.muster.planning.connecting.rules import Rules
from saltext.muster.reach import asked
from saltext.muster.verdict import EXIT_MET

#: Seconds that a node takes to open its doors.
READY = 10

Door = tuple[str, str, int]


def of(opts: Mapping[str, Any], cluster: str, node: str, timeout: Any) -> dict[str, Any]:
    """Return the sheets of what the nodes reach of each other, with the worst exit status.

    opts are the master's; cluster is a cluster's name ("" = all), node a minion id ("" = every
    node), timeout the seconds that a try may take. Raises InvalidArgument for options that are
    not good.
    """
    whole = isinstance(timeout, int) and not isinstance(timeout, bool)
    if not whole or not asked.SHORTEST <= timeout <= asked.LONGEST:
        bounds = f"{asked.SHORTEST} to {asked.LONGEST}"
        raise InvalidArgument(f"timeout: wanted {bounds} seconds, seen {str(timeout)[:80]!a}")
    found = [_sheet(opts, each, node, timeout) for each in validate.chosen(opts, cluster, node)]
    return {"sheets": found, "retcode": max((e["retcode"] for e in found), default=EXIT_MET)}


def _sheet(opts: Mapping[str, Any], cluster: Cluster, node: str, seconds: int) -> dict[str, Any]:
    plan = Rules(cluster)
    probes = reached.wanted(cluster, node, plan)
    token = f"m{secrets.token_hex(16)}"
    states, silent, wrong = _listen(opts, probes, token, seconds)
    outcomes, more = _try(opts, probes, states, silent, (token, seconds))
    return reached.sheet(cluster, outcomes, plan, {**wrong, **silent, **more}).to_data()


def _listen(
    opts: Mapping[str, Any], probes: Sequence[Probe], token: str, seconds: int
) -> tuple[dict[tuple[str, Door], str], dict[str, str], dict[str, str]]:
    """Have the nodes that are tried answer, and tell what stands at their doors.

    Returns that, which minions gave no answer and why, and what else is wrong of which node.
    """
    doors: dict[str, dict[Door, None]] = defaultdict(dict)
    for probe in probes:
        doors[probe.destination][_door(probe)] = None
    # Answers must be there until the last batch of tries has ended.
    batches = math.ceil(len({probe.source for probe in probes}) / jobs.AT_ONCE)
    life = min(asked.LONGEST_LISTENING, (seconds + jobs.GRACE) * (batches + 1))
    items = {id_: [list(door) for door in own] for id_, own in doors.items()}
    told, silent = _called(opts, "muster_reach.listen", items, (token, life), READY)
    wrong: dict[str, str] = {}
    found: dict[tuple[str, Door], str] = {}
    for id_, answers in told.items():
        for door, answer in zip(doors[id_], answers, strict=True):
            found[id_, door], why = _state(answer)
            if why and found[id_, door] == asked.UNKNOWN:
                wrong.setdefault(id_, f"{door[0]} {door[2]}: {why}")
    return found, silent, wrong


def _try(
    opts: Mapping[str, Any],
    probes: Sequence[Probe],
    states: Mapping[tuple[str, Door], str],
    silent: Mapping[str, str],
    more: tuple[str, int],
) -> tuple[list[Outcome], dict[str, str]]:
    """Have each node try its doors, but for those that are silent already.

    more are the token and the seconds. Returns what came of all tries, and who did not answer.
    """
    own: dict[str, list[Probe]] = defaultdict(list)
    for probe in probes:
        own[probe.source].append(probe)
    items = {
        id_: [
            [*_door(each), states.get((each.destination, _door(each)), asked.UNKNOWN)]
            for each in mine
        ]
        for id_, mine in own.items()
        if id_ not in silent
    }
    told, problems = _called(opts, "muster_reach.reach", items, more, more[1])
    found = []
    for id_, mine in own.items():
        answers = told.get(id_, [None] * len(mine))
        found += [Outcome(p, _told(a)) for p, a in zip(mine, answers, strict=True)]
    return found, problems


def _called(
    opts: Mapping[str, Any],
    function: str,
    items: Mapping[str, Sequence[Any]],
    more: tuple[Any, ...],
    seconds: int,
) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """Call a function with each minion's own items, as many at once as it bears.

    Returns the answers, one for each item, by minion id, and why others have none.
    """
    found: dict[str, list[Any]] = {id_: [] for id_ in items}
    problems: dict[str, str] = {}
    for start in range(0, max(map(len, items.values()), default=0), asked.MOST):
        part = {
            id_: own[start : start + asked.MOST]
            for id_, own in items.items()
            if len(own) > start and id_ not in problems
        }
        arguments = {id_: (own, *more) for id_, own in part.items()}
        for id_, answer in jobs.run(opts, function, arguments, seconds).items():
            if isinstance(answer.data, list) and len(answer.data) == len(part[id_]):
                found[id_] += answer.data
            else:
                problems[id_] = answer.why or f"its answer is none: {said(answer.data)}"
    return {id_: own for id_, own in found.items() if id_ not in problems}, problems


def _door(probe: Probe) -> Door:
    return probe.protocol, probe.address, probe.port


def _state(answer: Any) -> tuple[str, str]:
    """Return what a minion says stands at a door, and why it is not known."""
    state = answer.get("state") if isinstance(answer, Mapping) else None
    if state not in asked.STATES:
        return asked.UNKNOWN, "what it told of this port cannot be used"
    return str(state), said(answer["why"]) if answer.get("why") else ""


def _told(answer: Any) -> Told:
    """Return what a minion says came of a try, of checked parts only."""
    result = answer.get("result") if isinstance(answer, Mapping) else None
    if result not in asked.RESULTS:
        return Told(NOT_TOLD)
    why, source = answer.get("why"), answer.get("source")
    return Told(str(result), said(why) if why else "", said(source) if source else "")
