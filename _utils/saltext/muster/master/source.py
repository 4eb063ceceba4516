"""Cluster files as they lie on the disk: which there are, and their bytes."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass

from saltext.muster.errors import InvalidClusterFile, Problem

#: Bytes of a cluster file at most: 100 000 nodes with ten keys each fit.
LIMIT = 32 * 1024 * 1024

SUFFIXES = (".yaml", ".yml")
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True)
class Stamp:
    """What tells a changed file from an unchanged one without reading it."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int
    device: int


def stamp(path: str) -> Stamp:
    """Return the stamp of the file at ``path``; raise InvalidClusterFile when there is none."""
    try:
        return _stamp(os.stat(path))
    except (OSError, ValueError) as err:
        raise _unreadable(path, err) from err


def read(path: str) -> tuple[bytes, Stamp]:
    """Return a regular file's bytes and the stamp that they were read at.

    Raises InvalidClusterFile for whatever is no regular file, cannot be read or exceeds LIMIT.
    """
    try:
        # not blocking: opening a named pipe would wait for a writer for ever
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as err:
        raise _unreadable(path, err) from err
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            kind = _KINDS.get(stat.S_IFMT(found.st_mode), "no regular file")
            raise _refused(path, f"is {kind}, wanted a regular file", "put a cluster file there")
        # the size alone refuses a large file before a byte of it is read
        data = b"" if found.st_size > LIMIT else _read_all(handle)
    except OSError as err:
        raise _unreadable(path, err) from err
    finally:
        os.close(handle)
    size = max(found.st_size, len(data))
    if size > LIMIT:
        message = f"has {size} bytes, wanted at most {LIMIT}"
        raise _refused(path, message, "split it into one file for each cluster", "is too large")
    return data, _stamp(found)


def shown(path: str) -> str:
    """Return a path as messages show it: a file's name may be no text, or hold newlines."""
    return path if path.isprintable() else ascii(path)[1:-1]


def discover(clusters: str | list[str]) -> tuple[list[str], list[Problem]]:
    """Return the cluster files that ``clusters`` names, and what is wrong with naming them.

    clusters is a folder (its visible *.yaml and *.yml) or a list of files; paths are absolute.
    """
    if isinstance(clusters, str):
        return _in_folder(clusters)
    if not isinstance(clusters, list) or not all(isinstance(item, str) for item in clusters):
        return [], [
            Problem(
                "ext_pillar",
                "muster.clusters",
                f"wanted a folder or a list of files, seen {clusters!a}",
                "write `- muster: {clusters: /etc/muster/clusters}`",
                public="wanted a folder or a list of files",
            )
        ]
    return _absolute(clusters)


def _in_folder(folder: str) -> tuple[list[str], list[Problem]]:
    if not os.path.isabs(folder):
        return _absolute([folder])
    try:
        names = os.listdir(folder)
    except (OSError, ValueError) as err:
        reason = _reason(err)
        return [], [
            Problem(
                folder,
                "",
                f"the folder of cluster files cannot be read: {reason}",
                "create it, or right ext_pillar's muster.clusters in the master's configuration",
                public=f"the folder of cluster files cannot be read: {reason}",
            )
        ]
    chosen = [name for name in names if name.endswith(SUFFIXES) and not name.startswith(".")]
    return [os.path.join(folder, name) for name in sorted(chosen)], []


def _absolute(paths: list[str]) -> tuple[list[str], list[Problem]]:
    relative = [path for path in paths if not os.path.isabs(path)]
    problems = [
        Problem(
            "ext_pillar",
            "muster.clusters",
            f"wanted an absolute path, seen {path!a}",
            "write the whole path: the master's working directory is not fixed",
            public="wanted an absolute path",
        )
        for path in relative
    ]
    return list(dict.fromkeys(path for path in paths if path not in relative)), problems


def _read_all(handle: int) -> bytes:
    chunks = []
    left = LIMIT + 1
    while left > 0 and (chunk := os.read(handle, min(left, 1 << 20))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev)


def _unreadable(path: str, err: Exception) -> InvalidClusterFile:
    reason = _reason(err)
    if os.path.islink(path) and getattr(err, "errno", 0) == errno.ENOENT:
        reason = "it is a symlink to nothing"
    remedy = "let whoever runs this read it; on a master that is the user of the salt-master"
    if getattr(err, "errno", 0) == errno.ENOENT:
        remedy = "write the path of a file that is there, here or in ext_pillar's clusters"
    return _refused(path, f"cannot be read: {reason}", remedy)


def _reason(err: Exception) -> str:
    return (err.strerror if isinstance(err, OSError) else None) or str(err)


def _refused(path: str, message: str, remedy: str, public: str = "") -> InvalidClusterFile:
    return InvalidClusterFile([Problem(shown(path), "", message, remedy, public=public or message)])
