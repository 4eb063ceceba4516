"""All cluster files of a master, checked: for the administrator, with every value."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from saltext.muster.errors import InvalidArgument, InvalidClusterFile, Problem
from saltext.muster.master import loading, source
from saltext.muster.master.pillar import CACHED

CONFIGURATION = "master configuration"


def report(path: str | list[str] | None, opts: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Return what is wrong with each cluster file, and the exit status (0 or 1).

    path is a file, a folder or a list of files, from the working directory; None takes what
    ``ext_pillar`` in opts, the master's configuration, names. A file without problems has a text
    that says so. Nothing to check is a problem too: this raises nothing, as salt-run would show
    a traceback.
    """
    found: dict[str, Any] = {}
    if opts.get("pillar_cache"):
        found[CONFIGURATION] = [CACHED]
    try:
        paths, problems = _paths(path, opts)
        texts = [problem.text() for problem in problems]
        if not paths and not texts:
            texts = [f"there is no cluster file in {path or _configured(opts)}; put one there"]
    except InvalidArgument as err:
        paths, texts = [], [str(err)]
    if texts:
        found[CONFIGURATION] = found.get(CONFIGURATION, []) + texts
    naming: dict[str, list[str]] = defaultdict(list)
    for file in paths:
        found[file] = _checked(file, naming)
    for id_, files in sorted(naming.items()):
        if len(files) > 1:
            found.setdefault("minion ids", []).append(_several(id_, files))
    return found, int(any(isinstance(told, list) for told in found.values()))


def named(opts: Mapping[str, Any]) -> list[str]:
    """Return the minion ids that the configured cluster files name, as far as they can be read."""
    naming: dict[str, list[str]] = defaultdict(list)
    try:
        paths, _problems = _paths(None, opts)
    except InvalidArgument:
        return []
    for path in paths:
        _checked(path, naming)
    return sorted(naming)


def _checked(path: str, naming: dict[str, list[str]]) -> str | list[str]:
    """Return what is wrong with a file, or that it is valid; note whom it names in naming."""
    try:
        data, _stamp = source.read(path)
    except InvalidClusterFile as err:
        return [problem.text() for problem in err.problems]
    loaded = loading.from_bytes(path, data)
    for id_ in loaded.ids or ():
        naming[id_].append(path)
    if loaded.cluster is None:
        return [problem.text() for problem in loaded.problems]
    count = len(loaded.cluster.nodes)
    nodes = f"{count} node" + ("s" if count > 1 else "")
    return f"valid: cluster {loaded.cluster.name}, {loaded.cluster.platform}, {nodes}"


def _paths(
    path: str | list[str] | None, opts: Mapping[str, Any]
) -> tuple[list[str], list[Problem]]:
    if path is None:
        return source.discover(_configured(opts))
    given = [os.path.abspath(item) for item in ([path] if isinstance(path, str) else path)]
    return source.discover(given[0] if len(given) == 1 and os.path.isdir(given[0]) else given)


def _configured(opts: Mapping[str, Any]) -> Any:
    """Return what the external pillar of the master's configuration reads."""
    for entry in opts.get("ext_pillar") or ():
        if isinstance(entry, dict) and "muster" in entry:
            given = entry["muster"]
            return given.get("clusters") if isinstance(given, dict) else given
    raise InvalidArgument(
        "the master's configuration has no ext_pillar muster; add"
        " `ext_pillar: [{muster: {clusters: /etc/muster/clusters}}]`, or give a path"
    )


def _several(id_: str, files: list[str]) -> str:
    return f"{id_!a} is in several cluster files: {' and '.join(files)}; remedy: keep it in one"
