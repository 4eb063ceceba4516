"""Start commands and say clearly what went wrong with them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

_STARTED = time.monotonic()


class LabError(Exception):
    """The lab cannot do what was asked; the text says why and what to do."""


def say(text: str) -> None:
    """Print one line of progress with the seconds since the start.

    text
        what is being done, without a line end
    """
    # One write a line: builders speak at the same time.
    sys.stderr.write(f"[{time.monotonic() - _STARTED:6.1f} s] {text}\n")
    sys.stderr.flush()


def run(
    argv: Sequence[str],
    *,
    check: bool = True,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout: float = 600,
) -> subprocess.CompletedProcess[str]:
    """Run a command of the host and return its result with both outputs as text.

    argv
        the command, never given to a shell
    check
        whether an exit status other than 0 is an error
    env
        the whole environment of the command; None means the caller's own
    stdin
        what the command reads; None gives it nothing to read
    timeout
        seconds until the command is ended

    Raises LabError with the end of the command's own words.
    """
    try:
        result = subprocess.run(
            argv,
            env=env,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
        )
    except FileNotFoundError as err:
        raise LabError(f"{argv[0]}: not found; 'lab/lab check-host' says what is missing") from err
    except subprocess.TimeoutExpired as err:
        raise LabError(f"{' '.join(argv)[:200]}: no end after {timeout:.0f} s") from err
    if check and result.returncode != 0:
        words = (result.stderr.strip() or result.stdout.strip())[-2000:]
        raise LabError(f"{' '.join(argv)[:200]}: exit status {result.returncode}\n{words}")
    return result


def wait_for(what: str, test: Callable[[], bool], *, seconds: float, pause: float = 0.1) -> None:
    """Wait until a test holds.

    what
        what is waited for, as the message of the error names it
    test
        returns True when it is there
    seconds
        how long to wait at most
    pause
        seconds between two tests

    Raises LabError when the time is over.
    """
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            raise LabError(f"{what}: not there after {seconds:.0f} s")
        time.sleep(pause)
