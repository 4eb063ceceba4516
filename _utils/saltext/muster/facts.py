"""Facts: what a node is, read by probes that change nothing."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterable, Mapping
from typing import Any

from saltext.muster.errors import InvalidArgument
from saltext.muster.probes.source import Source


class Unread(Exception):
    """A fact is not there; the text says why. Judging turns this into ``unknown``."""


class Facts:
    """One node's facts, by probe name; a missing or unread value raises Unread."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def get(self, *path: str) -> Any:
        """Return the value at ``path``, or raise Unread with the reason."""
        value: Any = self.data
        for depth, key in enumerate(path, start=1):
            if not isinstance(value, Mapping) or key not in value:
                raise Unread(f"fact {'.'.join(path[:depth])} was not collected")
            value = value[key]
            if isinstance(value, Mapping) and set(value) == {"unknown"}:
                raise Unread(str(value["unknown"]))
        return value


def collect(
    probes: Iterable[str], root: str = "/", source: Source | None = None
) -> dict[str, dict[str, Any]]:
    """Read the named probes' facts.

    probes are names of modules in saltext.muster.probes; root is the folder below which files
    are read (``/`` = this node; commands run only there); source replaces the default one.
    A probe that fails gives ``{"unknown": reason}``. Raises InvalidArgument for an unknown name.
    """
    source = source or Source(root)
    return {name: _read(name, source) for name in dict.fromkeys(probes)}


def _read(name: str, source: Source) -> dict[str, Any]:
    try:
        probe = importlib.import_module(f"saltext.muster.probes.{name}")
    except ModuleNotFoundError as err:
        raise InvalidArgument(f"there is no probe named {name!r}") from err
    started = time.monotonic()
    try:
        facts: dict[str, Any] = probe.read(source)
    except Exception as err:  # noqa: BLE001 - one probe must never take the others down
        took = time.monotonic() - started
        return {"unknown": f"probe {name} failed after {took:.1f} s: {type(err).__name__}: {err}"}
    return facts
