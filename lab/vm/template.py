"""A machine that was saved while it ran: others are there in seconds."""

from __future__ import annotations

import json
from pathlib import Path

from lab import cache
from lab.recipes import SALT_NEW
from lab.run import LabError, run, say, wait_for
from lab.vm import talk
from lab.vm.image import Image
from lab.vm.machine import Machine
from lab.vm.recipe import EMPTY_MIB, KERNEL_ARGUMENTS, QEMU

_HERE = Path(__file__).parent
_BOOT_SECONDS = 600


def make(image: Image) -> Path:
    """Return the folder of the template's disks, booting one machine when it is not in the cache.

    Raises LabError when it does not boot.
    """
    recipe = {
        "image": str(image.folder),
        "qemu": [*QEMU, KERNEL_ARGUMENTS, json.dumps(EMPTY_MIB), _version()],
        "text": [(_HERE / name).read_text(encoding="utf-8") for name in ("template.py",)],
    }

    def fill(output: Path) -> None:
        machine = Machine("template")
        machine.stop()
        try:
            machine.start(image)
            machine.wait(_BOOT_SECONDS)
            _settle(machine)
            machine.save(output)
        finally:
            machine.stop()

    return cache.entry("vm-template", recipe, fill)


def _version() -> str:
    """Return qemu's version: another one need not read what this one saved."""
    return run(["qemu-system-x86_64", "--version"]).stdout.splitlines()[0]


def _settle(machine: Machine) -> None:
    """Wait until the boot has ended and all is on disk."""

    def settled() -> bool:
        state = talk.execute(machine.agent, ["systemctl", "is-system-running"]).stdout.strip()
        return state in ("running", "degraded")

    wait_for("template: booted", settled, seconds=_BOOT_SECONDS, pause=1)
    failed = talk.execute(machine.agent, ["systemctl", "--failed", "--plain", "--no-legend"])
    if failed.stdout.strip():
        raise LabError(f"template: failed units:\n{failed.stdout}")
    # What a first call would read from disk each time anew.
    talk.execute(machine.agent, [f"/opt/salt/{SALT_NEW}/bin/salt-call", "--local", "test.ping"])
    talk.execute(machine.agent, ["sync"])
    say("template: booted, saving")
