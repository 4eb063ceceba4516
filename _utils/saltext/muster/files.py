"""Atomic writes that keep owner, mode, labels and ACLs, with a dated backup of what was there."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone

from saltext.muster import origins
from saltext.muster.errors import Refused
from saltext.muster.probes.source import Source

#: No file that muster edits is larger (bytes); one that is, is not what it seems.
LIMIT = 64 * 1024 * 1024

#: A new file that a killed run left beside its target is removed by the next run (seconds).
STALE = 600


def below(root: str | None, path: str) -> str:
    """Return where the node's ``path`` lies below ``root`` (None = the running node).

    Symlinks are followed as the node itself would follow them: never out of the root. Raises
    Refused for a link into /dev, which is how a file is taken out of force.
    """
    source = Source(root or "/")
    found: str = source.path(path)
    inside = os.path.realpath(found) if source.live else found[len(source.root) :]
    if inside.startswith("/dev/"):
        raise Refused(f"{path} is a link to {inside}: somebody masked it; take the link away")
    return found


def read(path: str) -> str | None:
    """Return a file's text with undecodable bytes kept, or None when it is not there.

    Raises Refused for anything else that cannot be read, such as a FIFO in the file's place.
    """
    try:
        # O_NONBLOCK: a FIFO must not hang the run.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as err:
        raise Refused(f"{path} could not be read: {err.strerror}; make it readable") from err
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise Refused(f"{path} is not a regular file; move it out of the way")
        if found.st_size > LIMIT:
            raise Refused(f"{path} has {found.st_size} bytes, more than {LIMIT}; look at it")
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read().decode("utf-8", "surrogateescape")
    except OSError as err:
        raise Refused(f"{path} could not be read: {err.strerror}; check its disk") from err
    finally:
        os.close(handle)


def edit(path: str, change: Callable[[str], str], mode: int = 0o644) -> list[str]:
    """Replace the text of the file at ``path`` by ``change(text)`` where that differs.

    An absent file is an empty one. Returns a note with the backup's path, or nothing. Raises
    Refused when the system says no, or when somebody else keeps changing the file meanwhile.
    """
    for _ in range(3):
        text = read(path)
        new = change(text or "")
        if new == text:
            return []
        if read(path) == text:
            kept = write(path, new, mode)
            return [f"{path}: backup in {kept}" if kept else f"{path} is new"]
    raise Refused(f"{path} is being changed by somebody else; run again when that has ended")


def write(path: str, text: str, mode: int = 0o644, backup: bool = True) -> str:
    """Replace the file at ``path`` by ``text`` atomically and return the backup's path, or "".

    A symlink is followed and kept. An existing file keeps owner, mode, SELinux label and ACLs;
    a new one gets mode (octal). The old content goes to ``<path>.muster-<UTC time>`` unless
    backup is False. Within ``origins.kept`` its first state is kept too. Raises Refused when the
    system says no; the old file is then as it was.
    """
    target, kept = os.path.realpath(path), ""
    data = text.encode("utf-8", "surrogateescape")
    if os.path.exists(target) and not os.path.isfile(target):
        # Renaming over it would replace /dev/null for the whole node.
        raise Refused(f"{path} is {target}, no regular file; move it out of the way")
    origins.changing(target, origins.digest(data))
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _tidy(target)
        kept = _backup(target) if backup else ""
        _replace(target, data, mode, target)
    except OSError as err:
        if kept:
            with suppress(OSError):
                os.unlink(kept)
        raise Refused(
            f"{path} could not be written: {err.strerror}; it is as it was; {_remedy(err.errno)},"
            " then run again"
        ) from err
    return kept


def remove(path: str) -> None:
    """Remove the file or link at ``path``, if it is there; a link's target stays.

    Within ``origins.kept`` its first state is kept. Raises Refused when the system says no.
    """
    target = _itself(path)
    if not os.path.lexists(target):
        return
    origins.changing(target, "absent")
    try:
        os.unlink(target)
        _sync_folder(os.path.dirname(target))
    except OSError as err:
        raise Refused(
            f"{path} could not be removed: {err.strerror}; {_remedy(err.errno)}, then run again"
        ) from err


def link(path: str, text: str) -> None:
    """Make ``path`` a link that says ``text``, in place of nothing or of another link.

    Within ``origins.kept`` its first state is kept. Raises Refused when anything else is there,
    or when the system says no; what was there is then as it was.
    """
    target = _itself(path)
    if os.path.lexists(target) and not os.path.islink(target):
        raise Refused(f"{path} is no link, and is never overwritten; move it away, then run again")
    if os.path.islink(target) and os.readlink(target) == text:
        return
    origins.changing(target, f"link {text}")
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.muster-{os.getpid()}")
    try:
        os.makedirs(folder, exist_ok=True)
        _tidy(target)
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        os.symlink(text, temporary)
        os.replace(temporary, target)
        _sync_folder(folder)
    except OSError as err:
        raise Refused(
            f"{path} could not be made a link to {text}: {err.strerror}; it is as it was;"
            f" {_remedy(err.errno)}, then run again"
        ) from err


def _itself(path: str) -> str:
    """Return the real path of a file or link itself: links above it are followed."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)


def _remedy(number: int | None) -> str:
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "free space on its file system"
    if number == errno.EBUSY:
        return "it is a mount point: change it where it is mounted from"
    return "make it writable (lsattr shows an immutable flag, mount a read-only file system)"


def _backup(target: str) -> str:
    """Copy ``target`` beside itself with its time, for who asks since when it was so."""
    try:
        with open(target, "rb") as file:
            data, old = file.read(), os.fstat(file.fileno())
    except FileNotFoundError:
        return ""
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
    kept = f"{target}.muster-{stamp}"
    _replace(kept, data, 0o600, target, (old.st_atime_ns, old.st_mtime_ns))
    return kept


def _replace(
    target: str, data: bytes, mode: int, like: str, times: tuple[int, int] | None = None
) -> None:
    """Write beside ``target``, sync, then rename over it; on any failure remove the copy."""
    folder, name = os.path.split(target)
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.muster-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            _own(file.fileno(), like, mode)
            file.write(data)
            file.flush()
            if times:
                os.utime(file.fileno(), ns=times)
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _own(handle: int, like: str, mode: int) -> None:
    """Give the open file the owner, extended attributes and mode of ``like``, if that exists."""
    try:
        old = os.stat(like)
    except FileNotFoundError:
        os.fchmod(handle, mode)
        return
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        os.fchown(handle, old.st_uid, old.st_gid)
    _copy_attributes(handle, like)
    # Last: a change of owner takes set-id bits away, and an ACL's mask is the group's bits.
    os.fchmod(handle, stat.S_IMODE(old.st_mode))


def _copy_attributes(handle: int, like: str) -> None:
    """Copy SELinux label, ACLs and the like, as far as the file system and our rights go."""
    try:
        names = os.listxattr(like)
    except OSError:
        return
    for name in names:
        with suppress(OSError):
            os.setxattr(handle, name, os.getxattr(like, name))


def _tidy(target: str) -> None:
    """Remove the new files that killed runs left beside ``target``."""
    folder, name = os.path.split(target)
    for left in os.listdir(folder):
        path = os.path.join(folder, left)
        if left.startswith(f".{name}.muster-") and time.time() - os.lstat(path).st_mtime > STALE:
            os.unlink(path)


def _sync_folder(folder: str) -> None:
    handle = os.open(folder or ".", os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
