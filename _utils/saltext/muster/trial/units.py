"""The units of systemd that make a change on trial, end it in time, and undo it at boot."""

from __future__ import annotations

import os
import subprocess

from saltext.muster.errors import Refused
from saltext.muster.trial import runner, saving, spec

#: The timer is a backstop: the job itself decides in time, with better words (seconds).
GRACE = 5

_BEFORE = (
    "sysinit.target network-pre.target systemd-sysctl.service networking.service"
    " NetworkManager.service network.service systemd-networkd.service nftables.service"
    " firewalld.service shutdown.target"
)


def rollback_text(python: str, folder: str = spec.FOLDER) -> str:
    """Return muster-rollback.service: at boot it puts an undecided change back.

    python is the absolute path of the interpreter.
    """
    mounts = " ".join(map(_quoted, dict.fromkeys([folder, python, os.path.realpath(python)])))
    return f"""\
# Written by muster while a change waits to be kept; removed when that is decided.
[Unit]
Description=Put back what muster changed and nobody confirmed
DefaultDependencies=no
ConditionPathExists={folder}/trial.json
RequiresMountsFor={mounts}
After=local-fs.target
Before={_BEFORE}
Conflicts=shutdown.target

[Service]
Type=oneshot
ExecStart={" ".join(map(_quoted, _command(python, "boot", "", folder)[:-1]))}
TimeoutStartSec=infinity

[Install]
WantedBy=sysinit.target
"""


def enable_rollback(python: str, folder: str = spec.FOLDER) -> None:
    """Have an undecided change put back at boot. Raises OSError, also when the disk is full."""
    unit, link = _rollback_paths()
    os.makedirs(os.path.dirname(link), exist_ok=True)
    runner.replace(unit, rollback_text(python, folder).encode(), {"mode": 0o644})
    if not os.path.lexists(link):
        os.symlink(unit, link)
    saving.sync(os.path.dirname(link))


def arm(python: str, id_: str, seconds: int, folder: str = spec.FOLDER) -> list[str]:
    """Return the command that arms the end of a trial, seconds from now."""
    return [
        "systemd-run",
        "--quiet",
        "--collect",
        f"--unit={runner.timer(id_)}",
        f"--on-active={seconds + GRACE}s",
        "--timer-property=AccuracySec=500ms",
        "--description=End the change that muster has on trial",
        "--property=KillMode=process",
        *_command(python, "deadline", id_, folder),
    ]


def start(python: str, id_: str, folder: str = spec.FOLDER) -> list[str]:
    """Return the command that starts a trial's own unit."""
    end = " ".join(map(_quoted, _command(python, "end", id_, folder)))
    options = [f"--property=ExecStopPost={end}"]
    return _unit(runner.unit(id_), options) + _command(python, "run", id_, folder)


def finish(python: str, id_: str, folder: str = spec.FOLDER) -> list[str]:
    """Return the command that ends a trial which nobody looks after, and waits for that."""
    # A name of its own: the trial's unit stays loaded as long as anything that it started runs.
    name = f"muster-end-{os.urandom(4).hex()}.service"
    return _unit(name, ["--wait"]) + _command(python, "end", id_, folder)


def call(argv: list[str], seconds: int = 30) -> None:
    """Run one of these commands; raise Refused with what it said."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired) as err:
        raise Refused(f"{argv[0]} did not work: {err}; look at systemctl status") from err
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[:300]
        raise Refused(f"{argv[0]} failed: {said}; look at systemctl status, then run again")


def active(id_: str) -> list[str]:
    """Return which units of a trial are at work."""
    names = (runner.unit(id_), f"{runner.timer(id_)}.service")
    return [name for name in names if _state(name) not in ("inactive", "failed", "unknown")]


def _state(name: str) -> str:
    command = ["systemctl", "is-active", name]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"


def _unit(name: str, options: list[str]) -> list[str]:
    return [
        "systemd-run",
        "--quiet",
        "--collect",
        f"--unit={name}",
        "--description=The change that muster has on trial",
        # What the change's commands start, such as a DHCP client, lives on.
        "--property=KillMode=process",
        "--property=KillSignal=SIGKILL",
        "--property=TimeoutStopSec=infinity",
        *options,
    ]


def _command(python: str, name: str, id_: str, folder: str) -> list[str]:
    return [python, "-I", "-B", f"{folder}/run.py", name, id_]


def _quoted(word: str) -> str:
    """Return a word as systemd reads it back."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"'


def _rollback_paths() -> tuple[str, str]:
    return f"{runner.SYSTEM}/{runner.ROLLBACK}", f"{runner.WANTS}/{runner.ROLLBACK}"
