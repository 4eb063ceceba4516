"""From a cluster file's bytes to a Cluster, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from saltext.muster.cluster import Cluster
from saltext.muster.errors import InvalidClusterFile, Problem
from saltext.muster.finding import Finding
from saltext.muster.master import collector, numbered, problems, source, yamlfile
from saltext.muster.master.validation import validate
from saltext.muster.master.yamlfile import Mark, Path, Unparsable
from saltext.muster.verdict import FAIL


@dataclass(frozen=True)
class Loaded:
    """What a cluster file's bytes gave: a cluster, or problems.

    ids are the minion ids that the file names, None when it names none that can be read.
    warnings are what a valid file is warned about, as far as they were asked for. refused is the
    cluster of a file that rows alone refuse, good for planning only, with those rows' ids.
    """

    cluster: Cluster | None
    problems: tuple[Problem, ...] = ()
    ids: frozenset[str] | None = None
    warnings: tuple[Problem, ...] = ()
    refused: Cluster | None = None
    refused_by: tuple[str, ...] = ()


def load(path: str) -> Cluster:
    """Return the cluster that the file at ``path`` describes.

    Raises InvalidClusterFile with all problems when it is not valid.
    """
    data, _stamp = source.read(path)
    loaded = from_bytes(path, data)
    if loaded.cluster is None:
        raise InvalidClusterFile(list(loaded.problems))
    return loaded.cluster


def planned(path: str) -> tuple[Cluster, tuple[str, ...]]:
    """Return the cluster to plan with, and the ids of rows that refuse its file.

    Raises InvalidClusterFile when the file is not valid otherwise: what contradicts itself
    cannot be planned with.
    """
    data, _stamp = source.read(path)
    loaded = from_bytes(path, data)
    found = loaded.cluster or loaded.refused
    if found is None:
        raise InvalidClusterFile(list(loaded.problems))
    return found, loaded.refused_by


def from_bytes(path: str, data: bytes, warn: bool = False) -> Loaded:
    """Return what the bytes of the cluster file at ``path`` give; bad bytes raise nothing.

    path is used in messages only. With warn, what a valid file is warned about is told too,
    which takes reading it again where there is something.
    """
    path = source.shown(path)
    with collector.paused():
        try:
            text = yamlfile.decode(data)
            tree, faults = yamlfile.parse(text)
        except Unparsable as err:
            return Loaded(None, (_faulty(path, err),))
        cluster, found = validate(tree)
        fails = any(item.status == FAIL for item in found)
        valid = cluster is not None and not faults and not fails
        if cluster is not None and valid and not (warn and found):
            return Loaded(cluster, (), frozenset(cluster.nodes))
        marks: dict[Path, Mark] = {}
        _tree, faults = yamlfile.parse(text, marks)
        # what follows from a fault, such as a missing value, is not told again
        places = {fault.path for fault in faults}
        rest = [item for item in found if item.where not in places]
        wrong = [item for item in rest if item.status == FAIL]
        told = [_faulty(path, fault) for fault in faults] + list(_placed(path, wrong, marks))
        warned = _placed(path, [item for item in rest if item.status != FAIL], marks)
        ids = frozenset(cluster.nodes) if cluster is not None and valid else _named(tree)
        if valid:
            return Loaded(cluster, (), ids, _sorted(warned))
        refused = None if faults else cluster
        by = tuple(dict.fromkeys(item.row for item in wrong)) if refused else ()
        return Loaded(None, _sorted(told), ids, _sorted(warned), refused, by)


def _sorted(told: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(told, key=lambda problem: (problem.line, problem.column)))


def _named(tree: Any) -> frozenset[str] | None:
    """Return the minion ids under ``nodes``, those of ranges too."""
    nodes = tree.get("nodes") if isinstance(tree, dict) else None
    keys = [key for key in nodes if isinstance(key, str)] if isinstance(nodes, dict) else []
    return frozenset(id_ for key in keys for id_ in numbered.expanded(key)) or None


def _faulty(path: str, fault: Unparsable) -> Problem:
    where = problems.dotted(fault.path)
    return Problem(path, where, fault.message, fault.remedy, *fault.mark, fault.public)


def _placed(path: str, found: Iterable[Finding], marks: dict[Path, Mark]) -> Iterator[Problem]:
    for item in found:
        where = problems.dotted(item.where)
        mark = _mark(item.where, marks)
        row = f"{item.row}: " if item.row else ""
        public = f"{row}{item.public}"
        yield Problem(path, where, row + item.message, item.remedy, *mark, public)


def _mark(where: Path, marks: dict[Path, Mark]) -> Mark:
    """Return where a path stands in its file, or the nearest part of it that is there."""
    nearest = (marks.get(where[:end]) for end in range(len(where), 0, -1))
    return next((mark for mark in nearest if mark is not None), (1, 1))
