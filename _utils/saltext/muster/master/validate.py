"""All cluster files of a master, checked: for the administrator, with every value."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.errors import InvalidArgument, InvalidClusterFile, Problem
from saltext.muster.master import loading, problems, servers, source
from saltext.muster.master.loading import Loaded
from saltext.muster.master.pillar import CACHED
from saltext.muster.planning import changed
from saltext.muster.verdict import FAIL, WARN
from saltext.muster.wording import counted

CONFIGURATION = "master configuration"
WARNINGS, CONFLICTS, CHANGES = "warnings", "conflicts", "changes since the older file"

#: What a report's texts under these keys are: nothing is refused for them.
WARNED = (WARNINGS, CONFLICTS)


def report(
    path: str | list[str] | None, opts: Mapping[str, Any], since: str | None = None
) -> tuple[dict[str, Any], int]:
    """Return what is wrong with each cluster file, and the exit status (0 or 1).

    path is a file, a folder or a list of files, from the working directory; None takes what
    ``ext_pillar`` in opts, the master's configuration, names. A file without problems has a text
    that says so. ``warnings`` are rows that recommend, and are not met; ``conflicts`` are
    warnings too: what platforms ask for in conflict that can be resolved. Nothing to check is a
    problem as well: this raises nothing, as salt-run would show a traceback. since is an older
    file of the same cluster: what may not change is told.
    """
    found: dict[str, Any] = {}
    if opts.get("pillar_cache"):
        found[CONFIGURATION] = [CACHED]
    try:
        paths, unusable = _paths(path, opts)
        texts = [problem.text() for problem in unusable]
        if not paths and not texts:
            texts = [f"there is no cluster file in {path or _configured(opts)}; put one there"]
    except InvalidArgument as err:
        paths, texts = [], [str(err)]
    if texts:
        found[CONFIGURATION] = found.get(CONFIGURATION, []) + texts
    loaded = {file: _loaded(file, warn=True) for file in paths}
    found.update({file: _told(each) for file, each in loaded.items()})
    changes = _changes(loaded, since) if since else {FAIL: [], WARN: []}
    found.update({**_between(loaded), **_conflicts(loaded, FAIL), **_under(CHANGES, changes[FAIL])})
    wrong = any(isinstance(told, list) for told in found.values())
    warned = [problem.text() for each in loaded.values() for problem in each.warnings]
    found.update({**_under(WARNINGS, warned + changes[WARN]), **_conflicts(loaded, WARN)})
    return found, int(wrong)


def clusters(opts: Mapping[str, Any]) -> tuple[list[Cluster], list[str]]:
    """Return the clusters of the configured files that are valid, and all minion ids in any."""
    try:
        paths, _problems = _paths(None, opts)
    except InvalidArgument:
        return [], []
    loaded = [_loaded(path) for path in paths]
    named = {id_ for each in loaded for id_ in each.ids or ()}
    return [each.cluster for each in loaded if each.cluster], sorted(named)


def chosen(opts: Mapping[str, Any], name: str, node: str) -> list[Cluster]:
    """Return the valid clusters of that name ("" = all) with that node ("" = any).

    node is a minion id. Raises InvalidArgument when there is none, with the names that there are.
    """
    known = clusters(opts)[0]
    found = [each for each in known if name in ("", each.name) and (not node or node in each.nodes)]
    if not found:
        called = f" of a cluster {name[:255]!a}" if name else ""
        having = f" with a node {node[:255]!a}" if node else ""
        names = ", ".join(each.name for each in known) or "none"
        raise InvalidArgument(
            f"there is no valid cluster file{called}{having}; valid are those of: {names};"
            " a node is named by its minion id; see salt-run muster.validate"
        )
    return found


def _loaded(path: str, warn: bool = False) -> Loaded:
    try:
        data, _stamp = source.read(path)
    except InvalidClusterFile as err:
        return Loaded(None, tuple(err.problems))
    return loading.from_bytes(path, data, warn)


def _told(loaded: Loaded) -> str | list[str]:
    """Return what is wrong with a file, or that it is valid."""
    if loaded.cluster is None:
        return [problem.text() for problem in loaded.problems]
    nodes = counted(len(loaded.cluster.nodes), "node")
    return f"valid: cluster {loaded.cluster.name}, {loaded.cluster.platform}, {nodes}"


def _under(key: str, texts: list[str]) -> dict[str, list[str]]:
    return {key: texts} if texts else {}


def _changes(loaded: Mapping[str, Loaded], since: str) -> dict[str, list[str]]:
    """Return what files change that may not change on a live cluster (fail), or with care."""
    found = _loaded(os.path.abspath(since))
    older = found.cluster
    if older is None:
        return {FAIL: [problem.text() for problem in found.problems], WARN: []}
    newer = {
        path: each.cluster
        for path, each in loaded.items()
        if each.cluster and each.cluster.name == older.name
    }
    if not newer:
        seen = f"{since} is compared with nothing: no valid file is of its cluster, {older.name}"
        return {FAIL: [seen], WARN: []}
    texts: dict[str, list[str]] = {FAIL: [], WARN: []}
    for path, cluster in newer.items():
        for item in changed.changes(older, cluster):
            row = f"{item.row}: " if item.row else ""
            told = f"{problems.dotted(item.where)}: {row}{item.message}; remedy: {item.remedy}"
            texts[item.status].append(f"{path}: {told}")
    return texts


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
    key = CONFLICTS if status == WARN else "contradictions between files"
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
