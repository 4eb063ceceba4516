"""Debian's packages that virtual machines need besides the lab's own."""

from __future__ import annotations

import os
import shutil

from lab import host
from lab.run import run, say

_PACKAGES = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mke2fs": "e2fsprogs",
}


def missing_packages() -> list[str]:
    """Return the Debian packages that machines need and the host has not."""
    return [package for tool, package in _PACKAGES.items() if shutil.which(tool) is None]


def install() -> None:
    """Install what is missing, after the lab's own.

    Raises LabError when the lab cannot run here, or apt fails.
    """
    host.require()
    missing = missing_packages()
    if missing:
        say(f"installing {', '.join(missing)}")
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        run(["apt-get", "-qq", "update"], env=env)
        run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing], env=env)
