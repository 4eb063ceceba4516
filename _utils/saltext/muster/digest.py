"""Digests: of plans, and of the library that is running."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_HERE = os.path.dirname(os.path.abspath(__file__))

#: Salt's loader folders lie inside the package in a wheel and beside it elsewhere.
_NOT_LIBRARY = {"grains", "modules", "output", "pillar", "runners", "states", "__pycache__"}


def of_data(data: Any) -> str:
    """Return the SHA-256 of plain data in its canonical JSON form."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def of_plan(plan: Mapping[str, Any]) -> str:
    """Return a node plan's digest: all of it but the digest itself and the master's clock."""
    return of_data({key: plan[key] for key in plan if key not in ("digest", "now")})


@lru_cache
def library(platform_file: str = "") -> str:
    """Return the digest of the running library and of one platform's module.

    platform_file is that module's ``__file__``; "" leaves it out.
    """
    if not platform_file:
        return _LIBRARY
    return hashlib.sha256(_LIBRARY.encode() + _of_file(platform_file)).hexdigest()


def _of_library() -> str:
    found = hashlib.sha256()
    for path in sorted(_files()):
        found.update(os.path.relpath(path, _HERE).encode() + b"\0" + _of_file(path))
    return found.hexdigest()


def _files() -> list[str]:
    paths = []
    for folder, folders, names in os.walk(_HERE):
        folders[:] = [name for name in folders if name not in _NOT_LIBRARY]
        paths += [os.path.join(folder, name) for name in names if name.endswith(".py")]
    return paths


def _of_file(path: str) -> bytes:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).digest()


#: Taken when the process imports the library: one that still runs old code tells the old digest.
_LIBRARY = _of_library()
