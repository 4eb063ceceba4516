"""One node: a container with a real systemd as process 1."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from lab import cgroups, network
from lab.cache import remove_tree
from lab.overrides import REPOSITORY
from lab.process import Process, inits_among
from lab.recipes import PROJECT, STATE, Node
from lab.run import LabError, wait_for

# systemd-nspawn makes a folder in here for each container and leaves it.
_PROPAGATE = Path("/run/systemd/nspawn/propagate")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What a container must not do to the one machine below: nspawn grants none of the others that
# would be dangerous (CAP_SYS_TIME, CAP_SYS_MODULE, CAP_SYS_RAWIO).
_GRANTED = "CAP_NET_ADMIN,CAP_NET_RAW"
_DROPPED = "CAP_MKNOD,CAP_SYS_TIME,CAP_SYS_MODULE,CAP_SYS_RAWIO"


def folder(node: Node) -> Path:
    """Return the folder of what the lab keeps of a node while it runs."""
    return STATE / "nodes" / node.name


def start(node: Node, root: Path, salt: Path, repository: Path) -> None:
    """Start a node's boot; its own files are in its folder's `layer` already.

    root, salt, repository
        the folders that it is made of

    Returns at once: `wait_running` waits for it.
    """
    home = folder(node)
    work = home / "work"
    work.mkdir()
    groups = " ".join(str(path) for path in cgroups.folders(node))
    binds = {PROJECT: "/srv/muster", salt: "/opt/salt", repository: REPOSITORY}
    argv = [
        *cgroups.wrapper(node),
        *("unshare", "--mount", "--propagation", "private"),
        *("sh", str(Path(__file__).with_name("boot.sh"))),
        *(str(work), str(root), str(home / "layer"), groups, network.namespace(node)),
        *("--boot", "--quiet", "--register=no", "--keep-unit", "--console=passive"),
        *("--link-journal=no", "--resolv-conf=off", "--timezone=off"),
        f"--machine={network.namespace(node)}",
        f"--hostname={node.name}",
        f"--capability={_GRANTED}",
        f"--drop-capability={_DROPPED}",
        *(f"--bind-ro={source}:{target}" for source, target in binds.items()),
    ]
    with (home / "log").open("wb") as log:
        child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    process = Process.of(child.pid)
    if process is not None:
        (home / "process.json").write_text(json.dumps(asdict(process)))


def supervisor(node: Node) -> Process | None:
    """Return the host's process that keeps the node running; None when it does not run."""
    try:
        text = (folder(node) / "process.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    process = Process(**json.loads(text))
    return process if process.alive() else None


def init(node: Node) -> Process:
    """Return the node's process 1 as the host sees it.

    Raises LabError when the node does not run.
    """
    above = supervisor(node)
    process = above.init_below() if above else None
    if process is None:
        raise LabError(f"{node.name} does not run; 'lab/lab up' boots the lab")
    return process


def command(node: Node, argv: Sequence[str], *, terminal: bool = False) -> list[str]:
    """Return the host's command that runs a command in a node, started by the node's own init.

    By nsenter alone it would have the host's capabilities: a `date -s` would set the clock of
    the whole machine.

    argv
        the command and its arguments, passed as they are
    terminal
        whether it gets a terminal instead of three plain streams

    Raises LabError when the node does not run.
    """
    return [
        *("nsenter", "--all", f"--target={init(node).pid}"),
        *("env", "-i", f"PATH={_PATH}", "TERM=xterm"),
        *("systemd-run", "--quiet", "--wait", "--collect", "--pty" if terminal else "--pipe"),
        # Daemons that the command starts stay.
        *("--property=KillMode=process", "--service-type=exec"),
        *("--setenv=HOME=/root", "--setenv=LANG=C.UTF-8", f"--setenv=PATH={_PATH}"),
        "--working-directory=/root",
        "--",
        # systemd would put variables in.
        *(word.replace("$", "$$") for word in argv),
    ]


def wait_running(node: Node, seconds: float = 60) -> None:
    """Wait until a node has booted.

    Raises LabError with the end of its console when it ended or takes too long.
    """

    def running() -> bool:
        above = supervisor(node)
        if above is None:
            raise LabError(f"{node.name} ended while it booted:\n{console(node)}")
        # Asked once: a node that reboots has none for a moment.
        process = above.init_below()
        if process is None:
            return False
        state = subprocess.run(
            _state_command(process), capture_output=True, text=True, timeout=30, check=False
        )
        return state.stdout.strip() in ("running", "degraded")

    try:
        wait_for(f"{node.name}: booted", running, seconds=seconds, pause=0.2)
    except LabError as err:
        raise LabError(f"{err}\n{console(node)}") from err


def _state_command(process: Process) -> list[str]:
    """Return the host's command that asks a node's systemd for its state (a mere question)."""
    target = f"--target={process.pid}"
    return ["nsenter", "--all", target, "/usr/bin/systemctl", "is-system-running"]


def console(node: Node) -> str:
    """Return the last lines of a node's console."""
    path = folder(node) / "log"
    return path.read_text(errors="replace")[-2000:].strip() if path.exists() else ""


def stop(nodes: Iterable[Node]) -> None:
    """End nodes at once, as a power cut would: nothing of them is kept anyway.

    Raises LabError when a process outlives that.
    """
    nodes = list(nodes)
    found = [process for node in nodes if (process := supervisor(node))]
    # Found by their network: a node outlives its supervisor when that was killed.
    found += [process for node in nodes for process in inits_among(network.processes(node))]
    for process in found:
        process.kill(signal.SIGKILL)
    wait_for("end of all nodes", lambda: not any(p.alive() for p in found), seconds=20)
    for node in nodes:
        for left in (folder(node), _PROPAGATE / network.namespace(node)):
            if left.exists():
                remove_tree(left)
