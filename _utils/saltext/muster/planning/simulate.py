"""The sheet of what survives which failure (see ``scenarios`` for how it is found)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from saltext.muster.cluster import Cluster
from saltext.muster.errors import InvalidArgument
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.planning.sheet import Row, Sheet, Table
from saltext.muster.planning.simulating import moves, quorum, scenarios, storage_loss, sums
from saltext.muster.planning.simulating.scenarios import (
    BASES,
    FAILS,
    GUESTS,
    MASTER,
    MEMORY,
    QUORUM,
    Result,
    Simulation,
)
from saltext.muster.planning.simulating.storage_loss import Untold
from saltext.muster.planning.sizing import pvc_totals

#: The row that a result is about, by the platform, the failure and what it does.
_ROWS = {
    ("pvc", scenarios.ONE_NODE, QUORUM): "PVC-089",
    ("pvc", scenarios.ONE_SITE, QUORUM): "PVC-090",
    ("pvc", scenarios.ONE_NODE, "I/O"): "PVC-035",
    ("pvc", scenarios.ONE_NODE, MEMORY): "PVC-015",
    ("ravada", scenarios.ONE_NODE, MASTER): "RAV-042",
}

_REMEDIES = {
    QUORUM: "spread 3 or 5 coordinators so that a majority is left",
    "I/O": "make the pool with more copies, and have a storage host for each of them",
    "data": "make the pool with more copies, and have a storage host for each of them",
    MEMORY: "plan more memory or fewer guests, or let guests run on more nodes",
    GUESTS: "let these guests run on other nodes too, or accept that they stop with theirs",
    MASTER: "keep backups of the master and a server to restore it on: Ravada has no second one",
    BASES: "let another node have the base too",
}


def sheet(cluster: Cluster, *, down: int = 2) -> Sheet:
    """Return what every failure does to a cluster.

    down is how many nodes fail together at most: every node by itself, every pair, and so on.
    Sites, failure domains and cuts between sites are looked at where the file declares them.
    Raises InvalidArgument when down is less than 1.
    Source: PVC-015, 017 to 020, 035, 039, 089 to 093; RAV-042; NET-010; PVC-077.
    """
    if down < 1:
        raise InvalidArgument(f"wanted at least one node down, seen {down}")
    simulation = Simulation(cluster, down)
    results = list(simulation.results())
    tables = [
        Table("failures", [each.row() for each in results]),
        Table("what may fail", list(_tolerated(simulation))),
        Table("sides when the network between sites is cut", list(_sides(simulation))),
        Table("guests that do not move live", list(_held(simulation))),
        Table("memory by sums", list(_sums(cluster))),
    ]
    return Sheet(
        "simulate",
        cluster.name,
        tables=tuple(table for table in tables if table.rows),
        findings=tuple(findings(simulation, results)),
        notes=tuple(_notes(simulation)),
    )


def _tolerated(simulation: Simulation) -> Iterator[Row]:
    if simulation.votes.total:
        total, needed = simulation.votes.total, simulation.votes.needed
        yield _limit("quorum", "coordinators", total, needed)
    for name, pool in simulation.pools.items():
        try:
            hosts = len(simulation.storing)
        except Untold:
            continue
        may_fail = storage_loss.tolerated(pool, hosts)
        least = None if may_fail < 0 else hosts - may_fail
        yield _limit(f"I/O of pool {name}", "storage hosts", hosts, least)
        kept = max(0, min(pool.copies, hosts) - 1)
        yield _limit(f"data of pool {name}", "storage hosts", hosts, hosts - kept)


def _limit(what: str, of: str, total: int, needed: int | None) -> Row:
    """Return how many of all may fail; needed is None where even all of them are not enough."""
    may_fail = None if needed is None else max(0, total - needed)
    return {"what": what, "of": of, "there_are": total, "needed": needed, "may_fail": may_fail}


def _sides(simulation: Simulation) -> Iterator[Row]:
    cluster = simulation.cluster
    for cut in simulation.cuts if simulation.votes.total else ():
        sides = zip(cut.sites, cut.nodes, quorum.side_votes(cluster, cut), strict=True)
        for sites, nodes, votes in sides:
            yield {
                "cut": cut.words(),
                "side": list(sites),
                "nodes": len(nodes),
                "coordinators": votes.left,
                "needed": votes.needed,
                "goes_on": votes.holds,
                "pools_served": _serving(simulation, nodes) if votes.holds else [],
            }


def _serving(simulation: Simulation, nodes: Iterable[str]) -> list[str]:
    """Return the pools that serve I/O on one side, with ? where that is not told."""
    staying = frozenset(nodes)
    down = [id_ for id_ in simulation.cluster.nodes if id_ not in staying]
    try:
        left = {
            name: storage_loss.at(simulation.storing, pool, down).io
            for name, pool in simulation.pools.items()
        }
    except Untold:
        return [f"{name}?" for name in simulation.pools]
    return [name for name, serves in left.items() if serves]


def _held(simulation: Simulation) -> Iterator[Row]:
    for hold in moves.holds(simulation.cluster, simulation.reach):
        yield {
            "node": hold.node,
            "guest": hold.guest,
            "memory_bytes": simulation.cluster.guests[hold.guest].memory,
            "when_the_node_is_drained": hold.when_drained,
            "why": hold.reason,
        }


def _sums(cluster: Cluster) -> Iterator[Row]:
    for what, net in (("all memory", False), ("without what services take", True)):
        try:
            found = sums.sums(cluster, net=net)
        except Untold:
            return
        yield {
            "of": what,
            "nodes_bytes": found.memory,
            "largest_bytes": found.largest,
            "left_at_n-1_bytes": found.remaining,
            "running_guests_bytes": found.guests,
            "exceeded": found.degraded,
            "short_bytes": max(0, found.guests - found.remaining),
            "swap_bytes": found.swap,
        }


def findings(simulation: Simulation, results: Iterable[Result]) -> Iterator[Finding]:
    """Give what is wrong in a cluster by what its failures do.

    What fails with nothing down is wrong, and so is the quorum of a cluster for production that
    one node costs. A site that costs the quorum or I/O is wrong where georedundancy is claimed
    (PVC-090). The rest is to weigh. Of several nodes at once there are no findings, and none of
    the only node: that nothing is left then needs no words.
    """
    judged = _JUDGED if len(simulation.cluster.nodes) > 1 else {scenarios.NOTHING}
    for result in results:
        if result.verdict == FAILS and result.failure in judged:
            yield _finding(simulation, result)
    yield from _degraded_pools(simulation)
    for guest in simulation.fates.homeless:
        seen = f"no node may run guest {guest.name}: {moves.stays(simulation.reach, guest)}"
        remedy = "give it a node that is not drained"
        yield wrong(("guests", guest.name), seen, remedy, "no node may run a guest")
    if simulation.cluster.platform == "pvc":
        yield from _exceeded(simulation.cluster)


_JUDGED = {scenarios.NOTHING, scenarios.ONE_NODE, scenarios.ONE_DOMAIN, scenarios.ONE_SITE}


def _finding(simulation: Simulation, result: Result) -> Finding:
    cluster = simulation.cluster
    word, _of, pool = result.what.partition(" of pool ")
    where = (
        ("ceph", "pools", pool) if pool else ("guests",) if word in (GUESTS, MEMORY) else ("nodes",)
    )
    some = f"{result.failed} of {result.cases} cases: " if result.cases > 1 else ""
    message = f"{result.failure}, {result.what}: fails, {some}{result.first}"
    public = f"{result.failure}: {word} fails"
    tell = wrong if _grave(cluster, result.failure, word) else doubtful
    remedy = _REMEDIES[word]
    if pool and len(simulation.storing) < simulation.pools[pool].copies:
        remedy = "give more nodes disks for storage"
    elif pool and result.failure in (scenarios.ONE_DOMAIN, scenarios.ONE_SITE):
        remedy += ", or have fewer storage hosts fail together"
    found = tell(where, message, remedy, public)
    return replace(found, row=_ROWS.get((cluster.platform, result.failure, word), ""))


def _grave(cluster: Cluster, failure: str, what: str) -> bool:
    if failure == scenarios.NOTHING:
        return True
    if failure == scenarios.ONE_SITE:
        return what in (QUORUM, "I/O") and getattr(cluster.options, "georedundant", False)
    return failure == scenarios.ONE_NODE and what == QUORUM and cluster.tier != "test"


def _degraded_pools(simulation: Simulation) -> Iterator[Finding]:
    for name, pool in simulation.pools.items():
        try:
            hosts = len(simulation.storing)
        except Untold:
            return
        if hosts < pool.copies:
            yield doubtful(
                ("ceph", "pools", name, "copies"),
                f"pool {name} is degraded from the start: {pool.copies} copies, {hosts} hosts",
                "give more nodes disks for storage, or make the pool with fewer copies",
                "a pool has more copies than there are hosts for them",
            )


def _exceeded(cluster: Cluster) -> Iterator[Finding]:
    try:
        yield from (replace(item, row="PVC-017") for item in pvc_totals.allocated(cluster))
    except NotAsked:
        return


def _notes(simulation: Simulation) -> Iterator[str]:
    cluster = simulation.cluster
    if len(cluster.nodes) == 1:
        yield "There is one node: nothing goes on when it is down."
    own = cluster.ceph is not None and not cluster.ceph.external
    if own and simulation.pools:
        monitors = ", which are on the coordinators" if cluster.platform == "pvc" else ""
        yield (
            "Pools: the worst placement group before any recovery, one copy on a host. I/O also"
            f" needs the quorum of the monitors{monitors}."
        )
    if cluster.platform == "pvc" and not simulation.pools:
        yield "No pools are declared: their I/O is not simulated."
    if not cluster.guests:
        yield "No guests are declared: memory and what stops with a node are not simulated."
    if len(simulation.sites) < 2:
        yield "Fewer than two sites are declared: none is simulated to fail."
    elif any(not node.site for node in cluster.nodes.values()):
        yield "Nodes without a site stay up when a site fails, and reach no side of a cut."
    if simulation.domains and any(not node.domain for node in cluster.nodes.values()):
        yield "Nodes without a failure domain stay up when one fails."
