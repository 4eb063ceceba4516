"""What VMmanager asks of how a node's interfaces and resolver are configured."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import configuration, names, reach, resolver
from saltext.muster.catalogue.vmmanager.sources import DOCUMENT
from saltext.muster.requirement import Requirement

NETWORK = "Network settings"
RESOLV = "/etc/resolv.conf file"

ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="VMM-039",
        source=DOCUMENT,
        place=NETWORK,
        text="the node has access to the Internet: it reaches its package repositories",
        minimum="the repositories' hosts accept connections, by name",
        probes=("reach",),
        network_types=("switching", "routing"),
        test=reach.internet,
        remedy="let the node out to the repositories, or enable a mirror that it reaches",
        by_hand="curl -sSI https://HOST",
    ),
    Requirement(
        id="VMM-041",
        source=DOCUMENT,
        place=NETWORK,
        kinds=("check", "enforce"),
        text="the node's address is set in its interface's file, without DHCP",
        minimum="static in the file of the node's own backend; no lease in use",
        probes=("interface_files",),
        component="network",
        keys=("addresses", "routes", "files"),
        test=configuration.static_address,
        remedy="write the address into the interface's file as a static one, without DHCP",
        by_hand="grep -rE 'dhcp|BOOTPROTO|method=' /etc/network/interfaces* /etc/netplan"
        " /etc/sysconfig/network-scripts/ifcfg-* /etc/NetworkManager/system-connections",
    ),
    Requirement(
        id="VMM-043",
        source=DOCUMENT,
        place=NETWORK,
        text="the default gateway answers ping",
        minimum="a default route for each family in use, whose gateway answers",
        probes=("reach",),
        test=reach.gateway,
        remedy="set the right default gateway, and let it answer echo requests",
        by_hand="ping -c 1 $(ip route show default | awk '{print $3; exit}')",
    ),
    Requirement(
        id="VMM-048",
        source=DOCUMENT,
        place="/etc/hosts file",
        kinds=("check", "enforce"),
        text="/etc/hosts has a line with the server's address and name",
        minimum="ADDRESS NAME",
        recommended="no loopback line with that name (muster's own)",
        probes=("hosts", "hostname"),
        component="hosts",
        keys=("address", "loopback"),
        test=names.server_line,
        remedy="write the line ADDRESS NAME into /etc/hosts",
        by_hand="getent hosts $(hostname)",
    ),
    Requirement(
        id="VMM-049",
        source=DOCUMENT,
        place=RESOLV,
        kinds=("check", "enforce"),
        text="/etc/resolv.conf names a DNS server by its address",
        minimum="one nameserver line",
        recommended="not more than 3, which is all that are asked (muster's own)",
        probes=("resolver",),
        component="resolver",
        test=resolver.has_nameserver,
        remedy="write one to three lines nameserver ADDRESS into /etc/resolv.conf",
        by_hand="grep ^nameserver /etc/resolv.conf",
    ),
    Requirement(
        id="VMM-050",
        source=DOCUMENT,
        place=RESOLV,
        kinds=("check", "enforce"),
        text="systemd-resolved, where it is the nameserver, is told its DNS servers",
        minimum="DNS= with addresses in resolved.conf or its drop-ins",
        probes=("resolver",),
        component="resolver",
        applies=resolver.uses_stub,
        test=resolver.resolved_has_servers,
        remedy="write DNS=SERVER ... into /etc/systemd/resolved.conf, restart systemd-resolved",
        by_hand="grep -rs ^DNS= /etc/systemd/resolved.conf /etc/systemd/resolved.conf.d",
    ),
    Requirement(
        id="VMM-051",
        source=DOCUMENT,
        place="/etc/NetworkManager/NetworkManager.conf file",
        kinds=("check", "enforce"),
        text="NetworkManager leaves resolv.conf alone",
        minimum="dns=none in [main]",
        probes=("resolver",),
        component="resolver",
        applies=resolver.networkmanager_manages,
        test=resolver.networkmanager_keeps_off,
        remedy="write dns=none into [main] of NetworkManager.conf; systemctl reload NetworkManager",
        by_hand="NetworkManager --print-config | grep ^dns=",
    ),
)
