"""Files below the master's cache: private ones, and the lists served to every minion."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress

PRIVATE, PUBLIC = 0o600, 0o644

_NEW = ".new-"


def make_folder(path: str, mode: int) -> None:
    """Make a folder with exactly that mode, whatever the umask; its parent must be there.

    Raises OSError when something else, or somebody else's folder, is in its place.
    """
    with suppress(FileExistsError):
        os.mkdir(path, mode)
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise NotADirectoryError(0, "is not a folder of the master's user", path)
    if stat.S_IMODE(found.st_mode) != mode:
        os.chmod(path, mode)


def read_own(path: str, limit: int) -> bytes | None:
    """Return a private file's bytes, or None unless it is ours, regular, closed and in size."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(file.fileno())
        ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
        if not ours or found.st_mode & 0o077 or found.st_size > limit:
            return None
        return file.read(limit)


def sweep(folder: str, before: float) -> None:
    """Remove what killed writers left in a folder before that time (of the master's clock)."""
    with suppress(OSError):
        for entry in list(os.scandir(folder)):
            if entry.name.startswith(_NEW) and entry.stat(follow_symlinks=False).st_mtime < before:
                os.unlink(entry.path)


def replace(path: str, data: bytes, mode: int) -> None:
    """Put data at ``path`` in one step; a reader sees the old file or the new one, whole."""
    handle, temporary = tempfile.mkstemp(prefix=_NEW, dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
