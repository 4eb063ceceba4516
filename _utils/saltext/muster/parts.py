"""What a cluster is made of besides its nodes and networks: hardware, storage, guests, routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bond:
    """A bond of several NICs that nodes have; mode is ``802.3ad`` or ``active-backup``."""

    nics: tuple[str, ...]
    mode: str = "802.3ad"


@dataclass(frozen=True)
class Way:
    """A route: to a network or ``default``; table is a name, "" = the main one."""

    to: str
    via: str = ""
    table: str = ""


@dataclass(frozen=True)
class Lookup:
    """A rule by which packets from or to networks ("" = any) are looked up in a table."""

    table: str
    priority: int
    source: str = ""
    to: str = ""


@dataclass(frozen=True)
class AddressPool:
    """Addresses for guests: blocks of networks, without those that are reserved."""

    blocks: tuple[str, ...]
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientNetwork:
    """A network of guests: ``bridged`` (by its VLAN), ``managed`` (by its VXLAN) or ``sriov``.

    cidr is "" where not told; traffic is what leaves the cluster, in Mbit/s, 0 = not told.
    """

    kind: str
    vlan: int = 0
    vni: int = 0
    cidr: str = ""
    traffic: int = 0


@dataclass(frozen=True)
class Hardware:
    """A model of server. Sizes are in bytes, 0 = not told.

    reserved is memory kept for the system, disks are those for storage (OSDs), database is the
    device that holds the OSDs' databases, nics are in Gbit/s by interface.
    """

    cores: int = 0
    memory: int = 0
    swap: int = 0
    reserved: int = 0
    disks: tuple[int, ...] = ()
    database: int = 0
    nics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Physical:
    """A physical function of SR-IOV: how many virtual ones it is split into.

    total is what the NIC can do at most (0 = not told), pci its bus address, vlans the VLAN of
    each virtual function from the first on (0 = untagged).
    """

    vfs: int
    total: int = 0
    pci: str = ""
    vlans: tuple[int, ...] = ()


@dataclass(frozen=True)
class CephPool:
    """A replicated pool: copies of each object, and how many of them I/O needs.

    data is what is to be stored, in bytes before copying.
    """

    copies: int = 3
    mincopies: int = 2
    type: str = "replicated"
    data: int = 0


@dataclass(frozen=True)
class Ceph:
    """Ceph's storage on the nodes' disks; osd_memory is what an OSD takes, in bytes."""

    pools: Mapping[str, CephPool] = field(default_factory=dict)
    osd_memory: int = 4 * 1024**3
    external: bool = False


@dataclass(frozen=True)
class Reflector:
    """A BGP route reflector; domain is what it fails with."""

    address: str
    asn: int
    domain: str = ""


@dataclass(frozen=True)
class Bgp:
    """The nodes' BGP: their AS number (0 = not told), the community, the route reflectors."""

    asn: int = 0
    community: str = ""
    reflectors: Mapping[str, Reflector] = field(default_factory=dict)


@dataclass(frozen=True)
class Further:
    """A flow to all nodes that users need besides the platform's; sources are networks."""

    protocol: str
    first: int
    last: int
    sources: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Firewall:
    """Whether nodes have a firewall by muster (None = where the platform asks), and its more."""

    enforce: bool | None = None
    accept: tuple[Further, ...] = ()


@dataclass(frozen=True)
class Base:
    """A base that guests are cloned from: its volumes in bytes, and the nodes that have it."""

    size: int
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Virtual:
    """A virtual function that a guest has: which one of an interface, and how it is attached.

    mode is ``macvtap`` or ``hostdev``.
    """

    interface: str
    number: int
    mode: str = "macvtap"


@dataclass(frozen=True)
class Guest:
    """A planned virtual machine. Sizes are in bytes.

    node is where it runs ("" = not told), secondary the node with its other half of a DRBD pair,
    nodes are all it may run on (none = any). migration is ``live`` or ``shutdown``; a pinned
    guest stays where it is.
    """

    name: str
    memory: int
    vcpus: int = 1
    disks: tuple[int, ...] = ()
    nics: int = 1
    node: str = ""
    secondary: str = ""
    nodes: tuple[str, ...] = ()
    pinned: bool = False
    running: bool = True
    migration: str = "live"
    vfs: tuple[Virtual, ...] = ()
    base: str = ""
    user: str = ""

    @property
    def home(self) -> str:
        """The node that the guest runs on: the one told, or the only one allowed; else ""."""
        return self.node or (self.nodes[0] if len(self.nodes) == 1 else "")
