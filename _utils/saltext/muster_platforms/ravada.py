"""Ravada, under KVM."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from saltext.muster import wants
from saltext.muster.catalogue import ravada as catalogue
from saltext.muster.catalogue.ravada import releases
from saltext.muster.components import pools
from saltext.muster.finding import Finding, wrong
from saltext.muster.requirement import Comparison, Requirement, Rule

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster, Node
    from saltext.muster.planning.connecting.flows import Flow
    from saltext.muster.planning.handover import Cards, Step

HYPERVISORS = ("kvm",)
EDITIONS = ("current",)
ROLES = ("node", "master")
NETWORK_TYPES: tuple[str, ...] = ()
REQUIREMENTS: tuple[Requirement, ...] = catalogue.ROWS
RULES: tuple[Rule, ...] = catalogue.RULES
COMPARISONS: tuple[Comparison, ...] = catalogue.COMPARISONS

_REQUIRED = releases.REQUIRED
_CHRONY = wants.everywhere(_REQUIRED, "chrony")
#: What tells and sets whether a card wakes (RAV-031).
_WAKE = wants.everywhere(_REQUIRED, "ethtool")
_NFTABLES = wants.everywhere(_REQUIRED, "nftables")

#: What a node that no cluster file names is judged by.
PACKAGES = wants.packages(_REQUIRED)["names"]


@dataclass(frozen=True)
class Options:
    """Ravada's own options in a cluster file.

    wake_on_lan: the master starts and stops nodes (RAV-031).
    """

    wake_on_lan: bool = False


def check(cluster: Cluster) -> Iterable[Finding]:
    """Return which pools cannot be made by what the cluster file says of them."""
    for index, pool in enumerate(cluster.pools):
        said = pools.problem(f"pools[{index}]", vars(pool))
        if said:
            yield wrong(("pools", index), said, "write it as libvirt has it", "is no pool")
        elif pools.kind_of(pool.type) in pools.NEEDS:
            # Of another type it must be there already: the node tells.
            lacks = pools.lacking(pools.kind_of(pool.type), pool.path, pool.source)
            if lacks:
                yield wrong(("pools", index), lacks, "add it to this pool", lacks)


def components(cluster: Cluster, node: Node) -> dict[str, dict[str, Any]]:
    """Return what each component wants of the node."""
    from saltext.muster.planning import devices  # no node needs it: plans are the master's

    chrony = wants.chrony(cluster)
    parts: list[wants.Packages] = [_REQUIRED, _CHRONY] if chrony else [_REQUIRED]
    network = devices.plain(cluster, node).component()
    parts.append(wants.ifupdown(network, _REQUIRED))
    firewall = wants.firewall(cluster, node, asked=True)
    parts += [_NFTABLES] if firewall else []
    # The master wakes nodes; nobody wakes it.
    wakes = cluster.options.wake_on_lan and node.role == "node"
    return {
        "hostname": {"name": node.fqdn},
        "hosts": wants.hosts(cluster, node),
        **chrony,
        **network,
        **wants.pools(cluster),
        **wants.pool_watch(cluster),
        **(wants.wake_on_lan(cluster, node) if wakes else {}),
        "packages": wants.packages(*parts, *([_WAKE] if wakes else [])),
        **firewall,
        # rsync of volumes and libvirt's tunnels need no more.
        **wants.ssh(cluster, node, _logins(node), ["port-forwarding", "pty"]),
        "kvm_spice": {},
    }


def _logins(node: Node) -> list[str]:
    """Return which settings of root's login are right: nobody logs in to the master (RAV-026)."""
    return ["prohibit-password", "no"] if node.role == "master" else ["prohibit-password"]


def declared(cluster: Cluster, node: Node) -> dict[str, Any]:
    """Return what is declared of the node besides its components."""
    return wants.declared(cluster, node)


def flows(cluster: Cluster) -> Iterable[Flow]:
    """Return what talks to what besides what every cluster needs."""
    # Nodes load this module on each run, and plan no ports: so only here.
    from saltext.muster.catalogue.ravada import flows as own

    return own.flows(cluster)


def handover(cluster: Cluster, cards: Cards) -> Iterable[Step]:
    """Return what is left to the administrator, step by step; cards are what wakes the nodes."""
    from saltext.muster.catalogue.ravada import handing

    return handing.steps(cluster, cards)
