"""A converged run: muster against Salt's floor, ansible-core and pyinfra, on a node of the lab.

    python bench/apply.py [--runs 9] [--peer-runs 3] [--node node1] [--json]

As root. The floor is Salt with one `test.nop`; muster is the node's full plan. All is timed on the
node, each run a whole process, in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import node, paired, peers
from lab import up
from lab.recipes import MINIONS, ROOTS
from lab.run import LabError

_GATES = ("preflight", "verified")
PROMISE = 1.15


def durations(states: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return the milliseconds of each state: gates by function, components by SLS and function."""
    found: dict[str, float] = {}
    for key, state in states.items():
        kind, *_, function = key.split("_|-")
        sls = str(state["__sls__"]).rpartition(".")[2]
        name = function if kind == "muster" else f"{sls}: {kind}.{function}"
        found[name] = found.get(name, 0.0) + float(state["duration"])
    return found


def salt(name: str, runs: int) -> dict[str, Any]:
    """Return the figures of the full plan against Salt's floor, named and by the top file."""
    with node.floor():
        node.in_turn(name, 1, node.COMMANDS)
        done = node.in_turn(name, runs, node.COMMANDS)
    for run in done:
        run["states"] = durations(node.states(run["stdout"]))
    own = [run["states"] for run in paired.of(done, "top")]
    return {
        "named": _against_floor(done, "named", "named floor"),
        "top": _against_floor(done, "top", "top floor"),
        "states_ms": {key: statistics.median(took[key] for took in own) for key in own[0]},
    }


def _against_floor(done: Sequence[dict[str, Any]], name: str, floor: str) -> dict[str, Any]:
    alone = [
        run["wall"] - sum(run["states"][gate] for gate in _GATES) / 1000
        for run in paired.of(done, name)
    ]
    return {
        "floor": _figures(done, floor, floor),
        "full": _figures(done, name, floor),
        "components": {"wall": paired.figures(alone, paired.times(done, floor))},
    }


def _figures(done: Sequence[dict[str, Any]], name: str, base: str) -> dict[str, Any]:
    return {
        clock: paired.figures(paired.times(done, name, clock), paired.times(done, base, clock))
        for clock in ("wall", "cpu")
    }


def others(name: str, runs: int) -> dict[str, Any]:
    """Return the figures of the peers, in turn with the full plan."""
    with peers.installed(name) as commands:
        for run in node.in_turn(name, 1, commands):
            peers.demand_converged(run)
        done = node.in_turn(name, runs, {"muster": node.COMMANDS["named"], **commands})
    for run in done:
        if run["name"] == "muster":
            node.states(run["stdout"])
        else:
            peers.demand_converged(run)
    return {key: _figures(done, key, "muster") for key in ("muster", *commands)}


def machine(name: str) -> dict[str, Any]:
    """Return what was measured on."""
    one = up.find(name)
    cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8").partition("model name")[2]
    return {
        "node": name,
        "suite": ROOTS[one.root].suite,
        "versions": {"salt": one.salt, **peers.VERSIONS},
        "python": node.run(name, "python3", "--version").strip(),
        "cpu": cpu.partition("\n")[0].strip(": \t") or platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def _row(name: str, found: Mapping[str, Mapping[str, float]]) -> str:
    wall, cpu = found["wall"], found.get("cpu")
    text = f"  {name:<42} {wall['median_s']:6.2f} {wall['ratio']:6.2f}"
    text += f"  ({wall['lowest']:.2f} to {wall['highest']:.2f})"
    return f"{text:<70} {cpu['median_s']:6.2f} {cpu['ratio']:6.2f}" if cpu else text


def _head(title: str) -> list[str]:
    return ["", f"{title:<44}   wall  ratio   lowest, highest      cpu  ratio"]


def _against(found: Mapping[str, Any], floor: str, full: str) -> list[str]:
    alone = found["components"]["wall"]["ratio"]
    return [
        _row(f"floor: {floor}", found["floor"]),
        _row(full, found["full"]),
        _row("  without preflight and verification", found["components"]),
        f"    at most {PROMISE:.2f} is promised: {'kept' if alone <= PROMISE else 'MISSED'}",
    ]


def _states(took: Mapping[str, float]) -> list[str]:
    gates = [name for name in took if ":" not in name]
    parts = {name: ms for name, ms in took.items() if name not in gates}
    return [
        "",
        "States of the full plan, milliseconds",
        *(f"  {name:<42} {took[name]:6.1f}" for name in gates),
        f"  {'components together':<42} {sum(parts.values()):6.1f}",
        *(f"    {name:<40} {ms:6.1f}" for name, ms in sorted(parts.items())),
    ]


def table(report: Mapping[str, Any]) -> str:
    """Return a report as a person reads it."""
    of, own = report["machine"], report["salt"]
    versions = ", ".join(f"{name} {version}" for name, version in of["versions"].items())
    lines = [
        f"A converged run on {of['node']} ({of['suite']}, {of['python']}): {versions}",
        f"{of['cpu']}, {of['cores']} cores, Linux {of['kernel']}, load {of['load'][0]} before",
        f"Medians in seconds, ratios of pairs; {report['runs']} runs of each against the floor,"
        f" {report['peer_runs']} of each peer",
        *_head("Named SLS files"),
        *_against(own["named"], "state.apply of one test.nop", "state.apply muster"),
        *_head("By the top file: Salt syncs modules first"),
        *_against(own["top"], "a top file of one test.nop", "state.apply"),
        *_states(own["states_ms"]),
    ]
    if report["peers"]:
        names = {"muster": "state.apply muster", "ansible": "ansible-playbook"}
        lines += _head("Peers, converged, nothing changed")
        lines += [_row(names.get(key, key), found) for key, found in report["peers"].items()]
    return "\n".join(lines)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure a converged run on a node of the lab.")
    parser.add_argument("--runs", type=int, default=9, help="pairs against Salt's floor")
    parser.add_argument("--peer-runs", type=int, default=3, help="runs of each peer; 0: none")
    ganeti = [minion.name for minion in MINIONS if minion.bridged]
    parser.add_argument("--node", default="node1", choices=ganeti, help="where to measure")
    parser.add_argument("--json", action="store_true", help="print the report as data")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """Measure, print, and return the exit status: 1 when it could not be measured."""
    given = _arguments(argv)
    try:
        node.converge(given.node)
        report = {
            "runs": given.runs,
            "peer_runs": given.peer_runs,
            "machine": machine(given.node),
            "salt": salt(given.node, given.runs),
            "peers": others(given.node, given.peer_runs) if given.peer_runs else {},
        }
    except (node.BenchError, LabError) as err:
        print(f"bench: {err}", file=sys.stderr)
        return 1
    print(json.dumps(report, indent=2) if given.json else table(report))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
