"""Save what a change on trial will replace, so that all of it can come back without help."""

from __future__ import annotations

import base64
import errno
import json
import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from saltext.muster.errors import Refused
from saltext.muster.trial import runner, spec

#: No file that a change on trial replaces is larger (bytes).
LIMIT = 16 * 1024 * 1024

#: Where changes that were kept are, beside the folder of the running trial.
KEPT = "origins/kept-trials"

Entry = dict[str, Any]


def save(trial: spec.Trial, folder: str = spec.FOLDER, order: int = 1) -> dict[str, Any]:
    """Save the old state of a change in a new folder and return what trial.json says.

    order is the number of the change among all that muster changed. The folder appears at once
    and complete, on disk, with the decision open. Raises Refused when it cannot be saved, or
    another change is on trial; nothing is changed then.
    """
    parent, reserves = os.path.dirname(folder), list[str]()
    try:
        os.makedirs(parent, mode=0o755, exist_ok=True)
        _tidy(parent)
        temporary = tempfile.mkdtemp(prefix=".trial-", dir=parent)
    except OSError as err:
        raise _refused(err, parent) from err
    try:
        plan = _fill(temporary, trial, order, reserves)
        os.rename(temporary, folder)
        sync(parent)
    except BaseException as err:
        for path in reserves:
            with suppress(OSError):  # what failed first tells more
                os.unlink(path)
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(err, OSError):
            if err.errno in (errno.ENOTEMPTY, errno.EEXIST) and err.filename2 == folder:
                raise Refused(pending(folder) or "another change is on trial") from err
            raise _refused(err, parent) from err
        raise
    return plan


def pending(folder: str = spec.FOLDER) -> str:
    """Return who has a change on trial, or "" when there is none."""
    plan = runner.load(folder)
    if not plan:
        return ""
    return (
        f"another change is on trial: {plan['component']}, since {plan['since']} by process"
        f" {plan['owner'][0]}; it is kept or put back within {plan['seconds']} s, run again then"
    )


def write(path: str, data: bytes, mode: int = 0o600) -> None:
    """Write a new file and bring it onto the disk; mode is octal."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def sync(folder: str) -> None:
    """Bring the names in a folder onto the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fill(folder: str, trial: spec.Trial, order: int, reserves: list[str]) -> dict[str, Any]:
    for name in ("old", "new", "data"):
        os.mkdir(os.path.join(folder, name), 0o700)
    entries = [
        _entry(folder, number, path, new, reserves)
        for number, (path, new) in enumerate(trial.files.items())
    ]
    for name, data in trial.data.items():
        write(os.path.join(folder, "data", name), data)
    pid = os.getpid()
    plan = {
        **spec.steps(trial),
        "id": os.urandom(8).hex(),
        "origin": ""
        if trial.undoes
        else _origin(os.path.dirname(folder), f"{order:06d}-{trial.component}"),
        "component": trial.component,
        "seconds": trial.seconds,
        "owner": [pid, runner.started(pid)],
        "since": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
        "booted": runner.booted(),
        "python": sys.executable,
        "files": entries,
    }
    write(os.path.join(folder, "trial.json"), json.dumps(plan).encode("ascii"))
    write(os.path.join(folder, "run.py"), Path(runner.__file__).read_bytes())
    write(os.path.join(folder, runner.OPEN), b" " * runner.ROOM)
    write(os.path.join(folder, runner.MISSED), b" " * runner.ROOM)
    state = json.dumps({"stage": "saved"}).encode("ascii")
    write(os.path.join(folder, "status.json"), state.ljust(runner.ROOM))
    for name in ("old", "new", "data", "."):
        sync(os.path.join(folder, name))
    return plan


def _origin(parent: str, name: str) -> str:
    """Return where the change goes when it is kept, so that it can be taken back one day."""
    kept = os.path.join(parent, KEPT)
    for folder in (os.path.dirname(kept), kept):
        if not os.path.lexists(folder):
            os.mkdir(folder, 0o700)
            sync(os.path.dirname(folder))
    if os.stat(parent).st_dev != os.lstat(kept).st_dev:
        raise Refused(
            f"{kept} is no folder of {parent}'s file system; nothing was changed; move it"
        )
    return os.path.join(kept, name)


def _entry(folder: str, number: int, path: str, new: spec.New | None, reserves: list[str]) -> Entry:
    """Save one file: its old bytes here and beside it, its new bytes here."""
    target = path if new is None else os.path.realpath(path)
    old, data = look(path, target)
    if old["kind"] == "file":
        write(os.path.join(folder, "old", str(number)), data)
        reserves.append(runner.reserve(target))
        _reserve(target, data, old)
    if new is not None:
        write(os.path.join(folder, "new", str(number)), new.data)
    made = [] if new is None else missing(os.path.dirname(target))
    mode = None if new is None else {"mode": new.mode}
    return {"path": path, "target": target, "old": old, "new": mode, "folders": made}


def look(path: str, target: str) -> tuple[Entry, bytes]:
    """Return what is at ``target``, as ``runner.restore`` brings it back, and its bytes.

    path is the name that messages tell. Raises Refused for what is no regular file and no link.
    """
    try:
        found = os.lstat(target)
    except (FileNotFoundError, NotADirectoryError):
        return {"kind": "absent"}, b""
    old = {
        "uid": found.st_uid,
        "gid": found.st_gid,
        "times": [found.st_atime_ns, found.st_mtime_ns],
    }
    if stat.S_ISLNK(found.st_mode):
        return {**old, "kind": "link", "text": os.readlink(target)}, b""
    if not stat.S_ISREG(found.st_mode) or found.st_size > LIMIT:
        what = "too large" if stat.S_ISREG(found.st_mode) else "no regular file"
        real = "" if target == path else f" (a link to {target})"
        raise Refused(f"{path}{real} is {what}; nothing was changed; move it out of the way")
    with open(target, "rb") as file:
        data = file.read()
    modes = {"mode": stat.S_IMODE(found.st_mode), "st_mode": found.st_mode}
    return {**old, **modes, "kind": "file", "xattrs": _attributes(target)}, data


def _attributes(target: str) -> dict[str, str]:
    """Return SELinux label, ACLs and the like, as far as the file system has them."""
    try:
        names = os.listxattr(target)
        return {name: base64.b64encode(os.getxattr(target, name)).decode() for name in names}
    except OSError:
        return {}


def _reserve(target: str, data: bytes, old: Entry) -> None:
    path = runner.reserve(target)
    runner.replace(path, data, old)


def missing(folder: str) -> list[str]:
    """Return the folders that are to be made for a file, outermost first."""
    found: list[str] = []
    while not os.path.lexists(folder):
        found.insert(0, folder)
        folder = os.path.dirname(folder)
    return found


def _tidy(parent: str) -> None:
    """Remove what a killed job left before its folder was complete."""
    for name in os.listdir(parent):
        path = os.path.join(parent, name)
        if name.startswith(".trial-") and time.time() - os.lstat(path).st_mtime > 600:
            shutil.rmtree(path, ignore_errors=True)


def _refused(err: OSError, parent: str) -> Refused:
    full = err.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "free space on its file system" if full else "make it writable"
    return Refused(
        f"what is there now could not be saved: {err.filename or parent}: {err.strerror};"
        f" nothing was changed; {remedy}, then run again"
    )
