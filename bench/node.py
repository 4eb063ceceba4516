"""What a benchmark asks of a node of the lab."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab import node as nodes
from lab import up
from lab.recipes import MASTER
from lab.run import say

_TIMER = Path(__file__).with_name("timer.py")
_FILES = "/var/cache/salt/master/muster/files"
# A run of named SLS files, and a run of the top file: before that, Salt syncs its modules.
COMMANDS = {
    "named floor": ("salt-call", "state.apply", "bench.nop", "--out=json"),
    "named": ("salt-call", "state.apply", "muster", "--out=json"),
    "top floor": ("salt-call", "state.top", "bench/top.sls", "--out=json"),
    "top": ("salt-call", "state.apply", "--out=json"),
}
_FLOOR = {
    "nop.sls": "nothing:\n  test.nop\n",
    "top.sls": "base:\n  '*':\n    - bench.nop\n",
}


class BenchError(Exception):
    """The benchmark cannot measure what it says it measures; the text says why."""


def run(node: str, *argv: str, stdin: str = "") -> str:
    """Return what a command says on a node; BenchError when it fails."""
    done = up.execute(node, *argv, stdin=stdin, timeout=1800)
    if done.returncode:
        words = (done.stdout + done.stderr).strip()[-1500:]
        raise BenchError(f"{node}: {' '.join(argv)[:200]}: exit status {done.returncode}\n{words}")
    return done.stdout


def in_turn(node: str, runs: int, commands: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Run commands in turn on a node, timed there; return all runs."""
    given = json.dumps({"runs": runs, "commands": commands})
    found: list[dict[str, Any]] = json.loads(
        run(node, "python3", "-", given, stdin=_TIMER.read_text(encoding="utf-8"))
    )
    return found


def states(text: str) -> dict[str, dict[str, Any]]:
    """Return the states of a converged run; BenchError when it was none."""
    found = json.loads(text)["local"]
    if not isinstance(found, dict):
        raise BenchError(f"state.apply: {found}")
    wrong = [
        f"{name.split('_|-')[1]}: {state['comment']} {state['changes'] or ''}"
        for name, state in found.items()
        if state["result"] is not True or state["changes"]
    ]
    if wrong:
        raise BenchError("this was no converged run:\n" + "\n".join(wrong))
    return found


def converge(node: str) -> None:
    """Have the lab up and the node converged."""
    if not up.is_up():
        up.up()
    full = COMMANDS["top"]
    done = up.execute(node, *full)
    try:
        states(done.stdout)
    except (BenchError, ValueError):
        say("bringing the lab's nodes to what their plans ask")
        run(MASTER.name, "salt-run", "saltutil.sync_all")
        run(MASTER.name, "systemctl", "restart", "salt-master")
        up.execute(MASTER.name, "salt", "*", "saltutil.sync_all")
        up.execute(node, *full)
        states(run(node, *full))


@contextmanager
def floor() -> Iterator[None]:
    """Have the SLS files of one `test.nop` on the master for some time."""
    folder = f"{_FILES}/bench"
    run(MASTER.name, "mkdir", "-p", folder)
    try:
        for name, text in _FLOOR.items():
            run(MASTER.name, "tee", f"{folder}/{name}", stdin=text)
        run(MASTER.name, "salt-run", "fileserver.clear_file_list_cache")
        yield
    finally:
        run(MASTER.name, "rm", "-r", folder)
        run(MASTER.name, "salt-run", "fileserver.clear_file_list_cache")


@contextmanager
def folder(node: str, path: str) -> Iterator[Path]:
    """Have an empty folder on a node for some time; yield where the host sees it."""
    seen = Path(f"/proc/{nodes.init(up.find(node)).pid}/root{path}")
    if seen.exists():
        shutil.rmtree(seen)
    seen.mkdir()
    try:
        yield seen
    finally:
        shutil.rmtree(seen)
