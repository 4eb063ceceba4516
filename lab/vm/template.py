"""A machine that was saved while it ran: others are there in seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab import cache
from lab.recipes import SALT_NEW
from lab.run import LabError, run, say, wait_for
from lab.vm import talk
from lab.vm.image import Image
from lab.vm.machine import Machine
from lab.vm.recipe import EMPTY_MIB, KINDS, QEMU

_HERE = Path(__file__).parent
_BOOT_SECONDS = 600


def place(image: Image, kind: str) -> Path:
    """Return where the cache has a kind's template, made or not."""
    return cache.place(*_entry(image, kind))


def _entry(image: Image, kind: str) -> tuple[str, dict[str, Any]]:
    """Return a template's name in the cache and what it depends on."""
    return f"vm-template-{kind}", {
        "image": str(image.folder),
        "qemu": [*QEMU, KINDS[kind], json.dumps(EMPTY_MIB), _version()],
        "text": [(_HERE / name).read_text(encoding="utf-8") for name in ("template.py",)],
    }


def make(image: Image, kind: str) -> Path:
    """Return the folder of a template's disks, booting one machine when it is not in the cache.

    image
        the image below its disks
    kind
        one of KINDS

    Raises LabError when it does not boot.
    """

    def fill(output: Path) -> None:
        machine = Machine("template")
        machine.stop()
        try:
            machine.start(image, kind)
            machine.wait(_BOOT_SECONDS)
            _settle(machine)
            machine.save(output)
        finally:
            machine.stop()

    return cache.entry(*_entry(image, kind), fill)


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
