"""What ``muster check`` says of a cluster, when bundles of several of its nodes are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext.muster import assess, bundle, comparison
from saltext.muster.cli.subjects import Planner
from saltext.muster.cluster import Cluster
from saltext.muster.facts import Facts
from saltext.muster.requirement import Plan, Values


class Nodes:
    """What the nodes of a cluster tell to be compared; of each only that is kept."""

    def __init__(self, planner: Planner) -> None:
        assert planner.cluster is not None
        self.cluster: Cluster = planner.cluster
        self.now = planner.now
        self._rows = comparison.rows(self.cluster.platform)
        self._probes = comparison.probes(self._rows)
        self._told: dict[str, dict[str, Values]] = {}

    def add(self, node: str, held: Mapping[str, Any], plan: Plan) -> None:
        """Keep what the node of that id tells by its bundle."""
        facts = Facts(bundle.reader(held)(self._probes))
        self._told[node] = comparison.values(self._rows, facts, plan)

    def report(self) -> dict[str, Any]:
        """Return the cluster's report by its name: compared only when no node is missing.

        It is the one of ``salt-run muster.check``, over one cluster file.
        """
        from saltext.muster.master import servers, whole

        left = [node for node in self.cluster.nodes if node not in self._told]
        if left:
            why = f"not all of its nodes were given: without {comparison.listed(left)}"
            found = comparison.skipped(self.cluster, why)
        else:
            found = comparison.verdicts(self.cluster, self._told, assess.today({"now": self.now}))
        clashes = servers.clashes([self.cluster])[0]
        data = whole.report(self.cluster, clashes, found, self.now)
        return {f"cluster {self.cluster.name}": data}
