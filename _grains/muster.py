"""Grain ``muster``: what the processor, the board and the system are. Facts; nothing is judged.

Grains are computed in the minion's parent process, whose imported modules every later job
inherits: the probes are loaded under a private name and forgotten again, so that no job keeps
an old copy of the library after a sync.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import threading
from types import ModuleType
from typing import Any

_UNKNOWN = "unknown"
_PROBES = ("virtualization", "motherboard", "os")

#: From the folder above this file's: in a wheel, synced to a minion, in a checkout.
_LIBRARIES = (".", "utils/saltext/muster", "_utils/saltext/muster")


def muster() -> dict[str, Any]:
    """Return the grain: virtualization, motherboard, os, and the library's version.

    What cannot be read is the text "unknown", and nothing ever raises. No process is started.

    CLI Example:

    .. code-block:: bash

        salt '*' grains.get muster:virtualization
    """
    try:
        return {"muster": _collect(_library())}
    except Exception:  # noqa: BLE001 - a grain that raises costs the minion all of its grains
        return {"muster": dict.fromkeys((*_PROBES, "version"), _UNKNOWN)}


def _library() -> str:
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for relative in _LIBRARIES:
        folder = os.path.normpath(os.path.join(above, relative))
        if os.path.isfile(os.path.join(folder, "probes", "source.py")):
            return folder
    raise FileNotFoundError("the library is not beside the grains")


def _collect(library: str, root: str = "/") -> dict[str, Any]:
    # Two threads that refresh grains must not take each other's modules away.
    private = f"_muster_grains_{os.getpid()}_{threading.get_ident()}"
    try:
        probes = os.path.join(library, "probes")
        _load(private, os.path.join(probes, "__init__.py"), [probes])
        source = _load(f"{private}.source", os.path.join(probes, "source.py")).Source(root)
        found = {name: _read(private, probes, name, source) for name in _PROBES}
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == private]:
            del sys.modules[name]
    return {**found, "version": _version(library)}


def _read(private: str, probes: str, name: str, source: Any) -> Any:
    try:
        probe = _load(f"{private}.{name}", os.path.join(probes, f"{name}.py"))
        return _flat(probe.read(source))
    except Exception:  # noqa: BLE001 - one probe must not take the others down
        return _UNKNOWN


def _load(name: str, path: str, folders: list[str] | None = None) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folders)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _flat(value: Any) -> Any:
    """Return facts with "unknown" in place of every ``{"unknown": reason}``."""
    if not isinstance(value, dict):
        return value
    if set(value) == {"unknown"}:
        return _UNKNOWN
    return {key: _flat(each) for key, each in value.items()}


def _version(library: str) -> str:
    try:
        with open(os.path.join(library, "__init__.py"), encoding="utf-8") as file:
            match = re.search(r'^__version__ = "([^"]+)"', file.read(4096), re.M)
    except OSError:
        return _UNKNOWN
    return match.group(1) if match else _UNKNOWN
