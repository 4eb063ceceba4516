"""A run of the state tree loads few Salt modules: a lookup of what is not there loads all.

On this machine, in test mode: nothing is changed. tests/lab has the converged run of real nodes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from saltext.muster import assess, digest, facts, platforms

ROOT = Path(__file__).parents[2]
AT_MOST = 80
COMPONENTS = {
    "hostname": {"name": "node1.example.com"},
    "hosts": {"address": "192.0.2.11", "names": ["node1.example.com", "node1"]},
    "chrony": {"sources": ["192.0.2.1"], "wait": 0},
    "drbd": {"options": {"minor_count": "128", "usermode_helper": "/bin/true"}},
    "kvm_spice": {},
}
RUN = """
import json, sys
import salt.config
from bench import modules
opts = salt.config.minion_config(sys.argv[1])
print(json.dumps(modules.count("state.apply", *sys.argv[2:], opts=opts, test=True), default=str))
"""


def plan_of(components):
    system = facts.collect(["os"])["os"]
    plan = {
        "version": 1,
        "library": digest.library(platforms.load("ganeti").__file__),
        "now": time.time(),
        "id": "node1.example.com",
        "cluster": "demo",
        "platform": "ganeti",
        "profile": {"platform": "ganeti", "hypervisor": "kvm", "edition": "current"},
        "components": components,
        "declared": {"name": "node1.example.com", "address": "192.0.2.11"},
    }
    if "packages" in components:
        release = f"{system['id']}-{system['version_id']}"
        plan["components"] = {**components, "packages": {"names": {release: ["bash"]}}}
    waiver = {"reason": "this is no node", "owner": "a test", "expires": "2999-12-31"}
    rows = assess.requirements(plan, "preflight")
    plan["waivers"] = [{"requirement": row.id, **waiver} for row in rows]
    return {**plan, "digest": digest.of_plan(plan)}


def run(folder, components, *arguments):
    """Run the state tree by Salt's real loader in a process of its own, below a folder."""
    (folder / "pillar").mkdir()
    (folder / "pillar/top.sls").write_text("base: {'*': [node]}\n")
    (folder / "pillar/node.sls").write_text(json.dumps({"muster": plan_of(components)}))
    config = {
        "id": "node1.example.com",
        "root_dir": str(folder),
        "file_client": "local",
        "file_roots": {"base": [str(ROOT / "salt"), str(folder / "states")]},
        "pillar_roots": {"base": [str(folder / "pillar")]},
        "module_dirs": [str(ROOT)],
        "autoload_dynamic_modules": False,
        "log_file": str(folder / "log"),
    }
    (folder / "minion").write_text(json.dumps(config))
    done = subprocess.run(
        [sys.executable, "-B", "-c", RUN, str(folder / "minion"), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "_utils")])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    names = [f"{tag}.{name}" for tag, group in found["loaded"].items() for name in group]
    return found, names


@pytest.mark.parametrize("more", [{}, {"packages": {}}], ids=["own", "with-packages"])
def test_a_run_loads_few_modules(tmp_path, more):
    found, names = run(tmp_path, {**COMPONENTS, **more})
    ran = {key.split("_|-")[0] for key in found["result"]}
    assert {f"muster_{name}" for name in COMPONENTS} <= ran, found["result"]
    stopped = [s for s in found["result"].values() if "requisite" in str(s["comment"]).lower()]
    assert stopped == []
    assert len(names) <= AT_MOST, f"{len(names)} modules: {' '.join(names)}"


def test_the_count_sees_a_lookup_of_what_is_not_there(tmp_path):
    """`unless` is such a lookup: the test above could not fail if this one did not pass."""
    (tmp_path / "states").mkdir()
    (tmp_path / "states/slow.sls").write_text("nothing:\n  test.nop:\n    - unless: 'false'\n")
    _, names = run(tmp_path, {}, "slow")
    assert len(names) > 3 * AT_MOST
