"""The report of a whole cluster: what its file proves, what clashes, how its nodes compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from saltext.muster import assess, comparison, proving
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
    today = assess.today(plan)
    proved = proving.verdicts(cluster, today)
    found = [*(clash.verdict(today) for clash in clashes), *proved, *compared]
    found.sort(key=lambda verdict: (STATUSES.index(verdict.status), verdict.id))
    rows = (*comparison.rows(cluster.platform), *conflicts.ROWS)
    ids = [*(row.id for row in rows), *(each.id for each in proved)]
    return {**assess.report(plan, found), "waivers": assess.waivers(plan, found, ids)}
