"""The cluster files that this process has loaded.

The state lives here, in an imported module, since Salt runs its own loader modules anew for
every compile. A file is looked at (stat) each time; one whose stamp is so young that another
change could hide behind it is read and hashed again.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from saltext.muster.cluster import Cluster
from saltext.muster.errors import InvalidClusterFile, Problem
from saltext.muster.master import sidecar, source
from saltext.muster.master.source import Stamp

log = logging.getLogger(__name__)

#: Nanoseconds within which two changes of a file may have the same time stamp.
RACY = 2_000_000_000

#: Problems of a file that are logged at most.
LOGGED = 20


@dataclass(frozen=True)
class Entry:
    """One cluster file as it was last seen: its cluster, or its problems.

    content is the SHA-256 of its bytes (or why there are none). ids are the minion ids that it
    concerns: those it names and, when it is broken, those of its last valid load; None =
    nobody knows whom it concerns. last are those of its last valid load alone. stamp is None
    when it could not be read; read_at is in nanoseconds.
    """

    path: str
    content: str
    cluster: Cluster | None
    problems: tuple[Problem, ...]
    ids: frozenset[str] | None
    last: frozenset[str] | None
    stamp: Stamp | None = None
    read_at: int = 0

    def is_fresh(self, stamp: Stamp) -> bool:
        """Say whether a file with that stamp must still be what was read."""
        return stamp == self.stamp and self.read_at - stamp.ctime_ns >= RACY


class Store:
    """Loaded cluster files; folder is where their sidecars are."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.versions: tuple[str, ...] = ()
        self.unknown: set[str] = set()
        self._entries: dict[str, Entry] = {}

    def refresh(self, paths: Iterable[str]) -> tuple[list[Entry], bool]:
        """Return these cluster files as they are now, and whether any of them changed."""
        found = {path: self._get(path) for path in paths}
        versions = tuple(f"{entry.content} {path}" for path, entry in found.items())
        changed = versions != self.versions
        if changed:
            self.versions = versions
            self.unknown.clear()
        self._entries = found
        return list(found.values()), changed

    def _get(self, path: str) -> Entry:
        old = self._entries.get(path)
        try:
            if old is not None and old.is_fresh(source.stamp(path)):
                return old
            read_at = time.time_ns()
            data, stamp = source.read(path)
        except InvalidClusterFile as err:
            problems = tuple(err.problems)
            content = "unreadable: " + problems[0].message
            if old is not None and old.content == content:
                return old
            return self._broken(path, content, problems, None, old)
        content = hashlib.sha256(data).hexdigest()
        if old is None or old.content != content:
            old = self._load(path, data, content, old)
        return replace(old, stamp=stamp, read_at=read_at)

    def _load(self, path: str, data: bytes, content: str, old: Entry | None) -> Entry:
        kept = sidecar.read(self.folder, path, content)
        if kept is not None:
            ids = frozenset(kept.nodes)
            return Entry(path, content, kept, (), ids, ids)
        # imported here: pydantic and YAML cost more than reading a sidecar
        from saltext.muster.master import loading

        loaded = loading.from_bytes(path, data)
        if loaded.cluster is None:
            return self._broken(path, content, loaded.problems, loaded.ids, old)
        sidecar.write(self.folder, path, content, loaded.cluster)
        return Entry(path, content, loaded.cluster, (), loaded.ids, loaded.ids)

    def _broken(
        self,
        path: str,
        content: str,
        problems: tuple[Problem, ...],
        named: frozenset[str] | None,
        old: Entry | None,
    ) -> Entry:
        texts = "\n".join(problem.text() for problem in problems[:LOGGED])
        log.error("muster: %s is not valid, its nodes get no plan:\n%s", source.shown(path), texts)
        # the sidecar first: all workers read the same one
        last = sidecar.last_ids(self.folder, path)
        if last is None and old is not None:
            last = old.last
        ids = last if named is None else named | (last or frozenset())
        return Entry(path, content, None, problems, ids, last)


_STORES: dict[tuple[str, str], Store] = {}


def of(folder: str, clusters: object) -> Store:
    """Return this process's store for ``clusters`` whose sidecars are in ``folder``."""
    return _STORES.setdefault((folder, repr(clusters)), Store(folder))
