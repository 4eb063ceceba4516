"""A converged run loads few Salt modules: a lookup of a function that is not there loads all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.recipes import MINIONS, NODES, PROJECT

AT_MOST = 80
COUNTER = Path(PROJECT, "bench/modules.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("node", [minion.name for minion in MINIONS])
def test_a_converged_run_loads_few_modules(lab, node):
    python = f"/opt/salt/{NODES[node].salt}/bin/python3"
    done = lab.exec(node, python, "-", "state.apply", stdin=COUNTER)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    states = found["result"].values()
    done = {s["__id__"]: s for s in states if s["result"] is not True or s["changes"]}
    assert done == {}
    # The run was the real one: the plan's components were asked.
    assert {"muster", "muster_hostname", "muster_hosts"} <= set(found["loaded"]["module"])
    assert {"muster", "muster_hostname", "muster_hosts"} <= set(found["loaded"]["states"])
    names = [f"{tag}.{name}" for tag, group in found["loaded"].items() for name in group]
    assert len(names) <= AT_MOST, f"{len(names)} modules: {' '.join(names)}"
