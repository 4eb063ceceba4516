"""A component's journal on disk: what was there before, and what muster wrote last.

``journal.json`` names files and values; the old bytes of file ``n`` are in ``old/<n>``. Only root
may read them, as any of them may hold a secret.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any

from saltext.muster.errors import InvalidArgument, Refused
from saltext.muster.origins import checks
from saltext.muster.probes.source import Source
from saltext.muster.trial import runner, saving, spec

FOLDER = "/var/lib/muster/origins"
NAME = "journal.json"
VERSION = 1


@dataclass(frozen=True)
class Place:
    """Where a component's journal is, and below which folder ("" = /) its files are."""

    component: str
    base: str
    folder: str

    def name(self, target: str) -> str:
        """Return the node's own path of ``target``. Raises Refused for one that is outside."""
        if self.base and not target.startswith(f"{self.base}/"):
            raise Refused(f"{target} is not below {self.base}, so it is not changed; look at links")
        return target[len(self.base) :]


@dataclass
class Entry:
    """A file: what it ``was``, what muster ``wrote``, and whether others wrote in between.

    old is what ``saving.look`` tells; copy is the number of its bytes in ``old``; folders are
    those that were made for it, outermost first; since is when muster changed it first.
    """

    path: str
    was: str
    old: dict[str, Any]
    copy: int
    folders: list[str]
    since: str
    wrote: list[str] = field(default_factory=list)
    foreign: bool = False


@dataclass
class Journal:
    """All that a component keeps; ``order`` counts the components by their first change."""

    place: Place
    order: int
    files: list[Entry] = field(default_factory=list)
    noted: dict[str, str] = field(default_factory=dict)

    def entry(self, path: str) -> Entry | None:
        """Return what is kept of a file, or None."""
        return next((entry for entry in self.files if entry.path == path), None)

    def add(self, path: str, target: str, was: str) -> Entry:
        """Keep a file as it is; the journal must be saved after it."""
        old, data = saving.look(path, target)
        number = 1 + max((entry.copy for entry in self.files), default=0)
        if old["kind"] == "file":
            _write(self.copy(number), data)
        made = [self.place.name(each) for each in saving.missing(os.path.dirname(target))]
        stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
        self.files.append(Entry(path, was, old, number, made, stamp))
        return self.files[-1]

    def copy(self, number: int | str) -> str:
        """Return where the old bytes of a file are."""
        return os.path.join(self.place.folder, "old", str(number))

    def drop(self, entry: Entry) -> None:
        """Forget a file; the journal must be saved after it."""
        self.files.remove(entry)

    def save(self) -> None:
        """Write the journal atomically and bring it onto the disk; remove it when it is empty."""
        if not self.files and not self.noted:
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(self.place.folder, NAME))
            shutil.rmtree(self.place.folder, ignore_errors=True)
            return
        data = {
            "version": VERSION,
            "order": self.order,
            "noted": self.noted,
            "files": [asdict(entry) for entry in self.files],
        }
        text = json.dumps(data, indent=1)
        _write(os.path.join(self.place.folder, NAME), text.encode("ascii"))
        for name in set(os.listdir(os.path.join(self.place.folder, "old"))) - {
            str(entry.copy) for entry in self.files
        }:
            os.unlink(self.copy(name))


def place(component: str, root: str | None = None) -> Place:
    """Return where the journal of a component is. Raises InvalidArgument for no such name."""
    if not checks.is_component(component):
        raise InvalidArgument(f"origins: {component!r:.60} is no name of a component")
    base = os.path.realpath(root or "/").rstrip("/")
    return Place(component, base, os.path.join(top(root), component))


def top(root: str | None = None) -> str:
    """Return the folder of all journals."""
    return Source(os.path.realpath(root or "/")).path(FOLDER)


def names(root: str | None = None) -> list[str]:
    """Return which components keep something, by name."""
    folder = top(root)
    found = filter(checks.is_component, os.listdir(folder) if os.path.isdir(folder) else ())
    return sorted(name for name in found if os.path.lexists(os.path.join(folder, name, NAME)))


def read(place: Place) -> Journal:
    """Return what a component keeps. Raises Refused for a journal that cannot be trusted."""
    path = os.path.join(place.folder, NAME)
    try:
        for folder in (os.path.dirname(place.folder), place.folder):
            demand_ours(os.lstat(folder), folder, stat.S_IFDIR)
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Journal(place, 0)
    except OSError as err:
        raise _untrusted(path, err.strerror or str(err)) from err
    with os.fdopen(handle, "rb") as file:
        demand_ours(os.fstat(handle), path, stat.S_IFREG)
        data = file.read(checks.LIMIT + 1)
    try:
        found = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError) as err:
        raise _untrusted(path, "it is no JSON") from err
    for problem in checks.problems(found, VERSION) if len(data) <= checks.LIMIT else ["too large"]:
        raise _untrusted(path, problem)
    files = [Entry(**entry) for entry in found["files"]]
    return Journal(place, found["order"], files, found["noted"])


@contextmanager
def opened(place: Place) -> Iterator[Journal]:
    """Give the journal to be changed; others wait meanwhile. The folder is made."""
    parent = os.path.dirname(place.folder)
    os.makedirs(os.path.dirname(parent), mode=0o755, exist_ok=True)
    for folder in (parent, place.folder, os.path.join(place.folder, "old")):
        if not os.path.lexists(folder):
            os.mkdir(folder, 0o700)
            saving.sync(os.path.dirname(folder))
    handle = os.open(place.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        found = read(place)
        # A new one is the youngest.
        found.order = found.order or next_order(parent)
        yield found
    finally:
        os.close(handle)


def next_order(parent: str = FOLDER) -> int:
    """Return the number of what is kept next: changes on trial are counted with components.

    Raises Refused for a journal that cannot be trusted.
    """
    orders = [0]
    for name in os.listdir(parent) if os.path.isdir(parent) else ():
        path = os.path.join(parent, name)
        if checks.is_component(name) and os.path.lexists(os.path.join(path, NAME)):
            orders.append(read(Place(name, "", path)).order)
    kept = os.path.join(os.path.dirname(parent), saving.KEPT)
    names = filter(spec.is_kept, os.listdir(kept) if os.path.isdir(kept) else ())
    return 1 + max([*orders, *(int(name[:6]) for name in names)])


def _write(path: str, data: bytes) -> None:
    runner.replace(path, data, {"mode": 0o600})


def demand_ours(found: os.stat_result, path: str, kind: int) -> None:
    """Raise Refused for a file or folder (kind) that others than this user may write to."""
    if stat.S_IFMT(found.st_mode) != kind:
        raise _untrusted(path, "it is a link or something else")
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise _untrusted(path, "others may write to it")


def _untrusted(path: str, why: str) -> Refused:
    folder = os.path.dirname(path) if path.endswith(NAME) else path
    return Refused(
        f"{path} tells what was there before muster and cannot be trusted: {why}; nothing was"
        f" changed; put back by hand what is in {folder}/old, move {folder} away, then run again"
    )
