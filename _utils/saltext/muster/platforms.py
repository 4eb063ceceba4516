"""The platforms: modules of the namespace package ``saltext.muster_platforms``.

A platform module has ``HYPERVISORS``, ``EDITIONS``, ``ROLES`` and ``NETWORK_TYPES`` (allowed
values, the default first; no network types = the key is not used), ``REQUIREMENTS`` (judged on a
node), ``COMPARISONS`` (judged over a cluster's nodes; may be left out), ``RULES``, ``PACKAGES``
(names by release, for a node that no cluster file names), a standard library dataclass
``Options``, and the functions ``check(cluster)``, ``components(cluster, node)``,
``declared(cluster, node)`` and ``flows(cluster)`` (what talks to what; may be left out).
"""

from __future__ import annotations

import importlib.util
import os
import pkgutil
import sys
from importlib.machinery import PathFinder
from types import ModuleType

from saltext.muster.errors import NoSuchPlatform

PACKAGE = "saltext.muster_platforms"

_BESIDE = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "muster_platforms"
)
_FOLDERS: dict[str, None] = {_BESIDE: None}


def names() -> tuple[str, ...]:
    """Return the names of all platforms that are there, sorted."""
    found = {module.name for module in pkgutil.iter_modules(_folders())}
    return tuple(sorted(name for name in found if not name.startswith("_")))


def load(name: str) -> ModuleType:
    """Return the module of the platform named ``name``; raise NoSuchPlatform if there is none."""
    qualified = f"{PACKAGE}.{name}"
    if qualified in sys.modules:
        return sys.modules[qualified]
    spec = PathFinder.find_spec(qualified, _folders()) if name in names() else None
    if spec is None or spec.loader is None:
        raise NoSuchPlatform(f"there is no platform {name!r}; there are: {', '.join(names())}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[qualified] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[qualified]
        raise
    return module


def _folders() -> list[str]:
    """Return every folder seen so far that holds platform modules.

    Salt puts its extension folders on sys.path only while it imports one of its modules, and a
    namespace package forgets a folder as soon as sys.path no longer leads to it.
    """
    try:
        package = importlib.import_module(PACKAGE)
    except ModuleNotFoundError:
        return list(_FOLDERS)
    _FOLDERS.update(dict.fromkeys(package.__path__))
    return list(_FOLDERS)


_folders()
