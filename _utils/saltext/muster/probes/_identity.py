"""What a node already is: the cluster that it belongs to, the guests that it holds."""

import re
from typing import List

from ._text import first_line, lines
from .source import Source, shown

_LIBVIRT = ("/run/libvirt/qemu", "/var/run/libvirt/qemu")
_LIBVIRT_DEFINED = ("/etc/libvirt/qemu", "/etc/libvirt/lxc", "/etc/libvirt/libxl")
_CONTAINERS = (
    "/var/lib/lxd/containers",
    "/var/lib/lxd/virtual-machines",
    "/var/snap/lxd/common/lxd/containers",
    "/var/snap/lxd/common/lxd/virtual-machines",
    "/var/lib/incus/containers",
    "/var/lib/lxc",
)

_FSID = re.compile(r"^\s*fsid\s*=\s*([0-9A-Fa-f-]{36})\s*(?:[#;].*)?$")
_MOST = 1000


def ganeti(source: Source) -> str:
    """Return the name of the Ganeti cluster that the node belongs to, or ""."""
    return first_line(source.text_or("/var/lib/ganeti/ssconf_cluster_name"))


def pvc(source: Source) -> bool:
    """Say whether the node is configured as one of PVC."""
    return source.exists("/etc/pvc")


def vmmanager(source: Source) -> bool:
    """Say whether VMmanager's software is on the node."""
    return source.exists("/opt/ispsystem")


def ceph(source: Source) -> str:
    """Return the fsid of the Ceph cluster that the node is configured for, or ""."""
    return parse_fsid(source.text_or("/etc/ceph/ceph.conf"))


def parse_fsid(text: str) -> str:
    """Return the fsid in a ceph.conf, or ""."""
    for _, line in lines(text):
        match = _FSID.match(line)
        if match:
            return match.group(1).lower()
    return ""


def libvirt_running(source: Source) -> List[str]:
    """Return the names of libvirt's running guests, by its pid files."""
    names = {name for folder in _LIBVIRT for name in source.names(folder)}
    # driver.pid is libvirt's own.
    found = [name[:-4] for name in names if name.endswith(".pid") and name != "driver.pid"]
    return [shown(name) for name in sorted(found)][:_MOST]


def libvirt_defined(source: Source) -> List[str]:
    """Return the names of the guests that libvirt has definitions of."""
    names = {name for folder in _LIBVIRT_DEFINED for name in source.names(folder)}
    return [shown(name[:-4]) for name in sorted(names) if name.endswith(".xml")][:_MOST]


def containers(source: Source) -> List[str]:
    """Return the names of the guests of LXC, LXD and Incus."""
    names = {name for folder in _CONTAINERS for name in source.names(folder)}
    return [shown(name) for name in sorted(names)][:_MOST]
