"""Broken cluster files: each refused at the right place, with a remedy, and never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from saltext.muster.master import loading, problems

from . import mutations, support
from .broken import BY_HAND, GOOD, NODE

EXAMPLES = sorted((Path(__file__).parents[3] / "pillar" / "clusters").glob("*.yaml"))


def _mutated():
    for path in EXAMPLES:
        tree = yaml.safe_load(path.read_text())
        for broken in mutations.of(tree):
            name = f"{path.stem}-{broken.why}-{problems.dotted(broken.where)}"
            yield pytest.param(broken, id=name.replace(" ", "-"))


MUTATED = list(_mutated())


def test_there_are_enough_of_them():
    assert len(MUTATED) >= 160


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_they_are_made_of_is_valid(path):
    found = loading.from_bytes(str(path), path.read_bytes())
    assert not found.problems


@pytest.mark.parametrize("broken", MUTATED)
def test_a_mistake_is_told_where_it_is(broken):
    found = support.of(broken.tree)
    assert found.cluster is None
    places = {problem.where: problem for problem in found.problems}
    wanted = problems.dotted(broken.where)
    assert wanted in places, [problem.text() for problem in found.problems]
    problem = places[wanted]
    assert problem.remedy and broken.remedy in problem.remedy
    assert problem.line and problem.column


def test_the_good_file_is_good():
    assert support.of_text(GOOD).cluster is not None


@pytest.mark.parametrize("broken", BY_HAND, ids=lambda broken: broken.why.replace(" ", "-"))
def test_a_mistake_made_by_hand_is_told_where_it_is(broken):
    assert GOOD.count(broken.old) == 1
    found = support.of_text(GOOD.replace(broken.old, broken.new))
    assert found.cluster is None
    problem = next((each for each in found.problems if each.where == broken.where), None)
    assert problem, [each.text() for each in found.problems]
    assert re.search(broken.message, problem.message)
    assert re.search(broken.remedy, problem.remedy)
    assert problem.line


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("gateway: 10.0.0.1,", "gateway: api,", "networks.main.gateway"),
        ("vlan: 101", "vlan: 9999", "networks.cluster.vlan"),
        ("cidr: 10.0.1.0/24", "cidr: 10.0.1.1/24", "networks.cluster.cidr"),
        ("memory: 64 GiB", "memory: 64", "hardware.big.memory"),
        ("copies: 3,", "copies: three,", "ceph.pools.vms.copies"),
        ("role: hypervisor", "role: boss", f"nodes{NODE}.role"),
    ],
)
def test_one_mistake_is_told_once(old, new, where):
    assert [each.where for each in support.of_text(GOOD.replace(old, new)).problems] == [where]
