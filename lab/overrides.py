"""What a root gets on top of Debian's packages, so that it runs as a container."""

from __future__ import annotations

from pathlib import Path

# Without CAP_SYS_TIME (one clock for the whole machine) the unit would be skipped and chronyd
# would stop: no condition, and -x leaves the clock alone. A drop-in, not /etc/default/chrony:
# dpkg would ask about a changed configuration file.
_CHRONY = """\
[Unit]
ConditionCapability=
[Service]
EnvironmentFile=
Environment="DAEMON_OPTS=-F 1 -x"
"""
# Nodes share a root: each makes its own host keys, at its first start.
_SSH = """\
[Service]
ExecStartPre=
ExecStartPre=/usr/bin/ssh-keygen -A
ExecStartPre=/usr/sbin/sshd -t
"""
_UNWANTED_TIMERS = (
    "apt-daily",
    "apt-daily-upgrade",
    "dpkg-db-backup",
    "e2scrub_all",
    "fstrim",
)
REPOSITORY = "/srv/repository"


def apply(tree: Path) -> None:
    """Make a fresh Debian root ready for the lab.

    tree
        the root's folder, complete, not running
    """
    for unit, text in (("chrony", _CHRONY), ("ssh", _SSH)):
        folder = tree / f"etc/systemd/system/{unit}.service.d"
        folder.mkdir(parents=True)
        (folder / "lab.conf").write_text(text)
    for timer in _UNWANTED_TIMERS:
        (tree / f"etc/systemd/system/{timer}.timer").symlink_to("/dev/null")
    for name in ("hostname", "resolv.conf", "machine-id"):
        (tree / "etc" / name).unlink(missing_ok=True)
    for key in (tree / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    (tree / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:{REPOSITORY} ./\n")
