"""The report of a whole cluster: what clashes in its file, and how its nodes compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from saltext.muster import assess, comparison
from saltext.muster.catalogue import conflicts
from saltext.muster.cluster import Cluster
from saltext.muster.conflict import Clash
from saltext.muster.verdict import STATUSES, Verdict


def report(
    cluster: Cluster, clashes: Iterable[Clash], compared: Sequence[Verdict], now: float
) -> dict[str, Any]:
    """Return the report of a cluster, whose subject is its name.

    clashes are those of its file, compared the verdicts of its comparisons; now is the master's
    clock, in seconds since 1970.
    """
    whole = [vars(waiver) for waiver in cluster.waivers if waiver.nodes is None]
    plan = {"cluster": cluster.name, "profile": cluster.profile, "now": now, "waivers": whole}
    found = [*(clash.verdict(assess.today(plan)) for clash in clashes), *compared]
    found.sort(key=lambda verdict: (STATUSES.index(verdict.status), verdict.id))
    ids = [row.id for row in (*comparison.rows(cluster.platform), *conflicts.ROWS)]
    return {**assess.report(plan, found), "waivers": assess.waivers(plan, found, ids)}
