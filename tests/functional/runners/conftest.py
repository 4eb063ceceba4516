"""A master's configuration, and its runners."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ...unit.master.support import VALID

ROOT = Path(__file__).parents[3]


@pytest.fixture
def clusters(tmp_path):
    folder = tmp_path / "clusters"
    folder.mkdir()
    (folder / "demo.yaml").write_text(VALID)
    return folder


@pytest.fixture
def config(tmp_path, clusters):
    """A master's configuration file whose every path is below the test's own folder."""
    file = tmp_path / "conf" / "master"
    file.parent.mkdir()
    (tmp_path / "cachedir" / "proc").mkdir(parents=True)
    folders = ("cachedir", "pki_dir", "sock_dir")
    lines = [f"{key}: {tmp_path / key}" for key in folders]
    lines += [
        f"log_file: {tmp_path / 'log'}",
        f"module_dirs: [{ROOT}]",
        f"ext_pillar: [{{muster: {{clusters: {clusters}}}}}]",
        f"user: {os.environ.get('USER', 'root')}",
    ]
    file.write_text("\n".join(lines) + "\n")
    return file
