"""Changes on trial: made apart from the minion, kept when the node is reachable, else put back.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import sys
from typing import Any

from salt.exceptions import (
    CommandExecutionError,
    SaltClientError,
    SaltInvocationError,
    SaltSystemExit,
)

from saltext.muster.components import border
from saltext.muster.errors import Refused
from saltext.muster.trial import conduct, proving
from saltext.muster.trial import spec as specs

__opts__: dict[str, Any]

__virtualname__ = "muster_trial"

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_trial: only Linux hosts with systemd are changed on trial"
    return __virtualname__


@_border
def run(spec: dict[str, Any]) -> list[str]:
    """
    Make a change; keep it when the node is reachable after it, else put everything back.

    spec
        The change: files, commands there and back, what must be seen, and within how many
        seconds, as ``saltext.muster.trial.spec.to_data`` gives it.

    Returns notes of a change that was kept. Raises SaltInvocationError for a bad spec,
    CommandExecutionError when the change could not be made or was not confirmed; the text says
    what failed and what was put back. GNT-051, VMM-041 and others change a node's own way out.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_trial.run "$(cat change.json)"
    """
    trial = specs.from_data(spec)
    return conduct.run(trial, _masters())


@_border
def status() -> dict[str, Any]:
    """
    Return the change that waits to be kept, and the last one that ended.

    Each is a mapping or None. ``pending`` has component, since, seconds and stage; ``last`` has
    component, outcome (``kept`` or ``undone``), reason, problems and ended (seconds since 1970).

    CLI Example:

    .. code-block:: bash

        salt '*' muster_trial.status
    """
    return conduct.status()


def _masters() -> list[dict[str, Any]]:
    """Return the minion's options for each master that it may use, the present one first."""
    if __opts__.get("file_client") == "local" or not __opts__.get("master_uri"):
        raise Refused(
            "there is no master to sign in to, so nothing would show that the node is reachable"
            " after the change: run this by the minion of a master, not by salt-ssh or --local"
        )
    own = proving.portable(__opts__)
    return [own, *_others(own)]


def _others(own: dict[str, Any]) -> list[dict[str, Any]]:
    names = own.get("master_list") or []
    if own.get("master_type") != "failover" or len(names) < 2:
        return []
    import salt.minion

    found = []
    for name in names:
        opts = {**own, "master": name}
        try:
            opts.update(salt.minion.prep_ip_port(opts))
            opts.update(salt.minion.resolve_dns(opts, fallback=False))
        except (SaltSystemExit, SaltClientError):
            continue
        found.append(opts)
    return [opts for opts in found if opts["master_uri"] != own["master_uri"]]
