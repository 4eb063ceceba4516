"""The external pillar: cluster files in, one node's plan out."""

from __future__ import annotations

import logging
import os
import time
from typing import Any

from saltext.muster.errors import MusterError
from saltext.muster.master import shared, source, store
from saltext.muster.master.store import Entry, Store
from saltext.muster.plan import plan

log = logging.getLogger(__name__)

#: Problems that a minion is told at most; salt-run muster.validate tells all.
MOST = 20

CACHED = (
    "muster: pillar_cache is on in the master's configuration, so that plans would be stale;"
    " set `pillar_cache: False` and restart the salt-master"
)


def compile_(minion_id: str, clusters: Any, cachedir: str, pillar_cache: bool) -> dict[str, Any]:
    """Return what the external pillar adds for one minion: ``muster``, ``_errors`` or nothing.

    clusters is a folder or a list of files; cachedir is the master's; pillar_cache is that
    option of the master. The plan is chosen by the minion id alone.
    """
    if pillar_cache:
        return {"_errors": [CACHED]}
    paths, problems = source.discover(clusters)
    if problems:
        return {"_errors": [f"muster: {problem.public_text()}" for problem in problems]}
    folder = os.path.join(cachedir, "muster")
    files = store.of(folder, clusters)
    entries, changed = files.refresh(paths)
    if changed:
        _forget_old_lists(folder, entries)
    errors = _errors(minion_id, entries)
    if errors:
        return {"_errors": errors}
    entry = next((entry for entry in entries if _names(entry, minion_id)), None)
    if entry is None or entry.cluster is None:
        _log_unknown(files, minion_id)
        return {}
    try:
        shared.ensure(folder, entry.cluster)
        return {"muster": {**plan(entry.cluster, minion_id), "now": time.time()}}
    except MusterError as err:
        return {"_errors": [f"muster: {err}"]}


def _names(entry: Entry, minion_id: str) -> bool:
    return entry.ids is not None and minion_id in entry.ids


def _errors(minion_id: str, entries: list[Entry]) -> list[str]:
    """Return why this minion gets no plan, or nothing.

    A broken file that nobody knows the nodes of concerns every minion that no valid one names.
    """
    naming = [entry for entry in entries if _names(entry, minion_id)]
    broken = [entry for entry in naming if entry.cluster is None]
    if not naming:
        broken = [entry for entry in entries if entry.cluster is None and entry.ids is None]
    texts = []
    if len(naming) > 1:
        paths = " and ".join(source.shown(entry.path) for entry in naming)
        texts.append(f"muster: the minion id is in several cluster files: {paths}; keep it in one")
    problems = [problem for entry in broken for problem in entry.problems]
    texts += [f"muster: {problem.public_text()}" for problem in problems[:MOST]]
    if len(problems) > MOST:
        texts.append(f"muster: and {len(problems) - MOST} more; see salt-run muster.validate")
    return texts


def _log_unknown(files: Store, minion_id: str) -> None:
    """Log an id that no file names, once for each version of the files."""
    if minion_id not in files.unknown:
        files.unknown.add(minion_id)
        log.warning(
            "muster: no cluster file names the minion %a: it gets no plan; add it under `nodes`",
            minion_id[:255],
        )


def _forget_old_lists(folder: str, entries: list[Entry]) -> None:
    current = {entry.cluster.hosts_digest for entry in entries if entry.cluster}
    shared.forget(folder, current, time.time())
