"""The node plans of the example cluster files, as they are kept in tests/data/plans.

Run ``python -m tests.support.plans`` from the project's root after a change that is meant, and
look at what it changed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "pillar" / "clusters").glob("*.yaml"))
KEPT = ROOT / "tests" / "data" / "plans"

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "_utils"))

from saltext.muster.cluster import Cluster  # noqa: E402
from saltext.muster.master import loading  # noqa: E402
from saltext.muster.plan import plan  # noqa: E402

#: What follows from the code, or from all the rest.
_DERIVED = ("library", "digest")


def of(cluster: Cluster) -> dict[str, Any]:
    """Return the plan of every node by its id, without digests of code and plan."""
    return {
        id_: {key: value for key, value in plan(cluster, id_).items() if key not in _DERIVED}
        for id_ in cluster.nodes
    }


def text(path: Path) -> str:
    """Return the plans of an example as they are kept."""
    found = of(loading.load(str(path)))
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def kept(path: Path) -> Path:
    """Return where the plans of an example are kept."""
    return KEPT / f"{path.stem}.json"


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for example in EXAMPLES:
        kept(example).write_text(text(example))
