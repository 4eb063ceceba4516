"""What VMmanager asks of a node's network."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import ipv6, network
from saltext.muster.catalogue.vmmanager.sources import DOCUMENT
from saltext.muster.requirement import Requirement

_SETTINGS = "Network settings"

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="VMM-040",
        source=DOCUMENT,
        place=_SETTINGS,
        text="the node's address is static, on its physical interface or on a VLAN",
        minimum="a physical interface or a VLAN; after the join also a bridge or bond over it",
        probes=("links", "addresses"),
        component="network",
        keys=("addresses", "files"),
        test=network.address_in_place,
        remedy="configure the declared address on the interface itself, static, without DHCP",
        by_hand="ip -d addr show",
    ),
    Requirement(
        id="VMM-042",
        source=DOCUMENT,
        place=_SETTINGS,
        text="the node has one address of each IPv6 network that guests get addresses of",
        minimum="one address of each network",
        probes=("addresses",),
        network_types=("switching",),
        applies=ipv6.used,
        test=ipv6.address_in_pools,
        remedy="give the node's interface a free address of the IPv6 network",
        by_hand="ip -6 addr show scope global",
    ),
    Requirement(
        id="VMM-044",
        source=DOCUMENT,
        place=_SETTINGS,
        text="interface names have Latin letters only",
        minimum="no other letters",
        probes=("links",),
        test=network.latin_names,
        remedy="rename the interface: by a .link file of systemd, or the tool that made it",
        by_hand="ip -o link show",
    ),
    Requirement(
        id="VMM-046",
        source=DOCUMENT,
        place=_SETTINGS,
        kinds=("check", "topology", "plan"),
        text="at Hetzner no vSwitch is used, and with one there are at most 32 MAC addresses",
        minimum="at most 32 MAC addresses of physical and virtual interfaces on a vSwitch",
        recommended="no vSwitch",
        proof="saltext.muster.catalogue.vmmanager.proofs:vswitch",
        probes=("links",),
        applies=network.at_hetzner,
        test=network.vswitch,
        remedy="use an additional subnet in place of the vSwitch, or fewer interfaces",
        by_hand="ip -o link show | grep -c link/ether; ip -d link show type vlan",
    ),
    Requirement(
        id="VMM-047",
        source=DOCUMENT,
        place="If IP addresses are assigned to VLAN connections",
        kinds=("check", "topology", "advice"),
        text="the MTU of VLANs with addresses is set in the system and fits what is below",
        recommended="the declared MTU, no larger than that of the VLAN's parent",
        proof="saltext.muster.catalogue.vmmanager.proofs:vlan_mtu",
        probes=("links", "addresses"),
        component="network",
        keys=("devices", "files"),
        applies=network.addressed_vlans,
        test=network.vlan_mtu,
        remedy="set the MTU of the VLAN and of its parent in their configuration files",
        by_hand="ip -d link show type vlan",
    ),
)
