"""Models of servers: those that are alike share one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saltext.muster.master.drafting.server import GIB, Model, Server
from saltext.muster.master.drafting.written import Draft

_NOTHING = Model(None, None, None, ())
_MIB, _GB = 1024**2, 10**9


def describe(servers: Sequence[Server], draft: Draft) -> dict[str, str]:
    """Write the models of servers into a draft; return the model's name by the server's id."""
    found: dict[Model, str] = {}
    kinds: dict[str, str] = {}
    for server in servers:
        if server.model != _NOTHING:
            kinds[server.id] = found.setdefault(server.model, f"model{len(found) + 1}")
    if found:
        draft.data["hardware"] = {name: _data(model) for model, name in found.items()}
        where = ("hardware",)
        draft.decide(where, "reserved: the memory that the system keeps; which disks are storage")
    for model, name in found.items():
        lacking = [key for key in ("cores", "memory", "disks") if getattr(model, key) is None]
        if lacking:
            draft.decide(("hardware", name), f"not known: {', '.join(lacking)}")
    return kinds


def _data(model: Model) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if model.cores:
        data["cores"] = model.cores
    if model.memory:
        data["memory"] = _size(model.memory)
    if model.disks:
        data["disks"] = [_size(each) for each in model.disks]
    if model.nics:
        data["nics"] = {name: int(speed) if speed % 1 == 0 else speed for name, speed in model.nics}
    return data


def _size(count: int) -> str:
    """Return bytes exactly, in the largest unit that does so."""
    for unit, factor in (("GiB", GIB), ("GB", _GB), ("MiB", _MIB)):
        if count % factor == 0:
            return f"{count // factor} {unit}"
    return f"{count} B"
