"""Make machines minions of the lab's master, and end them."""

from __future__ import annotations

import io
import itertools
import shutil
import subprocess
import tarfile
from pathlib import Path

from lab import cache, keys, layer, node
from lab import up as containers
from lab.keys import KeyPair
from lab.recipes import MASTER, MASTER_ADDRESS, PREFIX_LENGTH, PROJECT, STATE, Node
from lab.run import LabError, say, wait_for
from lab.vm import host, image, talk, template
from lab.vm.machine import Machine
from lab.vm.recipe import DISKS, KINDS, MACHINES, RUN

#: The machines' cluster file on the master.
CLUSTER = "/etc/muster/clusters/vm.yaml"
_CLUSTER = Path(__file__).with_name("cluster.yaml")
# As Debian's installer writes it.
_INTERFACES = """\
# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

source /etc/network/interfaces.d/*

# The loopback network interface
auto lo
iface lo inet loopback

# The primary network interface
auto eth0
iface eth0 inet static
\taddress {address}/{prefix}
\tgateway {gateway}
"""


def prepare(kind: str = "plain") -> tuple[image.Image, Path]:
    """Return the image and a template, installing and building what is not there.

    kind
        one of KINDS

    Raises LabError when a part cannot be built.
    """
    host.install()
    STATE.mkdir(mode=0o700, exist_ok=True)
    disk = image.make()
    saved = template.make(disk, kind)
    if not any(DISKS.parent.glob("*-lab-vm")):
        templates = [template.place(disk, each) for each in KINDS]
        cache.prune([disk.folder, *templates, *disk.parts])
    return disk, saved


def up(*names: str, kind: str = "plain") -> None:
    """Start machines as minions of the lab's master, each as the installer left it.

    names
        of the recipe's machines; one that runs is ended first
    kind
        one of KINDS

    The lab must be up (its master is enough). Raises LabError when one does not come up; it stays
    to be looked at.
    """
    nodes = [find(name) for name in names]
    if not containers.is_up():
        raise LabError("the lab is not up: 'lab/lab up' boots its master")
    disk, saved = prepare(kind)
    give_cluster()
    for one in nodes:
        machine = Machine(one.name)
        machine.stop()
        machine.start(disk, kind, saved)
        machine.wait(60)
        machine.set_clock()
        machine.plug(one)
        say(f"{one.name}: runs")
        _settle_in(machine, one)
    for one in nodes:
        _wait_for_salt(one)
        say(f"{one.name}: answers its master")


def give_cluster() -> None:
    """Give the master the machines' cluster file, as it is kept here."""
    write = 'mkdir -p "${1%/*}" && cat >"$1"'
    _on_master(["sh", "-c", write, "sh", CLUSTER], stdin=_CLUSTER.read_text(encoding="utf-8"))


def _settle_in(machine: Machine, one: Node) -> None:
    """Give a restored machine its identity, its network and its minion."""
    pair = keys.generate()
    known = f"/etc/salt/pki/master/minions/{one.id}"
    _on_master(["sh", "-c", 'cat >"$1"', "sh", known], stdin=pair.public)
    talk.write(machine.agent, "/root/layer.tar", _layer(machine, one, pair))
    script = f"""set -e
        tar -xpf /root/layer.tar -C / && rm /root/layer.tar
        hostname {one.name}
        udevadm settle
        systemctl daemon-reload
        systemctl restart systemd-journald ssh networking chrony
        systemctl start --no-block salt-minion
    """
    done = execute(one.name, "sh", "-c", script)
    if done.returncode != 0:
        raise LabError(f"{one.name}: {done.stderr}\n{machine.log()}")


def _give_modules(folder: Path) -> None:
    """Lay down what a sync of Salt's would bring file by file, in minutes under emulation."""
    for kind in ("modules", "states", "grains", "utils"):
        target = folder / "var/cache/salt/minion/extmods" / kind
        unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(PROJECT / f"_{kind}", target, ignore=unwanted)


def _layer(machine: Machine, one: Node, pair: KeyPair) -> bytes:
    """Return a machine's own files as an archive."""
    master = node.folder(MASTER) / "layer/etc/salt/pki/master/master.pub"
    pairs = {one.name: pair, MASTER.name: KeyPair("", master.read_text(encoding="utf-8"))}
    folder = machine.run / "layer"
    folder.mkdir()
    layer.write(one, folder, pairs)
    interfaces = _INTERFACES.format(
        address=one.address, prefix=PREFIX_LENGTH, gateway=MASTER_ADDRESS
    )
    (folder / "etc/network/interfaces").write_text(interfaces)
    _give_modules(folder)
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            if not path.is_dir() or path.is_symlink():
                archive.add(path, str(path.relative_to(folder)))
    return data.getvalue()


def _on_master(argv: list[str], stdin: str = "") -> str:
    """Run a command on the lab's master and return what it printed."""
    done = containers.execute(MASTER.name, *argv, stdin=stdin)
    if done.returncode != 0:
        raise LabError(f"{' '.join(argv)}: {done.stderr}")
    return done.stdout


def _wait_for_salt(one: Node) -> None:
    """Wait until a machine's minion answers."""
    # Longer each time: on a busy host every question that is given up too early costs the
    # minion another process, and it answers none of them.
    patience = itertools.chain((15, 30, 60), itertools.repeat(120))

    def answers() -> bool:
        asked = f"--timeout={next(patience)}"
        return bool(containers.salt_json(asked, one.id, "test.ping").get(one.id))

    wait_for(f"{one.name}: minion", answers, seconds=600, pause=1)


def execute(
    name: str, *argv: str, stdin: str = "", timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """Run a command in a machine, by no network of it; as `lab.up.execute` does in a container.

    Raises LabError when the machine does not run or the time is over.
    """
    machine = Machine(find(name).name)
    if machine.process() is None:
        raise LabError(f"{machine.name} does not run; 'lab/vm/vm up {machine.name}' starts it")
    return talk.execute(machine.agent, argv, stdin=stdin.encode(), timeout=timeout)


def find(name: str) -> Node:
    """Return the machine's node with this short or full name.

    Raises LabError that names all machines.
    """
    for one in MACHINES.values():
        if name in (one.name, one.id):
            return one
    raise LabError(f"{name}: no machine of the lab; there are {', '.join(MACHINES)}")


def reboot(name: str) -> None:
    """Reboot a machine and wait until it answers its master; its disks stay.

    Raises LabError when it does not come back.
    """
    before = _boot_id(name)
    execute(name, "systemctl", "reboot")

    def back() -> bool:
        try:
            return _boot_id(name) != before
        except LabError:
            return False

    wait_for(f"{name}: boot", back, seconds=400, pause=1)
    _wait_for_salt(find(name))


def _boot_id(name: str) -> str:
    """Return the id of a machine's present boot."""
    return execute(name, "cat", "/proc/sys/kernel/random/boot_id", timeout=30).stdout


def status() -> list[tuple[str, str]]:
    """Return each machine's name and how it is."""
    return [
        (one.name, f"up     {one.address}" if Machine(one.name).process() else "down")
        for one in MACHINES.values()
    ]


def down() -> None:
    """End all machines and remove all that they made, except what is cached.

    Raises LabError when something does not end.
    """
    for name in (*MACHINES, "template"):
        Machine(name).stop()
    for folder in (RUN, DISKS):
        if folder.exists():
            cache.remove_tree(folder)
