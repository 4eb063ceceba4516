"""Which pools fill: nodes are asked when their beacon says so, and the last answers are kept."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.comparison import said
from saltext.muster.components.pool_watch import UNKNOWN
from saltext.muster.errors import InvalidArgument, Refused
from saltext.muster.finding import Finding, doubtful, wrong
from saltext.muster.master import files, jobs, names, validate
from saltext.muster.planning.sheet import Row, Sheet, Table
from saltext.muster.verdict import EXIT_MET, FAIL, PASS, WARN

log = logging.getLogger(__name__)

TOPIC, ROW = "warnings", "RAV-040"

#: Seconds that a node has to look at its pools: its probes end before that.
SECONDS = 60

#: Seconds in which a node is asked once: who forges events must not keep all nodes busy.
AGAIN = 5

#: A node has no more pools, and what is kept of it no more bytes.
MOST, LARGEST = 100, 200_000

_LEVELS = (PASS, WARN, FAIL, UNKNOWN)
_NODE = ""

Pools = dict[str, dict[str, Any]]


def heard(opts: Mapping[str, Any], node: Any) -> str:
    """Ask a node how full its pools are, keep the answer, log what fills; return what was done.

    opts are the master's; node is what an event gave for a minion id. An event is not signed by
    the minion that it names, so its data are not used: the node's own answer is. Raises
    InvalidArgument for what is no node of a cluster file.
    """
    if not isinstance(node, str) or names.minion_id(node):
        raise InvalidArgument(f"{node!a:.80} is no minion id; an event without a good one is left")
    if not any(node in each.nodes for each in validate.clusters(opts)[0]):
        raise InvalidArgument(f"no valid cluster file names the node {node}; its event is left")
    folder, now = _folder(opts), time.time()
    before, when = _kept(folder, node)
    if 0 <= now - when < AGAIN:
        return f"{node} was asked less than {AGAIN} s ago"
    answer = jobs.run(opts, "muster_pool_levels.read", {node: ()}, SECONDS)[node]
    pools = _checked(answer, before, now)
    _keep(folder, node, {"told": now, "pools": pools})
    for name, pool in pools.items():
        if pool["since"] == now and (pool["level"] != PASS or name in before):
            log.warning("muster: %s", _sentence(node, name, pool))
    full = [name for name, pool in pools.items() if pool["level"] != PASS]
    return f"{node} told of its pools; full or unknown: {', '.join(full) or 'none'}"


def of(opts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sheets of what is full now, with the worst exit status; opts are the master's."""
    sheets = [_sheet(each, _folder(opts)).to_data() for each in validate.clusters(opts)[0]]
    if not sheets:
        raise InvalidArgument("there is no valid cluster file: see salt-run muster.validate")
    return {"sheets": sheets, "retcode": max((s["retcode"] for s in sheets), default=EXIT_MET)}


def _sheet(cluster: Cluster, folder: str) -> Sheet:
    rows: list[Row] = []
    findings: list[Finding] = []
    for id_ in cluster.nodes:
        for name, pool in _kept(folder, id_)[0].items():
            if pool["level"] != PASS:
                rows.append(_row(id_, name, pool))
                findings.append(_finding(id_, name, pool))
    return Sheet(TOPIC, cluster.name, (Table("pools", rows),), findings)


def _row(node: str, name: str, pool: Mapping[str, Any]) -> Row:
    free = "" if pool["free"] is None else f"{pool['free']:.1f} %"
    since = datetime.fromtimestamp(pool["since"], timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    return {"node": node, "pool": name, "level": pool["level"], "free": free, "since": since}


def _finding(node: str, name: str, pool: Mapping[str, Any]) -> Finding:
    tell = doubtful if pool["level"] == WARN else wrong
    remedy = f"remove volumes that are not needed, or enlarge the pool; look again: {_ASK} {node}"
    found = tell(("nodes", node), _sentence(node, name, pool), remedy)
    return Finding(found.where, found.message, found.remedy, found.public, found.status, ROW)


_ASK = "salt-run muster.pool_filling"


def _sentence(node: str, name: str, pool: Mapping[str, Any]) -> str:
    where = f"the pool {name} of {node}" if name else f"the pools of {node}"
    if pool["level"] == UNKNOWN:
        return f"{where}: {pool['why'] or 'how full it is, is not known'}"
    again = " again" if pool["level"] == PASS else ""
    return f"{where} has {pool['free']:.1f} % free{again}"


def _checked(answer: jobs.Answer, before: Pools, now: float) -> Pools:
    """Return what a node says of its pools, of good parts only, with the time of each level."""
    if not isinstance(answer.data, Mapping) or len(answer.data) > MOST:
        why = answer.why or "what it told of its pools cannot be used"
        found: Pools = {_NODE: {"level": UNKNOWN, "free": None, "why": why}}
    else:
        found = {said(name, 100): _pool(pool) for name, pool in answer.data.items()}
    for name, pool in found.items():
        old = before.get(name, {})
        pool["since"] = old["since"] if old.get("level") == pool["level"] else now
    return found


def _pool(pool: Any) -> dict[str, Any]:
    told = pool if isinstance(pool, Mapping) else {}
    level, free = told.get("level"), told.get("free")
    number = isinstance(free, (int, float)) and not isinstance(free, bool) and 0 <= free <= 100
    if level not in _LEVELS or (level != UNKNOWN and not number):
        return {"level": UNKNOWN, "free": None, "why": "what the node told cannot be used"}
    return {"level": level, "free": free if number else None, "why": said(told.get("why", ""))}


def _folder(opts: Mapping[str, Any]) -> str:
    return os.path.join(opts["cachedir"], "muster", "pools")


def _kept(folder: str, node: str) -> tuple[Pools, float]:
    """Return what is kept of a node and when it told that; nothing where that is no good."""
    data = files.read_own(os.path.join(folder, f"{node}.json"), LARGEST)
    try:
        found = json.loads(data or b"{}")
        pools = {str(name): dict(pool) for name, pool in found.get("pools", {}).items()}
        return dict(_good(pools)), float(found.get("told", 0))
    except (ValueError, TypeError, AttributeError):
        return {}, 0.0  # muster's own file, spoiled: the next event brings a new one


def _good(pools: Pools) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, pool in pools.items():
        yield name, {**_pool(pool), "since": float(pool.get("since", 0))}


def _keep(folder: str, node: str, found: Mapping[str, Any]) -> None:
    try:
        for each in (os.path.dirname(folder), folder):
            files.make_folder(each, 0o700)
        text = json.dumps(found).encode()
        files.replace(os.path.join(folder, f"{node}.json"), text, files.PRIVATE)
    except OSError as err:
        raise Refused(
            f"what {node} told of its pools cannot be kept in {folder}: {err.strerror};"
            " let the user of the salt-master write there"
        ) from err
