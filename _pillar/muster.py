"""External pillar: each node's plan, from the cluster files.

.. code-block:: yaml

    ext_pillar:
      - muster:
          clusters: /etc/muster/clusters
"""

from __future__ import annotations

from typing import Any

from saltext.muster.master import pillar as compiler

__opts__: dict[str, Any]

__virtualname__ = "muster"


def __virtual__() -> str:
    return __virtualname__


def ext_pillar(minion_id: str, pillar: dict[str, Any], clusters: Any) -> dict[str, Any]:
    """Return ``{"muster": plan}`` of this minion, ``{"_errors": [...]}``, or nothing.

    minion_id
        The minion's id: the only thing that selects a plan.

    pillar
        What was compiled so far; it is not looked at.

    clusters
        The absolute path of a folder whose ``*.yaml`` and ``*.yml`` are cluster files, or a list
        of such files.
    """
    return compiler.compile_(
        minion_id, clusters, __opts__["cachedir"], bool(__opts__.get("pillar_cache"))
    )
