"""The node plans of every example, and which of them a change of one node changes."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from saltext.muster.master import loading, numbered

from ..support import plans


@pytest.mark.parametrize("path", plans.EXAMPLES, ids=lambda path: path.stem)
def test_an_example_gives_the_plans_that_are_kept(path):
    """After a change that is meant: python -m tests.support.plans."""
    assert plans.text(path) == plans.kept(path).read_text()


def test_no_plans_are_kept_of_an_example_that_is_gone():
    assert {path.stem for path in plans.KEPT.iterdir()} == {path.stem for path in plans.EXAMPLES}


def _tree(name):
    return yaml.safe_load((plans.ROOT / "pillar" / "clusters" / f"{name}.yaml").read_text())


def _plans(tree):
    found = loading.from_bytes("changed.yaml", yaml.safe_dump(tree, sort_keys=False).encode())
    assert found.cluster is not None, [problem.text() for problem in found.problems]
    return plans.of(found.cluster)


def _changed(name, path, value):
    """Return the ids whose plans differ after one value of an example was changed."""
    tree = _tree(name)
    after = copy.deepcopy(tree)
    place = after
    for part in path[:-1]:
        place = place.setdefault(part, {})
    place[path[-1]] = value
    old, new = _plans(tree), _plans(after)
    return {id_ for id_ in {*old, *new} if old.get(id_) != new.get(id_)}


NODE = ("nodes", "node2.example.com")
OTHERS = {"node1.example.com", "node3.example.com"}


@pytest.mark.parametrize(
    ("name", "path", "value", "changed"),
    [
        # what is the node's own
        ("ganeti", (*NODE, "interface"), "eno9", {NODE[1]}),
        ("ganeti", (*NODE, "site"), "east", {NODE[1]}),
        ("ganeti", (*NODE, "sriov"), {"ens1f0": 4}, {NODE[1]}),
        ("ganeti", (*NODE, "lvm_devices"), ["/dev/disk/by-id/x"], {NODE[1]}),
        # a name or an address stands in every node's hosts file
        ("ganeti", (*NODE, "address"), "10.77.0.99", {NODE[1], *OTHERS}),
        ("ganeti", (*NODE, "fqdn"), "other.example.com", {NODE[1], *OTHERS}),
        # what no node is told changes no plan
        ("ganeti", (*NODE, "domain"), "rack9", set()),
        ("ganeti", (*NODE, "ipmi"), "10.77.0.199", set()),
        ("ganeti", ("guests",), {"web": {"memory": "1 GiB", "node": NODE[1]}}, set()),
        # a waiver for one node
        (
            "ganeti",
            ("waivers",),
            [{"requirement": "GNT-003", "reason": "x", "owner": "y", "expires": "2099-01-01",
              "nodes": [NODE[1]]}],
            {NODE[1]},
        ),
        # what is everybody's
        ("ganeti", ("options", "minor_count"), 200, {NODE[1], *OTHERS}),
    ],
)  # fmt: skip
def test_a_change_changes_the_plans_that_must_change_and_no_other(name, path, value, changed):
    assert _changed(name, path, value) == changed


@pytest.mark.parametrize("example", plans.EXAMPLES, ids=lambda path: path.stem)
def test_moving_a_node_or_range_to_another_site_changes_its_plans_alone(example: Path):
    key = next(iter(_tree(example.stem)["nodes"]))
    found = _changed(example.stem, ("nodes", key, "site"), "elsewhere")
    assert found == set(numbered.expanded(key))
