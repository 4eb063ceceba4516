"""Hosts made of a few files below a temporary folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from saltext.muster.probes.source import Source

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def host(tmp_path):
    """host({path: text}, links={path: target}, run=function) makes a Source of these files.

    A path that ends in "/" is a folder. Calling it again adds to the same host.
    """
    root = tmp_path / "root"
    root.mkdir()

    def make(files=(), links=(), run=None):
        for path, text in dict(files).items():
            here = root / path.lstrip("/")
            if path.endswith("/"):
                here.mkdir(parents=True, exist_ok=True)
                continue
            here.parent.mkdir(parents=True, exist_ok=True)
            here.write_bytes(text if isinstance(text, bytes) else text.encode())
        for path, target in dict(links).items():
            here = root / path.lstrip("/")
            here.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(target, here)
        return Source(str(root), run)

    return make


@pytest.fixture(scope="session")
def cpuinfo():
    """cpuinfo(part of a name) returns a captured /proc/cpuinfo."""

    def read(part):
        (path,) = (DATA / "cpuinfo").glob(f"*{part}*")
        return path.read_text()

    return read
