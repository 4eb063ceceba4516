"""How long the grain ``muster`` takes on this machine: medians, in milliseconds.

    python bench/grains.py [runs]

A minion calls it at its start and at each refresh, in one process, and keeps bytecode.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

GRAINS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "_grains", "muster.py")

ONE = """
import fnmatch, importlib.util, re, socket, stat, subprocess, sys, time
if {anew}:
    sys.pycache_prefix = "/nonexistent"  # Python's own modules are loaded by now
spec = importlib.util.spec_from_file_location("grain", {path!r})
grain = importlib.util.module_from_spec(spec)
spec.loader.exec_module(grain)
for _ in range({calls}):
    started = time.perf_counter()
    grain.muster()
    print((time.perf_counter() - started) * 1000)
"""


def measure(calls: int, bytecode: str) -> list[float]:
    """Return the milliseconds of ``calls`` calls in one fresh process.

    bytecode is the folder for compiled modules; "" = none is kept and all is compiled anew.
    """
    code = ONE.format(path=os.path.abspath(GRAINS), calls=calls, anew=not bytecode)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    if bytecode:
        environment["PYTHONPYCACHEPREFIX"] = bytecode
    else:
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return [float(line) for line in done.stdout.split()]


def show(name: str, times: list[float]) -> None:
    """Print one line of figures."""
    middle, slowest = statistics.median(times), max(times)
    print(f"{name:28} median {middle:5.2f} ms  slowest {slowest:5.2f} ms  {len(times)} calls")


def main(runs: int) -> None:
    """Print the medians of ``runs`` calls of each kind."""
    with tempfile.TemporaryDirectory() as bytecode:
        measure(1, bytecode)
        show("later call", measure(runs + 1, bytecode)[1:])
        show("first call of a process", [measure(1, bytecode)[0] for _ in range(runs)])
        show("first call, no bytecode", [measure(1, "")[0] for _ in range(runs)])
    print(f"Python {sys.version.split()[0]}, {time.strftime('%Y-%m-%d', time.gmtime())}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
