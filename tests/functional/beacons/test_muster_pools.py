"""The beacon under Salt's real loader, in a process of its own: what it gives, and what stays."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import time
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


CONFIG = [{"seconds": 10}]


@pytest.fixture
def beacon(monkeypatch, tmp_path):
    """The beacon by itself, and a function that puts a program in the place of what looks."""
    path = ROOT / "_beacons" / "muster_pools.py"
    spec = importlib.util.spec_from_file_location("beacon_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    program = tmp_path / "program"

    def looks(script):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        module._Watch.due = 0.0

    monkeypatch.setattr(sys, "executable", str(program))
    yield module, looks
    module.close(CONFIG)


def answer(module):
    """Call the beacon as the minion does until what looks has ended; return all events."""
    found = module.beacon(CONFIG)
    while module._Watch.process is not None:
        time.sleep(0.02)
        found += module.beacon(CONFIG)
    return found


def levels(**pools):
    told = {name: {"level": level, "free": 1.0, "why": ""} for name, level in pools.items()}
    return f"echo '{json.dumps({'pools': told})}'"


def test_only_a_change_of_a_level_gives_an_event(beacon):
    module, looks = beacon
    seen = []
    for given in ({"a": "pass"}, {"a": "pass"}, {"a": "warn"}, {"a": "warn"}, {"a": "pass"}, {}):
        looks(levels(**given))
        seen.append([list(event["pools"]) for event in answer(module)])
    assert seen == [[["a"]], [], [["a"]], [], [["a"]], [[]]]


def test_what_hangs_is_killed_and_told_once_and_looked_at_again(beacon, monkeypatch):
    module, looks = beacon
    monkeypatch.setattr(module, "_LOOK", 0)
    looks("exec sleep 1000")
    (event,) = answer(module)
    assert "a file system hangs" in event["unknown"]
    looks("exec sleep 1000")
    assert answer(module) == []
    monkeypatch.setattr(module, "_LOOK", 90)
    looks(levels(a="pass"))
    assert [list(event["pools"]) for event in answer(module)] == [["a"]]


@pytest.mark.parametrize("script", ["exit 3", "echo x", "echo '[]'", "echo '{\"a\": 1}'"])
def test_a_program_without_an_answer_is_unknown(beacon, script):
    module, looks = beacon
    looks(script)
    (event,) = answer(module)
    assert "without an answer" in event["unknown"]


def test_between_two_looks_nothing_is_started(beacon):
    module, looks = beacon
    looks(levels(a="pass"))
    answer(module)
    assert module.beacon(CONFIG) == []
    assert module._Watch.process is None
