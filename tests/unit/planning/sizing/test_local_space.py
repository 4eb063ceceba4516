from __future__ import annotations

import pytest

from saltext.muster.finding import NotAsked
from saltext.muster.parts import Base, Ceph, Guest, Hardware
from saltext.muster.planning.sizing import local_space
from saltext.muster.verdict import FAIL, WARN
from tests.support import planned

GB, GIB = 10**9, 1024**3


def cluster(guests=(), bases=(), disks=(100 * GB,), platform="ravada", **more):
    nodes = [planned.node(name, hardware="big") for name in ("a", "b")]
    models = {"big": Hardware(disks=disks)}
    return planned.cluster(platform, nodes, guests, hardware=models, bases=dict(bases), **more)


def guest(size, node="a", **more):
    return Guest(f"web{size}{node}", GIB, disks=(size * GB,) if size else (), node=node, **more)


def found(made):
    return [(item.status, item.where) for item in local_space.enough(made)]


def test_bases_are_copied_to_each_of_their_nodes():
    bases = {"ubuntu": Base(40 * GB, ("a", "b")), "debian": Base(60 * GB, ("a",))}
    assert found(cluster(bases=bases)) == []
    assert found(cluster(bases={**bases, "one": Base(1, ("a",))})) == [(FAIL, ("nodes", "a"))]


def test_clones_and_bases_in_full_are_weighed_together():
    bases = {"ubuntu": Base(40 * GB, ("a",))}
    assert found(cluster([guest(60)], bases)) == []
    assert found(cluster([guest(61)], bases)) == [(WARN, ("nodes", "a"))]


def test_a_clone_without_disks_grows_up_to_its_base():
    bases = {"ubuntu": Base(40 * GB, ("a",))}
    (row, _other) = local_space.taken(cluster([guest(0, base="ubuntu")], bases))
    assert (row.bases, row.guests, row.left) == (40 * GB, 40 * GB, 20 * GB)


def test_a_pair_takes_space_on_both_nodes():
    made = cluster([guest(30, secondary="b")], platform="ganeti")
    assert [row.guests for row in local_space.taken(made)] == [30 * GB, 30 * GB]


def test_guests_without_a_node_need_space_somewhere():
    assert found(cluster([guest(200, node="")])) == []
    assert found(cluster([guest(201, node="")])) == [(WARN, ("guests",))]


def test_the_fullest_node_stands_first():
    (table,), notes = local_space.tables(cluster([guest(30, node="b"), guest(5, node="")]))
    assert [row["node"] for row in table.rows] == ["b", "a"]
    assert notes == ["space on disks: 5 GB of guests are planned on no node yet"]


def test_nothing_is_judged_without_disks_or_with_ceph_or_without_plans():
    for made in (
        cluster([guest(1)], disks=()),
        cluster([guest(1)], ceph=Ceph()),
        cluster([guest(1)], ceph=Ceph(external=True)),
        cluster([guest(1)], platform="pvc"),
        cluster(),
    ):
        with pytest.raises(NotAsked):
            list(local_space.enough(made))
