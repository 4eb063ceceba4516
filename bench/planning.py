"""Measure cluster files: python bench/planning.py [--runs 3] [--sizes 100 1000 10000 100000].

For each size, each in a new process: reading a PVC file whose nodes are written one by one (with
three networks, hardware, sites, IPMI), all proofs included; how much of that is parsing YAML; the
peak memory. Then every simulation of 1000 nodes with 23 guests each, nearly full, and the other
plans.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

HEAD = """\
version: 1
name: bench
platform: pvc
networks:
  main: {cidr: 10.0.0.0/9, gateway: 10.0.0.1, floating: 10.0.0.2, interface: bond0, bond: bond0,
    vlan: 100, ipmi_offset: 1000000}
  cluster: {cidr: 10.128.0.0/10, floating: 10.191.255.1, interface: bond0, bond: bond0, vlan: 101}
  storage: {cidr: 10.192.0.0/10, floating: 10.255.255.1, interface: bond1, bond: bond1}
bonds: {bond0: {nics: [eno1, eno2]}, bond1: {nics: [eno3, eno4]}}
hardware:
  big: {cores: 64, memory: 256 GiB, disks: [4 TB, 4 TB],
    nics: {eno1: 10, eno2: 10, eno3: 10, eno4: 10}}
  small: {cores: 64, memory: 224 GiB, disks: [4 TB, 4 TB],
    nics: {eno1: 10, eno2: 10, eno3: 10, eno4: 10}}
ceph: {pools: {vms: {data: 1 TB}}}
time: {sources: [10.0.0.1]}
admin: [198.51.100.0/24]
"""

READ = """
import json, resource, sys, time
sys.path.insert(0, sys.argv[1])
from saltext.muster.master import loading, yamlfile
data = open(sys.argv[2], "rb").read()
started = time.perf_counter()
yamlfile.parse(yamlfile.decode(data))
parsed = time.perf_counter()
loaded = loading.from_bytes(sys.argv[2], data)
done = time.perf_counter()
assert loaded.cluster is not None, loaded.problems[:3]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"parse": parsed - started, "all": done - parsed, "mib": peak,
                  "nodes": len(loaded.cluster.nodes)}))
"""

PLAN = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from saltext.muster.master import loading
from saltext.muster.planning import topics
cluster = loading.load(sys.argv[2])
found = {}
for topic in sys.argv[3:]:
    started = time.perf_counter()
    topics.sheet(topic, cluster)
    found[topic] = time.perf_counter() - started
print(json.dumps(found))
"""


TOPICS = ("simulate", "capacity", "addresses", "ports")


def cluster_file(folder: Path, size: int, guests: int = 0, varied: bool = False) -> Path:
    """Write a cluster file of that many nodes, each with so many guests.

    In a varied one nodes and guests differ, and most guests may run on half of the nodes only.
    """
    path = folder / f"cluster-{size}-{guests}-{varied}.yaml"
    with path.open("w") as file:
        file.write(HEAD + "nodes:\n")
        for n in range(1, size + 1):
            role = "coordinator" if n <= 5 else "hypervisor"
            model = "small" if varied and n % 3 == 0 else "big"
            file.write(
                f"  node{n}.example.com: {{address: {_address(10 << 24, n + 10)}, role: {role},"
                f" hardware: {model}, site: s{n % 3}, addresses: {{cluster:"
                f" {_address(0x0A800000, n)}, storage: {_address(0x0AC00000, n)}}}}}\n"
            )
        file.write("guests:\n" if guests else "")
        for n in range(1, size + 1 if guests else 0):
            node = f"node{n}.example.com"
            for guest in range(1, guests + 1):
                memory = 6 + (n * 7 + guest * 3) % 7 if varied else 10
                half = f"1-{size // 2}" if n <= size // 2 else f"{size // 2 + 1}-{size}"
                limit = f', nodes: ["node[{half}].example.com"]' if varied and guest > 4 else ""
                file.write(
                    f"  vm{n}-{guest}: {{memory: {memory} GiB, disks: [20 GB],"
                    f" node: {node}{limit}}}\n"
                )
    return path


def _address(start: int, number: int) -> str:
    value = start + number
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def run(code: str, *arguments: str) -> dict[str, Any]:
    """Return what a program prints as JSON, run in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-c", code, str(ROOT / "_utils"), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(folder: Path, size: int, runs: int) -> dict[str, float]:
    """Return the medians of one size; times in seconds."""
    path = str(cluster_file(folder, size))
    found = [run(READ, path) for _ in range(runs)]
    assert all(each["nodes"] == size for each in found)
    return {key: statistics.median(each[key] for each in found) for key in ("parse", "all", "mib")}


def main() -> None:
    """Measure every size and topic, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--planned", type=int, default=1000, help="nodes of the simulation")
    args = parser.parse_args()
    print("reading and proving a file; promised: 10 000 nodes in 2 s beyond parsing,")
    print(
        "100 000 in 20 s and 2 GiB\n\n  nodes   parse s   all s   beyond s   peak MiB   us a node"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in args.sizes:
            row = measure(folder, size, args.runs)
            beyond = row["all"] - row["parse"]
            print(
                f"{size:7} {row['parse']:9.2f} {row['all']:7.2f} {beyond:10.2f}"
                f" {row['mib']:10.0f} {row['all'] / size * 1e6:11.0f}"
            )
        for varied in (False, True):
            how = "unlike, limited to half of the nodes" if varied else "alike"
            print(
                f"\nplans of {args.planned} nodes, 23 guests each, {how}; promised: simulate 10 s\n"
            )
            path = str(cluster_file(folder, args.planned, 23, varied))
            plans = [run(PLAN, path, *TOPICS) for _ in range(args.runs)]
            for topic in TOPICS:
                print(f"  {topic:10} {statistics.median(each[topic] for each in plans):6.2f} s")


if __name__ == "__main__":
    main()
