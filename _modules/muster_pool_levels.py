"""How full libvirt's storage pools are.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import sys
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster.components import border, pool_watch

__virtualname__ = "muster_pool_levels"

_border = border.translated(SaltInvocationError, CommandExecutionError)


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_pool_levels: libvirt's pools are looked at on Linux alone"
    return __virtualname__


@_border
def read() -> dict[str, dict[str, Any]]:
    """
    Return ``{pool: {"level", "free", "why"}}``: level is pass, warn, fail or unknown.

    free is in percent, None where nobody can tell; why says why the level is unknown.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_pool_levels.read
    """
    return pool_watch.levels()
