"""Cluster files broken by hand, the way people break them."""

from __future__ import annotations

from dataclasses import dataclass

#: A file with every part, to be broken at one place.
GOOD = """\
version: 1
name: demo
platform: pvc
tier: test
networks:
  main: {cidr: 10.0.0.0/24, gateway: 10.0.0.1, routers: [10.0.0.2], floating: 10.0.0.10,
    offset: 10, ipmi_offset: 110, interface: bond0, bond: bond0, vlan: 100, mtu: 1500}
  cluster: {cidr: 10.0.1.0/24, floating: 10.0.1.250, offset: 0, interface: bond0.101,
    bond: bond0, vlan: 101}
  storage: {cidr: 10.0.2.0/24, floating: 10.0.2.250, offset: 0, interface: bond1,
    bond: bond1, mtu: 9000}
bonds:
  bond0: {nics: [eno1, eno2]}
  bond1: {nics: [eno3, eno4], mode: active-backup}
hardware:
  big: {cores: 16, memory: 64 GiB, disks: [400 GB], nics: {eno1: 10, eno2: 10, eno3: 10, eno4: 10}}
nodes:
  node[1-3].example.com:
    role: coordinator
    hardware: big
    sriov: {ens1f0: {vfs: 4, total: 8, pci: "0000:03:00.0"}}
  node4.example.com:
    address: 10.0.0.14
    role: hypervisor
    hardware: big
address_pools:
  public: {blocks: [192.0.2.0/27], reserved: [192.0.2.1]}
client_networks:
  office: {kind: bridged, vlan: 200}
  lab: {kind: managed, vni: 1000}
ceph:
  pools: {vms: {copies: 3, mincopies: 2, data: 100 GB}}
bgp: {asn: 65000}
guests:
  web[1-4]: {memory: 4 GiB, disks: [20 GB], node: node4.example.com}
admin: [198.51.100.0/24]
time: {sources: [10.0.0.1]}
waivers:
  - {requirement: PVC-041, reason: a lab, owner: ops, expires: 2027-06-30}
"""


@dataclass(frozen=True)
class Broken:
    """One edit of the good file (old becomes new), and what must be told of it."""

    why: str
    old: str
    new: str
    where: str
    message: str
    remedy: str


NODE = "['node4.example.com']"
RANGE = "['node[1-3].example.com']"
WEB = "['web[1-4]']"

BY_HAND = (
    Broken("a tab", "tier: test", "tier:\ttest\n\tx: 1", "", "is not YAML: a tab", "spaces"),
    Broken("a key twice", "tier: test", "tier: test\ntier: heavy", "tier", "twice", "keep one"),
    Broken("a node twice", "  node4.example.com:\n",
           "  node4.example.com: {}\n  node4.example.com:\n",
           f"nodes{NODE}", "twice", "keep one"),
    Broken("an alias", "hardware: big\n    sriov", "hardware: *big\n    sriov",
           f"nodes{RANGE}.hardware", "aliases", "write the value out"),
    Broken("a tag", "name: demo", "name: !!str demo", "name", "tags", "remove it"),
    Broken("no colon", "name: demo", "name demo", "", "is not YAML: a line that is no",
           "colon"),
    Broken("two documents", "version: 1", "version: 1\n---\nversion: 1", "", "documents",
           "keep one"),
    Broken("version two", "version: 1", "version: 2", "version", "no version", "write 1"),
    Broken("version as text", "version: 1", 'version: "1"', "version", "whole number", "quotes"),
    Broken("platform misspelt", "platform: pvc", "platform: pcv", "platform", "wanted one of",
           "pvc?"),
    Broken("a key of another level", "tier: test", "tier: test\ncidr: 10.0.0.0/24", "cidr",
           "unknown", "known:"),
    Broken("host bits in a network", "cidr: 10.0.1.0/24", "cidr: 10.0.1.1/24",
           "networks.cluster.cidr", "no network", "the network's own address"),
    Broken("a netmask", "cidr: 10.0.1.0/24", "cidr: 10.0.1.0/255.255.255.256",
           "networks.cluster.cidr", "no network", "write it like"),
    Broken("vlan zero", "vlan: 101", "vlan: 0", "networks.cluster.vlan", "1 or more", "write 1"),
    Broken("mtu as text", "mtu: 9000", 'mtu: "9000"', "networks.storage.mtu", "whole number",
           "without quotes"),
    Broken("an address with its prefix", "address: 10.0.0.14", "address: 10.0.0.14/24",
           f"nodes{NODE}.address", "no IP address", "write it like"),
    Broken("an address as a number", "address: 10.0.0.14", "address: 10.14",
           f"nodes{NODE}.address", "wanted text", "quotes"),
    Broken("another node's address", "address: 10.0.0.14", "address: 10.0.0.12",
           f"nodes{NODE}.address", "10.0.0.12", "address"),
    Broken("the router's address", "address: 10.0.0.14", "address: 10.0.0.2",
           f"nodes{NODE}.address", "10.0.0.2", "address"),
    Broken("the floating address", "address: 10.0.0.14", "address: 10.0.0.10",
           f"nodes{NODE}.address", "10.0.0.10", "address"),
    Broken("another node's IPMI", "address: 10.0.0.14", "address: 10.0.0.112",
           f"nodes{NODE}.address", "10.0.0.112", "address"),
    Broken("a gateway elsewhere", "gateway: 10.0.0.1", "gateway: 10.0.9.1",
           "networks.main.gateway", "not in the network", "right the address"),
    Broken("networks that overlap", "cidr: 10.0.2.0/24", "cidr: 10.0.0.0/22",
           "networks.main.cidr", "overlaps 10.0.0.0/22", "block of its own"),
    Broken("a range that ends early", "node[1-3]", "node[3-1]", "nodes['node[3-1].example.com']",
           "ends before it begins", "lower number"),
    Broken("ranges that overlap", "  node4.example.com:\n", "  node3.example.com:\n",
           "nodes['node3.example.com']", "also one of", "do not overlap"),
    Broken("a range with one address", "    role: coordinator\n",
           "    role: coordinator\n    address: 10.0.0.11\n", f"nodes{RANGE}.address",
           "one node only", "offset"),
    Broken("no number to count by", "  node4.example.com:\n    address: 10.0.0.14\n",
           "  spare.example.com:\n", "nodes['spare.example.com'].address", "no number", "number"),
    Broken("a number too large", "  node4.example.com:\n    address: 10.0.0.14\n",
           "  node250.example.com:\n", "nodes['node250.example.com']", "no address in", "larger"),
    Broken("a million nodes", "node[1-3]", "node[1-1000000]",
           "nodes['node[1-1000000].example.com']", "more than 100000", "smaller"),
    Broken("a size without unit", "memory: 64 GiB", "memory: 64", "hardware.big.memory",
           "no size", "64 GiB"),
    Broken("a unit misspelt", "memory: 64 GiB", "memory: 64 GIB", "hardware.big.memory",
           "no size", "64 GiB"),
    Broken("hardware that is not there", "    role: hypervisor\n    hardware: big",
           "    role: hypervisor\n    hardware: bigg", f"nodes{NODE}.hardware", "no model", "big?"),
    Broken("a bond that is not there", "bond: bond1", "bond: bond7", "networks.storage.bond",
           "no bond", "bond"),
    Broken("a NIC in two bonds", "nics: [eno3, eno4]", "nics: [eno2, eno4]", "bonds.bond1.nics[0]",
           "in the bond bond0|of the bond bond0", "one bond"),
    Broken("a guest nowhere", "node: node4.example.com", "node: node5.example.com",
           f"guests{WEB}.node", "no node", "node4.example.com?"),
    Broken("a mode that is none", "mode: active-backup", "mode: balance-rr", "bonds.bond1.mode",
           "802.3ad", "active-backup"),
    Broken("more functions than the NIC has", "vfs: 4", "vfs: 9999",
           f"nodes{RANGE}.sriov.ens1f0.vfs", "1024 or less", "1024"),
    Broken("a date that is none", "2027-06-30", "2027-02-30", "waivers[0].expires",
           "no such timestamp", "right it"),
    Broken("a waiver of nothing", "PVC-041", "PVC-999", "waivers[0].requirement", "PVC-999", ""),
    Broken("erasure coding", "{copies: 3,", "{type: erasure, copies: 3,", "ceph.pools.vms.type",
           "PVC-034", "replicated"),
    Broken("two coordinators", "node[1-3].example.com", "node[1-2].example.com", "nodes",
           "coordinators", "3 or 5"),
    Broken("a gateway in the cluster network", "cidr: 10.0.1.0/24,",
           "cidr: 10.0.1.0/24, gateway: 10.0.1.254,", "networks.cluster.gateway", "PVC-056",
           "leave out its gateway"),
    Broken("a VXLAN id too large", "vni: 1000", "vni: 16777216", "client_networks.lab.vni",
           "16777215 or less", "16777215"),
)  # fmt: skip
