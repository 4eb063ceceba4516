"""A minion without a daemon, and a node's files below a folder of its own."""

from __future__ import annotations

import pytest

from tests.support.minion import Minion


class Node:
    """A node's files below a folder: the host that runs the tests is never touched."""

    def __init__(self, folder):
        self.folder = folder
        self.root = str(folder)

    def write(self, path, text="", mode=0o644):
        file = self.path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        file.chmod(mode)
        return file

    def link(self, path, target):
        file = self.path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.symlink_to(target)
        return file

    def path(self, path):
        return self.folder / path.lstrip("/")

    def read(self, path):
        return self.path(path).read_bytes().decode()


@pytest.fixture
def node(tmp_path):
    folder = tmp_path / "node"
    (folder / "etc").mkdir(parents=True)
    return Node(folder)


@pytest.fixture
def pillar():
    return {}


@pytest.fixture
def minion(tmp_path, pillar):
    return Minion(tmp_path, pillar)
