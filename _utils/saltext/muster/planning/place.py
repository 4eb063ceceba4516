"""Where Ravada starts guests, and where muster would: side by side, with the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from saltext.muster.cluster import Cluster
from saltext.muster.errors import InvalidArgument
from saltext.muster.finding import Finding, doubtful, wrong
from saltext.muster.planning.placing import starts as waiting
from saltext.muster.planning.placing.ravada import (
    Placed,
    at_once,
    coded,
    documented,
    one_by_one,
    reserved,
)
from saltext.muster.planning.placing.starts import Load, Start
from saltext.muster.planning.sheet import Row, Sheet, Table
from saltext.muster.sizes import size
from saltext.muster.wording import listed

BALANCE, SAME_NODE = "balance", "same-node"
POLICIES = (BALANCE, SAME_NODE)

#: As many as one session of classes starts, and far more; each is weighed against every node.
MOST_STARTS = 10_000

#: The ways to place guests, as columns of the tables.
DOCUMENTED, CODED, AT_ONCE, RESERVED = "as_documented", "by_its_code", "all_at_once", "reserved"


def sheet(cluster: Cluster, *, starts: int = 30, base: str = "", policy: str = BALANCE) -> Sheet:
    """Return where guests of a cluster would be started, by Ravada and with reservations.

    starts is how many are started, base the one that they are clones of ("" = any), policy
    ``balance`` or ``same-node``. Raises InvalidArgument for anything else.
    Source: RAV-036 to 039, 041.
    """
    _refuse(cluster, starts, base, policy)
    asked, loads = waiting.starts(cluster, starts, base), waiting.loads(cluster)
    untold = waiting.unknown(cluster, asked, loads)
    if untold or not asked or not loads:
        return Sheet("place", cluster.name, findings=(_undecided(asked, untold),))
    users = waiting.homes(cluster) if policy == SAME_NODE else None
    ways = {
        DOCUMENTED: one_by_one(loads, asked, documented, users),
        CODED: one_by_one(loads, asked, coded, users),
        AT_ONCE: at_once(loads, asked, coded, users),
        RESERVED: reserved(loads, asked, users),
    }
    tables = (_ways(ways), _counts(cluster, loads, ways), _memory(loads, ways), _each(asked, ways))
    findings = tuple(_findings(asked, ways))
    notes = (*_started(cluster, asked, base), *_notes(cluster))
    return Sheet("place", cluster.name, tables=tables, findings=findings, notes=notes)


def _refuse(cluster: Cluster, starts: int, base: str, policy: str) -> None:
    if base and base not in cluster.bases:
        known = ", ".join(cluster.bases) or "none"
        raise InvalidArgument(f"no base {base!a} in the cluster file; there are: {known}")
    if not 1 <= starts <= MOST_STARTS:
        raise InvalidArgument(f"wanted 1 to {MOST_STARTS} starts, seen {starts}")
    if policy not in POLICIES:
        raise InvalidArgument(f"wanted the policy {' or '.join(POLICIES)}, seen {policy!a}")


def _undecided(asked: Sequence[Start], untold: Sequence[str]) -> Finding:
    if not asked:
        what = "what to start is undecided: no guest tells its memory"
        return doubtful(("guests",), what, "write guests of the base, with their memory", what)
    if not untold:
        what = "no guest can be started: every node is drained"
        return wrong(("nodes",), what, "write drained: false for a node", what)
    what = "where guests are started is undecided: the memory of a node is not told"
    where = ("nodes", untold[0], "hardware")
    return doubtful(
        where, f"{what}: {listed(untold)}", "give each node its hardware, with memory", what
    )


def _findings(starts: Sequence[Start], ways: Mapping[str, Placed]) -> Iterator[Finding]:
    planned = {start.guest for start in starts if start.planned}
    without = ways[RESERVED].refused
    if without:
        what = f"no room for {len(without)} of {len(starts)} guests: {listed(without)}"
        remedy = "plan more memory, or start fewer; muster simulate seeks any way to place them"
        tell = wrong if planned & set(without) else doubtful
        yield tell(("guests",), what, remedy, "there is no room for the guests")
    for way, row in ((CODED, ""), (AT_ONCE, "RAV-038")):
        for load in ways[way].overcommitted:
            yield replace(_over(way, load), row=row)
    other = [
        guest for guest, node in ways[CODED].nodes.items() if ways[DOCUMENTED].nodes[guest] != node
    ]
    if other:
        what = "Ravada's code takes another node than its document says"
        seen = f"{what}, for {len(other)} of {len(starts)} guests: {listed(other)}"
        remedy = "count on the column by its code: a node with 10, 11 or 100 guests ends its search"
        yield replace(doubtful(("nodes",), seen, remedy, what), row="RAV-037")


def _over(way: str, load: Load) -> Finding:
    when, or_else = ("one by one", "") if way == CODED else ("at once", ", or one after another")
    what = f"started {when}, {load.running} guests on {load.node} have {size(-load.free)} more"
    remedy = (
        f"start them where the column reserved says, those alone that have a node there{or_else}"
    )
    public = f"started {when}, guests of a node have more memory than it has"
    return doubtful(("nodes", load.node), f"{what} memory than it has", remedy, public)


def _ways(ways: Mapping[str, Placed]) -> Table:
    rows: list[Row] = []
    for way, placed in ways.items():
        most = max(placed.after.values(), key=lambda load: load.running)
        short = sum(-load.free for load in placed.overcommitted)
        rows.append(
            {
                "way": way.replace("_", " "),
                "refused": len(placed.refused),
                "most_guests": most.running,
                "on": most.node,
                "nodes_overcommitted": len(placed.overcommitted),
                "memory_short_bytes": short,
            }
        )
    return Table("ways to place", rows)


def _counts(cluster: Cluster, loads: Mapping[str, Load], ways: Mapping[str, Placed]) -> Table:
    rows = [
        {
            "node": id_,
            "role": cluster.nodes[id_].role,
            "before": load.running,
            **{way: placed.after[id_].running for way, placed in ways.items()},
        }
        for id_, load in loads.items()
    ]
    return Table("guests of each node", rows)


def _memory(loads: Mapping[str, Load], ways: Mapping[str, Placed]) -> Table:
    rows = [
        {
            "node": id_,
            "before_bytes": load.free,
            **{f"{way}_bytes": placed.after[id_].free for way, placed in ways.items()},
        }
        for id_, load in loads.items()
    ]
    return Table("memory left on each node", rows)


def _each(starts: Sequence[Start], ways: Mapping[str, Placed]) -> Table:
    rows = [
        {
            "guest": start.guest,
            "user": start.user,
            "memory_bytes": start.memory,
            **{way: placed.nodes[start.guest] for way, placed in ways.items()},
        }
        for start in starts
    ]
    return Table("node of each guest", rows)


def _started(cluster: Cluster, asked: Sequence[Start], base: str) -> Iterator[str]:
    """Tell whose starts these are: the file's guests, further clones, and who is left out."""
    planned = sum(start.planned for start in asked)
    wait = sum(base in ("", one.base) and waiting.waiting(one) for one in cluster.guests.values())
    if wait > planned:
        yield f"{wait - planned} guests of the file are left out: --starts {wait} starts them all."
    if planned < len(asked):
        yield (
            f"{len(asked) - planned} of the {len(asked)} starts are clones that the file does not"
            " name, each with the memory of the largest guest of its base."
        )


def _notes(cluster: Cluster) -> tuple[str, ...]:
    ravada = (
        "as documented: the node with the fewest guests, then the most memory, by Ravada's"
        " document, one start after another; a node with fewer than 2 guests is taken at once.",
        "by its code: the same with what Ravada's code adds; the only node that has the base is"
        " taken even without memory for the guest.",
        "all at once: by its code, when no start sees another one: the worst case. Ravada asks the"
        " nodes in an order that it varies, here the file's: by chance a storm may spread over"
        " nodes that run fewer than 2 guests.",
        "reserved: what muster proposes: a guest's memory is set aside as soon as its node is"
        " chosen. Ravada does not do that by itself; starting a few guests, then the next few,"
        " comes close.",
        "Ravada counts the memory that guests have touched; here it is all that they are given.",
    )
    if cluster.platform == "ravada":
        return ravada
    return (f"This is how Ravada places guests; {cluster.platform} does it in another way.",)
