"""Which filesystems are mounted, and how large they are."""

import re
from typing import Any, Dict, List

from . import _mounts
from .source import MATCHES, Source, Unreadable, attempt

#: Kernel's and session's own: no place for data.
_PSEUDO = {
    "autofs", "bdev", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
    "devtmpfs", "efivarfs", "fusectl", "hugetlbfs", "mqueue", "nsfs", "proc", "pstore", "ramfs",
    "rpc_pipefs", "securityfs", "selinuxfs", "sysfs", "tmpfs", "tracefs", "xenfs",
}  # fmt: skip

#: -l: a file server that does not answer must not hang the probe.
_DF_COMMAND = ["df", "-P", "-k", "-l", "-x", "tmpfs", "-x", "devtmpfs"]
_DF = re.compile(r"^.+? +([0-9]{1,18}) +([0-9]{1,18}) +(-?[0-9]{1,18}) +(?:[0-9]+%|-) (/.*)$")


def read(source: Source) -> Dict[str, Any]:
    """Return mounts and sizes.

    mounts: {"path", "device", "root", "type", "source", "options"} of what is mounted and holds
    data; sizes: {path: {"size", "used", "free"}} in bytes, of local filesystems.
    """
    return {"mounts": attempt(_real, source), "sizes": attempt(_sizes, source)}


def parse_df(text: str) -> Dict[str, Dict[str, int]]:
    """Return {path: {"size", "used", "free"}} in bytes of what ``df -P -k`` prints."""
    found = {}
    for line in text.split("\n")[: MATCHES + 1]:
        match = _DF.match(line)
        if match:
            size, used, free = (int(match.group(number)) * 1024 for number in (1, 2, 3))
            found[match.group(4)] = {"size": size, "used": used, "free": free}
    return found


def _real(source: Source) -> List[Dict[str, str]]:
    found = [mount for mount in _mounts.mounts(source) if mount["type"] not in _PSEUDO]
    if len(found) > MATCHES:
        raise Unreadable(f"more than {MATCHES} filesystems are mounted")
    return found


def _sizes(source: Source) -> Dict[str, Dict[str, int]]:
    found = parse_df(source.run(_DF_COMMAND))
    if not found:
        raise Unreadable("df listed no filesystem")
    return found
