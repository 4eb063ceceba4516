"""Sheets of the clusters that a master knows, for the runner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext.muster import sizes
from saltext.muster.cluster import Cluster
from saltext.muster.errors import InvalidArgument
from saltext.muster.master import loading, validate
from saltext.muster.planning import place, topics
from saltext.muster.verdict import EXIT_MET

#: Options that are sizes, and their limits where they are numbers.
_SIZES = ("disk", "more")
_NUMBERS = {"down": (1, 2), "starts": (1, place.MOST_STARTS)}


def of(topic: str, path: str | None, opts: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    """Return a topic's sheets as data, with the worst exit status.

    path is a cluster file; None takes all that opts, the master's configuration, names, as far
    as they are of the topic's platform and have the node that is asked for. Raises MusterError
    for options that are not good, and when there is no valid cluster file.
    """
    checked = {name: _option(name, value) for name, value in options.items()}
    found = [
        topics.sheet(topic, cluster, refused_by, **checked).to_data()
        for cluster, refused_by in _clusters(topic, path, opts, str(options.get("node", "")))
    ]
    return {
        "sheets": found,
        "retcode": max((each["retcode"] for each in found), default=EXIT_MET),
    }


def _clusters(
    topic: str, path: str | None, opts: Mapping[str, Any], node: str
) -> list[tuple[Cluster, tuple[str, ...]]]:
    if path is not None:
        return [loading.planned(str(path))]
    platform = topics.PLATFORMS.get(topic)
    found = [
        cluster
        for cluster in validate.clusters(opts)[0]
        if platform in (None, cluster.platform) and (not node or node in cluster.nodes)
    ]
    if not found:
        of = f" of {platform}" if platform else ""
        having = f" with a node {node[:255]!a}" if node else ""
        raise InvalidArgument(
            f"there is no valid cluster file{of}{having}: see salt-run muster.validate"
        )
    return [(cluster, ()) for cluster in found]


def _option(name: str, value: Any) -> Any:
    """Return an option of a runner, which Salt takes from YAML, as the topics want it."""
    if name in _SIZES:
        try:
            return sizes.parse(str(value)) if value else 0
        except ValueError as err:
            raise InvalidArgument(f"{name} {str(value)[:80]!a} {err}: write 400 GB") from None
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise InvalidArgument(f"{name}: wanted {low} to {high}, seen {str(value)[:80]!a}")
        return value
    if name == "since":
        return loading.load(str(value)) if value else None
    return value if name == "cards" else str(value)
