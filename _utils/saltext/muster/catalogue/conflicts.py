"""What is asked for by one platform and not to be had together with another."""

from __future__ import annotations

from collections.abc import Iterable

from saltext.muster.catalogue.predicates import pairs
from saltext.muster.cluster import Cluster
from saltext.muster.conflict import Clash, Conflict, Side, clashes

_ALSO = "`also` names the other platform, or its own cluster file has the same servers"

ROWS: tuple[Conflict, ...] = (
    Conflict(
        id="XC-01",
        source="muster",
        place="the platforms' documents side by side",
        text="one running name suits every platform of the server",
        minimum="full for Ganeti, short for PVC, unique for VMmanager",
        sides=(
            Side("ganeti", ("GNT-011", "GNT-014"), "Ganeti runs under the full name"),
            Side("pvc", ("PVC-026",), "PVC's deployment knows a node by its short name"),
            Side("vmmanager", ("VMM-038",), "VMmanager's nodes have any name of their own"),
        ),
        test=pairs.names,
        found=f"{_ALSO}; Ganeti with PVC always, VMmanager with PVC when an fqdn has a dot",
        remedy="choose one platform; for VMmanager with PVC write `fqdn: <short name>`",
    ),
    Conflict(
        id="XC-02",
        source="muster",
        place="the platforms' documents side by side",
        text="one of the platforms gives the node its addresses",
        recommended="static in the node's files",
        sides=(
            Side("vmmanager", ("VMM-041",), "VMmanager wants static addresses in the files"),
            Side("ganeti", ("GNT-051",), "Ganeti wants a static address on the bridge"),
            Side("pvc", ("PVC-047",), "PVC recommends `manual` without an address"),
        ),
        test=pairs.addressing,
        found=f"{_ALSO}; PVC with VMmanager or Ganeti",
        remedy="write the addresses into the files: PVC bears it; waive PVC-047 in its cluster",
    ),
    Conflict(
        id="XC-03",
        source="muster",
        place="the platforms' documents side by side",
        text="the repositories of the server suit every platform",
        minimum="PVC's own is there for PVC, none but the distribution's for VMmanager",
        sides=(
            Side("vmmanager", ("VMM-023",), "VMmanager allows no third-party repository"),
            Side("pvc", ("PVC-025",), "PVC's software comes from a repository of its own"),
        ),
        test=pairs.repositories,
        found=f"{_ALSO}; cannot be met unless `repositories` allows PVC's or VMM-023 is waived",
        remedy="choose one platform, or allow PVC's repository under `repositories`",
    ),
    Conflict(
        id="XC-04",
        source="muster",
        place="the platforms' documents side by side",
        text="all nodes have the system family that the stricter platform wants",
        minimum="one family",
        sides=(
            Side("vmmanager", ("VMM-004",), "VMmanager wants one family in a cluster"),
            Side("ravada", ("RAV-016",), "Ravada lets Debian, Ubuntu and Red Hat's family mix"),
        ),
        test=pairs.families,
        found=f"{_ALSO}; VMmanager with Ravada, with more than one node",
        remedy="install all nodes with one family: Ravada is content with that too",
    ),
    Conflict(
        id="XC-05",
        source="muster",
        place="the platforms' documents side by side",
        text="there is a release that every platform of the server runs on",
        minimum="one in common",
        sides=(
            Side(
                "vmmanager",
                ("VMM-018", "VMM-019", "VMM-020", "VMM-021"),
                "VMmanager wants AlmaLinux 8 (KVM) or Ubuntu 20.04 (LXD)",
            ),
            Side("pvc", ("PVC-024",), "PVC wants Debian 10 to 12, by its edition"),
            Side("ganeti", ("GNT-044",), "Ganeti's packages are known on some releases"),
            Side("ravada", ("RAV-015",), "Ravada's packages are known on some releases"),
        ),
        test=pairs.systems,
        found=f"{_ALSO}; no release in common, by documents (fail) or by muster's names (warn)",
        remedy="choose one platform, or another hypervisor or edition",
    ),
    Conflict(
        id="XC-06",
        source="muster",
        place="the platforms' documents side by side",
        text="the uplink is the port of one bridge, whose name suits every platform",
        minimum="one bridge for an uplink",
        sides=(
            Side("vmmanager", ("NET-004",), "VMmanager's bridge is vmbr0"),
            Side("ganeti", ("GNT-047",), "Ganeti's bridge is xen-br0 unless it is told another"),
            Side("pvc", ("PVC-064",), "PVC makes a bridge for each VLAN on bridge_device"),
        ),
        test=pairs.bridges,
        found=f"{_ALSO}; from Ganeti's network_mode and bridge, PVC's bridge_device and uplink",
        remedy="tell Ganeti `bridge: vmbr0`; give PVC a bridge_device that is not the uplink",
    ),
    Conflict(
        id="XC-07",
        source="muster",
        place="the platforms' documents side by side",
        text="every disk belongs to one platform's storage",
        minimum="disks of its own for each",
        sides=(
            Side("ravada", ("RAV-008",), "Ravada wants the same pools everywhere"),
            Side("ganeti", ("GNT-007", "GNT-033"), "Ganeti wants a volume group, with DRBD"),
            Side("pvc", ("PVC-028",), "PVC gives whole disks to Ceph"),
            Side("vmmanager", ("VMM-016", "VMM-017"), "VMmanager wants its declared storages"),
        ),
        test=pairs.storage,
        found=f"{_ALSO}; unless Ganeti is on files or VMmanager and Ravada share declared pools",
        remedy="give each platform disks of its own; declare `pools` that both of them have",
    ),
    Conflict(
        id="XC-08",
        source="muster",
        place="the platforms' documents side by side",
        text="FRR and port 179 have one owner on a server",
        minimum="one owner",
        sides=(
            Side("vmmanager", ("NET-020", "NET-029"), "the IP fabric's FRR peers with reflectors"),
            Side("pvc", ("PVC-066",), "PVC's coordinators are route reflectors themselves"),
        ),
        test=pairs.reflectors,
        found=f"{_ALSO}; VMmanager's network_type is ip-fabric, as far as its file is known",
        remedy="choose another network_type, or one platform",
    ),
    Conflict(
        id="XC-09",
        source="muster",
        place="the documents of VMmanager, oVirt and OpenShift side by side",
        text="SELinux is off for VMmanager, or it is said who needs it",
        recommended="off, or a waiver with its reason",
        sides=(
            Side(
                "vmmanager",
                ("VMM-032", "VMM-033", "VMM-034"),
                "VMmanager recommends SELinux disabled",
            ),
            Side("", (), "oVirt and OpenShift, no platforms of muster, want it enforcing"),
        ),
        test=pairs.selinux,
        found="a waiver of VMM-032, VMM-033 or VMM-034: it tells who needs SELinux, and counts",
        remedy="keep the waiver for as long as its reason holds, or disable SELinux",
    ),
    Conflict(
        id="XC-10",
        source="muster",
        place="the platforms' documents side by side",
        text="VMmanager's platform is on none of the servers that run guests",
        minimum="a server of its own",
        sides=(
            Side("vmmanager", ("VMM-002",), "VMmanager's platform is on none of its nodes"),
            Side("ravada", ("RAV-003",), "Ravada's master runs guests too"),
            Side("pvc", ("PVC-081",), "PVC's coordinators run guests too"),
        ),
        test=pairs.platform_host,
        found="platform_address is a node's; or, with Ravada or PVC, it is not told at all",
        remedy="put the platform on another server and write its address as platform_address",
    ),
    Conflict(
        id="XC-11",
        source="muster",
        place="the platforms' documents side by side",
        text="the ports of consoles and of management are free for them",
        minimum="5900 to 6900 for 1000 guests",
        sides=(
            Side("vmmanager", ("VMM-054", "VMM-055", "VMM-059"), "consoles take 5900 to 6900"),
            Side("pvc", ("PVC-029", "PVC-030"), "Ceph's monitors and disks have ports in it"),
            Side("", ("VMM-056",), "what else listens has ports above it, libvirt 16514"),
        ),
        test=pairs.ports,
        found="vms_per_node above 1000 (at 10615 it reaches 16514); KVM's VMmanager with PVC",
        remedy="plan fewer guests a node, or move the range: remote_display_port_min and _max in"
        " libvirt's qemu.conf, and the firewall with it",
    ),
    Conflict(
        id="XC-12",
        source="muster",
        place="the platforms' documents side by side",
        text="the node's address is where its platform looks for it, before and after the join",
        minimum="on the card or a VLAN before the join, on the bridge after it",
        sides=(
            Side("vmmanager", ("VMM-040", "NET-004"), "a card or VLAN has the address first"),
            Side("ganeti", ("GNT-051",), "Ganeti's bridge has the address from the start"),
            Side("pvc", ("PVC-041", "PVC-042"), "a VLAN on a bond has the address"),
            Side("ravada", (), "a card has the address"),
        ),
        test=pairs.places,
        found="a bridge that is its own card; VMmanager not joined, with a bond without VLAN, or"
        " with Ganeti's bridge or PVC's bond",
        remedy="name the card below the bridge; let the node join VMmanager before its address"
        " moves to a bridge or bond, then write joined: true",
    ),
    Conflict(
        id="XC-13",
        source="muster",
        place="the platforms' documents side by side",
        text="port 22 is open to all that must reach it and to nobody else",
        minimum="the union of declared sources, never empty",
        sides=(
            Side("vmmanager", ("VMM-052",), "VMmanager's platform must reach port 22"),
            Side("ravada", ("RAV-028",), "Ravada restricts port 22 to known hosts"),
            Side("pvc", ("PVC-104",), "PVC restricts access to the fewest hosts"),
        ),
        test=pairs.ssh_sources,
        found="admin is empty for Ravada, or for VMmanager with Ravada or PVC; or it lacks"
        " platform_address",
        remedy="write under `admin` every network that SSH comes from: administrators, Salt,"
        " VMmanager's platform",
    ),
)  # fmt: skip


def conflicts(cluster: Cluster, others: Iterable[Cluster] = ()) -> list[Clash]:
    """Return the conflicts of a cluster; others have servers in common with it."""
    return list(clashes(ROWS, cluster, others))
