"""The pools component: libvirt's storage pools, by name, type, path and source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from posixpath import normpath
from typing import Any

from saltext.muster.components.border import demand
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused

#: Words of cluster files for libvirt's types of pools.
KINDS = {"file": "dir", "lvm": "logical", "nfs": "netfs", "ceph": "rbd"}

#: What a pool of each type needs besides its name, to be made by what is declared.
NEEDS: dict[str, tuple[str, ...]] = {
    "dir": ("path",),
    "netfs": ("path", "source"),
    "logical": (),
    "zfs": (),
}

#: Where libvirt keeps the definitions, and the links of what starts at boot.
DEFINED, AUTOSTART = "/etc/libvirt/storage", "/etc/libvirt/storage/autostart"

#: Types whose path is a folder, which is made where it is absent.
FOLDERS = ("dir", "netfs")

#: Types whose source has the pool's own name unless another one is declared, as libvirt has it.
_OWN_NAME = ("logical", "zfs")

_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_SOURCE = re.compile("[A-Za-z0-9._][A-Za-z0-9._:/+-]{0,254}", re.ASCII)
_EXPORT = re.compile(
    r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:]{2,39}\])"
    r":(?P<folder>/[A-Za-z0-9._/@+-]{0,254})",
    re.ASCII,
)


@dataclass(frozen=True)
class Pool:
    """A pool as it is wanted; kind is libvirt's word for its type, "" = not told."""

    name: str
    kind: str
    path: str = ""
    source: str = ""

    def __str__(self) -> str:
        return described(self.name, self.kind, self.path, self.source)


def described(name: str, kind: str, path: str, source: str) -> str:
    """Return a pool in a few words, such as ``default (dir /var/lib/libvirt/images)``."""
    what = " ".join(filter(None, [kind, path, f"of {source}" if source else ""]))
    return f"{name} ({what})"


def wanted(pools: Any) -> list[Pool]:
    """Return the plan's pools; raise InvalidArgument for what is none.

    pools is a list of ``{"name", "type"[, "path"][, "source"]}``.
    """
    if not isinstance(pools, (list, tuple)) or not all(isinstance(p, Mapping) for p in pools):
        demand("muster_pools", [f"pools: {pools!r:.90} is no list of pools"])
    demand("muster_pools", (problem(f"pools[{n}]", pool) for n, pool in enumerate(pools)))
    found = [
        Pool(p["name"], kind_of(p["type"]), _plain(p.get("path", "")), p.get("source", ""))
        for p in pools
    ]
    names = [pool.name for pool in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    demand("muster_pools", [f"pools: there twice: {', '.join(twice)}" if twice else ""])
    return found


def kind_of(word: str) -> str:
    """Return libvirt's type of pools for a cluster file's word."""
    return KINDS.get(word, word)


def problem(where: str, pool: Mapping[str, Any]) -> str:
    """Return "" for a pool that can be told to libvirt, else what is wrong with it."""
    for key in ("name", "type"):
        value = pool.get(key)
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            return f"{where}.{key}: {value!r:.90} is no {key} of a pool"
    path, source = pool.get("path", ""), pool.get("source", "")
    if not isinstance(path, str) or (path and not _is_folder(path)):
        return f"{where}.path: {path!r:.90} is no absolute path without '..'"
    export = kind_of(pool["type"]) == "netfs"
    form = _EXPORT if export else _SOURCE
    if not isinstance(source, str) or (source and not form.fullmatch(source)):
        example = "an export such as 192.0.2.9:/pool" if export else "a volume group or the like"
        return f"{where}.source: {source!r:.90} is not {example}"
    return ""


def lacking(kind: str, path: str, source: str) -> str:
    """Return "" when a pool of this type can be made by what is declared, else what is missing."""
    if kind not in NEEDS:
        return (
            f"muster makes no pool of type {kind}: it makes {', '.join(NEEDS)}; define it by hand"
            " on every node (virsh pool-define), then run again"
        )
    have = {"path": path, "source": source}
    missing = [key for key in NEEDS[kind] if not have[key]]
    named = " and ".join(missing)
    return f"a pool of type {kind} needs {named}: write it into the cluster file" if missing else ""


def clashes(here: Mapping[str, Mapping[str, Any]], pools: Iterable[Pool]) -> list[str]:
    """Return what stands in the way: pools that are there under the name with other contents.

    here are the node's pools: ``{name: {"type", "path", "source", ...}}``. Source: RAV-008.
    """
    found = []
    for pool in pools:
        seen = here.get(pool.name)
        if seen is not None and not _is(pool, seen):
            found.append(
                f"the pool {pool} is {_shown(pool.name, seen)} here: it is not changed, as its"
                " volumes would be lost to guests; move them, take it away by hand (virsh"
                f" pool-destroy {pool.name}; virsh pool-undefine {pool.name}: its volumes stay"
                " where they are), or correct the cluster file; then run again"
            )
        elif seen is None:
            found += [
                f"the folder of the pool {pool} is that of {_shown(name, other)} already: take"
                f" that one away by hand (virsh pool-destroy {name}; virsh pool-undefine {name}:"
                " its volumes stay where they are), or correct the cluster file; then run again"
                for name, other in here.items()
                if pool.path and _plain(other["path"]) == pool.path
            ]
    return found


def diff(here: Mapping[str, Mapping[str, Any]], pools: Iterable[Pool]) -> Diff:
    """Return the pools that are absent (``defined``), stopped (``started``), or not started at
    boot (``autostart``); here are the node's. Source: RAV-008, MST-005.
    """
    pools = list(pools)
    absent = [pool for pool in pools if pool.name not in here]
    there = [pool.name for pool in pools if pool.name in here]
    stopped = [name for name in there if not here[name]["active"]]
    by_hand = [name for name in there if not here[name]["autostart"]]
    found: Diff = {}
    if absent:
        found["defined"] = {"old": "absent", "new": ", ".join(map(str, absent))}
    if stopped:
        found["started"] = {"old": "stopped", "new": ", ".join(stopped)}
    if by_hand:
        found["autostart"] = {"old": "not started at boot", "new": ", ".join(by_hand)}
    return found


def definition(pool: Pool) -> str:
    """Return the pool as libvirt reads it; raise Refused when what is declared does not suffice."""
    missing = lacking(pool.kind, pool.path, pool.source)
    if missing:
        raise Refused(f"the pool {pool} is absent, and {missing}")
    source = pool.source or (pool.name if pool.kind in _OWN_NAME else "")
    target = f"<target><path>{escape(pool.path)}</path></target>" if pool.path else ""
    return (
        f"<pool type='{escape(pool.kind)}'><name>{escape(pool.name)}</name>"
        f"{_source(pool.kind, source)}{target}</pool>\n"
    )


def _source(kind: str, source: str) -> str:
    export = _EXPORT.fullmatch(source) if kind == "netfs" else None
    if export:
        host, folder = escape(export["host"].strip("[]")), escape(export["folder"])
        return f"<source><host name='{host}'/><dir path='{folder}'/></source>"
    return f"<source><name>{escape(source)}</name></source>" if source else ""


def fault(said: str, seconds: int) -> str:
    """Return what to tell of an answer of virsh that is none, with a remedy.

    seconds is how long it was waited for.
    """
    text = " ".join(said.split())[:300]
    if "Timed out after" in said or "timed out after" in said:
        return (
            f"libvirt did not answer within {seconds} s: see systemctl status libvirtd, restart it"
            " (systemctl restart libvirtd), then run again"
        )
    if "failed to connect to the hypervisor" in said:
        return (
            f"libvirt's daemon does not run ({text}): systemctl start libvirtd (where it is split:"
            " virtqemud.socket and virtstoraged.socket), then run again"
        )
    return f"{text}; mend that, then run again"


def counted(names: list[str]) -> str:
    """Return names of volumes in a few words, "" for none."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def parents(path: str) -> list[str]:
    """Return a path and the folders above it, without ``/``, deepest first."""
    parts = [part for part in path.split("/") if part]
    return ["/" + "/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def check_noted(noted: Any) -> None:
    """Raise InvalidArgument unless noted is what ``muster_pools.apply`` notes."""
    if not isinstance(noted, Mapping):
        demand("muster_pools", [f"noted: {noted!r:.90} is no mapping"])
    demand("muster_pools", map(_noted_problem, noted))


def _noted_problem(name: Any) -> str:
    what, _, rest = name.partition(" ") if isinstance(name, str) else ("", "", "")
    if what == "folder":
        good = _is_folder(rest) and rest.strip("/") != ""
    else:
        good = what in ("pool", "started", "autostart") and bool(_NAME.fullmatch(rest))
    return "" if good else f"noted: {name!r:.90} is nothing that muster notes of pools"


def noted_folders(noted: Iterable[str]) -> list[str]:
    """Return the folders that were absent before muster, deepest first."""
    found = [name.partition(" ")[2] for name in noted if name.startswith("folder ")]
    return sorted(found, key=lambda folder: folder.count("/"), reverse=True)


def _is(pool: Pool, seen: Mapping[str, Any]) -> bool:
    """Say whether a pool that is there is the wanted one: what is not declared may be anything."""
    wanted = {"type": pool.kind, "path": pool.path, "source": pool.source}
    return all(alike(key, value, seen[key]) for key, value in wanted.items() if value)


def alike(key: str, wanted: str, seen: str) -> bool:
    """Say whether two values of a pool's ``path``, ``source`` or another key mean the same."""
    if key == "path":
        return _plain(wanted) == _plain(seen)
    return re.sub(r"[][]", "", wanted) == seen if key == "source" else wanted == seen


def _shown(name: str, seen: Mapping[str, Any]) -> str:
    return described(name, seen["type"], seen["path"], seen["source"])


def _plain(path: str) -> str:
    """Return a path without doubled or closing slashes, as libvirt has it."""
    return re.sub("^/+", "/", normpath(path)) if path else ""


def _is_folder(path: str) -> bool:
    ok = path.startswith("/") and path.isprintable() and len(path) <= 1000
    return ok and ".." not in path.split("/")
