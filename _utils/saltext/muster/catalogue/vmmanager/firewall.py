"""What VMmanager asks of a node's firewall."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import firewall, libvirt_tls
from saltext.muster.catalogue.predicates.reachable import Ports
from saltext.muster.catalogue.vmmanager.sources import DOCUMENT
from saltext.muster.requirement import Requirement

KVM = "Incoming connection settings, KVM virtualization"
LXD = "Incoming connection settings, LXD virtualization"

SSH = Ports("tcp", 22, 22)
BGP = Ports("tcp", 179, 179)
VXLAN = Ports("udp", 4789, 4789)
SCREENS = Ports("tcp", 5900, 6900)
LXD_API = Ports("tcp", 8443, 8443)

_RULES = "nft list ruleset"
#: What of the firewall's diff belongs to what is let in: all of it, as it is one change.
_KEYS = ("rules", "files", "boot")
_BOOT = ("boot",)
_ENFORCE = ("check", "enforce")

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="VMM-027",
        source=DOCUMENT,
        place="AlmaLinux",
        kinds=_ENFORCE,
        text="nftables is started at boot on AlmaLinux",
        minimum="nftables.service enabled",
        probes=("os", "firewall"),
        component="firewall",
        keys=_BOOT,
        hypervisors=("kvm",),
        applies=firewall.on_almalinux,
        test=firewall.nftables_enabled,
        remedy="systemctl enable nftables",
        by_hand="systemctl is-enabled nftables",
    ),
    Requirement(
        id="VMM-052",
        source=DOCUMENT,
        place=KVM,
        kinds=_ENFORCE,
        text="SSH is accepted from the platform and the administrators",
        minimum="22/tcp open",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        hypervisors=("kvm",),
        test=firewall.opened((SSH, firewall.management)),
        remedy="accept 22/tcp from the platform's server and the administrators' networks",
        by_hand=_RULES,
    ),
    Requirement(
        id="VMM-053",
        source=DOCUMENT,
        place=KVM,
        kinds=_ENFORCE,
        text="the ports of VXLAN networks are open among the nodes",
        minimum="179/tcp and 4789/udp open",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        hypervisors=("kvm",),
        test=firewall.opened((BGP, firewall.routers), (VXLAN, firewall.nodes)),
        remedy="accept 179/tcp and 4789/udp from the nodes' network",
        by_hand=_RULES,
    ),
    Requirement(
        id="VMM-054",
        source=DOCUMENT,
        place=KVM,
        kinds=_ENFORCE,
        text="the guests' screens are reached: by everybody, or by the nodes' network where people"
        " come through the platform alone",
        minimum="5900-6900/tcp open",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        hypervisors=("kvm",),
        test=firewall.opened((SCREENS, firewall.screens)),
        remedy="accept 5900-6900/tcp from anywhere, or declare console_via: platform and accept it"
        " from the nodes' network",
        by_hand=_RULES,
    ),
    Requirement(
        id="VMM-055",
        source=DOCUMENT,
        place=KVM,
        kinds=("check", "plan", "enforce"),
        text="with more than 1000 guests on a node, libvirt and the firewall have as many ports for"
        " screens",
        minimum="one port for each guest",
        proof="saltext.muster.catalogue.vmmanager.proofs:screens",
        probes=("firewall", "qemu_ports"),
        component="firewall",
        keys=_KEYS,
        hypervisors=("kvm",),
        applies=firewall.many_guests,
        test=firewall.wide_screens,
        remedy="widen the range in /etc/libvirt/qemu.conf and in the firewall",
        by_hand="grep remote_display_port /etc/libvirt/qemu.conf; nft list ruleset",
    ),
    Requirement(
        id="VMM-056",
        source=DOCUMENT,
        place=KVM,
        kinds=_ENFORCE,
        text="libvirt's TLS port is open among the nodes, its certificate valid where it is used",
        minimum="16514/tcp open",
        probes=("firewall", "sockets", "libvirt_tls"),
        component="firewall",
        keys=_KEYS,
        hypervisors=("kvm",),
        test=libvirt_tls.managed,
        remedy="accept 16514/tcp from the nodes' network, renew libvirt's certificate",
        by_hand="nft list ruleset; openssl x509 -enddate -in /etc/pki/libvirt/servercert.pem",
    ),
    Requirement(
        id="VMM-057",
        source=DOCUMENT,
        place=KVM,
        kinds=_ENFORCE,
        text="the ports that libvirt migrates by are open among the nodes",
        minimum="49152-49215/tcp open, or what qemu.conf says",
        probes=("firewall", "qemu_ports"),
        component="firewall",
        keys=_KEYS,
        hypervisors=("kvm",),
        test=firewall.migration,
        remedy="accept 49152-49215/tcp from the nodes' network",
        by_hand="grep migration_port /etc/libvirt/qemu.conf; nft list ruleset",
    ),
    Requirement(
        id="VMM-058",
        source=DOCUMENT,
        place=LXD,
        kinds=_ENFORCE,
        text="SSH and the ports of VXLAN networks are open among the nodes",
        minimum="22/tcp, 179/tcp and 4789/udp open",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        hypervisors=("lxd",),
        test=firewall.opened(
            (SSH, firewall.management), (BGP, firewall.routers), (VXLAN, firewall.nodes)
        ),
        remedy="accept 22/tcp, 179/tcp and 4789/udp from the nodes' network",
        by_hand=_RULES,
    ),
    Requirement(
        id="VMM-059",
        source=DOCUMENT,
        place=LXD,
        kinds=_ENFORCE,
        text="LXD's management is open to the platform and among the nodes",
        minimum="8443/tcp open",
        probes=("firewall",),
        component="firewall",
        keys=_KEYS,
        hypervisors=("lxd",),
        test=firewall.opened((LXD_API, firewall.nodes_and_platform)),
        remedy="accept 8443/tcp from the platform's server and the nodes' network",
        by_hand=_RULES,
    ),
)
