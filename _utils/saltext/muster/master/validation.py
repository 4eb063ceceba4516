"""A cluster file's data, judged: the cluster it means, and everything that is wrong with it."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ValidationError

from saltext.muster import conflict, platforms, proving
from saltext.muster.catalogue import conflicts
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding
from saltext.muster.master import build, counting, problems, proofs, references
from saltext.muster.master.model import ClusterFile, options_model
from saltext.muster.planning import devices_proof
from saltext.muster.planning.connecting import guard, switches
from saltext.muster.verdict import FAIL
from saltext.muster.wording import nearest

Where = tuple[Any, ...]

#: Keys of a cluster file whose values name nodes.
_NAMING_NODES = ("waivers", "bases", "guests")

#: What a file has instead of what it cannot do without.
_STAND_INS = {"version": 1, "name": "unnamed", "platform": "unnamed"}

#: Keys of a node that decide whether it can be counted out.
_COUNTED_BY = ("address", "addresses", "number", "ipmi")

#: How often what is wrong is taken out, and what is wrong then: a value, its part, its whole.
_ROUNDS = 4

#: Names that lead nowhere which are told at most: finding the nearest good one takes time.
_MOST_REFERENCES = 200

#: Places that rows do not depend on: what is wrong there leaves the rest to be proved.
_ASIDE = {(key,) for key in ("version", "name", "time", "dns", "hosts", "waivers", "also")}


def validate(tree: Any) -> tuple[Cluster | None, list[Finding]]:
    """Return the cluster that a file's data describes, and what is wrong with it.

    When a file contradicts itself there is no cluster; one that only rows refuse comes with
    their findings, so that it can be planned with to see why. What is wrong by itself does not
    hide what contradicts in the rest.
    """
    if not isinstance(tree, dict):
        return None, [_no_mapping(tree)]
    file, found = _counted(tree)
    platform, unoffered = _platform(tree)
    found += unoffered
    options: Any = None
    if platform is not None:
        options, wrong = _options(platform, tree.get("options", {}))
        found += wrong
    clashes: list[Finding] = []
    cluster: Cluster | None = None
    whole = all(item.where[:1] in _ASIDE for item in found)
    rest, more = (file, []) if file else _without(tree, [item.where for item in found])
    found += more
    if rest is not None:
        cluster = build.cluster(rest, platform, options)
        proved = _proofs(cluster, platform, whole)
        known = not any(item.where[:1] == ("also",) for item in found)
        clashes = _conflicts(cluster, platform) if known else []
        found += _at_keys(rest, proved) if proved else []
    told = _once(found)
    if clashes or not all(item.row for item in told if item.status == FAIL):
        return None, [*told, *clashes]
    return cluster, told


def _once(found: list[Finding]) -> list[Finding]:
    """Keep the first finding of each place and row, and no row's where the file is wrong itself.

    Failures come first: what is cut off for being too much never makes a file valid.
    """
    fails = [item for item in found if item.status == FAIL]
    warned = [item for item in found if item.status != FAIL]
    wrong = {item.where for item in fails if not item.row}
    first: dict[tuple[Where, str], Finding] = {}
    for item in itertools.islice(fails + warned, problems.MOST):
        if not (item.row and item.where in wrong):
            first.setdefault((item.where, item.row), item)
    return list(first.values())


def _at_keys(file: ClusterFile, found: list[Finding]) -> list[Finding]:
    """Return findings with the file's own keys in their places: a range instead of one of it."""
    keys = {"nodes": build.origins(file.nodes), "guests": build.origins(file.guests)}
    return [dataclasses.replace(item, where=_at_key(item.where, keys)) for item in found]


def _at_key(where: Where, keys: dict[str, dict[str, str]]) -> Where:
    if len(where) < 2 or where[0] not in keys:
        return where
    return (where[0], keys[where[0]].get(where[1], where[1]), *where[2:])


def _counted(tree: dict[Any, Any]) -> tuple[ClusterFile | None, list[Finding]]:
    """Return the file when its values are valid and its nodes can be counted out."""
    file, found = _file(tree)
    if file is not None:
        found = counting.check(file)
    return (None if found else file), found


def _file(tree: dict[Any, Any]) -> tuple[ClusterFile | None, list[Finding]]:
    try:
        return ClusterFile.model_validate(tree), []
    except ValidationError as err:
        return None, problems.findings(err.errors(include_url=False), _keys_at)


def _without(tree: dict[Any, Any], wrong: list[Where]) -> tuple[ClusterFile | None, list[Finding]]:
    """Return the file without its wrong parts, None when too little is left, and what else is
    wrong: why nodes of the rest cannot be counted out.
    """
    rest, more, left = copy.deepcopy(tree), list[Finding](), wrong
    for _ in range(_ROUNDS):
        for where in left:
            _prune(rest, where)
        file, found = _file(rest)
        if file is not None:
            found = counting.check(file)
            more += [item for item in found if not _follows(item.where, wrong)]
            if not found:
                return file, more
        left = [item.where for item in found]
        wrong = [*wrong, *left]
    return None, more


def _follows(where: Where, wrong: list[Where]) -> bool:
    """Say whether what is wrong at a place may only follow from what was wrong at another."""
    for other in wrong:
        of_its_own = other[: len(where)] == where and other[-1] in _COUNTED_BY
        if other[:1] == ("networks",) or of_its_own or where[: len(other)] == other:
            return True
    return False


def _prune(rest: dict[Any, Any], where: Where) -> None:
    """Take what is wrong out of a file, or what lacks it where it is missing.

    A whole list goes when one of its items is wrong, so that indexes stay true; so does, with
    a node, what may name it.
    """
    if len(where) == 1 and where[0] in _STAND_INS:
        rest[where[0]] = _STAND_INS[where[0]]
        return
    parent: Any = rest
    for end, part in enumerate(where[:-1], 1):
        parent = parent.get(part) if isinstance(parent, dict) else None
        if isinstance(parent, list):
            return _prune(rest, where[:end])
    if where and isinstance(parent, dict) and where[-1] in parent:
        del parent[where[-1]]
        if where[0] == "nodes" and len(where) == 2:
            for naming in _NAMING_NODES:
                rest.pop(naming, None)
    elif len(where) > 1:
        _prune(rest, where[:-1])


def _platform(tree: dict[Any, Any]) -> tuple[ModuleType | None, list[Finding]]:
    """Return the platform that a file names, and what the file asks of it that it has not."""
    name = tree.get("platform")
    if not isinstance(name, str):
        return None, []
    if name not in platforms.names():
        return None, [_not_among(("platform",), name, platforms.names())]
    try:
        platform = platforms.load(name)
    except Exception as err:  # noqa: BLE001 - a platform from outside must not stop the master
        return None, [_failed(name, err)]
    offers = (
        ("hypervisor", platform.HYPERVISORS),
        ("edition", platform.EDITIONS),
        ("network_type", platform.NETWORK_TYPES),
    )
    unoffered = [
        _not_among((key,), tree[key], offered)
        for key, offered in offers
        if isinstance(tree.get(key), str) and tree[key] not in offered
    ]
    return platform, [*unoffered, *_roles(tree, platform.ROLES), *_also(tree)]


def _roles(tree: dict[Any, Any], roles: tuple[str, ...]) -> Iterator[Finding]:
    nodes = tree.get("nodes")
    for id_, node in nodes.items() if isinstance(nodes, dict) else ():
        role = node.get("role", roles[0]) if isinstance(node, dict) else roles[0]
        if isinstance(role, str) and role not in roles:
            yield _not_among(("nodes", id_, "role"), role, roles)


def _also(tree: dict[Any, Any]) -> Iterator[Finding]:
    given = tree.get("also")
    for index, name in enumerate(given if isinstance(given, list) else ()):
        others = [other for other in platforms.names() if other != tree.get("platform")]
        if isinstance(name, str) and name not in others:
            yield _not_among(("also", index), name, others)


def _options(platform: ModuleType, data: Any) -> tuple[Any, list[Finding]]:
    if not isinstance(data, dict):
        return None, []  # told by the file's own model
    checked: type[BaseModel] = options_model(platform.Options)
    try:
        return platform.Options(**vars(checked.model_validate(data))), []
    except ValidationError as err:
        keys = list(checked.model_fields)
        found = problems.findings(err.errors(include_url=False), lambda where: keys)
        return None, [dataclasses.replace(item, where=("options", *item.where)) for item in found]


def _proofs(cluster: Cluster, platform: ModuleType | None, whole: bool) -> list[Finding]:
    """Return what contradicts itself; rows are proved of a whole cluster only."""
    found = proofs.prove(cluster, _known(platform) if platform else None)
    found += itertools.islice(references.prove(cluster), _MOST_REFERENCES)
    if platform is None or cluster.options is None:
        return found
    try:
        found += list(platform.check(cluster))
        found += _planned(cluster) if whole else []
        # The devices of a file that is wrong anyway would be told wrong a second time.
        wrong = not whole or any(each.status == FAIL for each in found)
        return found if wrong else [*found, *devices_proof.prove(cluster)]
    except Exception as err:  # noqa: BLE001 - a platform from outside must not stop the master
        return [*found, _failed(cluster.platform, err)]


def _planned(cluster: Cluster) -> list[Finding]:
    """Return what contradicts the platform's rows, and what a plan would cut off."""
    return [*proving.findings(cluster), *guard.guard(cluster), *switches.findings(cluster)]


def _conflicts(cluster: Cluster, platform: ModuleType | None) -> list[Finding]:
    """Return what the cluster's servers cannot be at the same time."""
    if platform is None or cluster.options is None:
        return []
    try:
        return [clash.finding() for clash in conflict.hard(conflicts.conflicts(cluster))]
    except Exception as err:  # noqa: BLE001 - as above
        return [_failed(cluster.platform, err)]


def _known(platform: ModuleType) -> proofs.Known:
    rules = getattr(platform, "RULES", ())
    compared = (*getattr(platform, "COMPARISONS", ()), *conflicts.ROWS)
    return proofs.Known(
        {row.id for row in platform.REQUIREMENTS},
        {row.id for row in (*compared, *(rule for rule in rules if rule.proof))},
        {rule.id for rule in rules if not rule.proof},
    )


def _failed(platform: str, err: Exception) -> Finding:
    what = f"the module of this platform failed: {type(err).__name__}"
    remedy = f"update saltext.muster_platforms.{platform}, or remove it"
    return Finding(("platform",), f"{what}: {err}", remedy, what)


def _keys_at(where: Where) -> list[str]:
    """Return the keys that are valid at a path of a cluster file."""
    model: Any = ClusterFile
    for part in where:
        fields = getattr(model, "model_fields", {})
        if part in fields:
            model = _model_in(fields[part].annotation)
    return list(getattr(model, "model_fields", ()))


def _model_in(annotation: Any) -> Any:
    """Return the model somewhere inside a type such as ``dict[str, NodeFile] | None``."""
    if hasattr(annotation, "model_fields"):
        return annotation
    inner = [_model_in(item) for item in getattr(annotation, "__args__", ())]
    return next((item for item in inner if item is not None), None)


def _not_among(where: Where, value: str, offered: Iterable[str]) -> Finding:
    names = list(offered)
    if not names:
        message = "is not used by this platform"
        return Finding(where, message, "remove it", message)
    wanted = f"wanted one of {', '.join(names)}"
    near = nearest(value, names)
    remedy = f"did you mean {near}?" if near else f"write one of: {', '.join(names)}"
    return Finding(where, f"{wanted}, seen {problems.seen(value)}", remedy, wanted)


def _no_mapping(tree: Any) -> Finding:
    remedy = "start with `version: 1`; pillar/clusters has examples"
    if tree is None:
        return Finding((), "is empty", remedy, "is empty")
    wanted = "wanted a mapping with version, name, platform, nodes"
    return Finding((), f"{wanted}; seen {problems.seen(tree)}", remedy, wanted)
