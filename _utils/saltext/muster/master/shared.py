"""The hosts lists that whole clusters share, in a file root of the master's own."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Container
from contextlib import suppress

from saltext.muster.cluster import Cluster
from saltext.muster.errors import Refused
from saltext.muster.master import files
from saltext.muster.wants import SHARED

#: Seconds that a list is kept which no plan names any more: minions may still be fetching it.
KEEP = 24 * 3600

#: The lists that this process has read, as they were then.
_seen: dict[str, tuple[int, ...]] = {}

_NAME = re.compile(r"hosts-[0-9a-f]{64}\.json")


def ensure(folder: str, cluster: Cluster) -> None:
    """See to it that the cluster's hosts list is there; folder is muster's below the cache.

    Raises Refused when it cannot be written: a plan that names it must not be handed out then.
    """
    root = os.path.join(folder, "files")
    path = os.path.join(root, SHARED, f"hosts-{cluster.hosts_digest}.json")
    if _is_whole(path, cluster.hosts_digest):
        return
    try:
        files.make_folder(folder, 0o700)
        files.make_folder(root, 0o755)
        files.make_folder(os.path.dirname(path), 0o755)
        files.replace(path, cluster.hosts_list(), files.PUBLIC)
    except OSError as err:
        raise Refused(
            f"the hosts list {path} cannot be written: {err.strerror};"
            " let the user of the salt-master write there"
        ) from err


def _is_whole(path: str, digest: str) -> bool:
    """Say whether the list is there as it was written; it is read once, then only looked at."""
    try:
        found = os.lstat(path)
        stamp = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
        if _seen.get(path) == stamp:
            return True
        with open(path, "rb") as file:
            whole = hashlib.sha256(file.read()).hexdigest() == digest
    except OSError:
        return False
    if whole:
        _seen[path] = stamp
    return whole


def forget(folder: str, digests: Container[str], now: float) -> None:
    """Remove lists of other digests, and killed writers' litter, that are older than KEEP."""
    place = os.path.join(folder, "files", SHARED)
    for where in (folder, place):
        files.sweep(where, now - KEEP)
    with suppress(OSError):
        for entry in list(os.scandir(place)):
            digest = entry.name[len("hosts-") : -len(".json")]
            if _NAME.fullmatch(entry.name) and digest not in digests:
                _remove(entry, now)


def _remove(entry: os.DirEntry[str], now: float) -> None:
    with suppress(OSError):
        if now - entry.stat(follow_symlinks=False).st_mtime > KEEP:
            os.unlink(entry.path)
            _seen.pop(entry.path, None)
