"""Volume groups and the devices that they are on, as LVM tells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from saltext.muster.errors import Refused

_JSON = ("--reportformat", "json", "--units", "b", "--nosuffix", "-o")
GROUPS = [
    "vgs",
    *_JSON,
    "vg_name,vg_uuid,vg_size,lv_count,vg_missing_pv_count,vg_exported,vg_partial",
]
VOLUMES = ["pvs", *_JSON, "pv_name,pv_uuid,vg_name,vg_uuid,pv_missing"]


@dataclass(frozen=True)
class Group:
    """A volume group: its size in bytes, how many volumes are in it, and what is wrong with it."""

    name: str
    uuid: str
    size: int
    volumes: int
    wrong: str


@dataclass(frozen=True)
class Physical:
    """A device that LVM has: its path (not there: a text in brackets) and its group's uuid."""

    path: str
    uuid: str
    group: str
    group_uuid: str


def parse_groups(text: str) -> list[Group]:
    """Return the groups of ``vgs``; raise Refused for an output that is not understood."""
    return [_group(row) for row in _rows(text, "vg")]


def parse_volumes(text: str) -> list[Physical]:
    """Return the devices of ``pvs``; raise Refused for an output that is not understood."""
    names = ("pv_name", "pv_uuid", "vg_name", "vg_uuid")
    return [Physical(*(_text(row, name) for name in names)) for row in _rows(text, "pv")]


def the_one(groups: Iterable[Group], name: str) -> Group | None:
    """Return the group of that name, None when there is none.

    Raises Refused when there are several, or when it is exported or lacks devices: what is to be
    done then, a person must say.
    """
    same = [group for group in groups if group.name == name]
    if len(same) > 1:
        uuids = " and ".join(group.uuid for group in same)
        raise Refused(f"there are {len(same)} volume groups {name} ({uuids}): vgrename one by UUID")
    if same and same[0].wrong:
        raise Refused(f"the volume group {name} {same[0].wrong}")
    return same[0] if same else None


def _group(row: Mapping[str, Any]) -> Group:
    name, missing = _text(row, "vg_name"), _number(row, "vg_missing_pv_count")
    wrong = ""
    if _text(row, "vg_exported"):
        wrong = f"is exported: find out why; vgimport {name} takes it in again"
    elif missing or _text(row, "vg_partial"):
        wrong = (
            f"lacks {missing} of its devices: bring them back (pvs, vgs -o +vg_missing_pv_count)"
        )
    size, volumes = _number(row, "vg_size"), _number(row, "lv_count")
    return Group(name, _text(row, "vg_uuid"), size, volumes, wrong)


def _rows(text: str, kind: str) -> list[Mapping[str, Any]]:
    try:
        report = json.loads(text)["report"]
        rows = [row for part in report for row in part[kind]]
    except (ValueError, TypeError, KeyError) as err:
        raise Refused(f"{kind}s printed what is not understood: {text[:80]!r}") from err
    if not all(isinstance(row, Mapping) for row in rows):
        raise Refused(f"{kind}s printed what is not understood: {text[:80]!r}")
    return rows


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise Refused(f"LVM did not tell {name}: {str(dict(row))[:80]!r}")
    return value.strip()


def _number(row: Mapping[str, Any], name: str) -> int:
    value = _text(row, name)
    if not value.isdecimal() or len(value) > 20:
        raise Refused(f"LVM told {name} as {value[:30]!r}, no number")
    return int(value)
