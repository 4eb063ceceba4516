"""Facts: what a node is, read by probes that change nothing."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from typing import Any

from saltext.muster import probes
from saltext.muster.errors import InvalidArgument
from saltext.muster.probes import _collect
from saltext.muster.probes.source import Source


class Unread(Exception):
    """A fact is not there; the text says why. Judging turns this into ``unknown``."""


class Undeclared(Unread):
    """The plan does not declare what the row is judged by."""


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
    wanted: Iterable[str],
    root: str = "/",
    source: Source | None = None,
    targets: Iterable[str] = (),
) -> dict[str, dict[str, Any]]:
    """Read the named probes' facts.

    wanted are names of modules in saltext.muster.probes; root is the folder below which files
    are read (``/`` = this node; commands run only there); targets are addresses that the node
    must reach; source replaces the default one.
    A probe that fails or hangs gives ``{"unknown": reason}``; all of them end within a minute.
    Raises InvalidArgument for an unknown name.
    """
    asked = list(dict.fromkeys(wanted))
    # A name of outside imports nothing else.
    known = names() if asked else []
    for name in asked:
        if name not in known:
            raise InvalidArgument(f"there is no probe {name!r}; there are: {', '.join(known)}")
    return _collect.collect(asked, source or Source(root, None, list(targets)), load)


def load(name: str) -> Any:
    """Return the module of the probe ``name``, which must be one of ``names()``."""
    return importlib.import_module(f"{probes.__name__}.{name}")
