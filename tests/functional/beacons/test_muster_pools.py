"""The beacon under Salt's real loader, in a process of its own: what it gives, and what stays."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SCRIPT = """
import json, subprocess, sys, time
import salt.beacons, salt.config
opts = salt.config.minion_config(None)
opts.update(json.loads(sys.argv[1]))
config = {"muster_pools": [{"seconds": 10}]}
opts["beacons"] = config
runs = salt.beacons.Beacon(opts, {})
events, began = [], time.monotonic()
while not events and time.monotonic() < began + 100:
    events = runs.process(config, {})
    time.sleep(0.05)
again = runs.process(config, {})
left = [name for name in sys.modules if name.startswith("saltext.muster")]
valid = [runs.beacons["muster_pools.validate"](each)[0] for each in json.loads(sys.argv[2])]
runs.beacons["muster_pools.close"]([])
print(json.dumps({"events": events, "again": again, "left": left, "valid": valid}))
"""

#: Configurations, the first of which are good.
GIVEN = [
    [{"seconds": 60}],
    [{"seconds": 10}, {"_beacon_name": "muster_pools"}],
    [],
    [{"seconds": 9}],
    [{"seconds": "60"}],
    [{"seconds": True}],
    {"seconds": 60},
    ["seconds"],
]


@pytest.fixture
def synced(tmp_path):
    """A minion's extension_modules as saltutil.sync_all lays them out."""
    for kind in ("beacons", "utils"):
        shutil.copytree(ROOT / f"_{kind}", tmp_path / kind)
    return {"extension_modules": str(tmp_path), "module_dirs": []}


@pytest.fixture
def checkout():
    return {"module_dirs": [str(ROOT)]}


@pytest.mark.parametrize("layout", ["checkout", "synced"])
def test_the_first_look_gives_one_event_and_the_minion_keeps_nothing(layout, request, tmp_path):
    opts = {
        "cachedir": str(tmp_path / "cache"),
        "sock_dir": str(tmp_path / "sock"),
        "id": "node1.example.com",
        "__role": "minion",
        **request.getfixturevalue(layout),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(opts), json.dumps(GIVEN)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["left"] == []
    assert len(found["events"]) == 1
    event = found["events"][0]
    assert event["tag"] == "salt/beacon/node1.example.com/muster_pools/"
    told = event["data"]
    assert told["id"] == "node1.example.com"
    assert "pools" in told, told
    assert found["again"] == []
    assert found["valid"] == [True] * 3 + [False] * 5


def test_as_a_program_the_component_prints_what_the_beacon_reads():
    done = subprocess.run(
        [sys.executable, "-B", "-m", "saltext.muster.components.pool_watch"],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(ROOT / "_utils")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) == {"pools"}
