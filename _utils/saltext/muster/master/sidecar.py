"""What a cluster file gave, kept so that a restarted master need not read YAML again.

One file for each path of a cluster file, of the last content that was valid. It is used only
for that very content and library; the minion ids in it outlive both, since they tell whom a
broken file concerns.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from typing import Any

from saltext.muster import digest, platforms
from saltext.muster.cluster import Cluster
from saltext.muster.errors import MusterError
from saltext.muster.master import collector, files, source

log = logging.getLogger(__name__)

_FORMAT = 1
_LIMIT = 256 * 1024 * 1024


def read(folder: str, path: str, content: str) -> Cluster | None:
    """Return the cluster of a file's content (its SHA-256), or None when it is not kept."""
    with collector.paused():
        kept = _read(folder, path)
        return None if kept is None else _cluster(kept, content)


def _cluster(kept: dict[str, Any], content: str) -> Cluster | None:
    try:
        if kept["content"] != content:
            return None
        platform = platforms.load(kept["cluster"]["platform"])
        if kept["library"] != digest.library(platform.__file__ or ""):
            return None
        return Cluster.from_data(kept["cluster"], platform.Options)
    except (KeyError, TypeError, ValueError, AttributeError, MusterError):
        return None


def last_ids(folder: str, path: str) -> frozenset[str] | None:
    """Return the minion ids of the file's last valid load, or None when nothing is known."""
    kept = _read(folder, path)
    try:
        return None if kept is None else frozenset(row[0] for row in kept["cluster"]["nodes"])
    except (KeyError, TypeError, IndexError):
        return None


def write(folder: str, path: str, content: str, cluster: Cluster) -> None:
    """Keep the cluster of a file's content; a failure is logged and costs only time."""
    platform = platforms.load(cluster.platform)
    kept = {
        "format": _FORMAT,
        "path": path,
        "content": content,
        "library": digest.library(platform.__file__ or ""),
        "cluster": cluster.to_data(),
    }
    body = json.dumps(kept, separators=(",", ":")).encode()
    data = hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    try:
        files.make_folder(folder, 0o700)
        files.replace(_name(folder, path), data, files.PRIVATE)
    except OSError as err:
        log.warning("muster: %s cannot be kept in %s: %s", source.shown(path), folder, err)


def _read(folder: str, path: str) -> dict[str, Any] | None:
    data = files.read_own(_name(folder, path), _LIMIT)
    if data is None:
        return None
    head, _newline, body = data.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != head:
        return None
    try:
        kept = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(kept, dict) or kept.get("format") != _FORMAT or kept.get("path") != path:
        return None
    return kept


def _name(folder: str, path: str) -> str:
    named = hashlib.sha256(os.fsencode(path)).hexdigest()
    return os.path.join(folder, f"cluster-{named}.json")
