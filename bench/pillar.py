"""Measure the external pillar: python bench/pillar.py [--pairs 40] [--sizes 10 100 1000 10000].

For each size of cluster: compiling one minion's pillar by Salt's own Pillar, over an empty one
(medians of pairs, each with loaders of its own, as a master has them); what a minion is sent, in
bytes; the first load of the cluster file and a reload after a restart, each in a new process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgpack
import salt.config
import salt.pillar

ROOT = Path(__file__).parents[1]
GRAINS = {"os": "Debian", "os_family": "Debian", "kernel": "Linux"}

HEAD = """\
version: 1
name: bench
platform: ganeti
networks: {main: {cidr: 10.0.0.0/8, bridge: gnt-br, gateway: 10.0.0.1}}
cluster: {name: cluster.example.com, address: 10.255.0.1}
time: {sources: [10.0.0.1, 10.0.0.2]}
hosts: [{address: 10.0.0.1, names: [master.example.com, master]}]
waivers:
  - {requirement: GNT-034, reason: no DRBD here, owner: operations, expires: 2099-01-01}
nodes:
"""

LOAD = """
import sys, time
sys.path.insert(0, sys.argv[1])
import salt.pillar
started = time.perf_counter()
from saltext.muster.master import pillar
answer = pillar.compile_(sys.argv[2], [sys.argv[3]], sys.argv[4], False)
print(time.perf_counter() - started)
assert "muster" in answer, answer
"""


def cluster_file(folder: Path, size: int) -> Path:
    """Write a cluster file of that many nodes."""
    path = folder / f"cluster-{size}.yaml"
    addresses = (f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(1000, 1000 + size))
    lines = [
        f"  node{n}.example.com: {{address: {address}}}\n" for n, address in enumerate(addresses)
    ]
    path.write_text(HEAD + "".join(lines))
    return path


def load_seconds(path: Path, minion_id: str, cache: Path) -> float:
    """Return what the first compile of a new process takes, imports of muster included."""
    command = [sys.executable, "-W", "ignore", "-c", LOAD, str(ROOT / "_utils"), minion_id]
    done = subprocess.run(
        [*command, str(path), str(cache)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def compiled(opts: dict[str, Any], minion_id: str) -> tuple[float, dict[str, Any]]:
    """Return the seconds of one compile, and the pillar."""
    pillar = salt.pillar.Pillar(opts, {**GRAINS, "id": minion_id}, minion_id, "base")
    started = time.perf_counter()
    found: dict[str, Any] = pillar.compile_pillar()
    return time.perf_counter() - started, found


def measure(folder: Path, size: int, pairs: int) -> dict[str, float]:
    """Return the figures of one size; times in milliseconds."""
    path, minion_id = cluster_file(folder, size), f"node{size // 2}.example.com"
    caches = [folder / f"cache-{size}-{number}" for number in range(3)]
    for cache in caches:
        cache.mkdir()
    first = [load_seconds(path, minion_id, cache) for cache in caches]
    again = [load_seconds(path, minion_id, caches[0]) for _ in range(5)]
    opts = salt.config.master_config(None)
    opts.update(
        cachedir=str(caches[0]),
        extension_modules=str(folder / "extmods"),
        grains=GRAINS,
        module_dirs=[str(ROOT)],
        pillar_dirs=[str(ROOT / "_pillar")],  # a checkout's pillar/ hides it from module_dirs
        pillar_roots={"base": [str(folder / "pillar")]},
    )
    ours = {**opts, "ext_pillar": [{"muster": {"clusters": [str(path)]}}]}
    _seconds, pillar = compiled(ours, minion_id)
    times = [(compiled(opts, minion_id)[0], compiled(ours, minion_id)[0]) for _ in range(pairs)]
    return {
        "nodes": size,
        "empty": statistics.median(empty for empty, _full in times) * 1000,
        "muster": statistics.median(full for _empty, full in times) * 1000,
        "over": statistics.median(full - empty for empty, full in times) * 1000,
        "bytes": len(msgpack.packb(pillar)),
        "first": statistics.median(first) * 1000,
        "restart": statistics.median(again) * 1000,
    }


def main() -> None:
    """Measure every size and print a table, then the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000, 10_000])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(Path(folder), size, args.pairs) for size in args.sizes]
    print("one minion's pillar in ms, medians; promised: over < 2, bytes < 4000 at every size,")
    print("first load of 10 000 nodes < 1000, reload after a restart < 100\n")
    print("  nodes   empty  muster    over   bytes   first load   after a restart")
    for row in rows:
        print(
            "{nodes:7} {empty:7.2f} {muster:7.2f} {over:7.2f} {bytes:7} {first:12.0f}"
            " {restart:17.0f}".format_map(row)
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
