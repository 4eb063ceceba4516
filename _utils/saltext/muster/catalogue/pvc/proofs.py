"""PVC's rows about nodes, coordinators and sites, as far as a cluster file decides them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from saltext.muster.catalogue.pvc.layout import of_role, system
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.planning.simulating import quorum
from saltext.muster.wording import listed

#: PVC-079, outside of labs.
LEAST_NODES = 3

#: PVC-080.
COORDINATORS, IN_A_LAB = (3, 5), (1, 3, 5)

#: PVC-082: below so many nodes, more coordinators than the fewest are not worth it.
WORTH_MORE = 8

_NODES = ("nodes",)


def enough_nodes(cluster: Cluster) -> Iterable[Finding]:
    """PVC-079: a production cluster has three nodes."""
    if cluster.tier == "test":
        raise NotAsked("one node is enough for a test")
    if len(cluster.nodes) >= LEAST_NODES:
        return []
    what = f"a cluster for production has at least {LEAST_NODES} nodes"
    return [wrong(_NODES, f"{what}, seen {len(cluster.nodes)}", "add nodes, or write tier: test")]


def coordinators(cluster: Cluster) -> Iterable[Finding]:
    """PVC-080: the coordinators are 3 or 5; in a lab there may be a single one."""
    count = quorum.votes(cluster).total
    if count in (IN_A_LAB if cluster.tier == "test" else COORDINATORS):
        return []
    what = f"wanted 3 or 5 coordinators (1 in a lab, tier: test), seen {count}"
    return [wrong(_NODES, what, "give 3 or 5 nodes `role: coordinator`")]


def few_coordinators(cluster: Cluster) -> Iterable[Finding]:
    """PVC-082: a small cluster has no more than 3 coordinators, unless 2+2+1 needs them."""
    count = quorum.votes(cluster).total
    if sum(1 for each in quorum.shape(cluster).values() if each) >= COORDINATORS[0]:
        raise NotAsked("the coordinators are at several sites, for which 2+2+1 is advised")
    if count <= COORDINATORS[0] or len(cluster.nodes) >= WORTH_MORE:
        return []
    what = f"wanted 3 coordinators in a cluster of {len(cluster.nodes)} nodes, seen {count}"
    return [doubtful(_NODES, what, "make 3 nodes coordinators and the others hypervisors")]


def hypervisors(cluster: Cluster) -> Iterable[Finding]:
    """PVC-086: the fourth node is a hypervisor, so that the coordinators stay an odd number."""
    count = quorum.votes(cluster).total
    if len(cluster.nodes) <= LEAST_NODES:
        raise NotAsked("there is no fourth node")
    if count % 2:
        return []
    ids = [node.id for node in cluster.with_role(quorum.COORDINATOR)]
    where = ("nodes", ids[-1], "role") if ids else _NODES
    what = f"wanted an odd number of coordinators, so that some are the majority; seen {count}"
    return [wrong(where, what, "write role: hypervisor for what came after the first three")]


def one_segment(cluster: Cluster) -> Iterable[Finding]:
    """PVC-088: over all sites, PVC's own networks are one network each."""
    sites = {node.site for node in cluster.nodes.values()} - {""}
    if len(sites) < 2:
        raise NotAsked("no second site is declared")
    for role in dict.fromkeys(role for role, _name, _network in system(cluster)):
        names = [name for name, _network in of_role(cluster, role)]
        if len(names) > 1 and not any(_on_all(cluster, name) for name in names):
            what = f"wanted one {role} network over all sites, seen {', '.join(names)}"
            remedy = "make it one layer 2 network that all nodes have an address in"
            yield wrong(("networks", names[1]), what, remedy)


def _on_all(cluster: Cluster, network: str) -> bool:
    return all(cluster.address_in(node, network) for node in cluster.nodes.values())


def _tell(cluster: Cluster) -> Callable[..., Finding]:
    """A weakness of sites contradicts the file only where it claims to be georedundant."""
    return wrong if cluster.options.georedundant else doubtful


def _spread(cluster: Cluster) -> int:
    """Return at how many sites coordinators are; raises NotAsked where that is not told."""
    untold = [node.id for node in cluster.with_role(quorum.COORDINATOR) if not node.site]
    count = sum(1 for each in quorum.shape(cluster).values() if each)
    if count and untold:
        raise NotAsked(f"the site is not told of {listed(untold)}")
    if count < 2 and not cluster.options.georedundant:
        raise NotAsked("all coordinators are at one site" if count else "no site is told")
    return count


def majority(cluster: Cluster) -> Iterable[Finding]:
    """PVC-089: whichever site is lost, most of the coordinators are left."""
    count = _spread(cluster)
    if count == 2:
        raise NotAsked("the coordinators are at two sites, which PVC-090 judges")
    if count < 2:
        what = "is georedundant, and the coordinators are not declared at several sites"
        return [wrong(("options", "georedundant"), what, "give each node its `site`")]
    remedy = "spread the coordinators so that no site has most of them, as 1+1+1 or 2+2+1"
    return [_tell(cluster)(_NODES, each.words(), remedy) for each in quorum.lost_sites(cluster)]


def two_sites(cluster: Cluster) -> Iterable[Finding]:
    """PVC-090: coordinators at two sites do not survive the loss of the larger one."""
    if _spread(cluster) != 2:
        raise NotAsked("the coordinators are not at two sites")
    shape = quorum.shape_words(cluster)
    remedy = "take a third site, as 1+1+1 or 2+2+1, or a cluster for each site"
    return [
        _tell(cluster)(_NODES, f"{shape} coordinators: {each.words()}", remedy)
        for each in quorum.lost_sites(cluster)
    ]


def odd_sites(cluster: Cluster) -> Iterable[Finding]:
    """PVC-091: the coordinators are at an odd number of sites."""
    count = _spread(cluster)
    if count % 2 or not count:
        return []
    what = f"wanted an odd number of sites with coordinators, seen {count}"
    return [doubtful(_NODES, what, "spread the coordinators as 1+1+1 or 2+2+1")]
