"""Real nodes for the tests of this folder; they need root and are never skipped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import up
from lab.recipes import MASTER, PROJECT

#: Set to use a lab that `make demo` left up, as it is, and to leave it up: for work on a test.
REUSE = "MUSTER_LAB_REUSE"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that boot a lab of their own first: it ends the one that all others share."""
    items.sort(key=lambda item: "booted" not in getattr(item, "fixturenames", ()))


class Lab:
    """The nodes of the lab, by their short or full names."""

    def exec(self, node: str, *argv: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in a node."""
        return up.execute(node, *argv, stdin=stdin)

    def salt(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run `salt` on the master."""
        return up.execute(MASTER.name, "salt", *argv)

    def salt_run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run `salt-run` on the master."""
        return up.execute(MASTER.name, "salt-run", *argv)

    def salt_key(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run `salt-key` on the master."""
        return up.execute(MASTER.name, "salt-key", *argv)

    def salt_json(self, *argv: str) -> dict[str, Any]:
        """Run `salt` on the master; return the answers by minion id."""
        return up.salt_json(*argv)

    def put(self, node: str, path: str, text: str) -> None:
        """Write a file in a node."""
        done = self.exec(node, "sh", "-c", 'cat >"$1"', "sh", path, stdin=text)
        assert done.returncode == 0, done.stderr


def command(*argv: str) -> subprocess.CompletedProcess[str]:
    """Run the lab's own command line, as a user does."""
    argv = (sys.executable, "-B", str(PROJECT / "lab/lab"), *argv)
    return subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def booted() -> Iterator[Lab]:
    """Fresh nodes that muster has not touched; gone after the module."""
    up.up(fresh=True)
    yield Lab()
    up.down()


@pytest.fixture(scope="session")
def demo_output(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What `make demo` printed; its lab is up."""
    if os.environ.get(REUSE):
        assert up.is_up(), f"{REUSE} is set and no lab is up: run 'make demo' first"
        yield ""
        return
    path: Path = tmp_path_factory.mktemp("demo") / "output"
    with path.open("w") as output:
        # A file, not a pipe: a test that fails must not wait for what the demo leaves running.
        argv = [sys.executable, "-B", str(PROJECT / "lab/demo.py")]
        status = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    text = path.read_text()
    assert status.returncode == 0, f"make demo failed:\n{text[-6000:]}"
    yield text
    up.down()


@pytest.fixture(scope="session")
def lab(demo_output: str) -> Lab:
    """The nodes as `make demo` leaves them."""
    return Lab()


@pytest.fixture
def as_json() -> Any:
    """A function that returns a command's output as data, and fails on an exit status."""

    def parse(done: subprocess.CompletedProcess[str]) -> Any:
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return parse
