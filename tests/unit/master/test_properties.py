"""Whatever is done to a cluster file, loading it gives a cluster or problems, and nothing else."""

from __future__ import annotations

import copy
import json

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saltext.muster import plan
from saltext.muster.master import loading, names

from ...support import plans
from . import support

#: The machine that tests may be busy: no example has a time limit.
patient = settings(suppress_health_check=[HealthCheck.too_slow])

BYTES = support.VALID.encode()
ODD = st.sampled_from(
    ["on", "1e3", "0x1f", "2027-13-45", "!!int", "&a", "*a", "{", "[", "]", "}", ":", "- ", "? "]
    + ["|", ">", "%", "@", "`", "\t", "\0", "\ufeff", "\x85", "<<", "=", "~", "...", "---\n", "'"]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.dates(), ODD
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


def holds(found):
    """A cluster and no problem, or no cluster and problems that can be told."""
    assert (found.cluster is None) == bool(found.problems)
    for problem in found.problems:
        assert problem.message
        assert problem.remedy
        assert problem.text().isprintable()
        assert problem.public_text().isprintable()
    if found.cluster is not None:
        for id_ in found.cluster.nodes:
            json.dumps(plan.plan(found.cluster, id_), allow_nan=False)


@patient
@given(st.binary(max_size=300))
def test_any_bytes(data):
    holds(support.of_text(data))


@patient
@given(st.integers(0, len(BYTES)), st.integers(0, 40), st.binary(max_size=10))
def test_a_valid_file_with_some_bytes_replaced(at, length, data):
    holds(support.of_text(BYTES[:at] + data + BYTES[at + length :]))


@patient
@given(st.integers(0, len(support.VALID)), st.integers(0, 12), ODD)
def test_a_valid_file_with_some_yaml_put_in(at, length, odd):
    holds(support.of_text(support.VALID[:at] + odd + support.VALID[at + length :]))


def paths(tree, path=()):
    yield path
    for key in tree if isinstance(tree, dict) else range(len(tree)) if type(tree) is list else ():
        yield from paths(tree[key], (*path, key))


PATHS = [path for path in paths(support.data()) if path]


@patient
@given(st.sampled_from(PATHS), VALUES)
def test_any_value_anywhere(path, value):
    tree = support.data()
    inner = tree
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    holds(support.of(tree))


@patient
@given(st.sampled_from(PATHS))
def test_anything_left_out(path):
    tree = support.data()
    inner = tree
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    holds(support.of(tree))


@patient
@given(st.text(max_size=70))
def test_any_text_as_a_name(text):
    for check in (names.hostname, names.minion_id, names.interface):
        complaint = check(text)
        if complaint is None:
            assert text
            assert text.isascii()
            assert not set(text) & set("/ \n\0:")
            assert text not in (".", "..")
        else:
            assert complaint.remedy


@st.composite
def clusters(draw):
    """A valid cluster of a few nodes with names and addresses of their own."""
    tree = support.data()
    chosen = draw(st.lists(st.integers(20, 90), min_size=2, max_size=8, unique=True))
    tree["nodes"] = {f"host{n}.example.org": {"address": f"10.77.0.{n}"} for n in chosen}
    tree["waivers"] = [
        {
            "requirement": "GNT-034",
            "reason": f"only of host{n}.example.org",
            "owner": "ops",
            "expires": "2027-06-30",
            "nodes": [f"host{n}.example.org"],
        }
        for n in draw(st.lists(st.sampled_from(chosen), unique=True))
    ]
    return tree


@patient
@given(clusters())
def test_no_plan_holds_anything_of_another_node(tree):
    cluster = support.of(tree).cluster
    for id_ in cluster.nodes:
        text = json.dumps(plan.plan(cluster, id_))
        for other in cluster.nodes.values():
            if other.id != id_:
                assert other.fqdn not in text
                assert f'"{other.short}"' not in text
                assert f'"{other.address}"' not in text


@patient
@given(clusters())
def test_plans_and_hosts_lists_do_not_depend_on_the_order_of_the_file(tree):
    turned = copy.deepcopy(tree)
    turned["nodes"] = dict(reversed(list(tree["nodes"].items())))
    one, other = support.of(tree).cluster, support.of(turned).cluster
    assert one.hosts_list() == other.hosts_list()
    for id_ in one.nodes:
        assert plan.plan(one, id_) == plan.plan(other, id_) == plan.plan(one, id_)


@patient
@given(clusters())
def test_data_and_back(tree):
    cluster = support.of(tree).cluster
    data = json.loads(json.dumps(cluster.to_data()))
    assert loading.Cluster.from_data(data, type(cluster.options)) == cluster


# Every example, with values of the right kind at the wrong place and the other way round.

TREES = {path.stem: yaml.safe_load(path.read_text()) for path in plans.EXAMPLES}
LIKELY = st.one_of(
    st.sampled_from([0, 1, -1, 2, 4094, 65535, 10**12, 1.5, True, "", "main", "10.0.0.5", "::1"]),
    st.sampled_from(["0.0.0.0/0", "::/0", "10.0.0.0/24", "192.0.2.9/32", "64 GiB", "0 B", "node1"]),
    st.sampled_from(["node1.example.com", "node[1-3].example.com", "bridged", "hostdev", "pinned"]),
    VALUES,
)


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_example_with_any_values_anywhere(data):
    """No proof may fail on a file that its model lets through."""
    tree = copy.deepcopy(TREES[data.draw(st.sampled_from(sorted(TREES)))])
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(paths(tree))[1:]))
        parent = tree
        for part in path[:-1]:
            parent = parent[part]
        if data.draw(st.booleans()) and isinstance(parent, dict):
            del parent[path[-1]]
        else:
            parent[path[-1]] = data.draw(LIKELY)
    found = support.of(tree)
    holds(found)
    assert not any("module of this platform failed" in each.message for each in found.problems)
