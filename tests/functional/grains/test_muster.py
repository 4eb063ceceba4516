"""The grain under Salt's real loader, in a process of its own: what stays in sys.modules."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SCRIPT = """
import json, subprocess, sys
import salt.config, salt.loader
opts = salt.config.minion_config(None)
opts.update(json.loads(sys.argv[1]))
functions = salt.loader.grain_funcs(opts)
def refuse(*args, **kwargs):
    raise AssertionError("the grain started a process")
subprocess.Popen = refuse
grain = [functions["muster.muster"]() for _ in range(3)][-1]
left = [name for name in sys.modules if name.startswith(("saltext.muster", "_muster"))]
names = [name for name in functions if name.startswith("muster.")]
print(json.dumps({"grain": grain, "left": left, "names": names}))
"""


@pytest.fixture
def synced(tmp_path):
    """A minion's extension_modules as saltutil.sync_all lays them out."""
    for kind in ("grains", "utils"):
        shutil.copytree(ROOT / f"_{kind}", tmp_path / kind)
    return {"extension_modules": str(tmp_path), "module_dirs": []}


@pytest.fixture
def checkout():
    return {"module_dirs": [str(ROOT)]}


@pytest.mark.parametrize("layout", ["checkout", "synced"])
def test_salt_loads_the_grain_and_keeps_nothing_of_the_library(layout, request, tmp_path):
    opts = {"cachedir": str(tmp_path / "cache"), **request.getfixturevalue(layout)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(opts)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["left"] == []
    assert found["names"] == ["muster.muster"], "Salt calls every public function of the file"
    grain = found["grain"]["muster"]
    assert set(grain) == {"virtualization", "motherboard", "os", "version"}
    assert grain["os"]["id"] not in ("", "unknown")
    assert grain["motherboard"]["kind"] in ("server", "desktop", "virtual", "unknown")
    assert grain["version"][0].isdigit()
