"""The real command ``salt-run``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def salt_run(config, *args):
    """Run the real command; return its exit status and its data."""
    script = Path(sys.executable).with_name("salt-run")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script, "-c", config.parent, "--out=json", *args],
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr + done.stdout
    return done.returncode, json.loads(done.stdout or "null")
