"""Where probes read from: files below a root, and the output of commands."""

import copy
import errno
import fnmatch
import math
import os
import socket
import stat
import time
from typing import Any, Callable, Dict, List, Optional, Sequence, TypeVar, Union

#: A fact never needs more of one file or of one command's output (bytes).
LIMIT = 1024 * 1024

#: No command of a probe may take longer (seconds).
TIMEOUT = 10

#: A pattern in a node's configuration names no more files than this.
MATCHES = 500

#: What stands in place of a value that could not be read: {"unknown": reason}.
Unknown = Dict[str, str]

_T = TypeVar("_T")

_LINKS = 40


class Unreadable(Exception):
    """Something could not be read; the text says what and why."""


class Absent(Unreadable):
    """The file is not there: for many facts an answer, not a failure."""


class Source:
    """Read a node's files below ``root`` and run its read-only commands.

    root is "/" for a live node, else the folder of a captured one, whose commands cannot run.
    run, if given, is called as run(argv) -> text in place of starting a process. targets are
    addresses of other hosts that probes may try to reach. left_out lists what was seen and is no
    fact, being secret: {"what", "why"}. No command and no connection outlasts the deadline.
    """

    def __init__(
        self,
        root: str = "/",
        run: Optional[Callable[[List[str]], str]] = None,
        targets: Sequence[str] = (),
    ) -> None:
        self.root = os.path.abspath(root)
        self.live = self.root == "/"
        self.targets = list(targets)
        self.left_out = []  # type: List[Dict[str, str]]
        self.deadline = None  # type: Optional[float]
        self._run = run

    def until(self, deadline: float) -> "Source":
        """Return the same source for one probe, which has until ``deadline`` (time.monotonic)."""
        own = copy.copy(self)
        own.left_out = []
        own.deadline = deadline
        return own

    def left(self) -> float:
        """Return the seconds that are left until the deadline; without one there is no end."""
        return math.inf if self.deadline is None else self.deadline - time.monotonic()

    def leave_out(self, what: str, why: str) -> None:
        """Note that ``what`` was seen and is left out of the facts, because of ``why``."""
        note = {"what": shown(what), "why": why}
        if note not in self.left_out and len(self.left_out) < MATCHES:
            self.left_out.append(note)

    def path(self, path: str) -> str:
        """Return where the node's absolute ``path`` lies here; symlinks stay below the root.

        Raises Unreadable for too many symlinks: opening the rest of them could leave the root.
        """
        if "\0" in path:
            raise Unreadable(f"{path!r} is no path")
        if self.live:
            return path
        parts, links = path.split("/"), 0
        resolved = []  # type: List[str]
        while parts:
            part = parts.pop(0)
            if part in ("", "."):
                continue
            if part == "..":
                del resolved[-1:]
                continue
            here = os.path.join(self.root, *(resolved + [part]))
            target = _target(here)
            if target is None:
                resolved.append(part)
                continue
            links += 1
            if links > _LINKS:
                raise Unreadable(f"{path}: too many symlinks")
            if target.startswith("/"):
                resolved = []
            parts = target.split("/") + parts
        return os.path.join(self.root, *resolved)

    def text(self, path: str, limit: int = LIMIT) -> str:
        """Return the regular file ``path`` as text, bad bytes escaped.

        Raises Absent when it is not there, Unreadable for anything else that prevents it, such
        as more than ``limit`` bytes: half of a file would be a guess.
        """
        return self.data(path, limit).decode("utf-8", "backslashreplace")

    def data(self, path: str, limit: int = LIMIT) -> bytes:
        """Return the bytes of the regular file ``path``; raises as ``text`` does."""
        data = self._bytes(path, limit + 1)
        if len(data) > limit:
            raise Unreadable(f"{path} is larger than {limit} bytes")
        return data

    def head(self, path: str, limit: int) -> str:
        """Return at most the first ``limit`` bytes of ``path`` as text, and no more is read."""
        return self._bytes(path, limit).decode("utf-8", "backslashreplace")

    def text_or(self, path: str, default: str = "") -> str:
        """Return the text of ``path``, or ``default`` when it is not there."""
        try:
            return self.text(path)
        except Absent:
            return default

    def exists(self, path: str) -> bool:
        """Say whether ``path`` is there (a dangling symlink is not)."""
        return self.mode(path) is not None

    def mode(self, path: str) -> Optional[int]:
        """Return the st_mode of what ``path`` resolves to, or None when nothing is there."""
        try:
            return os.stat(self.path(path)).st_mode
        except OSError as err:
            if err.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise _unreadable(path, err) from err
        except Unreadable:
            return None

    def executable(self, path: str) -> bool:
        """Say whether ``path`` resolves to a regular file that somebody may execute."""
        mode = self.mode(path)
        return mode is not None and stat.S_ISREG(mode) and bool(mode & 0o111)

    def names(self, path: str) -> List[str]:
        """Return the sorted names in folder ``path``; none when it is not there."""
        try:
            return sorted(os.listdir(self.path(path)))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as err:
            raise _unreadable(path, err) from err

    def glob(self, pattern: str) -> List[str]:
        """Return the node's paths that match ``pattern`` (absolute), sorted; at most MATCHES."""
        found = [""]
        for part in [part for part in pattern.split("/") if part]:
            if any(char in part for char in "*?["):
                found = [f"{one}/{name}" for one in found for name in self._matching(one, part)]
            else:
                found = [f"{one}/{part}" for one in found]
            if len(found) > MATCHES:
                raise Unreadable(f"{pattern} matches more than {MATCHES} files")
        return [path for path in found if self.exists(path)]

    def _matching(self, folder: str, pattern: str) -> List[str]:
        hidden = pattern.startswith(".")
        names = [name for name in self.names(folder or "/") if hidden or name[0] != "."]
        return fnmatch.filter(names, pattern)

    def link(self, path: str) -> Optional[str]:
        """Return the target of symlink ``path``, or None when it is none."""
        parent, name = os.path.split(path)
        return _target(os.path.join(self.path(parent), name))

    def run(self, argv: List[str]) -> str:
        """Return what the read-only command ``argv`` prints; raise Unreadable when it fails."""
        if self._run is not None:
            return self._run(argv)
        if not self.live:
            raise Unreadable(f"{' '.join(argv)}: commands are not run for a captured host")
        # Imported late: the grain, which runs nothing, needs none of this.
        from . import _process

        return _process.output(argv, min(TIMEOUT, self.left()), LIMIT)

    def connect(self, host: str, port: int, timeout: float = 3.0) -> None:
        """Open a TCP connection and close it at once; raise Unreadable with the reason if none.

        A runner given for a captured host is asked as run(["connect", host, port]).
        """
        if self._run is not None:
            self._run(["connect", host, str(port)])
            return
        if not self.live:
            raise Unreadable(f"{host} port {port}: nothing is reached for a captured host")
        seconds = min(timeout, self.left())
        if seconds <= 0:
            raise Unreadable(f"{host} port {port}: no time was left for it")
        try:
            socket.create_connection((host, port), seconds).close()
        except (OSError, UnicodeError) as err:
            raise Unreadable(f"{host} port {port}: {err}") from None

    def _bytes(self, path: str, limit: int) -> bytes:
        here = self.path(path)
        try:
            # Looked at before it is opened: opening a device may already do something. And
            # O_NONBLOCK: a FIFO that takes the file's place meanwhile must not hang the probe.
            if not stat.S_ISREG(os.stat(here).st_mode):
                raise Unreadable(f"{path} is not a regular file")
            handle = os.open(here, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        except OSError as err:
            raise _unreadable(path, err) from err
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Unreadable(f"{path} is not a regular file")
            return _read(handle, limit)
        except OSError as err:
            raise _unreadable(path, err) from err
        finally:
            os.close(handle)


def attempt(function: Callable[..., _T], *arguments: Any) -> Union[_T, Unknown]:
    """Return the function's value, or ``{"unknown": reason}`` when it could not be read."""
    try:
        return function(*arguments)
    except Unreadable as err:
        return {"unknown": shown(str(err))}


def shown(name: str) -> str:
    """Return a file's or link's name with bytes that are no UTF-8 escaped: facts are text."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def unknown(value: Any) -> bool:
    """Say whether ``value`` stands for something that could not be read."""
    return isinstance(value, dict) and set(value) == {"unknown"}


def _read(handle: int, limit: int) -> bytes:
    parts, size = [], 0
    while size < limit:
        part = os.read(handle, min(65536, limit - size))
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _target(here: str) -> Optional[str]:
    try:
        return os.readlink(here)
    except OSError:
        return None


def _unreadable(path: str, err: OSError) -> Unreadable:
    # ESRCH: the process whose file in /proc this was has ended.
    gone = (errno.ENOENT, errno.ENOTDIR, errno.ESRCH)
    kind = Absent if err.errno in gone else Unreadable
    return kind(f"{path}: {err.strerror}")
