"""The same work by ansible-core and by pyinfra, on the same node."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.node import BenchError, folder, run
from lab import build, cache, up
from lab.recipes import ROOTS
from lab.sandbox import build_in

VERSIONS = {"ansible-core": "2.19.14", "pyinfra": "3.10.0"}
_HERE = Path(__file__).parent
_INSIDE = "/opt/bench"
_APT = "/usr/lib/python3/dist-packages"


def environment(suite: str) -> Path:
    """Return the virtualenv with both peers for nodes of a suite; it is cached like Salt's."""
    pins = " ".join(f"{name}=={version}" for name, version in VERSIONS.items())
    script = "\n".join(
        [
            "apt-get -qq update",
            "apt-get -qq install -y --no-install-recommends gcc libc6-dev python3-dev python3-apt"
            " >/dev/null",
            f"python3 -m venv {_INSIDE}/venv",
            f"{_INSIDE}/venv/bin/pip install --quiet {pins}",
            # Ansible's apt module needs these; a node has no route out to install them.
            f"cp -a {_APT}/apt {_APT}/apt_pkg*.so {_APT}/apt_inst*.so"
            f" {_INSIDE}/venv/lib/python3*/site-packages/",
            f"{_INSIDE}/venv/bin/python -m compileall -q {_INSIDE}/venv || true",
        ]
    )
    root = next(one for one in ROOTS.values() if one.suite == suite)
    tree = build.build_all().roots[root.name]

    def fill(output: Path) -> None:
        build_in(root, tree, output, _INSIDE, script)

    return cache.entry(f"bench-{suite}", {"script": script, "suite": suite}, fill)


def values(node: str) -> dict[str, Any]:
    """Return what the peers have to keep: taken from the node's own plan."""
    parts = _salt_call(node, "pillar.items", "unmask=True")["muster"]["components"]
    hosts = json.loads(_salt_call(node, "cp.get_file_str", parts["hosts"]["shared"]["source"]))
    options = sorted(parts["drbd"]["options"].items())
    return {
        "hostname": parts["hostname"]["name"],
        "hosts_lines": [" ".join([host["address"], *host["names"]]) for host in hosts],
        "packages": parts["packages"]["names"],
        "sources": parts["chrony"]["sources"],
        "options": " ".join(f"{name}={value}" for name, value in options),
        "options_file": "/etc/modprobe.d/muster-drbd.conf",
        "boot_file": "/etc/modules-load.d/muster-drbd.conf",
    }


def _salt_call(node: str, *argv: str) -> Any:
    return json.loads(run(node, "salt-call", *argv, "--out=json"))["local"]


@contextmanager
def installed(node: str) -> Iterator[dict[str, list[str]]]:
    """Have both peers on a node for some time; yield the commands by name."""
    tree = environment(ROOTS[up.find(node).root].suite)
    with folder(node, _INSIDE) as seen:
        shutil.copytree(tree / "venv", seen / "venv", symlinks=True)
        shutil.copy(_HERE / "ansible/site.yml", seen)
        shutil.copy(_HERE / "pyinfra/deploy.py", seen)
        (seen / "values.json").write_text(json.dumps(values(node)))
        tools, data = f"{_INSIDE}/venv/bin", f"{_INSIDE}/values.json"
        yield {
            "ansible": [f"{tools}/ansible-playbook", "-i", "localhost,", "-e", f"@{data}"]
            + ["-e", f"ansible_python_interpreter={tools}/python", f"{_INSIDE}/site.yml"],
            "pyinfra": ["env", f"BENCH_VALUES={data}", f"{tools}/pyinfra", "-y"]
            + ["@local", f"{_INSIDE}/deploy.py"],
        }


def demand_converged(one: dict[str, Any]) -> None:
    """Raise BenchError unless a peer's run succeeded and changed nothing."""
    text = one["stdout"] + one["stderr"]
    unchanged = {
        "ansible": r"changed=0 +unreachable=0 +failed=0",
        "pyinfra": r"Grand total +([0-9]+) +- +- +\1 ",
    }
    if one["retcode"] or not re.search(unchanged[one["name"]], text):
        raise BenchError(f"{one['name']}: this was no converged run:\n{text[-3000:]}")
