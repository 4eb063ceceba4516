"""A virtual machine that is a minion of the lab's master; needs root and qemu (`make test-vm`)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from lab import up as containers
from lab.recipes import MASTER
from lab.run import LabError
from lab.vm import up as machines
from lab.vm.machine import Machine
from lab.vm.recipe import MACHINES


class Guest:
    """A machine and its master."""

    def __init__(self, name: str) -> None:
        """Take a machine that runs."""
        self.name = name
        self.id = MACHINES[name].id
        self.address = MACHINES[name].address

    def exec(self, *argv: str) -> str:
        """Run a command in the machine, by no network of it; return what it printed."""
        done = machines.execute(self.name, *argv)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def salt(self, *argv: str, seconds: int = 480) -> object:
        """Return the minion's answer to a function of Salt's, asked by the master."""
        return containers.salt_json(f"--timeout={seconds}", self.id, *argv)[self.id]

    def status(self) -> dict[str, object]:
        """Return what the node tells of changes on trial; nothing while it is not reachable."""
        argv = ("--timeout=20", self.id, "muster_trial.status")
        try:
            told = containers.salt_json(*argv).get(self.id)
        except LabError:
            told = None
        return told if isinstance(told, dict) else {"pending": "not reachable"}

    def reboot(self) -> None:
        """Reboot the machine and wait until it answers."""
        machines.reboot(self.name)

    def cable(self, nic: str, *, plugged: bool) -> None:
        """Pull a card's cable or put it in."""
        Machine(self.name).link(nic, up=plugged)

    def master(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the master."""
        return containers.execute(MASTER.name, *argv)

    def plan(self, old: str, new: str) -> None:
        """Replace words of the machines' cluster file."""
        text = self.master("cat", machines.CLUSTER).stdout
        assert old in text
        script = ["sh", "-c", 'cat >"$1"', "sh", machines.CLUSTER]
        done = containers.execute(MASTER.name, *script, stdin=text.replace(old, new))
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def kinds() -> Iterator[list[str]]:
    """The master, and the kind of the machine that runs beside it; all is gone in the end."""
    containers.up()
    synced = containers.execute(MASTER.name, "salt-run", "saltutil.sync_all")
    assert synced.returncode == 0, synced.stderr
    yield []
    containers.down()


@pytest.fixture(scope="module")
def guest(request: pytest.FixtureRequest, kinds: list[str]) -> Guest:
    """A machine of the kind that the module names by KIND, with the cluster file as it is kept.

    Modules of one kind use one machine in turn: its start takes a minute. None relies on what
    another one left.
    """
    kind = getattr(request.module, "KIND", "plain")
    if kinds != [kind]:
        machines.up("vm1", kind=kind)
        kinds[:] = [kind]
    machines.give_cluster()
    return Guest("vm1")
