"""The beacon that tells the master when a storage pool fills.

.. versionadded:: 0.1.0
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import files, origins
from saltext.muster.components import border, pool_watch
from saltext.muster.errors import Refused

__salt__: dict[str, Any]
__opts__: dict[str, Any]

__virtualname__ = "muster_pool_watch"

_border = border.translated(SaltInvocationError, CommandExecutionError)

#: Seconds that the minion has to answer about its own beacons.
_WAIT = 15


def __virtual__() -> str | tuple[bool, str]:
    if sys.platform != "linux":
        return False, "muster_pool_watch: libvirt's pools are looked at on Linux alone"
    return __virtualname__


@_border
def diff(seconds: int, root: str | None = None) -> dict[str, dict[str, Any]]:
    """
    Return ``configured`` and ``running`` as far as the beacon is not as it should be.

    seconds
        The time between two looks.

    root
        A folder below which files are read in place of ``/``; the minion is left alone.

    CLI Example:

    .. code-block:: bash

        salt '*' muster_pool_watch.diff 60
    """
    pool_watch.check(seconds)
    border.demand("muster_pool_watch", [border.root_problem(root)])
    running = _running() if border.is_live(root) else ""
    return pool_watch.diff(seconds, files.read(_path(root)), running)


@_border
@origins.keeping("pool_watch")
def apply(seconds: int, root: str | None = None, skip: Iterable[str] = ()) -> list[str]:
    """
    Configure the beacon, and have the minion run it from now on; return notes.

    seconds
        The time between two looks.

    root
        A folder below which files are written in place of ``/``; the minion is left alone.

    skip
        Keys of the diff to leave as they are.

    Raises CommandExecutionError when the minion does not take the beacon.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_pool_watch.apply 60
    """
    todo = {key: entry for key, entry in diff(seconds, root).items() if key not in skip}
    notes: list[str] = []
    with border.noting(notes):
        if pool_watch.CONFIGURED in todo:
            notes += files.edit(_path(root), lambda _: pool_watch.text(seconds))
        if pool_watch.RUNNING in todo:
            old = todo[pool_watch.RUNNING]["old"]
            origins.note(pool_watch.RUNNING, "absent" if old is None else "present")
            known = __salt__["beacons.list_available"](return_yaml=False, timeout=_WAIT) or ()
            if pool_watch.BEACON not in known:
                raise Refused(
                    f"the minion has no beacon {pool_watch.BEACON}: run salt"
                    f" {__opts__['id']} saltutil.sync_beacons, then again"
                )
            how = "beacons.add" if old is None else "beacons.modify"
            _told(how, pool_watch.BEACON, pool_watch.configuration(seconds))
    return notes


@_border
def undo(noted: dict[str, str], root: str | None = None) -> list[str]:
    """
    Take the beacon out of the minion, unless it was there before muster; return notes.

    noted
        What was there before muster, by name, as it was noted then.

    root
        A folder in place of ``/``: the minion is left alone then.

    Raises CommandExecutionError when the minion does not let it go.

    CLI Example:

    .. code-block:: bash

        salt node1.example.com muster_pool_watch.undo '{running: absent}'
    """
    border.demand("muster_pool_watch", [border.root_problem(root), *pool_watch.undone(noted)])
    if not border.is_live(root) or noted.get(pool_watch.RUNNING) != "absent" or not _running():
        return []
    _told("beacons.delete", pool_watch.BEACON)
    return [f"the minion's beacon {pool_watch.BEACON} has ended"]


def _path(root: str | None) -> str:
    folder = os.path.dirname(__opts__["conf_file"]) if border.is_live(root) else "/etc/salt"
    return files.below(root, os.path.join(folder, pool_watch.FILE))


def _running() -> Any:
    """Return the beacon's configuration in the minion, None = none, "" = no minion runs."""
    found = __salt__["beacons.list"](return_yaml=False, timeout=_WAIT)
    # Without a minion, such as before its first start, the file alone counts.
    return found.get(pool_watch.BEACON) if isinstance(found, dict) else ""


def _told(how: str, *arguments: Any) -> None:
    done = __salt__[how](*arguments, timeout=_WAIT)
    if not done.get("result"):
        raise Refused(f"{how}: {done.get('comment')}; see the minion's log, then run again")
