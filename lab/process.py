"""Processes that the lab started, told apart from later ones with the same number."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; empty when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    # The name before it may hold spaces and brackets.
    return text.rpartition(")")[2].split()


def _boot() -> str:
    """Return the id of the host's present boot: start times count from it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


@dataclass(frozen=True)
class Process:
    """A process, by number, start time (in ticks) and boot of the host."""

    pid: int
    start: int
    boot: str

    @classmethod
    def of(cls, pid: int) -> Process | None:
        """Return the process that has this number now; None when there is none."""
        fields = _stat(pid)
        return cls(pid, int(fields[19]), _boot()) if fields else None

    def alive(self) -> bool:
        """Return whether this very process still runs; one that only waits for its parent
        does not."""
        fields = _stat(self.pid)
        return bool(
            fields
            and int(fields[19]) == self.start
            and fields[0] not in "ZX"
            and self.boot == _boot()
        )

    def kill(self, number: signal.Signals) -> bool:
        """Send a signal to this very process and to no other.

        number
            the signal

        Returns whether it was sent.
        """
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return False
        try:
            # The handle is held before the look: the number cannot change hands in between.
            if not self.alive():
                return False
            signal.pidfd_send_signal(handle, number)
        except ProcessLookupError:
            return False
        finally:
            os.close(handle)
        return True

    def init_below(self) -> Process | None:
        """Return the process below this one that is number 1 of a container and runs systemd;
        None before there is one."""
        waiting = [self.pid]
        while waiting:
            children = _children(waiting.pop())
            for init in inits_among(children):
                return init
            waiting += children
        return None


def _children(pid: int) -> list[int]:
    """Return the numbers of a process's children."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text(encoding="ascii").split())
        except OSError:
            continue
    return found


def inits_among(pids: Iterable[int]) -> list[Process]:
    """Return those processes that are number 1 of a container and have become systemd."""
    found = (Process.of(pid) for pid in pids if _is_init(pid))
    return [process for process in found if process is not None]


def _is_init(pid: int) -> bool:
    """Return whether a process is number 1 in its own namespace and has become systemd."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    numbers = fields.get("NSpid", "").split()
    return fields.get("Name", "").strip() == "systemd" and len(numbers) > 1 and numbers[-1] == "1"
