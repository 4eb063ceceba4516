"""Salt's mine, by which keys travel: what is in it is checked by who reads it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from saltext.muster.errors import Refused

#: What is told, by the function of the module that gives it.
HOST_KEYS, ROOT_KEYS = "muster_sshkeys.host_keys", "muster_sshkeys.root_keys"

#: Seconds that the mine has to tell what was just sent.
_SENT = 10


class Mine:
    """The mine as this minion may use it; functions are Salt's, own is the minion's id."""

    def __init__(self, functions: Mapping[str, Any], own: str) -> None:
        self._functions = functions
        self.own = own

    def of(self, ids: Iterable[str], function: str) -> dict[str, Any]:
        """Return what minions told, by exactly their ids; nothing for those that told nothing."""
        asked = list(ids)
        told = self._functions["mine.get"](asked, function, tgt_type="list") if asked else {}
        return {id_: told[id_] for id_ in asked if id_ in told} if isinstance(told, dict) else {}

    def own_keys(self, function: str) -> Any:
        """Return what this minion told, None when nothing."""
        return self.of([self.own], function).get(self.own)

    def tell(self, function: str, keys: list[str], **given: Any) -> None:
        """Send what the function returns, which is ``keys``, and see that it has come.

        Raises Refused when it has not within some seconds.
        """
        self._functions["mine.send"](function, **given)
        if not waited(lambda: bool(self.own_keys(function) == keys), _SENT):
            raise Refused(
                "Salt's mine does not keep what was sent: see on the Salt master that"
                " minion_data_cache is not switched off and that mine_get allows muster_sshkeys.*"
            )

    def forget(self, function: str) -> None:
        """Take back what this minion told."""
        self._functions["mine.delete"](function)


def waited(there: Callable[[], bool], seconds: int) -> bool:
    """Say whether it came true within that time; it is asked for once a second."""
    end = time.monotonic() + seconds
    while not there():
        if time.monotonic() >= end:
            return False
        time.sleep(1)
    return True
