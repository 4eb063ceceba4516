"""One machine: a process of qemu, its disks and its switch."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from lab import cache, network
from lab.process import Process
from lab.recipes import PREFIX, Node
from lab.run import LabError, run, wait_for
from lab.vm import talk
from lab.vm.image import Image
from lab.vm.recipe import DISKS, EMPTY_MIB, KINDS, NICS, QEMU, RUN, VLANS, mac

_SAVED = "ready"
_DISKS = ("root", *EMPTY_MIB)


class Machine:
    """A machine by its name; it need not run."""

    def __init__(self, name: str) -> None:
        """Take the name: of a node of the recipe, or of a template in the making."""
        self.name = name
        self.run = RUN / name
        self.disks = DISKS / name

    @property
    def agent(self) -> Path:
        """Return the socket of the agent inside."""
        return self.run / "agent"

    def start(self, image: Image, kind: str, template: Path | None = None) -> None:
        """Start it: from its image, or where a template was saved, in which case it runs at once.

        image
            the image below its disks
        kind
            one of KINDS; that of the template
        template
            the folder of the template's disks

        Returns at once when it boots: `wait` waits for the agent inside.
        """
        for folder in (self.run, self.disks):
            folder.mkdir(parents=True)
        for disk in _DISKS:
            path = self.disks / f"{disk}.qcow2"
            if template is not None:
                run(
                    [
                        "cp",
                        "--sparse=always",
                        "--reflink=auto",
                        str(template / path.name),
                        str(path),
                    ]
                )
            else:
                run(["qemu-img", "create", "-q", "-f", "qcow2", *_origin(disk, image, path)])
        argv = [*QEMU, *self._devices(), "-append", KINDS[kind]]
        argv += ["-kernel", str(image.kernel), "-initrd", str(image.initrd)]
        self._spawn("qemu", [*argv, *(["-loadvm", _SAVED] if template is not None else [])])

    def _devices(self) -> list[str]:
        """Return qemu's arguments for what every machine has; network cards come later."""
        argv = ["-qmp", f"unix:{self.run}/monitor,server=on,wait=off"]
        argv += ["-serial", f"file:{self.run}/console", "-device", "virtio-serial"]
        argv += ["-chardev", f"socket,id=agent,path={self.agent},server=on,wait=off"]
        argv += ["-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"]
        for disk in _DISKS:
            path = self.disks / f"{disk}.qcow2"
            # Nothing of a machine outlives it: no disk is waited for.
            argv += ["-drive", f"file={path},if=none,id={disk},cache=unsafe"]
            argv += ["-device", f"virtio-blk-pci,drive={disk}"]
        return argv

    def _spawn(self, name: str, argv: Sequence[str]) -> None:
        """Start a process of this machine and keep who it is."""
        with (self.run / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        process = Process.of(child.pid)
        if process is not None:
            (self.run / f"{name}.json").write_text(json.dumps(asdict(process)))

    def process(self, name: str = "qemu") -> Process | None:
        """Return a process of this machine; None when it does not run."""
        try:
            found = Process(**json.loads((self.run / f"{name}.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        return found if found.alive() else None

    def wait(self, seconds: float) -> None:
        """Wait until the agent inside answers.

        Raises LabError with the console's end when qemu ended or it takes too long.
        """

        def answers() -> bool:
            if self.process() is None:
                raise LabError(f"{self.name} ended:\n{self.log()}")
            try:
                with talk.agent(self.agent, seconds=3) as line:
                    line.ask("guest-ping")
            except LabError:
                return False
            return True

        try:
            wait_for(f"{self.name}: booted", answers, seconds=seconds, pause=0.2)
        except LabError as err:
            raise LabError(f"{err}\n{self.log()}") from err

    def log(self) -> str:
        """Return the end of what qemu and the console said."""
        paths = (self.run / "qemu.log", self.run / "console")
        texts = [path.read_text(errors="replace") for path in paths if path.exists()]
        return "\n".join(text[-1500:].strip() for text in texts)

    def plug(self, node: Node) -> None:
        """Give it its network cards, and these a switch with an uplink into the lab.

        Raises LabError when the lab is not up.
        """
        tap = f"{PREFIX}{node.name}"
        switch = ["ip", "-n", network.SWITCH]
        run([*switch, "tuntap", "add", "name", tap, "mode", "tap"])
        run([*switch, "link", "set", tap, "master", f"{PREFIX}br", "up"])
        ports = [self.run / f"port-{nic}" for nic in NICS]
        inside = ["ip", "netns", "exec", network.SWITCH, sys.executable, "-I", "-B"]
        program = [str(Path(__file__).with_name("switch.py")), tap, ",".join(map(str, VLANS))]
        self._spawn("switch", [*inside, *program, *map(str, ports)])
        wait_for(f"{self.name}: switch", lambda: all(p.exists() for p in ports), seconds=20)
        with talk.monitor(self.run / "monitor") as line:
            for number, (nic, path) in enumerate(zip(NICS, ports, strict=True)):
                address = {"type": "unix", "path": str(path)}
                line.ask("netdev_add", id=nic, type="stream", server=False, addr=address)
                card: dict[str, str | int] = {
                    "driver": "virtio-net-pci",
                    "id": f"{nic}-card",
                    "netdev": nic,
                }
                # LACP is silent on a card that does not know its speed.
                card |= {"speed": 1000, "duplex": "full"}
                line.ask("device_add", **card, mac=mac(node, number))

    def link(self, nic: str, *, up: bool) -> None:
        """Pull a card's cable, or put it in again."""
        with talk.monitor(self.run / "monitor") as line:
            line.ask("set_link", name=nic, up=up)

    def save(self, folder: Path) -> None:
        """Save the running machine into a folder, disks and memory, and end it."""
        with talk.monitor(self.run / "monitor") as line:
            words = line.ask("human-monitor-command", **{"command-line": f"savevm {_SAVED}"})
            if words.strip():
                raise LabError(f"savevm: {words.strip()}")
            line.ask("quit")
        wait_for(f"{self.name}: end", lambda: self.process() is None, seconds=20)
        for disk in _DISKS:
            (self.disks / f"{disk}.qcow2").rename(folder / f"{disk}.qcow2")

    def set_clock(self) -> None:
        """Give the machine the host's time: a restored one still has its template's."""
        with talk.agent(self.agent) as line:
            line.ask("guest-set-time", time=time.time_ns())

    def stop(self) -> None:
        """End it at once, as a power cut would; nothing of it is kept.

        Raises LabError when a process outlives that.
        """
        found = [p for p in (self.process("qemu"), self.process("switch")) if p is not None]
        for process in found:
            process.kill(signal.SIGKILL)
        wait_for(f"{self.name}: end", lambda: not any(p.alive() for p in found), seconds=20)
        with suppress(LabError):
            run(["ip", "-n", network.SWITCH, "link", "del", f"{PREFIX}{self.name}"])
        for folder in (self.run, self.disks):
            if folder.exists():
                cache.remove_tree(folder)


def _origin(disk: str, image: Image, path: Path) -> list[str]:
    """Return the arguments that make a fresh disk: above the image, or empty."""
    if disk == "root":
        return ["-b", str(image.disk), "-F", "raw", str(path)]
    return [str(path), f"{EMPTY_MIB[disk]}M"]
