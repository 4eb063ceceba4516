"""ZFS: the module, and the pools that are imported."""

import re
from typing import Any, Dict, Optional, Union

from . import _modprobe, kernel
from ._text import first_line, lines
from .source import Absent, Source, Unknown, Unreadable, attempt

_LOADED = "/sys/module/zfs"
_COMMAND = ["zpool", "list", "-H", "-p", "-o", "name,size,free,health"]
_NUMBER = re.compile(r"[0-9]{1,20}$")


def read(source: Source) -> Dict[str, Any]:
    """Return loaded, available (the running kernel has the module), version and pools.

    pools is {name: {"size", "free" (bytes, None for a pool that cannot tell), "health"}}; without
    the module no pool can be imported.
    """
    loaded = attempt(_loaded, source)
    return {
        "loaded": loaded,
        "available": attempt(_available, source, loaded),
        "version": attempt(_version, source, loaded),
        "pools": attempt(_pools, source, loaded),
    }


def parse_pools(text: str) -> Optional[Dict[str, Dict[str, Any]]]:
    """Return the pools of what zpool list prints, or None for what is not understood."""
    found = {}
    for _, line in lines(text):
        fields = line.split("\t")
        if fields == [""]:
            continue
        if len(fields) != 4:
            return None
        name, size, free, health = fields
        found[name] = {"size": _bytes(size), "free": _bytes(free), "health": health}
    return found


def _bytes(text: str) -> Optional[int]:
    return int(text) if _NUMBER.match(text) else None


def _loaded(source: Source) -> bool:
    if not source.names("/sys/module"):
        raise Unreadable("/sys/module is empty or not there")
    return source.exists(_LOADED)


def _available(source: Source, loaded: Union[bool, Unknown]) -> bool:
    return loaded is True or _modprobe.available(source, "zfs", kernel.release(source))


def _version(source: Source, loaded: Union[bool, Unknown]) -> str:
    if isinstance(loaded, dict):
        raise Unreadable(loaded["unknown"])
    try:
        return first_line(source.text(f"{_LOADED}/version"))
    except Absent:
        raise Unreadable("module zfs is not loaded") from None


def _pools(source: Source, loaded: Union[bool, Unknown]) -> Dict[str, Dict[str, Any]]:
    if isinstance(loaded, dict):
        raise Unreadable(loaded["unknown"])
    found = parse_pools(source.run(_COMMAND)) if loaded else {}
    if found is None:
        raise Unreadable("zpool list printed lines that are not understood")
    return found
