from __future__ import annotations

import pytest
import yaml

from saltext.muster.components import pool_watch
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts

GIB = 1 << 30


def pool(free, used, kind="dir", source="", **more):
    space = {"used": used, "free": free} if kind == "dir" else None
    return {"type": kind, "path": "/x", "source": source, "space": space, **more}


def judged(pools, **more):
    return pool_watch.judged(Facts({"pools": {"pools": pools}, **more}))


@pytest.mark.parametrize(
    ("free", "level"), [(100, "pass"), (20, "pass"), (19, "warn"), (5, "warn"), (4, "fail")]
)
def test_levels_are_those_of_the_requirement(free, level):
    found = judged({"default": pool(free, 100 - free)})
    assert found == {"default": {"level": level, "free": float(free), "why": ""}}


def test_a_volume_group_and_a_zpool_are_told_by_their_own_probes():
    pools = {"vg": pool(0, 0, "logical", "vg0"), "tank": pool(0, 0, "zfs", "tank/vms")}
    groups = {"groups": {"vg0": {"size": 100 * GIB, "free": 3 * GIB}}}
    zpools = {"pools": {"tank": {"size": 100 * GIB, "free": 50 * GIB}}}
    found = judged(pools, lvm=groups, zfs=zpools)
    assert {name: each["level"] for name, each in found.items()} == {"vg": "fail", "tank": "pass"}


def test_a_pool_that_cannot_be_read_is_unknown_and_the_others_are_told():
    hung = pool(0, 0) | {"space": {"unknown": "df did not end within 10 s"}}
    found = judged({"nfs": hung, "default": pool(50, 50)})
    assert found["nfs"] == {"level": "unknown", "free": None, "why": "df did not end within 10 s"}
    assert found["default"]["level"] == "pass"


def test_a_pool_whose_space_nobody_can_tell_is_left_out():
    assert judged({"rbd": pool(0, 0, "rbd")}) == {}


def test_the_file_is_the_minions_configuration():
    tree = yaml.safe_load(pool_watch.text(60))
    assert tree == {"beacons": {"muster_pools": [{"seconds": 60}]}}


@pytest.mark.parametrize(
    ("kept", "running", "keys"),
    [
        (None, None, ["configured", "running"]),
        ("x", [{"seconds": 5}], ["configured", "running"]),
        (pool_watch.text(60), None, ["running"]),
        (None, [{"seconds": 60}], ["configured"]),
        (None, "", ["configured"]),
        (pool_watch.text(60), [{"seconds": 60}], []),
    ],
)
def test_file_and_running_beacon_are_told_apart(kept, running, keys):
    assert list(pool_watch.diff(60, kept, running)) == keys


@pytest.mark.parametrize("seconds", [9, 86401, "60", True, None, 60.0])
def test_a_time_that_is_none_is_refused(seconds):
    with pytest.raises(InvalidArgument, match="seconds: wanted 10 to 86400"):
        pool_watch.check(seconds)


def test_only_its_own_notes_are_taken_back():
    assert not list(pool_watch.undone({"running": "absent"}))
    assert "'x' is no note" in next(iter(pool_watch.undone({"x": "y"})))
