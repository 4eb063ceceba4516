"""What is left to the administrator once the nodes are ready, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from saltext.muster import explanation, platforms
from saltext.muster.cluster import Cluster
from saltext.muster.planning.sheet import Row, Sheet, Table
from saltext.muster.requirement import Rule

TOPIC = "handover"

#: Minion ids with the cards that the nodes are woken by.
Cards = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Step:
    """One thing to do: where (a node, or the platform's own page), what, and for which rows."""

    where: str
    what: str
    rows: str = ""


def sheet(cluster: Cluster, *, cards: Cards | None = None) -> Sheet:
    """Return the steps for a cluster, in their order, and those that its platform always has.

    cards are those that nodes have told; what the cluster file says of a node wins. A platform
    gives its steps by a function ``handover(cluster, cards)`` of its module.
    """
    own = {node.id: (node.mac,) for node in cluster.nodes.values() if node.mac}
    give = getattr(platforms.load(cluster.platform), "handover", None)
    steps: list[Step] = list(give(cluster, {**(cards or {}), **own})) if give else []
    told = {row for step in steps for row in step.rows.split()}
    tables = [Table("steps", list(_rows(steps)))] if give else []
    rest = [
        row
        for row in explanation.rows(cluster.platform)
        if isinstance(row, Rule) and row.step and row.id not in told
    ]
    later: list[Row] = [{"row": row.id, "what": row.step} for row in rest]
    return Sheet(TOPIC, cluster.name, (*tables, Table("besides", later)))


def _rows(steps: Iterable[Step]) -> Iterable[Row]:
    for number, step in enumerate(steps, 1):
        yield {"step": number, "where": step.where, "rows": step.rows, "what": step.what}
