"""Make a change that is on trial, and put everything back unless it is kept.

A copy of this file runs from the trial's folder, apart from Salt: it needs nothing but the
standard library (Python 3.6 and newer).

The decision is the name of one file: ``open`` becomes ``kept`` or ``undone`` by a rename. A rename
has one winner and needs no room on a full disk.
"""

import base64
import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from typing import IO, Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence

Data = Dict[str, Any]
Process = Any  # subprocess.Popen[bytes], which Python 3.6 cannot say

OPEN, KEPT, UNDONE = "open", "kept", "undone"
ROLLBACK = "muster-rollback.service"

#: Where the job writes what its last try to prove the change missed: its own file, as others write
#: the state.
MISSED = "missed"
SYSTEM = "/etc/systemd/system"
WANTS = SYSTEM + "/sysinit.target.wants"

#: Room that is reserved for the state and for the reason (bytes): both are told on a full disk.
ROOM = 16384

#: The last words of a command that failed are told up to this length.
WORDS = 300

RESTARTED = "the node was restarted before the change was kept"

_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C",
    "HOME": "/",
}


def main(argv: List[str]) -> int:
    """Run a sub-command on the trial of this folder: run, end, deadline (with its id), or boot."""
    folder = os.path.dirname(os.path.abspath(__file__))
    command, wanted = (argv + ["", ""])[:2]
    os.chdir(folder)
    plan = load(".")
    if not plan or (command != "boot" and plan["id"] != wanted):
        return 0
    return {"run": run, "end": end, "deadline": deadline, "boot": boot}[command](folder, plan)


def run(folder: str, plan: Data) -> int:
    """Make the change and wait for what is decided; what follows is ``end``'s."""
    note(folder, stage="applying")

    def stopped() -> bool:
        if not alive(plan["owner"]):
            decide(folder, UNDONE, "the job that made the change is gone")
        return decision(folder) != OPEN

    def tried(steps: List[Data]) -> str:
        for step in steps:
            if stopped():
                return ""
            note(folder, doing=_shown(step))
            failed = execute(step, stopped)
            if failed and not step["may_fail"]:
                return failed
        return ""

    failed = _apply(folder, plan, tried, stopped)
    if failed:
        decide(folder, UNDONE, failed)
        return 1
    note(folder, stage="waiting")
    while not stopped():
        time.sleep(0.1)
    return 0


def end(folder: str, plan: Data) -> int:
    """Put everything back unless the change was kept, then leave nothing but the last trial."""
    with _alone(folder, plan) as ours:
        if not ours:
            return 0
        stopping = _stopping()
        decide(folder, UNDONE, RESTARTED if stopping else _ended())
        if decision(folder) != KEPT:
            _kill_rest(unit(plan["id"]))
            _undo(folder, plan, commands=not stopping)
        # At a shutdown the rest is done by ``boot``.
        return 0 if stopping and decision(folder) != KEPT else _finish(folder, plan)


def deadline(folder: str, plan: Data) -> int:
    """End a trial whose time is over, also one that hangs."""
    # Wherever this trial is by now: in ``folder`` may be the next one.
    decide(".", UNDONE, late(".", plan["seconds"]))
    _systemctl("stop", unit(plan["id"]))
    return end(folder, plan)


def boot(folder: str, plan: Data) -> int:
    """Put the files of an undecided change back before the network is started."""
    if plan["booted"] == booted():
        return 0  # started by hand: the node was not restarted
    decide(folder, UNDONE, RESTARTED)
    if decision(folder) != KEPT:
        _recover(folder, plan)
        note(folder, back=_all(plan["boot"]))
    return _finish(folder, plan)


def unit(id_: str) -> str:
    """Return the name of a trial's own unit.

    Each trial has another: what one started, such as a DHCP client, keeps its unit loaded, and
    systemd makes none anew of that name.
    """
    return "muster-trial-%s.service" % id_


def timer(id_: str) -> str:
    """Return the name, without its end, of the units that end a trial in time."""
    return "muster-deadline-%s" % id_


# The decision and the state


def load(folder: str) -> Optional[Data]:
    """Return what trial.json says, or None when there is no trial."""
    try:
        with open(os.path.join(folder, "trial.json"), encoding="utf-8") as file:
            found = json.load(file)  # type: Data
            return found
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def decision(folder: str) -> str:
    """Return open, kept or undone, or "" when the trial is gone."""
    for name in (OPEN, KEPT, UNDONE):
        if os.path.exists(os.path.join(folder, name)):
            return name
    return ""


def decide(folder: str, outcome: str, reason: str = "") -> bool:
    """Decide an open trial; say whether this was the decision. The first one stands."""
    path = os.path.join(folder, outcome)
    try:
        os.rename(os.path.join(folder, OPEN), path)
    except FileNotFoundError:
        return False
    _overwrite(path, reason.encode("utf-8", "replace")[:ROOM])
    _sync(folder)
    return True


def reason(folder: str) -> str:
    """Return why the trial was decided so."""
    try:
        with open(os.path.join(folder, decision(folder) or UNDONE), "rb") as file:
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def miss(folder: str, words: str) -> None:
    """Write down what the last try to prove the change missed."""
    _overwrite(os.path.join(folder, MISSED), words.encode("utf-8", "replace")[:ROOM])


def late(folder: str, seconds: int) -> str:
    """Return why a change whose time is over was not kept, with what was missed last."""
    try:
        with open(os.path.join(folder, MISSED), "rb") as file:
            words = file.read().decode("utf-8", "replace").strip()
    except OSError:
        words = ""
    return "not confirmed within %d s" % seconds + (": " + words if words else "")


def note(folder: str, **news: Any) -> None:
    """Write news of the trial down, on a full disk too."""
    state = dict(noted(folder), **news)
    while len(json.dumps(state)) > ROOM:
        state["back"] = state.get("back", [])[:-1]
        state["left"] = state.get("left", [])[: max(1, len(state.get("left", [])) // 2)]
    _overwrite(os.path.join(folder, "status.json"), json.dumps(state).encode("ascii"))


def noted(folder: str) -> Data:
    """Return what was written down of the trial; {} also while it is just being written."""
    try:
        with open(os.path.join(folder, "status.json"), "rb") as file:
            found = json.loads(file.read().decode("ascii"))  # type: Data
            return found
    except (OSError, ValueError):
        return {}


def _overwrite(path: str, data: bytes) -> None:
    """Replace the text of a file within the room that it has; the change does not wait for it."""
    try:
        with open(path, "r+b", buffering=0) as file:
            file.write(data.ljust(ROOM))
            os.fsync(file.fileno())
    except OSError:
        pass  # the words are lost, what is put back is not


def started(pid: int) -> str:
    """Return when a process was started, in ticks as the kernel counts; "" when it is gone."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except (OSError, ValueError):
        return ""
    return "" if fields[0] in (b"Z", b"X") else fields[19].decode("ascii")


def alive(owner: Sequence[Any]) -> bool:
    """Say whether the process [pid, start] still runs."""
    return bool(owner[1]) and started(owner[0]) == owner[1]


def booted() -> str:
    """Return what no two starts of this system have in common, containers' ones too."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return "%s-%s" % (file.read().strip(), started(1))


# There and back


def _apply(
    folder: str,
    plan: Data,
    tried: Callable[[List[Data]], str],
    stopped: Callable[[], bool],
) -> str:
    failed = tried(plan["apply"]["before"])
    if failed or stopped():
        return failed
    for number, entry in enumerate(plan["files"]):
        try:
            _put_new(folder, number, entry)
        except OSError as err:
            return "%s could not be written: %s" % (entry["path"], err.strerror)
    return tried(plan["apply"]["after"])


def _undo(folder: str, plan: Data, commands: bool) -> None:
    was = noted(folder).get("stage")
    note(folder, stage="undoing")
    back = []
    commands = commands and was != "saved"
    if commands:
        back += _all(plan["undo"]["before"])
    _recover(folder, plan)
    if commands:
        back += _all(plan["undo"]["after"])
    note(folder, back=back)


def _all(steps: List[Data]) -> List[str]:
    tried = [(step, execute(step)) for step in steps]
    return [failed for step, failed in tried if failed and not step["may_fail"]]


def execute(step: Data, stopped: Callable[[], bool] = lambda: False) -> str:
    """Run a step's command; return "" or what went wrong."""
    shown = _shown(step)
    # A file, not a pipe: what the command leaves running must not be waited for.
    with tempfile.TemporaryFile(dir="/run" if os.access("/run", os.W_OK) else None) as output:
        try:
            process = subprocess.Popen(
                step["argv"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except OSError as err:
            return "%s could not be started: %s" % (shown, err.strerror)
        why = _wait(process, step["seconds"], stopped)
        if why:
            return "%s %s" % (shown, why)
        return "" if not process.returncode else "%s failed: %s" % (shown, _words(output, process))


def _shown(step: Data) -> str:
    return " ".join(step["argv"])[:WORDS]


def _wait(process: Process, seconds: float, stopped: Callable[[], bool]) -> str:
    until = time.monotonic() + seconds
    while True:
        try:
            process.wait(timeout=0.1)
            return ""
        except subprocess.TimeoutExpired:
            over = time.monotonic() > until
        if over or stopped():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return "did not end within %d s" % seconds if over else "was ended"


def _words(output: IO[bytes], process: Process) -> str:
    output.seek(max(0, output.seek(0, os.SEEK_END) - 4 * WORDS))
    said = " ".join(output.read().decode("utf-8", "replace").split())
    return said[-WORDS:] or "exit status %d" % process.returncode


# Files


def _put_new(folder: str, number: int, entry: Data) -> None:
    target, new = entry["target"], entry["new"]
    if new is None:
        _remove(target)
        return
    for each in entry["folders"]:
        if not os.path.isdir(each):
            os.mkdir(each, 0o755)
    meta = entry["old"] if entry["old"]["kind"] == "file" else {"mode": new["mode"]}
    with open(os.path.join(folder, "new", str(number)), "rb") as file:
        replace(target, file.read(), dict(meta, times=None))


def _recover(folder: str, plan: Data) -> None:
    """Put all files back as they were; note those that could not be."""
    left = []
    for number, entry in enumerate(plan["files"]):
        try:
            _put_back(folder, number, entry)
        except OSError as err:
            left.append("%s: %s" % (entry["path"], err.strerror))
    for entry in plan["files"]:
        for each in reversed(entry["folders"]):
            try:
                os.rmdir(each)
            except OSError:
                pass  # somebody else's files are in it, or it was never made
    note(folder, left=left)


def _put_back(folder: str, number: int, entry: Data) -> None:
    target, old, data = entry["target"], entry["old"], b""
    if old["kind"] == "file":
        with open(os.path.join(folder, "old", str(number)), "rb") as file:
            data = file.read()
        if not _is(target, data, old) and _is(reserve(target), data, old):
            os.rename(reserve(target), target)
            _sync(os.path.dirname(target))
            return
    restore(target, data, old)


def restore(target: str, data: bytes, old: Data) -> None:
    """Bring a file, a link or nothing back as ``old`` tells (saving.old), with bytes ``data``."""
    if old["kind"] == "absent":
        _remove(target)
    elif old["kind"] == "link":
        _link(target, old)
    elif not _is(target, data, old):
        _put_back_data(target, data, old)


def _put_back_data(target: str, data: bytes, old: Data) -> None:
    try:
        replace(target, data, old)
    except OSError as err:
        if err.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        # No room for a second file: what the first one has must do.
        with open(target, "r+b" if os.path.exists(target) else "wb") as file:
            file.truncate(0)
            file.write(data)
            file.flush()
            _dress(file.fileno(), old)
            os.fsync(file.fileno())


def reserve(target: str) -> str:
    """Return where a copy of the old file waits beside it, to be renamed back without any room."""
    folder, name = os.path.split(target)
    return os.path.join(folder, ".%s.muster-old" % name)


def replace(target: str, data: bytes, meta: Mapping[str, Any]) -> None:
    """Write a file atomically with mode, and where given uid, gid, times and xattrs of ``meta``."""
    folder, name = os.path.split(target)
    path = os.path.join(folder, ".%s.muster-new" % name)
    _remove(path)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            _dress(file.fileno(), meta)
            os.fsync(file.fileno())
        os.rename(path, target)
    except BaseException:
        _remove(path)
        raise
    _sync(folder)


def _dress(handle: int, meta: Mapping[str, Any]) -> None:
    if "uid" in meta:
        os.fchown(handle, meta["uid"], meta["gid"])
    for name, value in meta.get("xattrs", {}).items():
        try:
            os.setxattr(handle, name, base64.b64decode(value))
        except OSError:
            pass  # as far as the file system and our rights go
    # After the owner: a change of owner takes set-id bits away.
    os.fchmod(handle, meta["mode"])
    if meta.get("times"):
        os.utime(handle, ns=tuple(meta["times"]))


def _is(path: str, data: bytes, old: Data) -> bool:
    """Say whether a file is there just as it was."""
    try:
        found = os.lstat(path)
        have = [found.st_mode, found.st_uid, found.st_gid, found.st_mtime_ns]
        if have != [old["st_mode"], old["uid"], old["gid"], old["times"][1]]:
            return False
        with open(path, "rb") as file:
            return file.read() == data
    except OSError:
        return False


def _link(target: str, old: Data) -> None:
    try:
        if os.readlink(target) == old["text"]:
            return
    except OSError:
        pass
    folder, name = os.path.split(target)
    path = os.path.join(folder, ".%s.muster-new" % name)
    _remove(path)
    os.symlink(old["text"], path)
    os.lchown(path, old["uid"], old["gid"])
    os.utime(path, ns=tuple(old["times"]), follow_symlinks=False)
    os.rename(path, target)
    _sync(folder)


def _remove(path: str) -> None:
    # Not by the error alone: a read-only file system does not tell that there is nothing.
    if not os.path.lexists(path):
        return
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    _sync(os.path.dirname(path))


def _sync(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# The end


@contextmanager
def _alone(folder: str, plan: Data) -> Iterator[bool]:
    """Tell whether this process is the one that ends the trial; others wait until it has."""
    try:
        handle = os.open(os.path.join(folder, "trial.json"), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield False  # another one has ended it just now
        return
    with os.fdopen(handle, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        now = load(folder)
        yield now is not None and now["id"] == plan["id"]


def _finish(folder: str, plan: Data) -> int:
    if noted(folder).get("left"):
        # The files that are left are put back at the next boot, or by the next trial.
        note(folder, stage="left")
        return 1
    for entry in plan["files"]:
        _remove(reserve(entry["target"]))
    _systemctl("stop", timer(plan["id"]) + ".timer")
    for path in (WANTS + "/" + ROLLBACK, SYSTEM + "/" + ROLLBACK):
        _remove(path)
    note(folder, stage="ended", ended=int(time.time()))
    last = os.path.join(os.path.dirname(folder), "last-trial")
    if os.path.islink(last):
        os.unlink(last)
    shutil.rmtree(last, ignore_errors=True)
    if plan["origin"] and decision(folder) == KEPT:
        # What can be taken back one day stays; a rename needs no room.
        os.rename(folder, plan["origin"])
        _sync(os.path.dirname(plan["origin"]))
        os.symlink(plan["origin"], last)
    else:
        os.rename(folder, last)
    _sync(os.path.dirname(last))
    return 0


def _ended() -> str:
    """Return why a trial ends that nobody decided: systemd tells what became of its process."""
    status = os.environ.get("EXIT_STATUS")
    if status:
        return "the trial's own process was ended (%s)" % status
    return "nobody looked after the change any more"


def _systemctl(*arguments: str) -> str:
    return execute({"argv": ["systemctl", "--quiet"] + list(arguments), "seconds": 600})


def _stopping() -> bool:
    """Say whether the system is being shut down."""
    command = ["systemctl", "is-system-running"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.strip() == b"stopping"


def _kill_rest(own: str) -> None:
    """End what the change's commands left running, where this is the trial's own unit."""
    with open("/proc/self/cgroup", "rb") as file:
        ours = file.read()
    if not any(line.endswith(own.encode("ascii")) for line in ours.splitlines()):
        return
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open("/proc/%s/cgroup" % name, "rb") as file:
                if file.read() == ours:
                    os.kill(int(name), signal.SIGKILL)
        except OSError:
            pass  # it has ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
