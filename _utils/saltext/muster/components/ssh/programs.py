"""Programs of OpenSSH and systemd, run by Salt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from saltext.muster.components.firewall.system import Done

#: Runs a program by its arguments, with a text as its input ("" = none).
Run = Callable[..., Done]


def runner(run_all: Callable[..., Mapping[str, Any]]) -> Run:
    """Return what runs programs by Salt's ``cmd.run_all``; a missing one is a result too."""

    def run(argv: Iterable[str], text: str = "") -> Done:
        done = run_all(
            list(argv),
            python_shell=False,
            stdin=text,
            timeout=60,
            ignore_retcode=True,
            env={"LC_ALL": "C.UTF-8"},
            output_loglevel="quiet",
        )
        return Done(int(done["retcode"]), str(done["stdout"]), str(done["stderr"]))

    return run
