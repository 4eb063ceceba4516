"""What a journal may say: nothing in it leads anywhere else than muster wrote it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

#: No journal is larger (bytes).
LIMIT = 16 * 1024 * 1024

_COMPONENT = re.compile("[a-z][a-z0-9_]{0,30}", re.ASCII)
_SEEN = re.compile(r"absent|link [^\0]*|file [0-9a-f]{64}|no regular file", re.ASCII | re.DOTALL)
_STAMP = re.compile(r"\d{8}T\d{6}\.\d{6}Z", re.ASCII)
_KEYS = {"path", "was", "old", "copy", "folders", "since", "wrote", "foreign"}

#: Nothing there is a file that anybody keeps.
_NEVER = ("/proc/", "/sys/", "/dev/")

#: The numbers of a file's or link's ``old``, and the largest that each may be.
_NUMBERS = {"uid": 2**32 - 1, "gid": 2**32 - 1}
_MODES = {"mode": 0o7777, "st_mode": 0o177777}


def is_component(name: Any) -> bool:
    """Say whether a value may name a component."""
    return isinstance(name, str) and bool(_COMPONENT.fullmatch(name))


def problems(found: Any, version: int) -> Iterator[str]:
    """Give what is wrong with a journal's data."""
    if not isinstance(found, Mapping) or found.get("version") != version:
        yield f"it is no journal of version {version}"
        return
    if not _whole(found.get("order"), 2**31):
        yield f"order: {found.get('order')!r:.60} is no number"
    noted, files = found.get("noted"), found.get("files")
    if not isinstance(noted, Mapping) or not all(map(_text, (*noted, *noted.values()))):
        yield "noted: wanted names and texts"
    if not isinstance(files, list) or not all(isinstance(each, Mapping) for each in files):
        yield "files: wanted a list of mappings"
        return
    for entry in files:
        yield from _entry_problems(entry)
    paths = [each.get("path") for each in files]
    if len({str(path) for path in paths}) != len(paths):
        yield "files: a path is there twice"


def is_path(value: Any) -> TypeGuard[str]:
    """Say whether a value is the absolute path of a file that can be kept."""
    return (
        isinstance(value, str)
        and "\0" not in value
        and value.startswith("/")
        and not any(part in ("", ".", "..") for part in value[1:].split("/"))
        and not value.startswith(_NEVER)
    )


def _entry_problems(entry: Mapping[str, Any]) -> Iterator[str]:
    path = entry.get("path")
    if not is_path(path) or set(entry) != _KEYS:
        yield f"files: {path!r:.90} is no file that can be put back"
        return
    folders, wrote = entry["folders"], entry["wrote"]
    good = {
        "was": _is(_SEEN, entry["was"]),
        "old": is_old(entry["old"]) and _agree(entry["old"], entry["was"]),
        "copy": _whole(entry["copy"], 2**31),
        "folders": isinstance(folders, list)
        and all(is_path(each) and path.startswith(f"{each}/") for each in folders),
        "since": _is(_STAMP, entry["since"]),
        "wrote": isinstance(wrote, list) and all(_is(_SEEN, each) for each in wrote),
        "foreign": isinstance(entry["foreign"], bool),
    }
    for name, is_good in good.items():
        if not is_good:
            yield f"files: {path}: {name}: {entry[name]!r:.60} is not what muster writes"


def is_old(old: Any) -> bool:
    """Say whether a value is what ``saving.look`` tells of a file."""
    kind = old.get("kind") if isinstance(old, Mapping) else None
    if kind == "absent":
        return set(old) == {"kind"}
    numbers = _NUMBERS if kind == "link" else {**_NUMBERS, **_MODES}
    more = {"link": {"text"}, "file": {"xattrs"}}.get(str(kind))
    if more is None or set(old) != {"kind", "times", *numbers, *more}:
        return False
    times = old["times"]
    return (
        all(_whole(old[name], most) for name, most in numbers.items())
        and isinstance(times, list)
        and len(times) == 2
        and all(type(each) is int and abs(each) < 2**63 for each in times)
        and (_text(old["text"]) if kind == "link" else _are_attributes(old["xattrs"]))
    )


def _agree(old: Mapping[str, Any], was: str) -> bool:
    if old["kind"] == "link":
        return bool(was == f"link {old['text']}")
    return was == "absent" if old["kind"] == "absent" else was.startswith("file ")


def _are_attributes(found: Any) -> bool:
    return isinstance(found, Mapping) and all(
        _text(name) and name and _is_base64(value) for name, value in found.items()
    )


def _is_base64(value: Any) -> bool:
    try:
        return isinstance(value, str) and base64.b64decode(value, validate=True) is not None
    except (binascii.Error, ValueError):
        return False


def _text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _whole(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _is(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))
