"""Time commands in turn, on the node where they run: Python's standard library alone.

    python3 timer.py '{"runs": 9, "commands": {"a": ["true"], "b": ["sleep", "1"]}}'

Prints a list of runs as JSON. The order turns round each time, so that none always comes first.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import Any


def run(name: str, argv: list[str]) -> dict[str, Any]:
    """Return one run: wall and CPU seconds of the whole process, exit status, both outputs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    outputs = {"stdout": done.stdout, "stderr": done.stderr}
    return {"name": name, "wall": wall, "cpu": cpu, "retcode": done.returncode, **outputs}


def main(given: dict[str, Any]) -> None:
    """Run all commands `runs` times in turn and print the runs."""
    pairs = list(given["commands"].items())
    runs = []
    for turn in range(given["runs"]):
        runs += [run(*pair) for pair in (reversed(pairs) if turn % 2 else pairs)]
    print(json.dumps(runs))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
