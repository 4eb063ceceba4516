"""What a cluster file looks like, as pydantic checks it: its keys, and what each may hold."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal, get_args, get_type_hints

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    create_model,
)
from pydantic_core import CoreSchema

from saltext.muster import sizes
from saltext.muster.master.values import (
    Address,
    Asn,
    BusAddress,
    Cidr,
    Count,
    DevicePaths,
    FolderPath,
    GuestKey,
    Hostname,
    Interface,
    IsoDate,
    Label,
    Mac,
    NodeKey,
    NodeName,
    Ports,
    ShortName,
    Size,
    SysctlName,
    SysctlValue,
    TableName,
    Text,
    TimeSource,
    Version,
    Vlan,
)

#: What a network may be for.
NetworkRole = Literal[
    "main", "additional", "upstream", "cluster", "storage", "replication", "management"
]
NETWORK_ROLES: tuple[str, ...] = get_args(NetworkRole)


def _about(text: str) -> Any:
    """Describe a key, for editors and for the reference page."""
    return Field(description=text)


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class RouteFile(_Strict):
    """A route that the nodes of a network have."""

    to: Annotated[Cidr | Literal["default"], _about("a network, or default")]
    via: Annotated[Address, _about("the router's address")] = ""
    table: Annotated[TableName, _about("a name under `tables`; default: the main one")] = ""


class RuleFile(_Strict):
    """A rule by which the nodes of a network look up routes in a table."""

    model_config = ConfigDict(populate_by_name=True)

    table: Annotated[TableName, _about("a name under `tables`")]
    source: Annotated[Cidr, Field(alias="from"), _about("where packets come from")] = ""
    to: Annotated[Cidr, _about("where they go")] = ""
    priority: Annotated[
        Annotated[int, Field(ge=1, le=32765)] | None, _about("default: 20000 and so on, in order")
    ] = None


class NetworkFile(_Strict):
    """A network of the cluster; that of the nodes' own addresses is called main."""

    cidr: Annotated[Cidr, _about("its prefix, like 192.0.2.0/24")]
    role: Annotated[
        NetworkRole | None, _about("what it is for; default: its own name, where that is a role")
    ] = None
    gateway: Annotated[Address, _about("the router's address")] = ""
    routers: Annotated[list[Address], _about("further addresses that routers have")] = []
    floating: Annotated[Address, _about("the address that moves with the primary node")] = ""
    offset: Annotated[
        Count | None, _about("node n has the network's own address plus this plus n")
    ] = None
    ipmi_offset: Annotated[Count | None, _about("the same for the nodes' IPMI")] = None
    interface: Annotated[Interface, _about("the nodes' physical end: a NIC, bond or VLAN")] = ""
    bond: Annotated[Interface, _about("the bond below it")] = ""
    vlan: Annotated[Vlan | None, _about("its 802.1q id")] = None
    bridge: Annotated[Interface, _about("the bridge that guests are attached to")] = ""
    mtu: Annotated[Annotated[int, Field(ge=1280, le=65535)] | None, _about("bytes")] = None
    accept_ra: Annotated[
        Annotated[int, Field(ge=0, le=2)] | None,
        _about("what nodes take of routers' advertisements: 0, 1, or 2 = also when they forward"),
    ] = None
    routes: Annotated[list[RouteFile], _about("further routes of the nodes")] = []
    rules: Annotated[list[RuleFile], _about("what is looked up in other tables")] = []


class BondFile(_Strict):
    """A bond that every node has."""

    nics: Annotated[list[Interface], Field(min_length=1), _about("its NICs")]
    mode: Annotated[Literal["802.3ad", "active-backup"], _about("how it bonds")] = "802.3ad"


class AddressPoolFile(_Strict):
    """Addresses for guests."""

    blocks: Annotated[list[Cidr], Field(min_length=1), _about("the networks that it combines")]
    reserved: Annotated[list[Address], _about("addresses in them that no guest gets")] = []


class ClientNetworkFile(_Strict):
    """A network of guests."""

    kind: Annotated[
        Literal["bridged", "managed", "sriov"],
        _about("by a VLAN on every node; by a VXLAN that the platform manages; on the NIC itself"),
    ]
    vlan: Annotated[Vlan | None, _about("802.1q id of a bridged or SR-IOV one")] = None
    vni: Annotated[Annotated[int, Field(ge=1, le=16777215)] | None, _about("of a managed one")] = (
        None
    )
    cidr: Annotated[Cidr, _about("its prefix")] = ""
    traffic: Annotated[Count, _about("what leaves the cluster, in Mbit/s")] = 0


class HardwareFile(_Strict):
    """A model of server, named once for all nodes that are alike."""

    cores: Annotated[Count, _about("physical cores")] = 0
    memory: Annotated[Size, _about("memory")] = 0
    swap: Annotated[Size, _about("swap space")] = 0
    reserved: Annotated[Size, _about("memory that the system itself keeps")] = 0
    disks: Annotated[list[Size], _about("disks for storage; of Ceph's each an OSD")] = []
    database: Annotated[Size, _about("the device of the OSDs' databases")] = 0
    nics: Annotated[
        dict[Interface, Annotated[float, Field(gt=0, le=10_000, strict=False)]],
        _about("NICs, in Gbit/s"),
    ] = {}


class PhysicalFile(_Strict):
    """A NIC that is split into virtual functions; a plain number is that of its functions."""

    vfs: Annotated[int, Field(ge=0, le=1024), _about("virtual functions")]
    total: Annotated[
        int, Field(ge=0, le=1024), _about("what the NIC can do at most; 0 = not told")
    ] = 0
    pci: Annotated[BusAddress, _about("its bus address, like 0000:03:00.0")] = ""
    vlans: Annotated[
        list[Annotated[int, Field(ge=0, le=4094)]],
        _about("VLAN of each function from the first on; 0 = untagged"),
    ] = []

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Allow the short form in an editor too."""
        short = {"type": "integer", "minimum": 0, "maximum": 1024}
        return {"anyOf": [short, handler.resolve_ref_schema(handler(schema))]}


_FUNCTIONS = TypeAdapter(Annotated[int, Field(ge=0, le=1024)], config=ConfigDict(strict=True))


def _physical(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    if isinstance(value, (dict, PhysicalFile)):
        return handler(value)
    return PhysicalFile(vfs=_FUNCTIONS.validate_python(value))


class CephPoolFile(_Strict):
    """A pool of Ceph."""

    copies: Annotated[int, Field(ge=1, le=16), _about("of each object, on different hosts")] = 3
    mincopies: Annotated[int, Field(ge=1, le=16), _about("that I/O needs")] = 2
    type: Annotated[Literal["replicated", "erasure"], _about("how it is redundant")] = "replicated"
    data: Annotated[Size, _about("what is to be stored, before copying")] = 0


class CephFile(_Strict):
    """Ceph on the nodes' own disks."""

    pools: Annotated[dict[Label, CephPoolFile], _about("its pools")] = {}
    osd_memory: Annotated[Size, _about("memory of an OSD")] = 4 * 1024**3
    external: Annotated[bool, _about("the storage is another cluster's")] = False


class ReflectorFile(_Strict):
    """A BGP route reflector."""

    address: Annotated[Address, _about("its address")]
    asn: Annotated[Asn, _about("its AS number")]
    domain: Annotated[Label, _about("what it fails with: a rack, a power feed")] = ""


class BgpFile(_Strict):
    """The nodes' BGP."""

    asn: Annotated[Asn | None, _about("the nodes' AS number")] = None
    community: Annotated[Text, _about("the community of guests' routes, like 65000:100")] = ""
    reflectors: Annotated[dict[Label, ReflectorFile], _about("route reflectors by name")] = {}


class FurtherFile(_Strict):
    """A flow to all nodes that users need besides the platform's."""

    protocol: Annotated[Literal["tcp", "udp"], _about("tcp or udp")]
    ports: Annotated[Ports, _about("a port or a range like 9100-9110")]
    sources: Annotated[
        list[Cidr],
        Field(min_length=1),
        _about("networks that it comes from; 0.0.0.0/0 and ::/0 are everybody"),
    ]
    why: Annotated[Text, _about("what it is for")] = ""


class FirewallFile(_Strict):
    """The nodes' own firewall."""

    enforce: Annotated[
        bool | None, _about("whether muster sets it; default: where the platform asks for one")
    ] = None
    accept: Annotated[
        list[FurtherFile], _about("further flows to the nodes, besides the platform's")
    ] = []


class BaseFile(_Strict):
    """A base that guests are cloned from."""

    size: Annotated[Size, _about("its volumes")]
    nodes: Annotated[list[NodeKey], _about("the nodes that have it")] = []


class VirtualFile(_Strict):
    """A virtual function that a guest has."""

    interface: Annotated[Interface, _about("the physical function")]
    number: Annotated[int, Field(ge=0, le=1023), _about("which one of it, from 0")]
    mode: Annotated[Literal["macvtap", "hostdev"], _about("how it is attached")] = "macvtap"


class GuestFile(_Strict):
    """A planned virtual machine."""

    memory: Annotated[Size, _about("memory")]
    vcpus: Annotated[int, Field(ge=1, le=4096), _about("virtual CPUs")] = 1
    disks: Annotated[list[Size], _about("disks")] = []
    nics: Annotated[int, Field(ge=0, le=64), _about("virtual NICs")] = 1
    node: Annotated[NodeKey, _about("where it runs")] = ""
    secondary: Annotated[NodeKey, _about("the node with the other half of its DRBD disks")] = ""
    nodes: Annotated[list[NodeKey], _about("all nodes that it may run on; default: any")] = []
    pinned: Annotated[bool, _about("it stays where it is")] = False
    running: Annotated[bool, _about("false: it is there, but off")] = True
    migration: Annotated[Literal["live", "shutdown"], _about("how it moves")] = "live"
    vfs: Annotated[list[VirtualFile], _about("its virtual functions")] = []
    base: Annotated[Label, _about("the base that it is a clone of")] = ""
    user: Annotated[Label, _about("whose it is")] = ""


class PoolFile(_Strict):
    """A storage pool that every node has."""

    name: Annotated[Label, _about("its name")]
    type: Annotated[Label, _about("its kind, as libvirt calls it: dir, logical, zfs ...")]
    path: Annotated[FolderPath, _about("its folder")] = ""
    source: Annotated[
        Text, _about("what it is made of: a volume group, a ZFS dataset, HOST:/FOLDER for netfs")
    ] = ""


class AddressFile(_Strict):
    """The name and address that are the cluster's own, not a node's."""

    name: Annotated[Hostname, _about("the name")]
    address: Annotated[Address, _about("the address")]


class TimeFile(_Strict):
    """Where the nodes get the time from."""

    sources: Annotated[list[TimeSource], Field(min_length=1), _about("names or addresses")]
    wait: Annotated[int, Field(ge=0, le=600), _about("seconds to wait for synchronisation")] = 60


class HostFile(_Strict):
    """A further line for every node's hosts file."""

    address: Annotated[Address, _about("the address")]
    names: Annotated[list[Hostname], Field(min_length=1), _about("its names")]


class NodeFile(_Strict):
    """A node, or a range of nodes that are alike, like node[1-90].example.com."""

    address: Annotated[
        Address, _about("in the network main; not needed where that one has an offset")
    ] = ""
    fqdn: Annotated[NodeName | None, _about("default: the minion id")] = None
    short: Annotated[ShortName | None, _about("default: the first label of fqdn")] = None
    number: Annotated[
        Annotated[int, Field(ge=1, le=999_999_999)] | None,
        _about("what addresses are counted by; default: the digits that its first label ends in"),
    ] = None
    role: Annotated[str, _about("one of the platform's roles")] = ""
    site: Annotated[Label, _about("where it stands")] = ""
    domain: Annotated[Label, _about("what it fails with: a rack, a power feed")] = ""
    hardware: Annotated[Label, _about("its model, a name under `hardware`")] = ""
    interface: Annotated[Interface, _about("its physical end of main, if another than there")] = ""
    addresses: Annotated[dict[Label, Address], _about("in other networks, by their names")] = {}
    ipmi: Annotated[Address, _about("its management address")] = ""
    mac: Annotated[
        Mac, _about("of the card that it is woken by, in quotes; default: as the node tells it")
    ] = ""
    subnet: Annotated[Cidr, _about("guests' addresses that are routed to it")] = ""
    subnet6: Annotated[Cidr, _about("the same for IPv6, where there are both: a /64")] = ""
    guest_range: Annotated[Cidr, _about("the part of subnet that guests get")] = ""
    ports: Annotated[dict[Interface, Text], _about("the switch ports of its NICs")] = {}
    sriov: Annotated[
        dict[Interface, Annotated[PhysicalFile, WrapValidator(_physical)]],
        _about("NICs that are split into virtual functions"),
    ] = {}
    drained: Annotated[bool, _about("no guest runs on it")] = False
    lvm_devices: Annotated[
        DevicePaths,
        _about("empty disks for the volume group, by names that stay, like /dev/disk/by-id/..."),
    ] = []


class WaiverFile(_Strict):
    """A requirement that is not asked for, of some nodes or (without ``nodes``) of all."""

    requirement: Annotated[Text, _about("its id, like GNT-012")]
    reason: Annotated[Text, _about("why")]
    owner: Annotated[Text, _about("who answers for it")]
    expires: Annotated[IsoDate, _about("the last day")]
    nodes: Annotated[
        Annotated[list[str], Field(min_length=1)] | None, _about("default: the whole cluster")
    ] = None


class ClusterFile(_Strict):
    """A cluster file, version 1."""

    version: Annotated[Version, _about("1")]
    name: Annotated[Label, _about("the cluster's name, unique on a master")]
    platform: Annotated[str, _about("the platform that its nodes are for")]
    hypervisor: Annotated[str, _about("default: the platform's first")] = ""
    edition: Annotated[str, _about("of the platform's document; default: the newest")] = ""
    network_type: Annotated[str, _about("default: the platform's first, if it has any")] = ""
    tier: Annotated[
        Literal["production", "test", "heavy"], _about("how much is asked of hardware")
    ] = "production"
    networks: Annotated[
        dict[Label, NetworkFile], _about("networks by name; the nodes' own addresses are in main")
    ] = {}
    bonds: Annotated[dict[Interface, BondFile], _about("bonds by name")] = {}
    hardware: Annotated[dict[Label, HardwareFile], _about("models of servers by name")] = {}
    nodes: Annotated[
        dict[NodeKey, NodeFile],
        Field(min_length=1),
        _about("nodes by minion id, or ranges like node[1-90].example.com"),
    ]
    cluster: Annotated[AddressFile | None, _about("the cluster's own name and address")] = None
    confirm: Annotated[
        int,
        Field(ge=15, le=600),
        _about("seconds that a change of a node's network or firewall waits to be confirmed"),
    ] = 60
    tables: Annotated[
        dict[TableName, Annotated[int, Field(ge=1, le=252)]], _about("routing tables by name")
    ] = {}
    sysctls: Annotated[
        dict[SysctlName, SysctlValue], _about("further settings of the nodes' network, net.*")
    ] = {}
    time: Annotated[TimeFile | None, _about("time sources")] = None
    dns: Annotated[list[Address], _about("the nodes' name servers")] = []
    salt_masters: Annotated[list[Address], _about("addresses of the Salt masters")] = []
    admin: Annotated[list[Cidr], _about("networks that administration comes from")] = []
    firewall: Annotated[FirewallFile | None, _about("the nodes' own firewall")] = None
    hosts: Annotated[list[HostFile], _about("further lines for the hosts files")] = []
    provider: Annotated[Label, _about("whose data centre, like hetzner or ovh")] = ""
    repositories: Annotated[
        list[Text], _about("hosts of repositories allowed besides the distribution's")
    ] = []
    pools: Annotated[list[PoolFile], _about("storage pools that every node has")] = []
    ceph: Annotated[CephFile | None, _about("storage on the nodes' own disks")] = None
    address_pools: Annotated[dict[Label, AddressPoolFile], _about("addresses for guests")] = {}
    client_networks: Annotated[dict[Label, ClientNetworkFile], _about("networks of guests")] = {}
    bgp: Annotated[BgpFile | None, _about("the nodes' BGP and its route reflectors")] = None
    bases: Annotated[dict[Label, BaseFile], _about("what guests are cloned from")] = {}
    guests: Annotated[
        dict[GuestKey, GuestFile], _about("planned guests by name, or ranges like web[1-20]")
    ] = {}
    also: Annotated[list[str], _about("other platforms that the servers are meant for")] = []
    options: Annotated[dict[str, Any], _about("the platform's own")] = {}
    waivers: Annotated[list[WaiverFile], _about("what is not asked for, and why")] = []


def options_model(options: type[Any]) -> type[BaseModel]:
    """Return the model that checks a platform's ``Options``, a standard library dataclass."""
    hints = get_type_hints(options)
    fields: dict[str, Any] = {
        item.name: (Size if hints[item.name] is sizes.Size else hints[item.name], _default(item))
        for item in dataclasses.fields(options)
    }
    return create_model("Options", __base__=_Strict, **fields)


def _default(item: dataclasses.Field[Any]) -> Any:
    if item.default_factory is not dataclasses.MISSING:
        return Field(default_factory=item.default_factory)
    return ... if item.default is dataclasses.MISSING else item.default
