"""What the node is and holds already: clusters, guests, and who reads these facts."""

import re
from typing import Any, Dict

from . import _identity
from ._text import lines, words
from .source import Absent, Source, Unreadable, attempt

_RAVADA = "/usr/share/perl5/Ravada.pm"
_VERSION = re.compile(r"^our \$VERSION *= *['\"]([0-9][0-9A-Za-z._-]{0,40})['\"]", re.M)


def read(source: Source) -> Dict[str, Any]:
    """Return the clusters that the node belongs to, the guests it holds, Ravada, and the user.

    ganeti is the cluster's name or ""; ceph the fsid or ""; pvc and vmmanager say whether the
    node has their software; guests: {"libvirt_running", "libvirt_defined", "containers"}, lists
    of names; ravada is the version of its Perl module or ""; uid is the effective user's number.
    """
    return {
        "ganeti": attempt(_identity.ganeti, source),
        "pvc": attempt(_identity.pvc, source),
        "vmmanager": attempt(_identity.vmmanager, source),
        "ceph": attempt(_identity.ceph, source),
        "guests": {
            "libvirt_running": attempt(_identity.libvirt_running, source),
            "libvirt_defined": attempt(_identity.libvirt_defined, source),
            "containers": attempt(_identity.containers, source),
        },
        "ravada": attempt(_ravada, source),
        "uid": attempt(_uid, source),
    }


def parse_ravada(text: str) -> str:
    """Return the version in Ravada.pm; raise Unreadable when there is none."""
    match = _VERSION.search(text)
    if not match:
        raise Unreadable(f"{_RAVADA} names no version")
    return match.group(1)


def parse_uid(text: str) -> int:
    """Return the effective user of a /proc/PID/status; raise Unreadable when it has none."""
    for _, line in lines(text):
        fields = words(line)
        if len(fields) > 2 and fields[0] == "Uid:" and re.match(r"^[0-9]{1,10}$", fields[2]):
            return int(fields[2])
    raise Unreadable("/proc/self/status names no user")


def _ravada(source: Source) -> str:
    try:
        return parse_ravada(source.text(_RAVADA, 16 * 1024 * 1024))
    except Absent:
        return ""


def _uid(source: Source) -> int:
    return parse_uid(source.text("/proc/self/status"))
