"""What the lab is made of: versions, roots and nodes. The one place to change them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from saltext.muster import platforms

PROJECT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("MUSTER_LAB_CACHE", "/var/cache/muster-lab"))
MIRROR = os.environ.get("MUSTER_LAB_MIRROR", "http://deb.debian.org/debian")
# Labs of several names run side by side; a name is short, as a link's name has 15 characters.
NAME = os.environ.get("MUSTER_LAB_NAME", "muster")
STATE = Path(f"/run/{NAME}-lab")
PREFIX = f"{NAME}-"

SALT_NEW = "3008.3"
SALT_OLD = "3006.28"
# For the master alone. (Salt 3008 brings it by itself, for now; a node with 3006 has none and
# so shows when code for minions imports it.)
MASTER_PACKAGES = ("pydantic>=2",)

MASTER_ADDRESS = "10.77.0.1"
PREFIX_LENGTH = 24
DOMAIN = "example.com"
BRIDGE = "gnt-br"

_COMMON = (
    "bridge-utils",
    "chrony",
    "dbus",
    "iproute2",
    "iputils-ping",
    "kmod",
    "openssh-server",
    "procps",
    "python3",
    "python3-venv",
    "systemd",
    "systemd-sysv",
)
# Left out of the roots and served to the nodes: muster really installs them.
_SERVED = ("drbd-utils", "rsync", "socat")
_FIREWALL = ("nftables",)
# What tells of cards; served alone, since only nodes that are woken ask for it.
_CARDS = ("ethtool",)


def _node_of(platform: str, release: str, backend: str = "ifupdown") -> tuple[str, ...]:
    """Return what a root of that platform's nodes holds, by the platform's own list.

    backend is the package that configures their network.
    """
    asked = platforms.load(platform).PACKAGES[release]
    return tuple(sorted({*_COMMON, backend, *asked} - {*_SERVED, *_FIREWALL}))


# Ganeti itself and what its own checks look at, as an administrator installs it.
# MUSTER_LAB_GANETI=ganeti-trixie: on Debian 13.
_GANETI_ROOT = os.environ.get("MUSTER_LAB_GANETI") or "ganeti"
_GANETI_SUITE, _GANETI_RELEASE = {
    "ganeti": ("bookworm", "debian-12"),
    "ganeti-trixie": ("trixie", "debian-13"),
}[_GANETI_ROOT]
_GANETI = tuple(sorted({*_node_of("ganeti", _GANETI_RELEASE), "ganeti", "qemu-system-x86"}))
# A node that shall run Xen: GRUB as the installer leaves it, and no Xen yet.
_XEN = tuple(sorted({*_node_of("ganeti", "debian-12"), "grub2-common"}))


@dataclass(frozen=True)
class Root:
    """A root file system that nodes boot from.

    suite
        Debian's release name
    packages
        what is in it from the start
    served
        packages that are left out and that its local repository has for muster to install
    salt
        the Salt versions that its nodes run
    """

    name: str
    suite: str
    packages: tuple[str, ...]
    served: tuple[str, ...]
    salt: tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """A node of the lab.

    id
        the minion id, a full name; on the master the host's name alone
    address
        its IPv4 address in the lab's network
    bridged
        whether the address is on the bridge gnt-br, with eth0 in it, as Ganeti wants it
    gateway
        its router's address, "" = none
    cards
        how many network cards it has: eth0 in the lab's network, eth1 in another one
    """

    id: str
    address: str
    root: str
    salt: str
    bridged: bool = False
    gateway: str = ""
    cards: int = 1

    @property
    def name(self) -> str:
        """Return the short name."""
        return self.id.split(".")[0]

    @property
    def is_master(self) -> bool:
        """Return whether the Salt master runs here."""
        return self.address == MASTER_ADDRESS


ROOTS = {
    root.name: root
    for root in (
        Root(
            "bookworm", "bookworm", _node_of("ganeti", "debian-12"), _SERVED, (SALT_NEW, SALT_OLD)
        ),
        Root("trixie", "trixie", _node_of("ganeti", "debian-13"), _SERVED, (SALT_NEW,)),
        Root(
            "ravada",
            "bookworm",
            _node_of("ravada", "debian-12"),
            (*_SERVED, *_FIREWALL, *_CARDS),
            (),
        ),
        Root(
            "networkmanager",
            "bookworm",
            _node_of("ganeti", "debian-12", "network-manager"),
            _SERVED,
            (),
        ),
        Root("netplan", "bookworm", _node_of("ganeti", "debian-12", "netplan.io"), _SERVED, ()),
        Root(_GANETI_ROOT, _GANETI_SUITE, _GANETI, _SERVED, ()),
        Root("xen", "bookworm", _XEN, (*_SERVED, "xen-system-amd64"), ()),
        Root(
            "firewalld",
            "bookworm",
            tuple(sorted({*_node_of("ravada", "debian-12"), "firewalld", "netbase"})),
            (*_SERVED, *_FIREWALL, *_CARDS),
            (),
        ),
    )
}

NODES = {
    node.name: node
    for node in (
        Node(f"master.{DOMAIN}", MASTER_ADDRESS, "bookworm", SALT_NEW),
        Node(f"node1.{DOMAIN}", "10.77.0.11", "bookworm", SALT_NEW, bridged=True),
        Node(f"node2.{DOMAIN}", "10.77.0.12", "bookworm", SALT_OLD, bridged=True),
        Node(f"node3.{DOMAIN}", "10.77.0.13", "trixie", SALT_NEW, bridged=True),
        Node(f"rav1.{DOMAIN}", "10.77.0.21", "ravada", SALT_NEW),
        Node(f"net1.{DOMAIN}", "10.77.0.31", "bookworm", SALT_NEW, gateway=MASTER_ADDRESS),
        Node(f"net2.{DOMAIN}", "10.77.0.32", "networkmanager", SALT_NEW, gateway=MASTER_ADDRESS),
        Node(f"net3.{DOMAIN}", "10.77.0.33", "netplan", SALT_NEW, gateway=MASTER_ADDRESS),
        Node(f"fw1.{DOMAIN}", "10.77.0.22", "firewalld", SALT_NEW),
        Node(
            f"gnt1.{DOMAIN}", "10.77.0.41", _GANETI_ROOT, SALT_NEW, gateway=MASTER_ADDRESS, cards=2
        ),
        Node(
            f"gnt2.{DOMAIN}", "10.77.0.42", _GANETI_ROOT, SALT_NEW, gateway=MASTER_ADDRESS, cards=2
        ),
        Node(
            f"gnt3.{DOMAIN}", "10.77.0.43", _GANETI_ROOT, SALT_NEW, gateway=MASTER_ADDRESS, cards=2
        ),
        Node(f"xen1.{DOMAIN}", "10.77.0.61", "xen", SALT_NEW, bridged=True),
        Node(f"rvm.{DOMAIN}", "10.77.0.51", "ravada", SALT_NEW),
        Node(f"rv1.{DOMAIN}", "10.77.0.52", "ravada", SALT_NEW),
    )
}
# One machine does not carry all nodes at once: the kernel bounds its inotify instances.
SETS = {
    "demo": "master,node1,node2,node3,rav1,net1,net2,net3,fw1",
    "acceptance": "master,gnt1,gnt2,gnt3,rvm,rv1,xen1",
}
# A set's name, or some nodes, for work on one thing: MUSTER_LAB_NODES=master,node1
_SOME = os.environ.get("MUSTER_LAB_NODES") or "demo"
NODES = {name: NODES[name] for name in SETS.get(_SOME, _SOME).split(",")}
MASTER = NODES["master"]
MINIONS = tuple(node for node in NODES.values() if not node.is_master)
