"""All cluster files of a master, checked: for the administrator, with every value."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.errors import InvalidArgument, InvalidClusterFile, Problem
from saltext.muster.master import loading, servers, source
from saltext.muster.master.loading import Loaded
from saltext.muster.master.pillar import CACHED
from saltext.muster.verdict import FAIL, WARN

CONFIGURATION = "master configuration"


def report(path: str | list[str] | None, opts: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Return what is wrong with each cluster file, and the exit status (0 or 1).

    path is a file, a folder or a list of files, from the working directory; None takes what
    ``ext_pillar`` in opts, the master's configuration, names. A file without problems has a text
    that says so. ``conflicts`` are warnings: what platforms ask for in conflict that can be
    resolved. Nothing to check is a problem too: this raises nothing, as salt-run would show a
    traceback.
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
    loaded = {file: _loaded(file) for file in paths}
    found.update({file: _told(each) for file, each in loaded.items()})
    found.update({**_between(loaded), **_conflicts(loaded, FAIL)})
    wrong = any(isinstance(told, list) for told in found.values())
    return {**found, **_conflicts(loaded, WARN)}, int(wrong)


def clusters(opts: Mapping[str, Any]) -> tuple[list[Cluster], list[str]]:
    """Return the clusters of the configured files that are valid, and all minion ids in any."""
    try:
        paths, _problems = _paths(None, opts)
    except InvalidArgument:
        return [], []
    loaded = [_loaded(path) for path in paths]
    named = {id_ for each in loaded for id_ in each.ids or ()}
    return [each.cluster for each in loaded if each.cluster], sorted(named)


def _loaded(path: str) -> Loaded:
    try:
        data, _stamp = source.read(path)
    except InvalidClusterFile as err:
        return Loaded(None, tuple(err.problems))
    return loading.from_bytes(path, data)


def _told(loaded: Loaded) -> str | list[str]:
    """Return what is wrong with a file, or that it is valid."""
    if loaded.cluster is None:
        return [problem.text() for problem in loaded.problems]
    count = len(loaded.cluster.nodes)
    nodes = f"{count} node" + ("s" if count > 1 else "")
    return f"valid: cluster {loaded.cluster.name}, {loaded.cluster.platform}, {nodes}"


def _between(loaded: Mapping[str, Loaded]) -> dict[str, list[str]]:
    """Return what files may not have in common: minion ids, and clusters' names."""
    naming: dict[str, list[str]] = defaultdict(list)
    called: dict[str, list[str]] = defaultdict(list)
    for path, each in loaded.items():
        for id_ in each.ids or ():
            naming[id_].append(path)
        if each.cluster:
            called[each.cluster.name].append(path)
    found = {
        "minion ids": [_several(id_, files) for id_, files in sorted(naming.items()) if files[1:]],
        "clusters": [_several(name, files) for name, files in sorted(called.items()) if files[1:]],
    }
    return {what: texts for what, texts in found.items() if texts}


def _conflicts(loaded: Mapping[str, Loaded], status: str) -> dict[str, list[str]]:
    """Return the conflicts of that status that nobody has waived, over all files that are valid.

    Those that one file alone makes impossible are its problems already.
    """
    files = {path: each.cluster for path, each in loaded.items() if each.cluster}
    texts = [
        f"{path}: {clash.text()}"
        for path, found in zip(files, servers.clashes(list(files.values())), strict=True)
        for clash in found
        if clash.met.status == status and not clash.waivers()
    ]
    key = "conflicts" if status == WARN else "contradictions between files"
    return {key: texts} if texts else {}


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
