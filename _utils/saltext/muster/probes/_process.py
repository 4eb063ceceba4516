"""Run a read-only command so that it can neither hang nor fill the memory."""

import os
import select
import signal
import subprocess
import time
from typing import Any, List, Tuple

from .source import Absent, Unreadable

_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
_AT_ONCE = 65536


def output(argv: List[str], seconds: float, limit: int) -> str:
    """Return what ``argv`` prints; at most ``limit`` bytes of it are held.

    After ``seconds`` it is killed with all that it started. Raises Absent when it is not
    installed, Unreadable when it fails, prints too much or takes too long.
    """
    said = " ".join(argv)
    if seconds <= 0:
        raise Unreadable(f"{said}: no time was left for it")
    process, end = _started(argv), time.monotonic() + seconds
    try:
        out, err = _read(process, end, limit)
        if len(out) > limit:
            raise Unreadable(f"{said} printed more than {limit} bytes")
        status = process.wait(max(0.1, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise Unreadable(f"{said} did not end within {seconds:.3g} s") from None
    finally:
        _end(process)
    if status:
        told = (err or out)[:300].decode("utf-8", "backslashreplace").strip()
        raise Unreadable(f"{said}: exit status {status}: {told}")
    return out.decode("utf-8", "backslashreplace")


def _started(argv: List[str]) -> Any:
    try:
        # A session of its own: what hangs is killed with its children.
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise Absent(f"{argv[0]} is not installed") from None
    except (OSError, ValueError) as err:
        raise Unreadable(f"{argv[0]}: {getattr(err, 'strerror', None) or err}") from None


def _read(process: Any, end: float, limit: int) -> Tuple[bytes, bytes]:
    """Return both outputs; reading stops when the first is longer than ``limit``."""
    out, err = process.stdout.fileno(), process.stderr.fileno()
    texts = {out: bytearray(), err: bytearray()}
    waiting = select.poll()
    for handle in texts:
        waiting.register(handle, select.POLLIN)
    still = len(texts)
    while still and len(texts[out]) <= limit:
        left = end - time.monotonic()
        if left <= 0:
            raise subprocess.TimeoutExpired(process.args, 0)
        for handle, _event in waiting.poll(left * 1000):
            part = os.read(handle, _AT_ONCE)
            if not part:
                waiting.unregister(handle)
                still -= 1
            elif len(texts[handle]) <= limit:
                texts[handle] += part
    return bytes(texts[out]), bytes(texts[err])


def _end(process: Any) -> None:
    """Kill the command and what it started, unless it has ended; its outputs are closed."""
    if process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except OSError:
            pass
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            pass  # the kernel does not let go of it: it is left to itself
    process.stdout.close()
    process.stderr.close()
