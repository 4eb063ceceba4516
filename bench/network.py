"""A node's address moves from its card to a bridge, over Salt itself: what others notice of it.

    python bench/network.py [--runs 9] [--json]

As root. In a lab of its own: the master pings the node every 20 ms while it applies the network's
state to it; then the node is put back to its plain card by hand, and again.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.update(MUSTER_LAB_NAME="benchn", MUSTER_LAB_NODES="master,net1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import node
from lab import up
from lab.recipes import MASTER, NODES
from lab.run import LabError, wait_for

NODE = NODES["net1"]
PAUSE = 0.02
_REPLY = re.compile(r"^\[(?P<time>[0-9.]+)\] .*icmp_seq=(?P<number>[0-9]+) .*time=", re.M)
_SENT = re.compile(r"^(?P<sent>[0-9]+) packets transmitted, (?P<got>[0-9]+) received", re.M)

_PLAIN = r"""
ifdown --force vmbr0; rm -f /etc/network/interfaces.d/*
cp /root/interfaces /etc/network/interfaces
ip link set eth0 nomaster; ip address flush dev eth0; ifup --force eth0
"""
_MEASURED = r"""
ping -n -D -i "$1" "$2" >/root/pings & pid=$!
sleep 1
salt --timeout=60 --out=json --static "$3" state.apply muster.network >/root/answer
sleep 1
kill -INT $pid
wait $pid || true
"""


def measured() -> dict[str, float]:
    """Return the figures of one change: packets, lost ones, longest gap (ms), state's time (s)."""
    master = MASTER.name
    node.run(master, "sh", "-c", _MEASURED, "sh", str(PAUSE), NODE.address, NODE.id)
    pings = node.run(master, "cat", "/root/pings")
    states = json.loads(node.run(master, "cat", "/root/answer"))[NODE.id]
    (state,) = [each for key, each in states.items() if key.startswith("muster_network_")]
    if state["result"] is not True or "addresses" not in state["changes"]:
        raise node.BenchError(f"the address was not moved: {state['comment']}")
    return {**noticed(pings), "state_s": float(state["duration"]) / 1000}


def noticed(pings: str) -> dict[str, float]:
    """Return packets sent, lost ones and the longest time between two answers in ms."""
    times = [float(match["time"]) for match in _REPLY.finditer(pings)]
    told = _SENT.search(pings)
    if told is None or len(times) < 2:
        raise node.BenchError(f"ping says: {pings[-300:]}")
    gaps = [after - before for before, after in itertools.pairwise(times)]
    lost = int(told["sent"]) - int(told["got"])
    return {"sent": int(told["sent"]), "lost": lost, "gap_ms": max(gaps) * 1000}


def prepare() -> None:
    """Boot the lab and bring the node to all that its plan asks, but keep its plain card."""
    up.up(fresh=True)
    node.run(NODE.name, "cp", "/etc/network/interfaces", "/root/interfaces")
    node.run(MASTER.name, "salt-run", "saltutil.sync_all")
    node.run(MASTER.name, "systemctl", "restart", "salt-master")
    answered()
    node.run(MASTER.name, "salt", NODE.id, "saltutil.sync_all")
    node.run(MASTER.name, "salt", "--timeout=120", NODE.id, "state.apply")
    plain()


def plain() -> None:
    """Put the node back to its plain card."""
    up.execute(NODE.name, "sh", "-c", _PLAIN)
    answered()


def answered() -> None:
    """Wait until the node answers its master."""
    ping = lambda: bool(up.salt_json("--timeout=5", NODE.id, "test.ping"))  # noqa: E731
    wait_for(f"an answer of {NODE.id}", ping, seconds=60)


def table(runs: Sequence[dict[str, float]]) -> str:
    """Return the runs and their medians as lines."""
    head = f"{'run':<8}{'sent':>8}{'lost':>8}{'longest gap':>15}{'state':>10}"
    rows = [(str(number), run) for number, run in enumerate(runs, 1)]
    middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    return "\n".join([head, *(_row(*each) for each in [*rows, ("median", middle)])])


def _row(name: str, run: dict[str, float]) -> str:
    gap, took = f"{run['gap_ms']:.0f} ms", f"{run['state_s']:.2f} s"
    return f"{name:<8}{run['sent']:>8.0f}{run['lost']:>8.0f}{gap:>15}{took:>10}"


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    runs: list[dict[str, Any]] = []
    try:
        prepare()
        for _ in range(args.runs):
            runs.append(measured())
            plain()
    except (LabError, node.BenchError) as err:
        print(f"bench: {err}", file=sys.stderr)
        return 1
    finally:
        up.down()
    print(json.dumps(runs) if args.json else f"\n{NODE.id}: eth0 to vmbr0\n{table(runs)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
