#!/usr/bin/env python3
"""The demonstration: a fresh lab, judged, prepared by muster, judged again. `make demo`."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lab import node, up
from lab.recipes import MASTER, MASTER_ADDRESS, MINIONS, Node
from lab.run import LabError, say

_TRY = (
    "lab/lab salt-run muster.check",
    "lab/lab salt node1.example.com muster.explain GNT-012",
    "lab/lab exec node1 bash",
)


def _show(*argv: str, promised: Sequence[int] = (0,)) -> None:
    """Run a command on the master as a person would, and show it and what it says.

    promised
        the exit statuses that are as they should be

    Raises LabError for another one.
    """
    print(f"\n$ {shlex.join(argv)}", flush=True)
    color = ["--force-color"] if argv[0] == "salt" and sys.stdout.isatty() else []
    command = node.command(MASTER, [argv[0], *color, *argv[1:]])
    status = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
    print(flush=True)
    if status not in promised:
        raise LabError(f"{shlex.join(argv)}: exit status {status}, promised {promised}")


def _sync() -> None:
    """Give minions and master the project's modules."""
    for argv in (("salt", "*", "saltutil.sync_all"), ("salt-run", "saltutil.sync_all")):
        print(f"\n$ {shlex.join(argv)}", flush=True)
        result = up.execute(MASTER.name, *argv)
        if result.returncode != 0:
            raise LabError(f"{shlex.join(argv)}:\n{result.stdout}{result.stderr}")
    _show("salt-run", "muster.validate")


def _answers(*argv: str) -> dict[str, Any]:
    """Return all minions' answers to a command.

    Raises LabError when one is missing or is no table of data.
    """
    answers = up.salt_json("*", *argv)
    for minion in MINIONS:
        if not isinstance(answers.get(minion.id), dict):
            said = answers.get(minion.id, "no answer")
            raise LabError(f"{minion.id}: {shlex.join(argv)}: {said}")
    return answers


def _prove_green() -> None:
    """Raise LabError unless every node meets, or waives, all that its platform asks."""
    for name, report in sorted(_answers("muster.check").items()):
        counts = ", ".join(f"{count} {status}" for status, count in report["counts"].items())
        if report["retcode"] != 0 or not report["verdicts"]:
            raise LabError(f"{name} does not pass muster: {counts or report}")
        say(f"{name} passes muster: {counts}")


def _apply(*argv: str) -> dict[str, int]:
    """Apply the states on all nodes and print, in one line each, those that change something.

    argv
        further arguments of state.apply

    Returns the number of such states by minion id. Raises LabError when one fails.
    """
    print(f"\n$ {shlex.join(['salt', '*', 'state.apply', *argv])}    (changes only)", flush=True)
    changed = {}
    failed = []
    for name, states in sorted(_answers("state.apply", *argv).items()):
        rows = sorted(states.values(), key=lambda row: int(row["__run_num__"]))
        print(f"{name}: {len(rows)} states")
        for row in rows:
            if row["changes"]:
                print(f"  {row['__id__']}: {row['comment'].splitlines()[0]}")
            if row["result"] is False:
                failed.append(f"{name}: {row['__id__']}: {row['comment']}")
        changed[name] = sum(bool(row["changes"]) for row in rows)
    print(flush=True)
    if failed:
        raise LabError("not as promised, a state failed:\n" + "\n".join(failed))
    return changed


def _apply_three_times() -> None:
    """Dry run, run and run again; raise LabError unless the first two tell the same changes and
    the last has none."""
    say("4. what a run would change: a dry run")
    told = _apply("test=True")
    say("5. the run")
    done = _apply()
    if told != done or not all(done.values()):
        raise LabError(f"states told to change: {told}; states that changed something: {done}")
    say("6. the run again: nothing is left to change")
    again = _apply()
    if any(again.values()):
        raise LabError(f"the second run was to change nothing; states that did: {again}")
    say("0 changed, 0 failed")


def _see(one: Node) -> None:
    """Look at a node with its own tools; raise LabError when something is not as promised."""
    script = f"hostname; getent hosts {one.id}; chronyc -n -c tracking"
    lines = [*up.execute(one.name, "sh", "-c", script).stdout.splitlines(), "", "", ""]
    address = (lines[1].split() or ["none"])[0]
    source = (lines[2].split(",") + ["none"])[1]
    seen = f"hostname {lines[0]}, address {address}, time from {source}"
    wanted = f"hostname {one.id}, address {one.address}, time from {MASTER_ADDRESS}"
    if seen != wanted:
        raise LabError(f"{one.name}: seen {seen}; wanted {wanted}")
    say(f"{one.name}: {seen}")


def demo() -> None:
    """Show all that muster promises, from an empty machine on.

    Raises LabError when something is not as promised; the lab stays up to look into it.
    """
    say("1. the lab: host packages, roots, boot")
    up.up(fresh=True)
    say("2. the nodes get muster from their master")
    _sync()
    say("3. fresh nodes, judged: nothing is changed")
    _show("salt", "*", "muster.check", promised=(1, 2))
    _apply_three_times()
    say("7. the same nodes, judged again")
    _show("salt", "*", "muster.check")
    _prove_green()
    say("8. the nodes' own tools say the same")
    for minion in MINIONS:
        _see(minion)


def main() -> int:
    """Run the demonstration and return the exit status."""
    try:
        demo()
    except LabError as err:
        print(f"\ndemo: {err}", file=sys.stderr)
        return 1
    say("done; the lab stays up")
    print("\nTry:")
    for line in _TRY:
        print(f"  {line}")
    print("and in the end: make demo-down")
    return 0


if __name__ == "__main__":
    sys.exit(main())
