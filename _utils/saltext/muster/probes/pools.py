"""libvirt's storage pools, and how full they are."""

import re
from typing import Any, Dict, List, Optional, Union

from . import _tags
from ._text import lines
from .source import Source, Unknown, Unreadable, attempt, shown

_DEFINED = "/etc/libvirt/storage"
_STATES = ("/run/libvirt/storage", "/var/run/libvirt/storage")

#: What tells where a pool of another host is, and the attribute that says it.
_EXPORT = {"source/host": "name", "source/dir": "path"}

#: Pools whose path is a folder of a file system.
FOLDERS = ("dir", "fs", "netfs", "gluster", "vstorage")

#: A node has a few pools; each folder's space costs a process.
_POOLS = 40

#: libvirt's own have less than 2 KiB.
_SIZE = 64 * 1024

_DF = re.compile(r"^.*?\s[0-9]{1,20}\s+([0-9]{1,20})\s+([0-9]{1,20})\s+\S+\s+/.*$")


def read(source: Source) -> Dict[str, Any]:
    """Return {"pools": {name: what it is}}; without libvirt there are none.

    A pool is {"type", "path", "source", "autostart", "active", "space"}: source is its volume
    group, dataset or the like, or HOST:FOLDER of another host; active says
    whether it is started; space is {"used", "free"} in bytes, or None for one that is no folder.
    """
    return {"pools": attempt(_pools, source)}


def parse(text: str) -> Optional[Dict[str, str]]:
    """Return {"name", "type", "path", "source"} of a pool's definition, or None if it is none."""
    found = {"name": "", "type": "", "path": "", "source": ""}
    export = {"source/host": "", "source/dir": ""}
    places = {"name": "name", "target/path": "path", "source/name": "source"}
    for path, attributes, words in _tags.parse(text):
        root, _, inner = path.partition("/")
        if root == "poolstate":
            root, _, inner = inner.partition("/")
        if root == "pool" and not inner:
            found["type"] = attributes.get("type", "")
        elif root == "pool" and inner in places:
            found[places[inner]] = found[places[inner]] or words
        elif root == "pool" and inner in export:
            export[inner] = export[inner] or attributes.get(_EXPORT[inner], "")
    if all(export.values()):
        found["source"] = found["source"] or ":".join(export.values())
    return found if found["name"] and found["type"] else None


def parse_df(text: str) -> Optional[Dict[str, int]]:
    """Return {"used", "free"} in bytes of what ``df -P -B1 PATH`` prints, or None.

    free is what is left for others than root, as the capacity that df prints.
    """
    for _, line in lines(text)[1:]:
        match = _DF.match(line)
        if match:
            return {"used": int(match.group(1)), "free": int(match.group(2))}
    return None


def _pools(source: Source) -> Dict[str, Dict[str, Any]]:
    if not source.exists("/etc"):
        raise Unreadable("/etc is not there")
    state = next((folder for folder in _STATES if source.exists(folder)), "")
    started = _files(source, state) if state else []
    found = {}  # type: Dict[str, Any]
    for path in _files(source, _DEFINED) + started:
        pool = parse(source.text(path, _SIZE))
        if pool is None:
            raise Unreadable(f"{shown(path)} is no definition of a pool")
        found.setdefault(pool.pop("name"), (path.rsplit("/", 1)[1], pool))
    if len(found) > _POOLS:
        raise Unreadable(f"libvirt has more than {_POOLS} pools")
    active = {path.rsplit("/", 1)[1] for path in started} if state else None
    return {name: _pool(source, file, pool, active) for name, (file, pool) in found.items()}


def _files(source: Source, folder: str) -> List[str]:
    return [f"{folder}/{name}" for name in source.names(folder) if name.endswith(".xml")]


def _pool(source: Source, file: str, pool: Dict[str, str], active: Any) -> Dict[str, Any]:
    found = dict(pool)  # type: Dict[str, Any]
    found["autostart"] = source.link(f"{_DEFINED}/autostart/{file}") is not None
    found["active"] = {"unknown": "no /run/libvirt/storage is there"}
    if active is not None:
        found["active"] = file in active
    found["space"] = attempt(_space, source, pool)
    return found


def _space(source: Source, pool: Dict[str, str]) -> Union[Dict[str, int], Unknown, None]:
    if pool["type"] not in FOLDERS:
        return None
    if not pool["path"].startswith("/"):
        raise Unreadable(f"the pool's path is no absolute one: {pool['path'][:100]!r}")
    found = parse_df(source.run(["df", "-P", "-B1", pool["path"]]))
    if found is None:
        raise Unreadable(f"df told no space of {shown(pool['path'])}")
    return found
