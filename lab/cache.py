"""A folder of finished things, each named by the hash of what it was made from."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab.recipes import CACHE
from lab.run import LabError, say

_DONE = "done"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file's lock; another process that wants it waits.

    path
        the lock file; it is made, with its folder, and stays
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def remove_tree(path: Path) -> None:
    """Remove a folder, unless something is mounted in it.

    A mount in it (a build that was interrupted) would lead the removal out of the folder.

    Raises LabError that names the mount.
    """
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        mounted = Path(line.split()[4].replace("\\040", " "))
        if mounted == path or path in mounted.parents:
            raise LabError(f"{path}: {mounted} is mounted in it; run 'umount -R {mounted}' first")
    shutil.rmtree(path)


def key_of(recipe: Any) -> str:
    """Return the short hash of a recipe (anything that JSON can hold)."""
    text = json.dumps(recipe, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def place(name: str, recipe: Any) -> Path:
    """Return where `entry` keeps a thing, whether it is there or not."""
    return CACHE / f"{name}-{key_of(recipe)}" / "tree"


def entry(name: str, recipe: Any, build: Callable[[Path], None]) -> Path:
    """Return the folder of a cached thing, building it when it is not there.

    name
        what it is; entries of the same name with another recipe stay until `prune`
    recipe
        all that its content depends on, as JSON data
    build
        fills an empty folder; nothing of it is kept when it raises

    Raises what build raises.
    """
    path = place(name, recipe).parent
    with locked(CACHE / f".{name}.lock"):
        if not (path / _DONE).exists():
            partial = CACHE / f".{name}.partial"
            for old in (partial, path):
                if old.exists():
                    remove_tree(old)
            say(f"building {name}")
            (partial / "tree").mkdir(parents=True)
            build(partial / "tree")
            (partial / _DONE).touch()
            partial.rename(path)
            say(f"built {name}")
    return path / "tree"


def prune(kept: Iterable[Path]) -> None:
    """Remove all entries but some; nothing may run on the others any more.

    kept
        what `entry` returned for those that stay; things of other names, such as those that
        benchmarks keep here, stay too
    """
    names = {tree.parent for tree in kept}
    kinds = {path.name.rpartition("-")[0].split("-")[0] for path in names}
    for path in CACHE.glob("*-*"):
        ours = path.name.split("-")[0] in kinds
        if ours and (path / _DONE).exists() and path not in names:
            remove_tree(path)
