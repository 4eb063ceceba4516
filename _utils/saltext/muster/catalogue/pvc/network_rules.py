"""PVC's rows about networks that no fact of a node decides."""

from __future__ import annotations

from saltext.muster.catalogue.pvc.sources import ARCHITECTURE
from saltext.muster.catalogue.rule import rule
from saltext.muster.requirement import Rule

_CHECK = "saltext.muster_platforms.pvc:check"
_PHYSICAL = "Physical network"
_UPSTREAM = "Upstream network"
_CLUSTER = "Cluster network"
_STORAGE = "Storage network"
_CLIENT = "Client networks"
_SRIOV = "SR-IOV client networks"

RULES: tuple[Rule, ...] = (
    rule(
        "PVC-043",
        ARCHITECTURE,
        _PHYSICAL,
        "networks without bond and VLANs are discouraged",
        "topology+advice",
        recommended="VLANs on a bond",
    ),
    rule(
        "PVC-044",
        ARCHITECTURE,
        _PHYSICAL,
        "the switches can do LACP or active-backup, VLANs and the chosen MTU",
        "plan",
        step="ask whoever runs the switches: LACP, the VLANs, the MTU on every port",
    ),
    rule(
        "PVC-045",
        ARCHITECTURE,
        _PHYSICAL,
        "larger clusters have two bonds of 10 Gbps: upstream and cluster, and storage",
        "topology+advice",
    ),
    rule(
        "PVC-049",
        ARCHITECTURE,
        _UPSTREAM,
        "the upstream network is private, behind a router that translates and filters",
        "topology+advice",
        recommended="RFC 1918, with a gateway",
    ),
    rule(
        "PVC-051",
        ARCHITECTURE,
        _UPSTREAM,
        "each node has a static upstream address",
        "topology+advice",
        recommended="one each",
    ),
    rule(
        "PVC-052",
        ARCHITECTURE,
        _UPSTREAM,
        "the upstream router has routes to the cluster, static or by BGP",
        "topology+advice",
        step="on the upstream router: routes to the managed networks, static or by BGP",
    ),
    rule(
        "PVC-053",
        ARCHITECTURE,
        _UPSTREAM,
        "the upstream network holds routers, nodes, IPMI and the floating address",
        "topology+plan",
        minimum="as many addresses",
        recommended="/24 up to about 90 nodes",
    ),
    rule("PVC-054", ARCHITECTURE, _UPSTREAM, "the example plan of 10.0.0.0/24", "fixture"),
    rule("PVC-055", ARCHITECTURE, _UPSTREAM, "IPMI addresses are in the upstream network"),
    rule(
        "PVC-056",
        ARCHITECTURE,
        _CLUSTER,
        "the cluster network is private and not routed",
        minimum="no gateway",
        part=_CHECK,
    ),
    rule(
        "PVC-057",
        ARCHITECTURE,
        _CLUSTER,
        "a node's cluster address follows its number",
        "topology+advice",
        recommended="node 1 has .1",
    ),
    rule(
        "PVC-058",
        ARCHITECTURE,
        _CLUSTER,
        "the cluster network is apart from upstream, by interface or VLAN",
        "topology+advice",
        recommended="separate",
    ),
    rule(
        "PVC-059",
        ARCHITECTURE,
        _STORAGE,
        "the storage network is private and not routed",
        minimum="no gateway",
        part=_CHECK,
    ),
    rule(
        "PVC-060",
        ARCHITECTURE,
        _STORAGE,
        "a node's storage address follows its number",
        "topology+advice",
        recommended="node 1 has .1",
    ),
    rule(
        "PVC-061",
        ARCHITECTURE,
        _STORAGE,
        "with more than 3 nodes or much storage traffic, storage has interfaces of its own",
        "topology+advice",
        recommended="own interfaces",
    ),
    rule(
        "PVC-062",
        ARCHITECTURE,
        _STORAGE,
        "cluster and storage networks are the same or wholly apart",
    ),
    rule(
        "PVC-063",
        ARCHITECTURE,
        _UPSTREAM,
        "each system network has one floating address that no node has",
        minimum="1 each",
    ),
    rule(
        "PVC-064",
        ARCHITECTURE,
        _CLIENT,
        "a bridged client network is a VLAN that all switch ports carry",
        "topology+plan",
        step="allow each bridged network's VLAN on the switch port of every node before it is made",
    ),
    rule(
        "PVC-065", ARCHITECTURE, _CLIENT, "bridged client networks may have a device of their own"
    ),
    rule(
        "PVC-066",
        ARCHITECTURE,
        _CLIENT,
        "managed client networks are VXLANs over BGP EVPN, reflected by the coordinators",
        minimum="VNI 1 to 16777215, each once",
    ),
    rule(
        "PVC-067",
        ARCHITECTURE,
        _CLIENT,
        "traffic of managed networks leaves through the primary coordinator alone",
        "plan+advice",
    ),
    rule(
        "PVC-071",
        ARCHITECTURE,
        _SRIOV,
        "the number of VFs is chosen early: changing it takes an empty node and a reboot",
        "topology+enforce",
    ),
    rule(
        "PVC-072",
        ARCHITECTURE,
        _SRIOV,
        "VFs of one name are configured alike on all nodes that share guests",
    ),
    rule(
        "PVC-073", ARCHITECTURE, _SRIOV, "guests that may meet on one node do not use the same VF"
    ),
    rule("PVC-074", ARCHITECTURE, _SRIOV, "two guests never share a VF", minimum="one guest a VF"),
    rule("PVC-075", ARCHITECTURE, _SRIOV, "guests with a VF are limited to nodes that have SR-IOV"),
    rule(
        "PVC-076",
        ARCHITECTURE,
        _SRIOV,
        "macvtap: one VLAN a VF, and a free VF like it on every target of a migration",
        "plan",
    ),
    rule(
        "PVC-077",
        ARCHITECTURE,
        _SRIOV,
        "hostdev: no live migration; the same device at the same address on the target",
        "topology+plan",
        minimum="migration method shutdown",
    ),
    rule(
        "PVC-078",
        ARCHITECTURE,
        _SRIOV,
        "SR-IOV is used where nothing else will do",
        "topology+advice",
    ),
    rule("PVC-105", ARCHITECTURE, _CLIENT, "managed networks need no VLAN on switch ports"),
    rule(
        "PVC-106",
        ARCHITECTURE,
        _CLIENT,
        "bridges and VXLANs let nodes see guests' traffic; SR-IOV nearly hides it",
        "topology+advice",
    ),
    rule(
        "PVC-108",
        ARCHITECTURE,
        _SRIOV,
        "after hostdev is given up, the migration method is set back by hand",
        "topology+advice",
        step="after a guest gives up hostdev: set its migration method back",
    ),
)
