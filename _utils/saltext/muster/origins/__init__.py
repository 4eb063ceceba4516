"""What was there before muster, kept so that ``state.apply muster.absent`` can bring it back.

A component changes files within ``kept``; ``files.write``, ``files.remove`` and ``files.link``
tell ``changing`` here before they act. What is no file is told by ``note``.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from saltext.muster.errors import Refused
from saltext.muster.origins import journal

P = ParamSpec("P")
T = TypeVar("T")

_PLACE: ContextVar[journal.Place | None] = ContextVar("muster_origins", default=None)


@contextmanager
def kept(component: str, root: str | None = None) -> Iterator[None]:
    """Keep the first state of all that is changed within, as this component's.

    component is its name, such as ``hosts``; root the folder below which it changes files (None =
    the running node).
    """
    token = _PLACE.set(journal.place(component, root))
    try:
        yield
    finally:
        _PLACE.reset(token)


def keeping(component: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator: the function runs within ``kept``, below its own argument ``root``."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            with kept(component, signature.bind(*args, **kwargs).arguments.get("root")):
                return function(*args, **kwargs)

        return call

    return decorate


def note(name: str, old: str) -> None:
    """Keep that something besides files had the value ``old``; the first value stays for ever.

    name says what it is to the component's ``undo``. To be called before the change. Does nothing
    outside of ``kept``. Raises Refused when it cannot be kept.
    """
    place = _PLACE.get()
    if place is None:
        return
    with _refusing(place), journal.opened(place) as found:
        if name not in found.noted:
            found.noted[name] = old
            found.save()


def changing(target: str, becomes: str) -> None:
    """Keep the first state of ``target`` before it becomes something else.

    target is the path of the file or link itself, behind all links above it; becomes is what
    ``seen`` will return of it. Does nothing outside of ``kept``. Raises Refused when it cannot be
    kept; nothing may be changed then.
    """
    place = _PLACE.get()
    if place is None:
        return
    with _refusing(place), journal.opened(place) as found:
        path, now = place.name(target), seen(target)
        entry = found.entry(path)
        if entry is None:
            entry = found.add(path, target, now)
        elif now not in entry.wrote and becomes not in entry.wrote and now != entry.was:
            # Muster keeps what others write into a file, so going back would lose theirs.
            entry.foreign = True
        # Both: a run that is killed before its write is no change by another hand.
        entry.wrote = list(dict.fromkeys([now, becomes] if now in entry.wrote else [becomes]))
        found.save()


def seen(target: str) -> str:
    """Return what is at a path: ``absent``, ``link`` and its text, or ``file`` and a digest."""
    try:
        return f"link {os.readlink(target)}"
    except (FileNotFoundError, NotADirectoryError):
        return "absent"
    except OSError as err:
        if err.errno != errno.EINVAL:
            raise
    if not os.path.isfile(target):
        return "no regular file"
    with open(target, "rb") as file:
        return digest(file.read())


def digest(data: bytes) -> str:
    """Return what ``seen`` returns of a file with these bytes."""
    return f"file {hashlib.sha256(data).hexdigest()}"


@contextmanager
def _refusing(place: journal.Place) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        full = err.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Refused(
            f"what was there before muster could not be kept in {place.folder}: {err.strerror};"
            " nothing was changed;"
            f" {'free space on its file system' if full else 'make it writable'}, then run again"
        ) from err
