"""Whether this machine can run the lab, and Debian's packages that it needs for that."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lab import cgroups
from lab.run import LabError, run, say

# A program that each package brings: present programs need no package.
_PACKAGES = {
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "openssl": "openssl",
    "nsenter": "util-linux",
}
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def missing_packages() -> list[str]:
    """Return the Debian packages that the lab needs and the host has not."""
    missing = [package for tool, package in _PACKAGES.items() if shutil.which(tool) is None]
    return missing + ([] if _KEYRING.exists() else ["debian-archive-keyring"])


def problem() -> str:
    """Return in one line why the lab cannot run here and what to do; empty when it can."""
    if os.geteuid() != 0:
        return (
            "the lab needs root (it boots containers): run it as root, "
            "or judge this machine alone with 'make check PLATFORM=ganeti'"
        )
    if missing_packages() and shutil.which("apt-get") is None:
        names = ", ".join(missing_packages())
        return f"the lab needs {names} and there is no apt-get: install them by hand"
    if not cgroups.available():
        return (
            "the lab needs control groups of version 2 and there are none in /sys/fs/cgroup: "
            "mount them ('mount -t cgroup2 none /sys/fs/cgroup') or use a whole (virtual) machine"
        )
    return _kernel_problem()


def _kernel_problem() -> str:
    """Return which part of the kernel's containers is refused here, tried in a namespace that
    ends at once."""
    if shutil.which("unshare") is None:
        return "the lab needs 'unshare': run 'apt-get install util-linux'"
    script = (
        "set -e; mount -t tmpfs muster /mnt; mkdir /mnt/l /mnt/u /mnt/w /mnt/m;"
        "mount -t overlay -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w overlay /mnt/m"
    )
    tried = run(["unshare", "--mount", "--net", "--pid", "--fork", "sh", "-c", script], check=False)
    if tried.returncode != 0:
        words = " ".join(tried.stderr.split())[:200]
        return (
            f"the lab needs namespaces and overlay mounts, refused here ({words}): "
            "use a whole (virtual) machine, or a container with all privileges"
        )
    return ""


def require() -> None:
    """Raise LabError, in one line, when the lab cannot run here."""
    words = problem()
    if words:
        raise LabError(words)


def install() -> None:
    """Install the Debian packages that are missing.

    Raises LabError when apt does, or when Debian's keyring is too old for a root's release.
    """
    missing = missing_packages()
    if missing:
        say(f"installing {', '.join(missing)}")
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        run(["apt-get", "-qq", "update"], env=env)
        run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing], env=env)
    else:
        say(f"host packages: all there ({', '.join(_PACKAGES.values())})")
