"""Facts: what a node is, read by probes that change nothing."""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Iterable, Mapping
from typing import Any

from saltext.muster import probes
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


def names() -> list[str]:
    """Return the names of all probes."""
    found = (module.name for module in pkgutil.iter_modules(probes.__path__))
    return sorted(name for name in found if not name.startswith("_") and name != "source")


def collect(
    wanted: Iterable[str], root: str = "/", source: Source | None = None
) -> dict[str, dict[str, Any]]:
    """Read the named probes' facts.

    wanted are names of modules in saltext.muster.probes; root is the folder below which files
    are read (``/`` = this node; commands run only there); source replaces the default one.
    A probe that fails gives ``{"unknown": reason}``. Raises InvalidArgument for an unknown name.
    """
    source = source or Source(root)
    return {name: _read(name, source) for name in dict.fromkeys(wanted)}


def _probe(name: str) -> Any:
    """Return the module of the probe ``name``; a name of outside imports nothing else."""
    if name in names():
        return importlib.import_module(f"{probes.__name__}.{name}")
    raise InvalidArgument(f"there is no probe {name!r}; there are: {', '.join(names())}")


def _read(name: str, source: Source) -> dict[str, Any]:
    probe = _probe(name)
    started = time.monotonic()
    try:
        facts: dict[str, Any] = probe.read(source)
    except Exception as err:  # noqa: BLE001 - one probe must never take the others down
        took = time.monotonic() - started
        return {"unknown": f"probe {name} failed after {took:.1f} s: {type(err).__name__}: {err}"}
    return facts
