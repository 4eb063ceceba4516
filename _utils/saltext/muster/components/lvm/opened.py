"""Devices opened for themselves: nobody else uses them, and their ends hold nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from saltext.muster.components.lvm.devices import number
from saltext.muster.errors import Refused

#: How much of each end is read (bytes): tables, headers and LVM's own area are there.
END = 1 << 20


@contextmanager
def alone(path: str, wanted: str, write: bool = False) -> Iterator[int]:
    """Open the block device at ``path``, whose number must be ``wanted``, for nobody else.

    Nobody can mount it or use it for another device meanwhile. Raises Refused when it is in use
    or is another device by now.
    """
    try:
        # O_EXCL of a block device: the kernel says no when it is mounted, or part of another.
        flags = os.O_EXCL | os.O_CLOEXEC | (os.O_RDWR if write else os.O_RDONLY)
        handle = os.open(path, flags)
    except OSError as err:
        busy = err.errno == errno.EBUSY
        why = "it is in use" if busy else f"it could not be opened: {err.strerror}"
        raise Refused(f"{why}; lsblk {path}") from err
    try:
        same(handle, path, wanted)
        yield handle
    finally:
        os.close(handle)


@contextmanager
def pinned(path: str, wanted: str) -> Iterator[int]:
    """Keep a device open, so that its number stays its own; others may use it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as err:
        raise Refused(f"{path} could not be opened: {err.strerror}; lsblk {path}") from err
    try:
        same(handle, path, wanted)
        yield handle
    finally:
        os.close(handle)


def same(handle: int, path: str, wanted: str) -> None:
    """Raise Refused unless the open device, and what is at ``path`` now, have that number."""
    found = os.fstat(handle).st_rdev
    opened = f"{os.major(found)}:{os.minor(found)}"
    if opened != wanted or number(path) != wanted:
        raise Refused(f"{path} is another device than a moment ago ({opened}, not {wanted})")


def content(handle: int) -> str:
    """Return "" when the first and last MiB of an open device are zeros, else what is there."""
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        for what, start in (("first", 0), ("last", max(0, size - END))):
            length = min(END, size)
            data = os.pread(handle, length, start)
            if len(data) != length:
                return f"its {what} MiB could not be read whole: {len(data)} of {length} bytes"
            if data.count(0) != length:
                return f"its {what} MiB holds data, though perhaps of no known kind"
    except OSError as err:
        return f"it could not be read: {err.strerror}"
    return ""


def clear(handle: int) -> None:
    """Make the first MiB of a device zeros again, as it was proved before LVM wrote there."""
    size = os.lseek(handle, 0, os.SEEK_END)
    os.pwrite(handle, bytes(min(END, size)), 0)
    os.fsync(handle)
