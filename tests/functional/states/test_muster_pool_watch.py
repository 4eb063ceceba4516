"""On files; the minion's own beacons are in tests/acceptance/test_pool_watch.py."""

from __future__ import annotations

import yaml

from saltext.muster.components import pool_watch

STATE = "muster_pool_watch.watched"
FILE = f"/etc/salt/{pool_watch.FILE}"


def test_the_beacon_is_configured_in_a_file_of_its_own(converged, node, testmode):
    node.write("/etc/salt/minion.d/beacons.conf", "beacons: {load: []}\n")
    changes = converged(STATE, seconds=60)["changes"]
    assert changes == {"configured": {"old": None, "new": "a look every 60 s"}}
    if not testmode:
        tree = yaml.safe_load(node.read(FILE))
        assert tree == {"beacons": {"muster_pools": [{"seconds": 60}]}}
    assert node.read("/etc/salt/minion.d/beacons.conf") == "beacons: {load: []}\n"


def test_another_time_is_another_file(converged, node):
    node.write(FILE, pool_watch.text(300))
    changes = converged(STATE, seconds=60)["changes"]
    assert changes["configured"]["old"] == "other text"


def test_a_time_that_is_none_is_told(fails):
    assert "seconds: wanted 10 to 86400, seen 1" in fails(STATE, seconds=1)
