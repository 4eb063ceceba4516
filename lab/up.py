"""Boot the whole lab, end it, and say how it is."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from lab import build, cache, cgroups, host, keys, layer, network, node
from lab.cache import key_of, locked
from lab.recipes import MASTER, MINIONS, NODES, PROJECT, ROOTS, STATE, Node
from lab.run import LabError, say, wait_for

_LOCK = STATE / "lock"
_BUILT_FROM = STATE / "built-from"
# There while the lab has virtual machines: their part of the lab is loaded only then.
_MACHINES = STATE / "vm"


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time boot or end the lab."""
    STATE.mkdir(mode=0o700, exist_ok=True)
    with locked(_LOCK):
        yield


def is_up() -> bool:
    """Return whether all nodes run."""
    return all(node.supervisor(one) for one in NODES.values()) and _BUILT_FROM.exists()


def prepare() -> None:
    """Install and build what the lab is made of, as far as it is not there.

    Raises LabError when a part cannot be built.
    """
    host.require()
    with _alone():
        _parts()


def _parts() -> build.Built:
    """Return the lab's parts, installing and building what is not there."""
    for left in STATE.glob("build-*"):
        cache.remove_tree(left)
    host.install()
    return build.build_all()


def up(*, fresh: bool = False) -> None:
    """Boot the lab and wait until all minions answer.

    fresh
        whether a running lab is ended first; otherwise it is left as it is, unless it was made
        from other parts (another recipe, another clone of the project)

    What a crashed lab left is removed first. Raises LabError when a part cannot be built or a
    node does not come up; then nothing of the lab runs.
    """
    host.require()
    with _alone():
        parts = _parts()
        texts = [path.read_text(encoding="utf-8") for path in layer.sources()]
        built_from = key_of([str(PROJECT), repr(parts), repr(NODES), texts])
        if not fresh and is_up() and _BUILT_FROM.read_text() == built_from:
            say("the lab is up already")
            return
        _end()
        if not _others():
            cache.prune(parts.folders())
        try:
            _boot(parts)
        except BaseException:
            _end()
            raise
        _BUILT_FROM.write_text(built_from)


def _boot(parts: build.Built) -> None:
    """Boot all nodes and wait for them; nothing of an earlier lab is there."""
    network.create()
    say("network: no way out, no way in")
    with ThreadPoolExecutor() as pool:
        pairs = dict(zip(NODES, pool.map(lambda _: keys.generate(), NODES), strict=True))
    for one in NODES.values():
        home = node.folder(one)
        (home / "layer").mkdir(parents=True)
        layer.write(one, home / "layer", pairs)
        salt = parts.salt[ROOTS[one.root].suite]
        node.start(one, parts.roots[one.root], salt, parts.repositories[one.root])
    with ThreadPoolExecutor() as pool:
        list(pool.map(node.wait_running, NODES.values()))
    say(f"booted: {', '.join(NODES)}")
    _wait_for_salt()
    say("all minions answer")


def _wait_for_salt() -> None:
    """Wait until all minions are connected to the master and answer."""
    if not MINIONS:
        return
    wait_for("the minions' connections", lambda: _connections() >= len(MINIONS), seconds=90)
    wanted = {minion.id for minion in MINIONS}
    missing = wanted

    def answered() -> bool:
        nonlocal missing
        missing = wanted - set(salt_json("--timeout=5", "*", "test.ping"))
        return not missing

    try:
        wait_for("all minions' answers", answered, seconds=60)
    except LabError as err:
        raise LabError(f"{err}: none from {', '.join(sorted(missing))}") from err


def _connections(port: int = 4505) -> int:
    """Return how many connections the master's publisher has, as its network namespace's table
    tells: asking Salt would cost a second each time."""
    lines = Path(f"/proc/{node.init(MASTER).pid}/net/tcp").read_text(encoding="ascii").splitlines()
    rows = [line.split() for line in lines[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


def _others() -> bool:
    """Return whether a lab of another name may be up, which may run on older parts."""
    marks = STATE.parent.glob(f"*-lab/{_BUILT_FROM.name}")
    return any(mark != _BUILT_FROM for mark in marks)


def down() -> None:
    """End the lab and remove all that it made, except its cache.

    Raises LabError when something does not end.
    """
    host.require()
    if STATE.exists():
        with _alone():
            _end()


def _end() -> None:
    """End what the lab started, also what a crashed one left."""
    if any(node.folder(one).exists() for one in NODES.values()):
        say("ending the earlier lab")
    _BUILT_FROM.unlink(missing_ok=True)
    if _MACHINES.exists():
        from lab.vm import up as machines

        machines.down()
    node.stop(NODES.values())
    network.remove()
    cgroups.remove()


def find(name: str) -> Node:
    """Return the node with this short or full name.

    Raises LabError that names all nodes.
    """
    for one in NODES.values():
        if name in (one.name, one.id):
            return one
    raise LabError(f"{name}: no node of the lab; there are {', '.join(NODES)}")


def execute(
    name: str, *argv: str, stdin: str = "", timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """Run a command in a node and return its exit status and both outputs.

    name
        the node's short or full name
    argv
        the command, not given to a shell
    stdin
        what it reads
    timeout
        seconds until the wait ends (the command in the node may go on)

    Raises LabError when the node does not run or the time is over.
    """
    command = node.command(find(name), argv)
    try:
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired as err:
        raise LabError(f"{name}: {' '.join(argv)[:200]}: no end after {timeout:.0f} s") from err


def salt_json(*argv: str, timeout: float = 600) -> dict[str, object]:
    """Run `salt` on the master and return the minions' answers by minion id.

    A minion that did not answer is not in it.
    """
    result = execute(MASTER.name, "salt", "--out=json", "--static", *argv, timeout=timeout)
    try:
        data = json.loads(result.stdout or "{}")
    except ValueError as err:
        words = (result.stdout + result.stderr)[-500:]
        raise LabError(f"salt {' '.join(argv)}: no JSON: {words}") from err
    return {key: value for key, value in data.items() if value is not False} if data else {}


def status() -> list[tuple[str, str]]:
    """Return each node's name and how it is."""
    rows = []
    for one in NODES.values():
        process = node.supervisor(one)
        if process is not None:
            text = f"up     {one.address:<12} {ROOTS[one.root].suite}, Salt {one.salt}"
        else:
            lost = node.folder(one).exists()
            text = "lost: 'lab/lab up' cleans up and boots anew" if lost else "down"
        rows.append((one.name, text))
    return rows


def crash(name: str) -> None:
    """Kill a node as a power cut would, for tests of what follows.

    Raises LabError when it does not run.
    """
    process = node.supervisor(find(name))
    if process is None or not process.kill(signal.SIGKILL):
        raise LabError(f"{name} does not run")
