"""Beacon ``muster_pools``: tell the master when a storage pool fills, and when it does no more.

.. code-block:: yaml

    beacons:
      muster_pools:
        - seconds: 60

A beacon runs in the minion's own process, which every later job inherits, so nothing may block
here and nothing of the library may be loaded: a process of its own looks at the pools, and its
answer is taken when it is there.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

log = logging.getLogger(__name__)

__virtualname__ = "muster_pools"

_PROGRAM = "saltext.muster.components.pool_watch"

#: Seconds between two looks where nothing is told, and of one look: probes end before that.
_SECONDS, _LOOK = 60, 90

#: An answer has no more bytes: a pipe holds as many, so that nobody waits to be read.
_LIMIT = 60_000

_KEY = "unknown"


class _Watch:
    """What is going on in this minion: the process that looks, and what was told last."""

    process: subprocess.Popen[bytes] | None = None
    began = 0.0
    due = 0.0
    told: dict[str, str] | None = None


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_pools: libvirt's pools are looked at on Linux alone"
    return __virtualname__


def validate(config: Any) -> tuple[bool, str]:
    """
    Say whether the beacon's configuration is good, and if not, why.

    config
        A list of mappings; ``seconds`` is the time between two looks, 10 to 86400.
    """
    seconds = _seconds(config)
    if seconds is None or not 10 <= seconds <= 86400:
        return False, "muster_pools: wanted a list with seconds, 10 to 86400, such as 60"
    return True, "Valid beacon configuration"


def beacon(config: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return an event when the level of a pool has changed since the last one, else nothing.

    config
        As :py:func:`validate` has it.

    The first look after the minion's start gives one event in any case: the master may have
    missed the last. Nothing blocks: what hangs is killed, and looked at again later.
    """
    now = time.monotonic()
    if _Watch.process is None:
        if now >= _Watch.due:
            _Watch.due = now + (_seconds(config) or _SECONDS)
            _look(now)
        return []
    status = _Watch.process.poll()
    if status is None:
        if now - _Watch.began > _LOOK:
            _kill(_Watch.process)
            return _changed({_KEY: f"looking took more than {_LOOK} s: a file system hangs"})
        return []
    return _changed(_taken(status))


def close(config: Any) -> None:
    """
    End the process that looks, when Salt lets the beacon go.

    config
        As :py:func:`validate` has it; it is not looked at.
    """
    if _Watch.process is not None:
        _kill(_Watch.process)
        _Watch.process = None


def _seconds(config: Any) -> int | None:
    """Return the seconds between two looks, None for anything that is none."""
    found: Any = _SECONDS
    if not isinstance(config, list) or not all(isinstance(item, dict) for item in config):
        return None
    for item in config:
        found = item.get("seconds", found)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _look(now: float) -> None:
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # The library is beside this folder, synced or in a checkout; else it is installed.
    beside = [os.path.join(above, name) for name in ("utils", "_utils")]
    try:
        _Watch.process = subprocess.Popen(
            [sys.executable, "-B", "-m", _PROGRAM],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": ":".join(beside)},
            start_new_session=True,
        )
        _Watch.began = now
    except OSError as err:
        log.warning("muster: nobody looks at the pools: %s", err.strerror)


def _taken(status: int) -> dict[str, Any]:
    """Return the answer of the process that has ended, which is forgotten."""
    process, _Watch.process = _Watch.process, None
    assert process is not None and process.stdout is not None
    with process.stdout as output:
        os.set_blocking(output.fileno(), False)  # something that it started may still hold it
        data = output.read(_LIMIT) or b""
    try:
        found = json.loads(data)
    except ValueError:
        found = {}
    if isinstance(found, dict) and (set(found) == {"pools"} or set(found) == {_KEY}):
        return found
    return {_KEY: f"the program that looks ended with status {status} and without an answer"}


def _changed(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an event with the answer unless it says the same as the one before."""
    levels = {name: str(pool["level"]) for name, pool in answer.get("pools", {}).items()}
    if _KEY in answer:
        levels = {"": str(_KEY)}
    if levels == _Watch.told:
        return []
    _Watch.told = levels
    return [answer]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill what looks, with all that it started; it is not waited for."""
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
