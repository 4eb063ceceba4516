"""What VMmanager asks of a cluster's nodes among each other."""

from __future__ import annotations

from saltext.muster.catalogue import comparisons
from saltext.muster.catalogue.predicates import distance, together, told
from saltext.muster.catalogue.vmmanager.sources import DOCUMENT
from saltext.muster.requirement import Comparison
from saltext.muster.verdict import FAIL

_HOMOGENEITY = "Nodes homogeneity"


def _matters(aspect: str) -> bool:
    """Say whether guests meet the difference when they move."""
    versions = ("version libvirt", "version lxd", "version qemu")
    return aspect.startswith(("link ", "mtu ")) or aspect in versions


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        id="VMM-003",
        source=DOCUMENT,
        place=_HOMOGENEITY,
        text="the nodes are alike in network settings, routing and software versions",
        kinds=("topology", "advice"),
        recommended="identical",
        probes=("addresses", "links", "packages"),
        values=told.all_of(
            told.links,
            told.default_routes,
            told.versions(
                chrony="chrony",
                frr="frr",
                libvirt="libvirt-daemon|libvirt|libvirt-daemon-system",
                lxd="lxd|lxd-installer",
                nftables="nftables",
                qemu="qemu-kvm|qemu-kvm-core|qemu-system-x86",
                zfs="zfsutils-linux|zfs",
            ),
        ),
        compare=distance.same(wanted="identical on all nodes", matters=_matters),
        remedy="bring the nodes that differ to what the others have: names of links, bridges, MTU,"
        " the default route's device; update all nodes to the same versions",
        by_hand="salt '*' cmd.run 'ip -o link; ip route show default; rpm -q libvirt qemu-kvm'",
    ),
    Comparison(
        id="VMM-004",
        source=DOCUMENT,
        place=_HOMOGENEITY,
        text="all nodes have the same system family: Red Hat's or Debian's",
        minimum="one family",
        probes=("os",),
        values=told.fact(family="os.family"),
        compare=distance.same(FAIL, "one system family on all nodes"),
        remedy="install the nodes of the other family anew, or put them into another cluster",
        by_hand="salt '*' cmd.run 'grep ^ID /etc/os-release'",
    ),
    Comparison(
        id="VMM-022",
        source=DOCUMENT,
        place="Operating system",
        text="minor releases and kernels may differ between nodes",
        recommended="told, never judged",
        probes=("kernel", "os"),
        values=told.all_of(told.release, told.fact(kernel="kernel.release")),
        compare=together.information,
        remedy="let the nodes that did not tell theirs answer",
        by_hand="salt '*' cmd.run 'grep ^VERSION_ID /etc/os-release; uname -r'",
    ),
    Comparison(
        id="VMM-038",
        source=DOCUMENT,
        place="Network settings",
        text="each server has a hostname of its own",
        minimum="unique, not localhost",
        probes=("hostname",),
        values=told.fact(name="hostname.running"),
        compare=together.unique("name"),
        remedy="give each node its own name: its fqdn in the cluster file, then state.apply",
        by_hand="salt '*' cmd.run 'uname -n'",
    ),
    *comparisons.COMPARISONS,
)
