"""Masters with cluster files, and their workers: processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


class Worker:
    """One worker of a master."""

    def __init__(self, opts, environment):
        script = str(Path(__file__).with_name("worker.py"))
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", script, json.dumps(opts)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
            text=True,
        )

    def pillar(self, minion_id):
        self.process.stdin.write(json.dumps(minion_id) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def kill(self, after):
        """Ask for a pillar, and kill the process after some seconds in the middle of it."""
        self.process.stdin.write('"nobody"\n')
        self.process.stdin.flush()
        time.sleep(after)
        self.process.kill()
        self.process.wait(30)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(30) == 0


class Master:
    """A master's folders; layout says where the library comes from."""

    def __init__(self, folder, stack):
        self.folder = folder
        self.stack = stack
        self.environment = {}
        self.opts = {"ext_pillar": [{"muster": {"clusters": str(folder / "clusters")}}]}
        for name in ("clusters", "cache", "pillar", "states", "extmods"):
            (folder / name).mkdir()
        self.opts["cachedir"] = str(folder / "cache")
        self.opts["extension_modules"] = str(folder / "extmods")
        self.opts["pillar_roots"] = {"base": [str(folder / "pillar")]}
        self.opts["file_roots"] = {"base": [str(folder / "states")]}

    def write(self, text, name="demo.yaml"):
        """Replace a cluster file in one step, as an editor does."""
        path = self.folder / "clusters" / name
        new = self.folder / "new"
        new.write_text(text)
        new.replace(path)
        return path

    def worker(self, **opts):
        return self.stack.enter_context(self.doomed_worker(**opts))

    def doomed_worker(self, **opts):
        return Worker({**self.opts, **opts}, self.environment)

    def checkout(self):
        # a checkout's pillar/ hides its _pillar/ from module_dirs
        self.opts["module_dirs"] = [str(ROOT)]
        self.opts["pillar_dirs"] = [str(ROOT / "_pillar")]

    def synced(self):
        for kind in ("pillar", "utils", "runners"):
            shutil.copytree(ROOT / f"_{kind}", self.folder / "extmods" / kind)

    def installed(self):
        site = self.folder / "site"
        shutil.copytree(ROOT / "_utils", site)
        shutil.copytree(ROOT / "_pillar", site / "saltext" / "muster" / "pillar")
        self.environment["PYTHONPATH"] = str(site)
        self.opts["pillar_dirs"] = [str(site / "saltext" / "muster" / "pillar")]

    def synced_beside_another_extension(self):
        """Another saltext.* is installed, which takes over the namespace package's path."""
        self.synced()
        site = self.folder / "site" / "saltext"
        (site / "other").mkdir(parents=True)
        (site / "other" / "__init__.py").write_text("")
        (site / "muster_platforms").mkdir()
        (site / "muster_platforms" / "outsider.py").write_text("")
        self.environment["PYTHONPATH"] = str(site.parent)


@pytest.fixture
def bare_master(tmp_path):
    with ExitStack() as stack:
        yield Master(tmp_path, stack)


@pytest.fixture
def master(bare_master):
    bare_master.checkout()
    return bare_master
