"""Measure collecting and judging: python bench/judge.py [--runs 9] [--sizes 250 500 1000].

One live node: what a whole `muster check` process costs on this machine, its commands included.
Many nodes: `muster check --cluster` over as many bundles, all of them variations of one real
bundle (--bundle FILE; default: of this machine), in one process on its own: each is read, judged
by its own plan and reported, then all are compared, as `saltext.muster.comparison` has it.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
MUSTER = [sys.executable, "-m", "saltext.muster"]

#: What the project promises: CPU seconds for one node; seconds and bytes for 1000 bundles.
ONE_CPU, MANY_WALL, MANY_RSS = 1.5, 10.0, 1 << 30

HEAD = """\
version: 1
name: bench
platform: {platform}
networks: {{main: {{cidr: 10.0.0.0/8, bridge: br0, gateway: 10.0.0.1, interface: eth0}}}}
time: {{sources: [10.0.0.1, 10.0.0.2]}}
nodes:
"""


class Run(NamedTuple):
    """A process: seconds by the clock and of CPU (with its children), peak memory in bytes."""

    wall: float
    cpu: float
    rss: int
    output: bytes


def run(*arguments: str) -> Run:
    """Run the command muster and return what it took."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "_utils")}
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen([*MUSTER, *arguments], env=environment, stdout=output)
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode in (0, 2, 3), process.returncode
        output.seek(0)
        return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, output.read())


def one_node(runs: int, platform: str) -> dict[str, float]:
    """Return the medians of checking this machine, and of collecting all that there is."""
    checks = [run("check", "--platform", platform, "--json") for _ in range(runs)]
    collects = [run("collect") for _ in range(runs)]
    return {
        "rows": len(json.loads(checks[0].output)["verdicts"]),
        "check_cpu": statistics.median(each.cpu for each in checks),
        "check_wall": statistics.median(each.wall for each in checks),
        "collect_cpu": statistics.median(each.cpu for each in collects),
        "collect_wall": statistics.median(each.wall for each in collects),
        "bytes": len(collects[0].output),
    }


def varied(held: dict[str, Any], number: int, name: str, address: str) -> dict[str, Any]:
    """Return a bundle of another node: what differs among the nodes of a cluster does."""
    found = copy.deepcopy(held)
    facts = found["facts"]
    found["node"] = name
    facts["hostname"] = {**facts.get("hostname", {}), "configured": name, "running": name}
    facts["hosts"] = {
        "entries": [{"address": address, "names": [name, name.partition(".")[0]], "line": 1}],
        "odd": [],
    }
    facts["memory"] = {**facts.get("memory", {}), "total": (64 + number % 4) << 30}
    installed = facts.get("packages", {}).get("installed", {})
    if "unknown" not in installed:
        installed[f"only-on-{number % 7}"] = "1.0"
    return found


def many_nodes(folder: Path, held: dict[str, Any], size: int, platform: str) -> dict[str, float]:
    """Return the figures of judging ``size`` bundles by one cluster file."""
    cluster, arguments = folder / f"{size}.yaml", []
    lines = [HEAD.format(platform=platform)]
    for number in range(size):
        name, address = f"node{number}.example.com", f"10.1.{number >> 8}.{number & 255}"
        lines.append(f"  {name}: {{address: {address}}}\n")
        path = folder / f"{number}.json"
        if not path.exists():
            path.write_text(json.dumps(varied(held, number, name, address)))
        arguments += ["--bundle", str(path)]
    cluster.write_text("".join(lines))
    found = run("check", "--cluster", str(cluster), "--json", *arguments)
    reports = json.loads(found.output)["reports"]
    assert len(reports) == size + 1 and all(each["verdicts"] for each in reports.values())
    return {"nodes": size, "wall": found.wall, "cpu": found.cpu, "rss": found.rss}


def main() -> None:
    """Measure, print two tables, then the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 500, 1000])
    parser.add_argument("--platform", default="ganeti")
    parser.add_argument("--bundle", help="make the variations from this bundle")
    args = parser.parse_args()
    one = one_node(args.runs, args.platform)
    held = json.loads(Path(args.bundle).read_text() if args.bundle else run("collect").output)
    with tempfile.TemporaryDirectory() as folder:
        many = [many_nodes(Path(folder), held, size, args.platform) for size in args.sizes]
    print(f"this machine, {args.platform}, medians of {args.runs} processes; promised: CPU of a")
    print(f"check < {ONE_CPU} s")
    print("  check   {check_cpu:6.2f} s CPU {check_wall:6.2f} s, {rows} rows".format_map(one))
    print("  collect {collect_cpu:6.2f} s CPU {collect_wall:6.2f} s, {bytes} bytes".format_map(one))
    print(f"\nbundles; promised at 1000: < {MANY_WALL:.0f} s, < {MANY_RSS >> 20} MiB, linear")
    print("  nodes   seconds   s CPU   ms a node   peak MiB")
    for row in many:
        each = row["wall"] / row["nodes"] * 1000
        print(
            f"{row['nodes']:7} {row['wall']:9.2f} {row['cpu']:7.2f} {each:11.2f}"
            f" {row['rss'] / (1 << 20):10.0f}"
        )
    print(json.dumps({"one": one, "many": many}))


if __name__ == "__main__":
    main()
