"""Salt's real loader on this tree, without a daemon, with its files below a folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import salt._logging
import salt.config
import salt.loader

ROOT = Path(__file__).parents[2]

# Salt holds its first messages back for a stream that pytest has closed when they come out.
salt._logging.shutdown_temp_handler()


class Minion:
    """Execution and state modules as a minion has them; pillar is what its master gave it."""

    def __init__(self, folder, pillar=None):
        self.files = folder / "srv"
        self.cache = folder / "cache"
        self.opts = salt.config.minion_config(None)
        self.opts.update(
            root_dir=str(folder),
            cachedir=str(self.cache),
            extension_modules=str(folder / "ext"),
            conf_file=str(folder / "minion"),
            file_roots={"base": [str(self.files)]},
            module_dirs=[str(ROOT)],
            file_client="local",
            id="node1.example.com",
            grains={"kernel": "Linux", "os_family": "Debian"},
            pillar=pillar or {},
            test=False,
        )
        utils = salt.loader.utils(self.opts)
        self.modules = salt.loader.minion_mods(self.opts, utils=utils)
        self.states = salt.loader.states(self.opts, self.modules, utils, None)

    def call(self, function, *args, **kwargs):
        """Call an execution function."""
        return self.modules[function](*args, **kwargs)

    def state(self, function, test=False, **kwargs):
        """Run a state in test mode or for real."""
        self.opts["test"] = self.states.opts["test"] = test
        return self.states[function](**{"name": "the state", **kwargs})


def snapshot(folder):
    """Return what lies below a folder, so finely that any touch is seen."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        status = path.lstat()
        content = b""
        if stat.S_ISREG(status.st_mode):
            content = path.read_bytes()
        elif stat.S_ISLNK(status.st_mode):
            content = os.readlink(path).encode()
        owner = (status.st_mode, status.st_uid, status.st_gid)
        found[str(path)] = (content, owner, status.st_ino, status.st_mtime_ns)
    return found
