"""Rows that are proved from an example cluster file with a small change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from saltext.muster import platforms, proving
from saltext.muster.cluster import Cluster
from saltext.muster.master import build
from saltext.muster.master.model import ClusterFile, options_model
from tests.support.hosts import changed

EXAMPLES = Path(__file__).parents[2] / "pillar" / "clusters"


@dataclass(frozen=True)
class Proof:
    """A row, an example in pillar/clusters, and what its proof gives after the changes.

    changes are values by slashed paths (None = left out). status is pass, fail, warn or skip;
    where is the path of one finding, and seen a part of its message (or of why it is skipped).
    """

    row: str
    example: str
    status: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    where: tuple[str | int, ...] = ()
    seen: str = ""

    @property
    def name(self) -> str:
        """The case in a few words."""
        return f"{self.row}-{self.example}-{self.status}-{'-'.join(self.changes) or 'unchanged'}"


@lru_cache
def _text(example: str) -> str:
    return (EXAMPLES / f"{example}.yaml").read_text()


def cluster(example: str, changes: Mapping[str, Any] | None = None) -> Cluster:
    """Return the cluster of an example with the changes, whether its rows are met or not."""
    tree = changed(yaml.safe_load(_text(example)), changes or {})
    platform = platforms.load(tree["platform"])
    given: Any = options_model(platform.Options).model_validate(tree.get("options", {}))
    return build.cluster(
        ClusterFile.model_validate(tree), platform, platform.Options(**vars(given))
    )


def proved(row: str, found: Cluster) -> proving.Proved:
    """Return what the proof of one row gives of a cluster."""
    return next(each for each in proving.prove(found) if each.rule.id == row)


def check(case: Proof) -> None:
    """Assert that a proof gives what the case says, with a message and a remedy."""
    given = proved(case.row, cluster(case.example, case.changes))
    if case.status == "skip":
        assert given.not_asked and case.seen in given.not_asked
        return
    assert not given.not_asked
    worst = {item.status for item in given.findings}
    assert worst == ({case.status} if case.status != "pass" else set()) or (
        case.status == "fail" and "fail" in worst
    ), given.findings
    for item in given.findings:
        assert item.row == case.row
        assert item.message.isprintable() and item.remedy and item.public
    if case.status != "pass":
        at = [item for item in given.findings if item.where == case.where]
        assert at, given.findings
        assert any(case.seen in item.message and item.status == case.status for item in at)
